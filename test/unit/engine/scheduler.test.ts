import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { makeGate } from '../../../main/engine/gate.ts';
import { makeHeap } from '../../../main/engine/heap.ts';
import { makeScheduler, type Scheduled } from '../../../main/engine/scheduler.ts';
import { FakeClock } from '../../support/fake-clock.ts';

const limits = { concurrent: 32, perHost: 2, gapPerHostMs: 250 };

function bench(entries: readonly Scheduled[], options: { takesMs?: number; limits?: typeof limits } = {}) {
  const clock = new FakeClock();
  const starts: { id: string; at: number; queuedMs: number }[] = [];
  const gaps: { from: number; cause: string }[] = [];
  const origin = clock.monotonic();
  const scheduler = makeScheduler(
    {
      clock,
      run: (id, queuedMs) => {
        starts.push({ id, at: clock.monotonic() - origin, queuedMs });
        if (!options.takesMs) return Promise.resolve();
        return new Promise((resolve) => clock.after(options.takesMs ?? 0, resolve));
      },
      onGap: (from, cause) => {
        gaps.push({ from, cause });
        scheduler.all(10_000);
      },
      onTick: () => {},
    },
    options.limits ?? limits,
  );
  scheduler.set(entries, options.limits ?? limits);
  return { clock, starts, gaps, scheduler };
}

const entry = (id: string, intervalMs = 20_000, host: string | null = null): Scheduled => ({ id, intervalMs, host });
const many = (count: number): Scheduled[] => Array.from({ length: count }, (_, index) => entry(`m${index}`));

function densest(starts: readonly { at: number }[], windowMs: number): number {
  const times = starts.map((start) => start.at).sort((a, b) => a - b);
  let first = 0;
  let most = 0;
  times.forEach((time, index) => {
    while (time - (times[first] as number) >= windowMs) first += 1;
    most = Math.max(most, index - first + 1);
  });
  return most;
}

describe('the scheduler', () => {
  it('checks a handful at once', async () => {
    const { clock, starts, scheduler } = bench([entry('a'), entry('b'), entry('c')]);
    scheduler.start();
    await clock.pass(200);
    expect(starts.map((start) => start.id).sort()).toEqual(['a', 'b', 'c']);
  });

  it('checks a thousand once within six seconds, then keeps a fixed rate without drift and without crowds', async () => {
    const { clock, starts, scheduler } = bench(many(1_000));
    scheduler.start();
    await clock.pass(6_000);
    expect(new Set(starts.map((start) => start.id)).size).toBe(1_000);
    await clock.pass(60_000);
    const late = starts.filter((start) => start.at > 26_000);
    expect(densest(late, 100)).toBeLessThanOrEqual(15);
    const own = late.filter((start) => start.id === 'm7').map((start) => start.at);
    for (let index = 1; index < own.length; index += 1) {
      expect(Math.abs((own[index] as number) - (own[index - 1] as number) - 20_000)).toBeLessThanOrEqual(2);
    }
  });

  it('keeps the rate when checks are slow, and never runs two of one monitor', async () => {
    const { clock, starts, scheduler } = bench([entry('slow', 10_000)], { takesMs: 15_000 });
    scheduler.start();
    await clock.pass(100_000);
    const times = starts.map((start) => start.at);
    for (let index = 1; index < times.length; index += 1)
      expect((times[index] as number) - (times[index - 1] as number)).toBeGreaterThanOrEqual(15_000);
    expect(scheduler.counts.overlapped).toBeGreaterThan(0);
  });

  it('gives a confirmation priority over what waits', async () => {
    const crowded = { concurrent: 1, perHost: 2, gapPerHostMs: 0 };
    const { clock, starts, scheduler } = bench(many(20), { takesMs: 1_000, limits: crowded });
    scheduler.start();
    await clock.pass(1_200);
    scheduler.soon('m19', 0);
    await clock.pass(10);
    expect(starts.at(-1)?.id).toBe('m19');
  });

  it('keeps two checks of one host at a time and a pause between starts, and says how long they queued', async () => {
    const list = ['a', 'b', 'c', 'd'].map((id) => entry(id, 60_000, 'api.example.com'));
    const { clock, starts, scheduler } = bench(list, { takesMs: 2_000 });
    scheduler.start();
    await clock.pass(10_000);
    const times = starts.slice(0, 4).map((start) => start.at);
    expect((times[1] as number) - (times[0] as number)).toBeGreaterThanOrEqual(249);
    expect((times[2] as number) - (times[0] as number)).toBeGreaterThanOrEqual(1_999);
    expect(starts[2]?.queuedMs).toBeGreaterThan(0);
  });

  it('does not fire a crowd after a freeze of 45 s, and says that nobody watched', async () => {
    const { clock, starts, gaps, scheduler } = bench(many(500));
    scheduler.start();
    await clock.pass(30_000);
    const frozenAt = clock.now();
    clock.freeze(45_000);
    starts.length = 0;
    await clock.pass(15_000);
    expect(gaps).toEqual([{ from: expect.any(Number), cause: 'sleep' }]);
    expect(Math.abs((gaps[0]?.from ?? 0) - frozenAt)).toBeLessThanOrEqual(1_000);
    expect(densest(starts, 100)).toBeLessThanOrEqual(10);
    expect(new Set(starts.map((start) => start.id)).size).toBe(500);
  });

  it.each([
    [3_600_000, 'sleep'],
    [-3_600_000, 'clock'],
  ])('notices that the wall clock moved by %i ms', async (by, cause) => {
    const { clock, gaps, scheduler } = bench([entry('a')]);
    scheduler.start();
    await clock.pass(3_000);
    clock.jump(by);
    await clock.pass(2_000);
    expect(gaps.map((gap) => gap.cause)).toEqual([cause]);
  });

  it('leaves out what is held, and takes it up again', async () => {
    const { clock, starts, scheduler } = bench([entry('a', 5_000)]);
    scheduler.start();
    scheduler.hold('a', true);
    starts.length = 0;
    await clock.pass(20_000);
    expect(starts).toEqual([]);
    scheduler.hold('a', false);
    await clock.pass(6_000);
    expect(starts.length).toBeGreaterThan(0);
  });

  it('drops monitors that are gone and starts new ones soon', async () => {
    const { clock, starts, scheduler } = bench([entry('old')]);
    scheduler.start();
    await clock.pass(1_000);
    scheduler.set([entry('new')], limits);
    starts.length = 0;
    await clock.pass(25_000);
    expect(new Set(starts.map((start) => start.id))).toEqual(new Set(['new']));
    expect(starts[0]?.at).toBeLessThan(1_200);
  });

  it('starts nothing after it was stopped', async () => {
    const { clock, starts, scheduler } = bench([entry('a', 1_000)]);
    scheduler.start();
    scheduler.stop();
    starts.length = 0;
    await clock.pass(10_000);
    expect(starts).toEqual([]);
  });
});

describe('the heap', () => {
  it('is a sorted list, whatever is set, moved and deleted', () => {
    const operation = fc.record({ key: fc.constantFrom('a', 'b', 'c', 'd', 'e', 'f'), due: fc.nat(100), remove: fc.boolean() });
    fc.assert(
      fc.property(fc.array(operation, { maxLength: 200 }), (operations) => {
        const heap = makeHeap();
        const model = new Map<string, number>();
        for (const { key, due, remove } of operations) {
          if (remove) {
            heap.delete(key);
            model.delete(key);
          } else {
            heap.set(key, due);
            model.set(key, due);
          }
          expect(heap.peek()?.due ?? null).toBe(model.size ? Math.min(...model.values()) : null);
        }
        const drained: number[] = [];
        for (let next = heap.peek(); next; next = heap.peek()) {
          drained.push(next.due);
          heap.delete(next.key);
        }
        expect(drained).toEqual([...model.values()].sort((a, b) => a - b));
        expect(heap.size).toBe(0);
      }),
    );
  });
});

describe('the gate', () => {
  it('keeps four places for confirmations when everything else is taken', () => {
    const gate = makeGate({ concurrent: 2, perHost: 9, gapPerHostMs: 0 });
    expect([gate.enter(null, false, 0), gate.enter(null, false, 0)]).toEqual([null, null]);
    expect(gate.enter(null, false, 0)).toBe(Number.POSITIVE_INFINITY);
    for (let place = 0; place < 4; place += 1) expect(gate.enter(null, true, 0)).toBeNull();
    expect(gate.enter(null, true, 0)).toBe(Number.POSITIVE_INFINITY);
    gate.leave(null);
    expect(gate.enter(null, true, 0)).toBeNull();
  });

  it('says when a host may be asked again', () => {
    const gate = makeGate({ concurrent: 9, perHost: 2, gapPerHostMs: 250 });
    expect(gate.enter('h', false, 1_000)).toBeNull();
    expect(gate.enter('h', false, 1_100)).toBe(1_250);
    expect(gate.enter('other', false, 1_100)).toBeNull();
    expect(gate.enter('h', false, 1_250)).toBeNull();
    expect(gate.enter('h', false, 9_999)).toBe(Number.POSITIVE_INFINITY);
  });
});
