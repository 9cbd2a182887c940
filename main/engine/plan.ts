// From settings to what the core and the scheduler need: the rules of every monitor, whom it talks to, what to remark.
import { durationMs } from '../../shared/duration.ts';
import type { MonitorConfig } from '../../shared/monitor.ts';
import type { Settings } from '../../shared/settings.ts';
import type { ChannelName } from '../../shared/snapshot.ts';
import type { MonitorRule, Rules } from '../core/model.ts';
import type { Limits } from './gate.ts';
import type { Scheduled } from './scheduler.ts';

/** What the check kinds tell about one monitor's settings; compose.ts asks the registry. */
export type Described = {
  readonly host: string | null;
  readonly label: string;
  readonly defaultInterval: string;
  /** Loopback or private: judged without witnesses. */
  readonly local: boolean;
  /** Loopback: exempt from the limits per host. */
  readonly loopback: boolean;
  readonly notices: readonly string[];
};

export type Planned = { readonly config: MonitorConfig; readonly rule: MonitorRule; readonly described: Described };

export type Plan = { readonly rules: Rules; readonly monitors: readonly Planned[]; readonly limits: Limits };

const coldInterval = '1h';

/** The whole plan of a settings file; disabled monitors are left out. */
export function planOf(
  settings: Settings,
  describe: (config: MonitorConfig) => Described,
  channels: readonly ChannelName[],
): Plan {
  const monitors = settings.monitors
    .filter((config) => config.enabled)
    .map((config): Planned => {
      const described = describe(config);
      return { config, described, rule: ruleOf(config, described) };
    });
  return {
    monitors,
    limits: {
      concurrent: settings.limits.concurrent,
      perHost: settings.limits.perHost,
      gapPerHostMs: durationMs(settings.limits.gapPerHost),
    },
    rules: {
      monitors: monitors.map(({ rule }) => rule),
      maintenance: settings.maintenance.map((window) => ({
        from: Date.parse(window.from),
        to: Date.parse(window.to),
        monitors: window.monitors ?? null,
      })),
      remindEveryMs: durationMs(settings.alerts.remindEvery),
      channels,
      guarded: settings.connectivity.probes.length > 0,
    },
  };
}

function ruleOf(config: MonitorConfig, described: Described): MonitorRule {
  const interval = config.interval ?? (config.coldStart ? coldInterval : described.defaultInterval);
  return {
    id: config.id,
    name: config.name ?? config.id,
    kind: config.kind,
    // A provider's page explains and never judges, whatever role it was given (DESIGN section 5).
    role: config.kind === 'status-page' ? 'provider' : config.role,
    intervalMs: durationMs(interval),
    retryIntervalMs: durationMs(config.retryInterval),
    failureThreshold: config.failureThreshold,
    successThreshold: config.successThreshold,
    degradedAboveMs: config.degradedAbove ? durationMs(config.degradedAbove) : null,
    coldStartMs: config.coldStart ? durationMs(config.coldStart) : null,
    sleepsAfterMs: durationMs(config.sleepsAfter),
    local: described.local,
  };
}

export function byId(plan: Plan): ReadonlyMap<string, Planned> {
  return new Map(plan.monitors.map((item) => [item.rule.id, item]));
}

/** Loopback is exempt from the limits per host. */
export function scheduledOf({ rule, described }: Planned): Scheduled {
  return { id: rule.id, intervalMs: rule.intervalMs, host: described.loopback ? null : described.host };
}
