// The operator lease: of all Signalboxes that watch the same production, at most one acts by itself at a time. On one machine
// that is a lock of the kernel's; across machines an item of Global Config, which every one of them can read and write.
//
// The item has no compare-and-swap: the last write wins. So whoever finds it free writes itself in, waits, and holds it only
// when it still finds itself there, twice. Somebody whose reading and writing together took longer than half of a wait has
// decided on old news and gives up; thus everybody who goes on wrote while the others were still looking.
import { z } from 'zod';
import type { Clock } from '../engine/ports.ts';
import type { VercelClient } from '../providers/vercel-model.ts';
import { pause } from './pause.ts';

/** A place that all instances share. */
export type LeaseStore = {
  read(signal: AbortSignal): Promise<unknown>;
  /** `undefined` removes it. */
  write(value: unknown, signal: AbortSignal): Promise<void>;
};

export type Held = {
  /** What it does not cover, for people; empty when it covers everything. */
  readonly caveat: string;
  /** Frees it, at once or after `keepMs`: nobody else acts until then. Rejects as the store does. */
  release(keepMs?: number): Promise<void>;
};

export type OperatorLease = {
  /** Rejects as the store does: who cannot ask holds nothing. */
  take(signal: AbortSignal): Promise<Held | { readonly taken: string }>;
};

export type LeaseOptions = {
  /** Null: machines do not see each other. */
  readonly store: LeaseStore | null;
  /** Held on this machine until `release`. */
  readonly local: () => { release(): void } | 'taken';
  /** Different for every instance, and never a person's or a machine's name: others can read it. */
  readonly holder: string;
  readonly clock: Clock;
  /** In [0, 1). */
  readonly random?: () => number;
  /** Only tests change them, ms. */
  readonly times?: { readonly lease: number; readonly settle: number };
};

const item = z.object({ holder: z.string(), until: z.iso.datetime(), at: z.iso.datetime() });
export const leaseKey = 'signalbox-operator';

/** `settle`: an instance that reads and writes within it is seen by all others that have written before. */
const usual = { lease: 120_000, settle: 2_000 } as const;
const onlyHere = 'Other machines that run Signalbox are not seen: no Global Config is set.';

export function configLease(vercel: VercelClient, configId: string): LeaseStore {
  return {
    read: (signal) => vercel.configItem(configId, leaseKey, signal),
    write: (value, signal) => vercel.writeConfigItem(configId, leaseKey, value, signal),
  };
}

export function makeOperatorLease(options: LeaseOptions): OperatorLease {
  const { store, local } = options;
  return {
    async take(signal) {
      const here = local();
      if (here === 'taken') return { taken: 'Another Signalbox on this machine acts now.' };
      try {
        const taken = store ? await takeStore(options, store, signal) : null;
        if (taken === null) return store ? hold(options, store, here) : { caveat: onlyHere, release: async () => here.release() };
        here.release();
        return { taken };
      } catch (error: unknown) {
        here.release();
        throw error;
      }
    },
  };
}

/** Null when it is ours now; otherwise why not. */
async function takeStore(options: LeaseOptions, store: LeaseStore, signal: AbortSignal): Promise<string | null> {
  const { holder, clock, random = Math.random, times = usual } = options;
  const from = clock.monotonic();
  const until = takenUntil(await store.read(signal), clock.now());
  if (until !== null) return `The operator lease is taken until ${until}.`;
  await store.write(entry(options, times.lease), signal);
  if (clock.monotonic() - from > times.settle / 2) return 'The place of the operator lease answers too slowly.';
  await pause(clock, times.settle * (1 + random() / 2), signal);
  if (!isOurs(await store.read(signal), holder)) return 'Another Signalbox was faster.';
  await pause(clock, times.settle, signal);
  return isOurs(await store.read(signal), holder) ? null : 'Another Signalbox was faster.';
}

function entry({ holder, clock }: LeaseOptions, forMs: number): z.infer<typeof item> {
  const now = clock.now();
  return { holder, until: new Date(now + forMs).toISOString(), at: new Date(now).toISOString() };
}

const isOurs = (value: unknown, holder: string): boolean => item.safeParse(value).data?.holder === holder;

/** Null when it is free. Our own entry counts as taken too: it may have been written late, over somebody who holds it. What
 *  cannot be read is no lease of a Signalbox. */
function takenUntil(value: unknown, now: number): string | null {
  const found = item.safeParse(value).data;
  return found && Date.parse(found.until) > now ? found.until : null;
}

/** Keeps it while it is needed, by renewing it at half its life. */
function hold(options: LeaseOptions, store: LeaseStore, here: { release(): void }): Held {
  const { clock, holder, times = usual } = options;
  const stop = new AbortController();
  // Without a look: who wrote over it was late and knows that it does not hold it.
  const renew = (): Promise<void> => store.write(entry(options, times.lease), stop.signal);
  let cancel = (): void => {};
  const plan = (): void => {
    cancel = clock.after(times.lease / 2, () => {
      // A renewal that fails is tried again; until then the lease has half its life left.
      renew().then(plan, () => (stop.signal.aborted ? undefined : plan()));
    });
  };
  plan();
  return {
    caveat: '',
    async release(keepMs = 0) {
      cancel();
      stop.abort();
      try {
        const signal = AbortSignal.timeout(10_000);
        if (!isOurs(await store.read(signal), holder)) return;
        await store.write(keepMs > 0 ? entry(options, keepMs) : undefined, signal);
      } finally {
        here.release();
      }
    },
  };
}
