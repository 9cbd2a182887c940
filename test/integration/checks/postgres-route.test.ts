import { afterEach, describe, expect, it } from 'vitest';
import { openRoute, type ReachableFrom, type Resolve, type Route } from '../../../main/checks/postgres-route.ts';
import { systemClock } from '../../../main/engine/clock.ts';
import { serveTcp, type TestServer } from '../../support/http-server.ts';

const servers: TestServer[] = [];
afterEach(async () => {
  await Promise.all(servers.splice(0).map((server) => server.close()));
});

async function serve(host: string): Promise<TestServer> {
  const server = await serveTcp((socket) => void socket.resume(), host);
  servers.push(server);
  return server;
}

const resolving =
  (v4: readonly string[], v6: readonly string[]): Resolve =>
  async (_, family) =>
    family === 4 ? v4 : v6;

function route(port: number, resolve: Resolve, reachableFrom: ReachableFrom = 'any', host = 'db.example.com'): Promise<Route> {
  return openRoute({ host, port, reachableFrom, allowLinkLocal: false }, systemClock, new AbortController().signal, resolve);
}

describe('the route to a database', () => {
  it('goes over the family that answers, and tells about both', async () => {
    const server = await serve('127.0.0.1');
    const found = await route(server.port, resolving(['127.0.0.1'], ['::1']));
    expect(found).toMatchObject({ failure: null, address: '127.0.0.1' });
    expect(await found.families).toEqual({ ipv4: true, ipv6: false });
    found.socket?.destroy();
  });

  it('tries the next address of a family', async () => {
    const server = await serve('127.0.0.1');
    const found = await route(server.port, resolving(['127.0.0.2', '127.0.0.1'], []));
    expect(found.address).toBe('127.0.0.1');
    found.socket?.destroy();
  });

  it('closes the connection that it does not use', async () => {
    const four = await serve('127.0.0.1');
    const found = await route(four.port, resolving(['127.0.0.1'], ['::ffff:127.0.0.1']));
    await found.families;
    await expect.poll(() => four.open.size).toBe(1);
    found.socket?.destroy();
    await expect.poll(() => four.open.size).toBe(0);
  });

  it('names the session pooler when a Supabase host has only IPv6, and IPv4 is needed', async () => {
    const server = await serve('::1');
    const found = await route(server.port, resolving([], ['::1']), 'ipv4', 'db.abcdefghij.supabase.co');
    expect(found.socket).toBeNull();
    expect(found.failure).toMatchObject({
      code: 'unreachable',
      outcome: 'down',
      message: expect.stringMatching(/only IPv6.*session pooler.*port 5432, user postgres\.abcdefghij\.$/),
    });
    expect(await found.families).toEqual({ ipv4: null, ipv6: true });
    await expect.poll(() => server.open.size).toBe(0);
  });

  it('does not use IPv6 where IPv4 is needed, even if only IPv6 works', async () => {
    const server = await serve('::1');
    const found = await route(server.port, resolving(['127.0.0.1'], ['::1']), 'ipv4');
    expect(found.failure).toMatchObject({ code: 'refused' });
    expect(await found.families).toEqual({ ipv4: false, ipv6: true });
  });

  it('does not claim "only IPv6" when the A lookup failed', async () => {
    const server = await serve('::1');
    const found = await route(
      server.port,
      async (_, family) => {
        if (family === 6) return ['::1'];
        throw Object.assign(new Error('try again'), { code: 'EAI_AGAIN' });
      },
      'ipv4',
    );
    expect(found.failure).toMatchObject({ code: 'dns', message: expect.stringContaining('no DNS server gave an answer') });
  });

  it('is a DNS failure without any address', async () => {
    expect((await route(1, resolving([], []))).failure).toMatchObject({ code: 'dns', outcome: 'down' });
    expect((await route(1, resolving([], []), 'ipv4')).failure).toMatchObject({ code: 'dns' });
    expect((await route(1, resolving(['127.0.0.1'], []), 'ipv6')).failure).toMatchObject({ code: 'unreachable' });
  });

  it('is judged by what the name resolves to: a metadata address is refused', async () => {
    expect((await route(1, resolving(['169.254.169.254'], []))).failure).toMatchObject({
      code: 'unreachable',
      outcome: 'unknown',
    });
  });

  it('does not wait for a lookup that hangs longer than its signal', async () => {
    const never: Resolve = () => new Promise(() => undefined);
    const signal = AbortSignal.abort();
    const found = await openRoute(
      { host: 'x.test', port: 1, reachableFrom: 'any', allowLinkLocal: false },
      systemClock,
      signal,
      never,
    );
    expect(found.failure).toMatchObject({ code: 'cancelled', outcome: 'unknown' });
  });
});
