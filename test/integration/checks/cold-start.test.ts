import { afterEach, describe, expect, it } from 'vitest';
import { systemClock } from '../../../main/engine/clock.ts';
import { check } from '../../support/check-ports.ts';
import { closedPort, type Handler, serveHttp, type TestServer } from '../../support/http-server.ts';

const servers: TestServer[] = [];
afterEach(async () => {
  await Promise.all(servers.splice(0).map((server) => server.close()));
});

async function serve(handler: Handler): Promise<TestServer> {
  const server = await serveHttp(handler);
  servers.push(server);
  return server;
}

/** A clock on which the pause between attempts does `meanwhile` and is over. */
function skippingPauses(meanwhile: () => Promise<void> = async () => undefined): typeof systemClock {
  return {
    ...systemClock,
    after(ms, callback) {
      if (ms !== 1_000) return systemClock.after(ms, callback);
      void meanwhile().then(callback);
      return () => undefined;
    },
  };
}

describe('a check of a target that sleeps', () => {
  it('waits for a slow first answer beyond the usual limit, and records the wake-up', async () => {
    const server = await serve((_, response) => void setTimeout(() => response.end(), 400));
    const seen = await check({ kind: 'http', url: server.url, timeout: '100ms', coldStart: '10s' }, { cold: true });
    expect(seen.outcome).toBe('up');
    expect(seen.wakeMs).toBeGreaterThan(300);
    expect(seen.latencyMs).toBe(seen.wakeMs);
  });

  it('keeps to the usual limit when it is warm', async () => {
    const server = await serve(() => undefined);
    const seen = await check({ kind: 'http', url: server.url, timeout: '100ms', coldStart: '10s' });
    expect(seen).toMatchObject({ outcome: 'down', error: { code: 'timeout' } });
    expect(seen).not.toHaveProperty('wakeMs');
  });

  it.each([502, 503, 504])('asks again after a gateway said %i', async (status) => {
    let requests = 0;
    const server = await serve((_, response) => {
      requests += 1;
      response.writeHead(requests < 2 ? status : 200).end();
    });
    const seen = await check({ kind: 'http', url: server.url, coldStart: '20s' }, { cold: true, clock: skippingPauses() });
    expect(seen).toMatchObject({ outcome: 'up', status: 200, wakeMs: expect.any(Number) });
    expect(requests).toBe(2);
  });

  it('asks again while the connection is refused, dated to the first attempt', async () => {
    const port = await closedPort();
    let pausedAt = 0;
    const clock = skippingPauses(async () => {
      pausedAt ||= Date.now();
      servers.push(await serveHttp((_, response) => void response.end(), '127.0.0.1', port));
    });
    const seen = await check({ kind: 'http', url: `http://127.0.0.1:${port}/`, coldStart: '20s' }, { cold: true, clock });
    expect(seen.outcome).toBe('up');
    expect(Date.parse(seen.at)).toBeLessThanOrEqual(pausedAt);
  });

  it('does not ask again after an answer that waking does not explain', async () => {
    const server = await serve((_, response) => void response.writeHead(500).end());
    const seen = await check({ kind: 'http', url: server.url, coldStart: '20s' }, { cold: true });
    expect(seen).toMatchObject({ outcome: 'down', status: 500 });
    expect(server.connections()).toBe(1);
  });

  it('is down when the budget ends, and says so', async () => {
    const server = await serve((_, response) => void response.writeHead(503).end('waking'));
    const seen = await check({ kind: 'http', url: server.url, timeout: '100ms', coldStart: '1500ms' }, { cold: true });
    expect(seen).toMatchObject({
      outcome: 'down',
      status: 503,
      error: { code: 'http-status', message: expect.stringMatching(/^Not awake after 1\.5 s\. 127\.0\.0\.1 answered 503/) },
      excerpt: 'waking',
    });
  });

  it('can be cancelled while it pauses', async () => {
    const controller = new AbortController();
    const server = await serve((_, response) => {
      response.writeHead(503).end();
      setTimeout(() => controller.abort(), 50);
    });
    const seen = await check({ kind: 'http', url: server.url, coldStart: '60s' }, { cold: true, signal: controller.signal });
    expect(seen).toMatchObject({ outcome: 'unknown', error: { code: 'cancelled' } });
  });
});
