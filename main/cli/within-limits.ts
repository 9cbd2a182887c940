// Runs many things at once within the settings' limits: so many in all, so many per host, and a gap between two starts to
// one host. Knows nothing of what runs.
import { setTimeout as sleep } from 'node:timers/promises';

export type RunLimits = { readonly concurrent: number; readonly perHost: number; readonly gapPerHostMs: number };

/**
 * The results of `run`, in the order of `items`. `hostOf` null: only the overall limit counts.
 * Rejects with the signal's reason when it aborts while something still waits to start; `run` itself must not reject.
 */
export async function runWithinLimits<T, R>(
  items: readonly T[],
  limits: RunLimits,
  hostOf: (item: T) => string | null,
  run: (item: T) => Promise<R>,
  signal: AbortSignal,
): Promise<readonly R[]> {
  const results = new Map<T, R>();
  const slots = makeSlots(limits.concurrent);
  const lanes: Promise<void>[] = [];
  for (const { queue, width } of grouped(items, hostOf, limits.perHost)) {
    const waiting = [...queue];
    let nextStart = 0;
    /** A place to run in, no sooner than the gap after the last start: another lane may have started while this one waited for
     *  a place, and timers are late, so it is looked at again each time. */
    const turn = async (): Promise<void> => {
      for (;;) {
        const wait = nextStart - performance.now();
        if (wait > 0) {
          await sleep(wait, undefined, { signal });
          continue;
        }
        await slots.take();
        if (performance.now() >= nextStart) break;
        slots.giveBack();
      }
      nextStart = performance.now() + limits.gapPerHostMs;
    };
    const lane = async (): Promise<void> => {
      for (let item = waiting.shift(); item !== undefined; item = waiting.shift()) {
        await turn();
        try {
          signal.throwIfAborted();
          results.set(item, await run(item));
        } finally {
          slots.giveBack();
        }
      }
    };
    for (let index = 0; index < Math.min(width, queue.length); index += 1) lanes.push(lane());
  }
  await Promise.all(lanes);
  return items.map((item) => results.get(item) as R);
}

function grouped<T>(items: readonly T[], hostOf: (item: T) => string | null, perHost: number) {
  const groups = new Map<string | T, { queue: T[]; width: number }>();
  for (const item of items) {
    const key = hostOf(item) ?? item;
    const group = groups.get(key) ?? { queue: [], width: perHost };
    group.queue.push(item);
    groups.set(key, group);
  }
  return groups.values();
}

function makeSlots(count: number) {
  let free = count;
  const waiting: (() => void)[] = [];
  return {
    take(): Promise<void> {
      if (free > 0) {
        free -= 1;
        return Promise.resolve();
      }
      return new Promise((resolve) => waiting.push(resolve));
    },
    giveBack(): void {
      const next = waiting.shift();
      if (next) next();
      else free += 1;
    },
  };
}
