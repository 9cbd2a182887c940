// Runs any monitor's check: secrets in, time limit on, cold start waited out, secrets out of what comes back. Never throws,
// and judges nothing: thresholds are core's.
import { durationMs } from '../../shared/duration.ts';
import { FaultError } from '../../shared/fault.ts';
import type { MonitorConfig } from '../../shared/monitor.ts';
import type { Observation, Phases } from '../../shared/observation.ts';
import { safeText } from '../../shared/redact.ts';
import type { CheckKind, CheckPorts, CheckRunner, Secrets } from '../engine/ports.ts';
import { isRetryable, wakeUp } from './cold-start.ts';
import { type Failure, isTimeUp, TimeLimit, unknown } from './failure.ts';
import { FillInCache, hiddenParts } from './fill-in.ts';
import { checkKinds, kindOf } from './registry.ts';
import { begin, withFailure } from './verdict.ts';

/** `kinds` is for tests; every registered kind otherwise. */
export function makeRunner(needs: { readonly secrets: Secrets; readonly kinds?: readonly CheckKind[] }): CheckRunner {
  const kinds = needs.kinds ?? checkKinds;
  const cache = new FillInCache<MonitorConfig>();
  return async (config, ports, signal) => {
    const values: string[] = [];
    const started = ports.clock.monotonic();
    let observation: Observation;
    try {
      const problem = await readSecrets(cache.namesIn(config), needs.secrets, values);
      observation = problem
        ? withFailure(begin(config, ports.clock), problem)
        : await runLimited(kindOf(config, kinds), cache.fill(config, values), ports, signal);
    } catch (error) {
      observation = withFailure(begin(config, ports.clock), internal(error));
    }
    if (ports.cold && config.coldStart !== undefined && observation.outcome === 'up') {
      observation.latencyMs = observation.wakeMs = ports.clock.monotonic() - started;
    }
    return clean(observation, values);
  };
}

/** Fills `values` in the order of `names`; returns what stands in the way. Asked for each check, so that a new secret counts. */
async function readSecrets(names: readonly string[], secrets: Secrets, values: string[]): Promise<Failure | null> {
  for (const name of names) {
    try {
      const found = await secrets.get(name);
      if (!found) return unknown('auth', `Secret "${name}" is not set.`);
      values.push(found.value);
    } catch (error) {
      if (error instanceof FaultError) return unknown('auth', `Secret "${name}" cannot be read: ${error.message} ${error.next}`);
      throw error;
    }
  }
  return null;
}

async function runLimited(kind: CheckKind, config: MonitorConfig, ports: CheckPorts, signal: AbortSignal): Promise<Observation> {
  const budget = ports.cold && config.coldStart !== undefined ? durationMs(config.coldStart) : 0;
  const limitMs = Math.max(budget, durationMs(config.timeout));
  const controller = new AbortController();
  const cancel = (): void => controller.abort(signal.reason);
  const stopTimer = ports.clock.after(limitMs, () => controller.abort(new TimeLimit(limitMs)));
  if (signal.aborted) cancel();
  signal.addEventListener('abort', cancel);
  try {
    const attempt = (): Promise<Observation> => kind.run(config, ports, controller.signal);
    const first = await attempt();
    const last = budget > 0 && isRetryable(first) ? await wakeUp(attempt, first, ports.clock, controller.signal) : first;
    return isCancelled(controller.signal) ? cancelled(config, ports) : last;
  } catch (error) {
    if (isCancelled(controller.signal)) return cancelled(config, ports);
    throw error;
  } finally {
    stopTimer();
    signal.removeEventListener('abort', cancel);
  }
}

/** Whole microseconds: the rest of a monotonic clock's digits is noise. */
function tidy(observation: Observation): void {
  if (observation.latencyMs !== null) observation.latencyMs = whole(observation.latencyMs);
  if (observation.wakeMs !== undefined) observation.wakeMs = whole(observation.wakeMs);
  const { phases } = observation;
  if (!phases) return;
  for (const name of Object.keys(phases) as (keyof Phases)[]) {
    const value = phases[name];
    if (value !== undefined) phases[name] = whole(value);
  }
}

function whole(ms: number): number {
  return Math.round(ms * 1_000) / 1_000;
}

function isCancelled(signal: AbortSignal): boolean {
  return signal.aborted && !isTimeUp(signal);
}

function cancelled(config: MonitorConfig, ports: CheckPorts): Observation {
  return withFailure(begin(config, ports.clock), unknown('cancelled', 'The check was cancelled.'));
}

function internal(error: unknown): Failure {
  return unknown('internal', `Signalbox itself failed in this check: ${error instanceof Error ? error.message : String(error)}`);
}

function clean(observation: Observation, values: readonly string[]): Observation {
  tidy(observation);
  if (!observation.error && observation.excerpt === undefined && !observation.provider) return observation;
  const hidden = values.flatMap(hiddenParts);
  if (observation.error) observation.error.message = safeText(observation.error.message, 1_000, hidden);
  if (observation.excerpt !== undefined) observation.excerpt = safeText(observation.excerpt, 2_048, hidden);
  if (observation.provider) observation.provider.page = safeText(observation.provider.page, 200, hidden);
  return observation;
}
