// Asking a server until it answers well, over real sockets.
import { afterEach, describe, expect, it } from 'vitest';
import { wake } from '../../../main/actions/wake.ts';
import { systemClock } from '../../../main/engine/clock.ts';
import { type FaultyServer, startFaultyServer } from '../../../simulator/faulty-server.ts';
import { text } from '../../../simulator/http.ts';

let server: FaultyServer;
afterEach(() => server.stop());

type Options = Partial<Parameters<typeof wake>[0]>;
const woken = (options: Options = {}) =>
  wake({ address: server.url, clock: systemClock, signal: AbortSignal.timeout(20_000), tryMs: 500, budgetMs: 8_000, ...options });

describe('wake', () => {
  it.each([200, 204, 302, 308])('takes %i as healthy', async (status) => {
    server = await startFaultyServer(async () => ({ status, body: '', headers: status > 300 ? { location: '/elsewhere' } : {} }));
    expect(await woken()).toMatchObject({ healthy: true });
    expect(server.requests).toBe(1);
  });

  it.each([401, 404, 500, 503])('does not take %i as healthy, and says so', async (status) => {
    server = await startFaultyServer(async () => text(status, ''));
    expect(await woken({ budgetMs: 0 })).toMatchObject({ healthy: false, problem: `it answers with status ${status}` });
  });

  it('goes on asking until it answers well, and counts the seconds', async () => {
    let asked = 0;
    server = await startFaultyServer(async () => {
      asked += 1;
      return text(asked < 3 ? 502 : 200, '');
    });
    const seconds: number[] = [];
    const end = await woken({ onSecond: (second) => seconds.push(second) });
    expect(end).toMatchObject({ healthy: true });
    // Two waits of a second; timers may be a millisecond early, and none is told twice.
    expect(end.afterMs).toBeGreaterThan(1_990);
    expect(seconds.length).toBeGreaterThan(1);
    expect(seconds).toEqual([...new Set(seconds)]);
  });

  it('tells a server that never answers from one that refuses', async () => {
    server = await startFaultyServer(async () => text(200, ''));
    await server.fail({ kind: 'hang' });
    expect(await woken({ budgetMs: 0, tryMs: 1_000 })).toMatchObject({ healthy: false, problem: 'no answer within 1 s' });
    await server.fail({ kind: 'refuse' });
    expect(await woken({ budgetMs: 0 })).toMatchObject({ healthy: false, problem: 'it refuses connections' });
  });

  it('ends with the signal’s reason, also while it waits for an answer', async () => {
    server = await startFaultyServer(async () => text(200, ''));
    await server.fail({ kind: 'hang' });
    const stopping = new AbortController();
    const waking = woken({ signal: stopping.signal, tryMs: 10_000, onSecond: () => stopping.abort(new Error('enough')) });
    await expect(waking).rejects.toThrow('enough');
  });
});
