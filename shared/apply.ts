// How the window stays right: one snapshot, then events, each applied exactly once and in order.
import type { EngineEvent } from './events.ts';
import type { Incident } from './incident.ts';
import type { MonitorView, Snapshot } from './snapshot.ts';

/** The snapshot after `event`. The caller guarantees `event.revision === snapshot.revision + 1` (see `follows`). */
export function apply(before: Snapshot, event: EngineEvent): Snapshot {
  const after = { ...before, revision: event.revision, at: event.at };
  switch (event.event) {
    case 'engine.started':
      return { ...event.snapshot, revision: event.revision, at: event.at };
    case 'observation.recorded':
    case 'monitor.changed':
      return { ...after, monitors: replaceMonitor(before.monitors, event.monitor) };
    case 'signal.changed':
      return { ...after, signal: event.signal };
    case 'incident.opened':
    case 'incident.updated':
    case 'incident.resolved':
      return { ...after, incidents: replaceIncident(before.incidents, event.incident) };
    case 'alert.sent':
    case 'alert.failed':
      return {
        ...after,
        channels: before.channels.map((view) => (view.channel === event.channel ? event.channelView : view)),
      };
    case 'run.started':
    case 'run.step':
    case 'run.finished':
      return { ...after, runs: [event.run, ...before.runs.filter((run) => run.id !== event.run.id)] };
    case 'connectivity.changed':
      return { ...after, connectivity: event.connectivity };
    case 'view.changed':
      return {
        ...after,
        monitors: event.monitors ?? before.monitors,
        signal: event.signal ?? before.signal,
        incidents: event.incidents ?? before.incidents,
        engine: event.engine ?? before.engine,
        app: event.app ?? before.app,
        channels: event.channels ?? before.channels,
        traffic: event.traffic ?? before.traffic,
        banner: event.banner ?? before.banner,
        levers: event.levers ?? before.levers,
        runs: event.runs ?? before.runs,
      };
    case 'engine.stopped':
      return after;
  }
}

/** `apply` it now, `ignore` an old one, or `refetch` the snapshot because one was missed. */
export function follows(snapshot: Snapshot, event: EngineEvent): 'apply' | 'ignore' | 'refetch' {
  if (event.event === 'engine.started') return 'apply';
  if (event.revision <= snapshot.revision) return 'ignore';
  return event.revision === snapshot.revision + 1 ? 'apply' : 'refetch';
}

function replaceMonitor(list: MonitorView[], view: MonitorView): MonitorView[] {
  const index = list.findIndex((item) => item.id === view.id);
  return index < 0 ? list : list.with(index, view);
}

const urgency = { open: 0, recovering: 1, resolved: 2 } as const;

/** Most pressing first: open before recovering before resolved, unacknowledged first, then the oldest. */
export function byUrgency(a: Incident, b: Incident): number {
  return (
    urgency[a.state] - urgency[b.state] ||
    Number(a.acknowledgedAt !== null) - Number(b.acknowledgedAt !== null) ||
    a.openedAt.localeCompare(b.openedAt) ||
    a.id.localeCompare(b.id)
  );
}

function replaceIncident(list: Incident[], incident: Incident): Incident[] {
  return [...list.filter((item) => item.id !== incident.id), incident].sort(byUrgency);
}
