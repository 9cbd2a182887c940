import { describe, expect, it } from 'vitest';
import { check } from '../../support/check-ports.ts';
import { closedPort, serveTcp } from '../../support/http-server.ts';

describe('a tcp check', () => {
  it('is up when something accepts, and hangs up at once', async () => {
    const server = await serveTcp((socket) => void socket.resume());
    const seen = await check({ kind: 'tcp', host: 'localhost', port: server.port });
    expect(seen).toMatchObject({
      outcome: 'up',
      address: '127.0.0.1',
      phases: { dnsMs: expect.any(Number), tcpMs: expect.any(Number) },
    });
    expect(seen.latencyMs).toBeGreaterThan(0);
    await expect.poll(() => server.open.size).toBe(0);
    await server.close();
  });

  it('is down when nothing listens', async () => {
    const port = await closedPort();
    expect(await check({ kind: 'tcp', host: '127.0.0.1', port })).toMatchObject({
      outcome: 'down',
      latencyMs: null,
      error: { code: 'refused', message: `127.0.0.1 refused the connection on port ${port}.` },
    });
  });

  it('refuses the metadata service', async () => {
    expect((await check({ kind: 'tcp', host: '169.254.169.254', port: 80 })).error?.code).toBe('unreachable');
  });
});
