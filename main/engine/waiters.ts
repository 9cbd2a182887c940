// People who asked for a check at once and wait for what it sees.
import { FaultError } from '../../shared/fault.ts';
import type { Observation } from '../../shared/observation.ts';
import type { Clock } from './ports.ts';

export type Waiters = {
  /** The next observation of the monitor; rejects when none came within the limit. */
  wait(monitorId: string): Promise<Observation>;
  seen(observation: Observation): void;
};

const limitMs = 130_000;

export function makeWaiters(clock: Clock): Waiters {
  const waiting = new Map<string, ((observation: Observation) => void)[]>();
  return {
    wait: (id) =>
      new Promise((resolve, reject) => {
        const cancel = clock.after(limitMs, () => reject(tooLong()));
        const answer = (observation: Observation): void => {
          cancel();
          resolve(observation);
        };
        waiting.set(id, [...(waiting.get(id) ?? []), answer]);
      }),
    seen(observation) {
      for (const answer of waiting.get(observation.monitorId) ?? []) answer(observation);
      waiting.delete(observation.monitorId);
    },
  };
}

function tooLong(): FaultError {
  return new FaultError({
    code: 'timeout',
    message: 'The check did not finish.',
    next: 'Look at the monitor’s limits and try again.',
    exitCode: 1,
  });
}
