// Waits for a target that sleeps: while it wakes, refusals, timeouts and a proxy's "not yet" are no news. The time limit is
// the signal; this file has none of its own.
import type { Observation } from '../../shared/observation.ts';
import type { Clock } from '../engine/ports.ts';
import { isTimeUp, seconds, TimeLimit } from './failure.ts';

const pauseMs = 1_000;

/** Whether a sleeping target answers like this: silence, a closed port, or the gateway before it (502, 503, 504). */
export function isRetryable(observation: Observation): boolean {
  if (observation.outcome !== 'down') return false;
  const { status } = observation;
  if (status !== undefined) return status >= 502 && status <= 504;
  return observation.error?.code === 'timeout' || observation.error?.code === 'refused';
}

/** Tries again, a second apart, until something else comes back or `signal` is aborted; then the last observation, dated to
 *  the first attempt. `first` is what that saw. */
export async function wakeUp(
  attempt: () => Promise<Observation>,
  first: Observation,
  clock: Clock,
  signal: AbortSignal,
): Promise<Observation> {
  let last = first;
  while (isRetryable(last) && (await pause(clock, signal))) {
    const next = await attempt();
    // Cut off by the end of the budget, an attempt knows less than the whole one before it.
    if (isTimeUp(signal) && isRetryable(next) && next.status === undefined) break;
    last = next;
  }
  if (last.error && signal.reason instanceof TimeLimit) {
    last.error.message = `Not awake after ${seconds(signal.reason.limitMs)}. ${last.error.message}`;
  }
  return { ...last, at: first.at };
}

/** False when the time was up first. */
function pause(clock: Clock, signal: AbortSignal): Promise<boolean> {
  if (signal.aborted) return Promise.resolve(false);
  return new Promise((resolve) => {
    const stop = clock.after(pauseMs, () => {
      signal.removeEventListener('abort', aborted);
      resolve(true);
    });
    const aborted = (): void => {
      stop();
      resolve(false);
    };
    signal.addEventListener('abort', aborted, { once: true });
  });
}
