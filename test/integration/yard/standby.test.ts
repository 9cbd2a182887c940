// The standby on a free plan: asleep, woken by a request that is held, awake, asleep again.
import { connect } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { type Standby, type StandbyOptions, startStandby } from '../../../simulator/standby.ts';

let standby: Standby;
afterEach(() => standby.stop());

const start = async (options: Partial<StandbyOptions>): Promise<void> => {
  standby = await startStandby({
    database: () => ({ url: 'postgres://nobody@127.0.0.1:1/none', name: 'db.example.test', families: ['ipv4'] }),
    ...options,
  });
};

async function until(state: Standby['state']): Promise<void> {
  const deadline = performance.now() + 10_000;
  while (standby.state !== state) {
    if (performance.now() > deadline) throw new Error(`still ${standby.state}`);
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}

describe('the standby', () => {
  it('holds the first request until it has woken, answers the next at once, and sleeps again when nobody asks', async () => {
    await start({ wakeMs: 200, idleMs: 400 });
    expect(standby.state).toBe('asleep');
    const began = performance.now();
    const first = fetch(standby.url);
    await until('waking');
    expect((await first).status).toBe(200);
    expect(performance.now() - began).toBeGreaterThanOrEqual(195);
    expect(standby.state).toBe('awake');
    expect((await fetch(standby.url)).status).toBe(200);
    expect(standby.wakes).toBe(1);
    await until('asleep');
    expect((await fetch(standby.url)).status).toBe(200);
    expect(standby.wakes).toBe(2);
    expect(standby.log.filter((line) => line.message.startsWith('"GET /'))).toHaveLength(3);
  });

  it('wakes once for requests that come together', async () => {
    await start({ wakeMs: 100, idleMs: 10_000 });
    const answers = await Promise.all([1, 2, 3].map(() => fetch(standby.url)));
    expect(answers.map((answer) => answer.status)).toEqual([200, 200, 200]);
    expect(standby.wakes).toBe(1);
  });

  it('goes on waking when the one who asked has gone', async () => {
    await start({ wakeMs: 200, idleMs: 10_000 });
    await expect(fetch(standby.url, { signal: AbortSignal.timeout(50) })).rejects.toThrow();
    await until('awake');
    expect((await fetch(standby.url)).status).toBe(200);
    expect(standby.wakes).toBe(1);
  });

  it('takes connections while it sleeps, and refuses them when its router is told to', async () => {
    await start({ wakeMs: 60_000 });
    const { port } = new URL(standby.url);
    await new Promise<void>((resolve, reject) => {
      const socket = connect(Number(port), '127.0.0.1', () => resolve(void socket.destroy())).on('error', reject);
    });
    await standby.fail({ kind: 'refuse' });
    await expect(fetch(standby.url)).rejects.toThrow();
  });

  it('stops in the middle of waking', async () => {
    await start({ wakeMs: 60_000 });
    const waiting = fetch(standby.url).catch(() => 'cut');
    await until('waking');
    await standby.stop();
    expect(await waiting).toBe('cut');
    expect(standby.state).toBe('asleep');
  });
});
