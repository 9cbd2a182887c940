// Builds the parts of the snapshot and the bodies of events from the state. Uptime figures are kept for a minute: they
// move slowly and cost a query.
import type { EventBody } from '../../shared/events.ts';
import type { Incident } from '../../shared/incident.ts';
import type { Observation } from '../../shared/observation.ts';
import type { ChannelName, ChannelView, MonitorView, Snapshot } from '../../shared/snapshot.ts';
import type { Effect, State } from '../core/model.ts';
import {
  channelViews,
  connectivityView,
  incidentView,
  incidentViews,
  iso,
  longestPeriodMs,
  monitorView,
  signalView,
  type UptimeViews,
  uptimeViews,
} from '../core/view.ts';
import { type LeverPort, withoutLevers } from './lever-desk.ts';
import type { Plan } from './plan.ts';
import type { DeliveryResult, History } from './ports.ts';

/** What a snapshot tells beside the judged state. */
export type About = Pick<Snapshot, 'app' | 'engine'>;

export type Views = {
  snapshot(state: State, now: number, revision?: number): Snapshot;
  /** The event that announces an effect, if people are to hear of it. */
  event(state: State, effect: Effect, now: number): EventBody | null;
  /** Parts that changed without an event of their own. */
  rest(before: State, after: State, shown: Snapshot, now: number): EventBody | null;
  everything(state: State, now: number): EventBody;
  /** Rebuilds one monitor's view. */
  refresh(state: State, monitorId: string, now: number): MonitorView | null;
  /** Whether a provider's page says something new with it. */
  remember(observation: Observation): boolean;
  channel(state: State, channel: ChannelName): ChannelView | null;
  delivered(result: DeliveryResult): void;
  adopt(plan: Plan, about: About): void;
  settingsProblem(problem: string | null): void;
};

const uptimeLifeMs = 60_000;

export function makeViews(first: {
  readonly history: Pick<History, 'spans' | 'lastSent'>;
  readonly about: About;
  readonly plan: Plan;
  readonly last: Readonly<Record<string, Observation>>;
  readonly levers?: LeverPort['view'];
}): Views {
  const { history, levers: leverView = withoutLevers.view } = first;
  let { plan, about } = first;
  const last = new Map(Object.entries(first.last));
  const figures = new Map<string, { readonly at: number; readonly views: UptimeViews }>();
  const problems = new Map<string, string>();
  let places = placesOf(plan);

  const uptimeOf = (state: State, place: number, now: number): UptimeViews => {
    const { rule } = plan.monitors[place] as Plan['monitors'][number];
    const known = figures.get(rule.id);
    if (known && now - known.at < uptimeLifeMs && now >= known.at) return known.views;
    const monitor = state.monitors[place] as State['monitors'][number];
    const views = uptimeViews(rule, monitor, history.spans(rule.id, now - longestPeriodMs), now);
    figures.set(rule.id, { at: now, views });
    return views;
  };

  const view = (state: State, place: number, now: number): MonitorView | null => {
    const item = plan.monitors[place];
    const monitor = state.monitors[place];
    if (!item || !monitor) return null;
    const { described, rule } = item;
    const facts = {
      target: described.label,
      last: last.get(rule.id) ?? null,
      uptime: uptimeOf(state, place, now),
      notices: described.notices,
    };
    return monitorView(state, rule, monitor, facts, now);
  };

  const monitors = (state: State, now: number): MonitorView[] =>
    plan.monitors.flatMap((_item, place) => view(state, place, now) ?? []);
  const channels = (state: State): ChannelView[] => channelViews(state, (channel) => history.lastSent(channel), problems);
  const engine = (state: State): Snapshot['engine'] => ({
    ...about.engine,
    pausedUntil: state.pausedUntil === null ? null : iso(state.pausedUntil),
    settingsProblem: state.settingsProblem,
  });

  return {
    snapshot: (state, now, revision = 0) => ({
      revision,
      at: iso(now),
      app: about.app,
      engine: engine(state),
      signal: signalView(state),
      connectivity: connectivityView(state),
      monitors: monitors(state, now),
      incidents: incidentViews(state.incidents, now),
      channels: channels(state),
      ...leverView(now),
    }),
    event(state, effect, now) {
      switch (effect.type) {
        case 'monitor-changed': {
          figures.delete(effect.monitorId);
          const monitor = view(state, places.get(effect.monitorId) ?? -1, now);
          return monitor
            ? { event: 'monitor.changed', monitorId: effect.monitorId, from: effect.from, to: effect.to, monitor }
            : null;
        }
        case 'incident-changed': {
          const incident = state.incidents.find((item) => item.id === effect.incidentId);
          return incident ? incidentEvent(effect.change, incidentView(incident, now)) : null;
        }
        case 'connectivity-changed':
          return { event: 'connectivity.changed', from: effect.from, to: effect.to, connectivity: connectivityView(state) };
        case 'signal-changed':
          if (effect.from === effect.to) return { event: 'view.changed', signal: signalView(state) };
          return { event: 'signal.changed', from: effect.from, to: effect.to, signal: signalView(state) };
        default:
          return null;
      }
    },
    rest(before, after, shown, now) {
      const dropped = before.incidents.length > after.incidents.length;
      const paused = before.pausedUntil !== after.pausedUntil || before.settingsProblem !== after.settingsProblem;
      const covered = after.rules.maintenance.length > 0 && before !== after ? monitors(after, now) : null;
      const moved = covered?.some((monitor, place) => monitor.inMaintenance !== shown.monitors[place]?.inMaintenance) ?? false;
      if (!dropped && !paused && !moved) return null;
      return {
        event: 'view.changed',
        ...(dropped ? { incidents: incidentViews(after.incidents, now) } : {}),
        ...(paused ? { engine: engine(after) } : {}),
        ...(moved && covered ? { monitors: covered } : {}),
      };
    },
    everything: (state, now) => ({
      event: 'view.changed',
      app: about.app,
      engine: engine(state),
      signal: signalView(state),
      monitors: monitors(state, now),
      incidents: incidentViews(state.incidents, now),
      channels: channels(state),
      ...leverView(now),
    }),
    refresh: (state, monitorId, now) => view(state, places.get(monitorId) ?? -1, now),
    remember: (observation) => {
      const before = last.get(observation.monitorId)?.provider;
      last.set(observation.monitorId, observation);
      return observation.provider !== undefined && JSON.stringify(observation.provider) !== JSON.stringify(before);
    },
    channel: (state, channel) => channels(state).find((item) => item.channel === channel) ?? null,
    delivered(result) {
      if (result.type === 'delivered') problems.delete(result.channel);
      else problems.set(result.channel, result.problem);
    },
    adopt(nextPlan, nextAbout) {
      plan = nextPlan;
      about = nextAbout;
      places = placesOf(plan);
      figures.clear();
    },
    settingsProblem(problem) {
      about = { ...about, engine: { ...about.engine, settingsProblem: problem } };
    },
  };
}

function incidentEvent(change: 'opened' | 'updated' | 'resolved', incident: Incident): EventBody {
  if (change === 'opened') return { event: 'incident.opened', incident };
  if (change === 'updated') return { event: 'incident.updated', incident };
  return { event: 'incident.resolved', incident };
}

function placesOf(plan: Plan): ReadonlyMap<string, number> {
  return new Map(plan.monitors.map(({ rule }, place) => [rule.id, place]));
}
