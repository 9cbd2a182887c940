// What tests need to run a check for real: the machine's own clock, and settings parsed as the app parses them.
import { monitorSchema } from '../../main/checks/registry.ts';
import { makeRunner } from '../../main/checks/runner.ts';
import { systemClock } from '../../main/engine/clock.ts';
import type { Clock } from '../../main/engine/ports.ts';
import type { MonitorConfig } from '../../shared/monitor.ts';
import type { Observation } from '../../shared/observation.ts';
import { observation as observationSchema } from '../../shared/observation.ts';

/** Parses one monitor's settings; `id` and `kind` must be among them. */
export function monitor(settings: Readonly<Record<string, unknown>>): MonitorConfig {
  return monitorSchema.parse({ id: 'm', ...settings });
}

/** Runs one check through the real runner and proves that what comes back is a valid observation. */
export async function check(
  settings: Readonly<Record<string, unknown>>,
  options: {
    readonly cold?: boolean;
    readonly signal?: AbortSignal;
    readonly secrets?: Readonly<Record<string, string>>;
    readonly clock?: Clock;
  } = {},
): Promise<Observation> {
  const run = makeRunner({
    secrets: {
      get: async (name) => {
        const value = options.secrets?.[name];
        return value === undefined ? null : { value, source: 'environment' };
      },
    },
  });
  const signal = options.signal ?? new AbortController().signal;
  return observationSchema.parse(
    await run(monitor(settings), { clock: options.clock ?? systemClock, cold: options.cold ?? false }, signal),
  );
}
