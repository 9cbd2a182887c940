// The operator lease: of all that want to act, at most one does, whatever the order in which their requests arrive.
import { describe, expect, it } from 'vitest';
import { type Held, type LeaseStore, makeOperatorLease } from '../../../main/actions/lease.ts';
import type { Clock } from '../../../main/engine/ports.ts';
import { FakeClock } from '../../support/fake-clock.ts';

const free = () => ({ release: () => {} });
const signal = new AbortController().signal;

/** A store that takes its time, each request another one; who asks later may be heard earlier. */
function slowStore(clock: Clock, delay: () => number): LeaseStore & { readonly now: () => unknown } {
  let value: unknown;
  const after = (ms: number): Promise<void> => new Promise((resolve) => clock.after(ms, resolve));
  return {
    now: () => value,
    async read() {
      await after(delay());
      const seen = value;
      await after(delay());
      return seen;
    },
    async write(next) {
      await after(delay());
      value = next;
      await after(delay());
    },
  };
}

/** Numbers in [0, 1) that are the same in every run. */
function seeded(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state * 1_664_525 + 1_013_904_223) % 4_294_967_296;
    return state / 4_294_967_296;
  };
}

async function outcome<T>(clock: FakeClock, ms: number, promise: Promise<T>): Promise<T> {
  for (let passed = 0; passed < ms; passed += 100) await clock.pass(100);
  return promise;
}

const isHeld = (one: unknown): one is Held => typeof one === 'object' && one !== null && 'release' in one;

describe('the operator lease', () => {
  it('is held by one of two that race, never by both, however slow the place is', async () => {
    let held = 0;
    for (let seed = 1; seed <= 300; seed += 1) {
      const clock = new FakeClock();
      const random = seeded(seed);
      // Mostly quick; now and then a request is held up for longer than anybody waits.
      const store = slowStore(clock, () => (random() < 0.15 ? random() * 12_000 : random() * 150));
      const leases = ['a', 'b', 'c'].map((holder) => makeOperatorLease({ store, local: free, holder, clock, random }));
      const taking = leases.map(async (lease) => {
        await new Promise<void>((resolve) => clock.after(random() * 400, resolve));
        return lease.take(signal);
      });
      const results = await outcome(clock, 60_000, Promise.all(taking));
      const holders = results.filter(isHeld).length;
      expect(holders, `seed ${seed}`).toBeLessThanOrEqual(1);
      held += holders;
    }
    expect(held).toBeGreaterThan(50);
  });

  it('is renewed while it is held, and kept for others until the cooldown is over', async () => {
    const clock = new FakeClock();
    const store = slowStore(clock, () => 10);
    const mine = makeOperatorLease({ store, local: free, holder: 'a', clock, random: () => 0 });
    const other = makeOperatorLease({ store, local: free, holder: 'b', clock, random: () => 0 });
    const held = await outcome(clock, 6_000, mine.take(signal));
    if (!isHeld(held)) throw new Error('it was free');
    for (let minutes = 0; minutes < 10; minutes += 1) await clock.pass(60_000);
    expect(await outcome(clock, 6_000, other.take(signal))).toMatchObject({
      taken: expect.stringContaining('The operator lease is taken until'),
    });
    await outcome(clock, 1_000, held.release(1_800_000));
    await clock.pass(1_700_000);
    expect(isHeld(await outcome(clock, 6_000, other.take(signal)))).toBe(false);
    await clock.pass(200_000);
    expect(isHeld(await outcome(clock, 6_000, other.take(signal)))).toBe(true);
  });

  it('runs out when its holder died', async () => {
    const clock = new FakeClock();
    const store = slowStore(clock, () => 10);
    await outcome(
      clock,
      1_000,
      store.write(
        { holder: 'dead', until: new Date(clock.now() + 120_000).toISOString(), at: new Date(clock.now()).toISOString() },
        signal,
      ),
    );
    const lease = makeOperatorLease({ store, local: free, holder: 'a', clock });
    expect(isHeld(await outcome(clock, 6_000, lease.take(signal)))).toBe(false);
    await clock.pass(120_000);
    expect(isHeld(await outcome(clock, 8_000, lease.take(signal)))).toBe(true);
  });

  it('is removed when it is released at once', async () => {
    const clock = new FakeClock();
    const store = slowStore(clock, () => 1);
    const held = await outcome(clock, 6_000, makeOperatorLease({ store, local: free, holder: 'a', clock }).take(signal));
    if (!isHeld(held)) throw new Error('it was free');
    await outcome(clock, 1_000, held.release());
    expect(store.now()).toBeUndefined();
  });

  it('without a shared place is this machine’s, and says what it does not see', async () => {
    let taken = false;
    const local = (): { release(): void } | 'taken' => {
      if (taken) return 'taken';
      taken = true;
      return {
        release() {
          taken = false;
        },
      };
    };
    const lease = makeOperatorLease({ store: null, local, holder: 'a', clock: new FakeClock() });
    const held = await lease.take(signal);
    expect(held).toMatchObject({ caveat: expect.stringContaining('Other machines that run Signalbox are not seen') });
    expect(await lease.take(signal)).toEqual({ taken: 'Another Signalbox on this machine acts now.' });
    if (isHeld(held)) await held.release();
    expect(isHeld(await lease.take(signal))).toBe(true);
  });

  it('frees this machine’s lock when the place cannot be asked', async () => {
    let released = 0;
    const store: LeaseStore = { read: () => Promise.reject(new Error('away')), write: async () => {} };
    const local = () => ({
      release() {
        released += 1;
      },
    });
    await expect(makeOperatorLease({ store, local, holder: 'a', clock: new FakeClock() }).take(signal)).rejects.toThrow('away');
    expect(released).toBe(1);
  });
});
