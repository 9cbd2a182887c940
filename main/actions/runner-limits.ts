// Waits for one step: ends when it ends, when its time is over or when the run is cancelled, whether the step listens or not.
import type { Clock } from '../engine/ports.ts';

/** A step that was told to stop gets this long to put its tools down; then the run goes on without it. */
export const graceMs = 5_000;

export type Ended<T> =
  | { readonly end: T }
  /** `error` is what the step threw; for one that did not listen, why it was told to stop. */
  | { readonly why: 'threw' | 'limit' | 'cancel'; readonly error: unknown };

/** Never rejects. A step that comes to an end in spite of being told to stop counts as having ended well. */
export function within<T>(
  work: (signal: AbortSignal) => Promise<T>,
  limits: { readonly clock: Clock; readonly limitMs: number; readonly cancel?: AbortSignal },
): Promise<Ended<T>> {
  const { clock, limitMs, cancel } = limits;
  const limit = new AbortController();
  const timeOver = new Error('The time of this step is over.');
  const signal = cancel ? AbortSignal.any([cancel, limit.signal]) : limit.signal;
  const why = (): 'threw' | 'limit' | 'cancel' => {
    if (!signal.aborted) return 'threw';
    return signal.reason === timeOver ? 'limit' : 'cancel';
  };
  return new Promise((resolve) => {
    const stopTimer = clock.after(limitMs, () => limit.abort(timeOver));
    let stopGrace = (): void => {};
    const settle = (ended: Ended<T>): void => {
      stopTimer();
      stopGrace();
      resolve(ended);
    };
    const onAbort = (): void => {
      stopGrace = clock.after(graceMs, () => settle({ why: why(), error: signal.reason }));
    };
    if (signal.aborted) onAbort();
    else signal.addEventListener('abort', onAbort, { once: true });
    const start = async (): Promise<T> => await work(signal);
    start().then(
      (end) => settle({ end }),
      (error: unknown) => settle({ why: why(), error }),
    );
  });
}
