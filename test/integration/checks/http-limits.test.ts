import { describe, expect, it } from 'vitest';
import { systemClock } from '../../../main/engine/clock.ts';
import { check } from '../../support/check-ports.ts';
import { serversPerTest } from '../../support/http-server.ts';

const { serve, serveRaw } = serversPerTest();

describe('the limit of a phase', () => {
  // Twenty times as fast, so that a limit of seconds takes a moment.
  const clock: typeof systemClock = {
    now: systemClock.now,
    monotonic: () => systemClock.monotonic() * 20,
    after: (ms, callback) => systemClock.after(ms / 20, callback),
  };

  it('ends a TLS handshake that does not come on', async () => {
    const server = await serveRaw((socket) => void socket.resume());
    const seen = await check({ kind: 'http', url: `https://127.0.0.1:${server.port}/`, timeout: '60s' }, { clock });
    expect(seen.error).toEqual({ code: 'timeout', message: '127.0.0.1 did not finish the TLS handshake within 4 s.' });
    await expect.poll(() => server.open.size).toBe(0);
  });

  it('ends a body that trickles, but not a slow first byte', async () => {
    const server = await serve((request, response) => {
      if (request.url === '/trickle') response.writeHead(200).write('x');
      else setTimeout(() => response.end(), 400);
    });
    const trickle = await check({ kind: 'http', url: `${server.url}/trickle`, timeout: '60s' }, { clock });
    expect(trickle.error).toEqual({ code: 'timeout', message: '127.0.0.1 began to answer but did not finish within 5 s.' });
    expect((await check({ kind: 'http', url: server.url, timeout: '60s' }, { clock })).outcome).toBe('up');
  });
});

describe('an http check that is cancelled', () => {
  it('is unknown, and leaves neither socket nor listener', async () => {
    const server = await serve(() => undefined);
    const controller = new AbortController();
    const listeners = countListeners(controller.signal);
    const running = check({ kind: 'http', url: server.url }, { signal: controller.signal });
    await expect.poll(() => server.open.size).toBe(1);
    controller.abort();
    expect(await running).toMatchObject({ outcome: 'unknown', latencyMs: null, error: { code: 'cancelled' } });
    expect(listeners()).toBe(0);
    await expect.poll(() => server.open.size).toBe(0);
  });

  it('does not even connect when it was cancelled before', async () => {
    const server = await serve((_, response) => void response.end());
    const seen = await check({ kind: 'http', url: server.url }, { signal: AbortSignal.abort() });
    expect(seen.error?.code).toBe('cancelled');
    expect(server.connections()).toBe(0);
  });
});

/** Counts the abort listeners that are added and not removed. */
function countListeners(signal: AbortSignal): () => number {
  let count = 0;
  const { addEventListener, removeEventListener } = signal;
  Object.assign(signal, {
    addEventListener: (...parameters: Parameters<typeof addEventListener>) => {
      count += 1;
      addEventListener.apply(signal, parameters);
    },
    removeEventListener: (...parameters: Parameters<typeof removeEventListener>) => {
      count -= 1;
      removeEventListener.apply(signal, parameters);
    },
  });
  return () => count;
}

describe('families', () => {
  it('reaches a server that listens on IPv6 only, and not over IPv4', async () => {
    const server = await serve((_, response) => void response.end(), '::1');
    expect(await check({ kind: 'http', url: server.url })).toMatchObject({ outcome: 'up', address: '::1' });
    expect((await check({ kind: 'http', url: `http://127.0.0.1:${server.port}/` })).error?.code).toBe('refused');
    expect((await check({ kind: 'http', url: `http://localhost:${server.port}/`, family: 'ipv4' })).error?.code).toBe('refused');
  });
});

describe('link-local addresses (S-35)', () => {
  it.each([
    'http://169.254.169.254/latest/meta-data/',
    'http://[fe80::1]/',
    'http://[fd00:ec2::254]/',
    'http://[::ffff:169.254.169.254]/',
    'http://2852039166/',
  ])('refuses %s without contacting it', async (url) => {
    const seen = await check({ kind: 'http', url });
    expect(seen).toMatchObject({
      outcome: 'unknown',
      error: { code: 'unreachable', message: expect.stringContaining('allowLinkLocal') },
    });
  });
});
