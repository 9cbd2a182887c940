// The state a start begins with: what was remembered, fitted to the rules of today's settings.
import { newMonitor } from '../core/judge.ts';
import type { Rules, State } from '../core/model.ts';
import { initialState } from '../core/reduce.ts';
import type { History } from './ports.ts';

export function recall(history: Pick<History, 'load'>, rules: Rules, now: number): State {
  const { engine, monitors, incidents, lastObservations } = history.load(now);
  const known = new Map(monitors.map((monitor) => [monitor.id, monitor]));
  const fresh = initialState(rules, now);
  return {
    ...fresh,
    ...(engine ?? {}),
    // Neither outlives the process that had it.
    settingsProblem: null,
    storageProblem: null,
    connectivity: fresh.connectivity,
    failingChannels: engine?.failingChannels.filter((channel) => rules.channels.includes(channel)) ?? [],
    incidents,
    monitors: rules.monitors.map((rule) => {
      const monitor = known.get(rule.id) ?? newMonitor(rule.id, now);
      const last = lastObservations[rule.id];
      const at = last ? Date.parse(last.at) : null;
      const succeeded = at !== null && (last?.outcome === 'up' || last?.outcome === 'degraded');
      return { ...monitor, lastAt: at ?? monitor.lastAt, lastSuccessAt: succeeded ? at : monitor.lastSuccessAt };
    }),
  };
}
