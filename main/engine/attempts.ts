// The checks under way: starts each with its own way to be cancelled, and drops them all when their results could no longer
// be believed (sleep, stop).
import type { Observation } from '../../shared/observation.ts';
import type { Planned } from './plan.ts';
import type { CheckRunner, Clock } from './ports.ts';

export type Attempts = {
  /** What the check saw, or null when it was dropped meanwhile. */
  run(item: Planned, cold: boolean, queuedMs: number): Promise<Observation | null>;
  /** Cancels every check under way; their results are not delivered. */
  drop(): void;
};

export type AttemptPorts = {
  readonly clock: Clock;
  readonly runner: CheckRunner;
  /** True when this machine has no network interface that could reach the host: then its failure is ours. */
  readonly cutOff: (host: string | null) => boolean;
};

export function makeAttempts({ clock, runner, cutOff }: AttemptPorts): Attempts {
  const underWay = new Set<AbortController>();

  /** A failure on a machine without a network is no news about the target. */
  const explain = (item: Planned, observation: Observation): Observation => {
    if (observation.outcome !== 'down' || !cutOff(item.described.host)) return observation;
    return { ...observation, outcome: 'unknown', error: { code: 'offline', message: 'This machine has no network connection.' } };
  };

  return {
    async run(item, cold, queuedMs) {
      const controller = new AbortController();
      underWay.add(controller);
      const observation = await runner(item.config, { clock, cold }, controller.signal);
      underWay.delete(controller);
      if (controller.signal.aborted) return null;
      return explain(item, queuedMs >= 1 ? { ...observation, queuedMs: Math.round(queuedMs) } : observation);
    },
    drop() {
      for (const controller of underWay) controller.abort();
      underWay.clear();
    },
  };
}
