// Hears that a run is to be cancelled: from a signal in this process, or from another process through the journal.
import type { Journal } from '../engine/levers.ts';
import type { Clock } from '../engine/ports.ts';

/** How often the journal is asked. */
const askEveryMs = 250;

export type Cancel = {
  readonly signal: AbortSignal;
  /** Asks the journal at once. */
  isAsked(): boolean;
  stop(): void;
};

export function watchForCancel(options: {
  readonly runId: string;
  readonly signal: AbortSignal;
  readonly journal: Pick<Journal, 'cancelAsked'>;
  readonly clock: Clock;
}): Cancel {
  const { runId, signal, journal, clock } = options;
  const asked = new AbortController();
  const either = AbortSignal.any([signal, asked.signal]);
  let stopTimer = (): void => {};
  const look = (): boolean => {
    if (either.aborted) return true;
    try {
      if (journal.cancelAsked(runId)) asked.abort(new Error('The run was cancelled.'));
    } catch {
      // A journal that cannot be read now is asked again in a moment; the next thing to be stored says what is wrong with it.
    }
    return either.aborted;
  };
  const wait = (): void => {
    stopTimer = clock.after(askEveryMs, () => {
      if (!look()) wait();
    });
  };
  wait();
  return { signal: either, isAsked: look, stop: () => stopTimer() };
}
