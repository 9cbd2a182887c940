// Keeps requests to one provider apart, one at a time, as a limit per second demands.
import { waitFor } from './wait.ts';

export type Pace = <T>(work: () => Promise<T>, signal: AbortSignal) => Promise<T>;

/** Work starts `gapMs` after the work before it ended, whether well or not. Waiting ends with the signal's reason. */
export function makePace(gapMs: number): Pace {
  let last: Promise<unknown> = Promise.resolve();
  let endedAt = Number.NEGATIVE_INFINITY;
  return (work, signal) => {
    const before = last;
    const mine = (async () => {
      await before;
      signal.throwIfAborted();
      await waitFor(endedAt + gapMs - performance.now(), signal);
      try {
        return await work();
      } finally {
        endedAt = performance.now();
      }
    })();
    last = mine.then(
      () => undefined,
      () => undefined,
    );
    return mine;
  };
}
