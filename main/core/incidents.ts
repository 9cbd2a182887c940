// Which outage a down monitor belongs to, and when an outage is over (DESIGN section 6). Decides from the monitors' judged
// states only; wording and channels are elsewhere.
import type { TimelineEntry } from '../../shared/incident.ts';
import { announcement, escalation, reminder } from './announce.ts';
import type { Alert, IncidentState, MonitorRule, MonitorState, State } from './model.ts';

const minute = 60_000;
/** Monitors that fail this soon after the last one joined belong to the same outage. */
export const joinWindowMs = 5 * minute;
/** A relapse this soon after the end reopens the outage. */
export const reopenWindowMs = 10 * minute;
export const flappingWindowMs = 10 * minute;
export const flappingChanges = 4;
const firstHoldMs = minute;
const longestHoldMs = 15 * minute;
/** After this many joins the timeline counts instead of naming. */
const namedJoins = 20;

/** A monitor went down or came back, as incidents count it. */
export type Turn = { readonly monitorId: string; readonly to: 'down' | 'up' };

export type Settled = {
  readonly incidents: readonly IncidentState[];
  readonly changes: readonly { readonly incidentId: string; readonly change: 'opened' | 'updated' | 'resolved' }[];
  readonly alerts: readonly Alert[];
};

/** How long everything must stay good before the end is believed: doubles with every relapse (ENGINE section 6). */
export function holdMs(relapses: number): number {
  return relapses === 0 ? 0 : Math.min(firstHoldMs * 2 ** (relapses - 1), longestHoldMs);
}

/** The incidents after monitors turned or time passed. `covered` tells whether a monitor is in a maintenance window. */
export function settle(state: State, turns: readonly Turn[], at: number, covered: (monitorId: string) => boolean): Settled {
  const monitors = new Map(state.monitors.map((monitor) => [monitor.id, monitor]));
  const rules = new Map(state.rules.monitors.map((rule) => [rule.id, rule]));
  const before = new Map(state.incidents.map((incident) => [incident.id, incident]));

  const joined = assign(state, monitors, rules, at, covered);
  const alerts: Alert[] = [];
  const changes: { incidentId: string; change: 'opened' | 'updated' | 'resolved' }[] = [];
  const incidents: IncidentState[] = [];
  for (const incident of joined) {
    const turned = countTurns(incident, turns, at);
    const stepped = step(turned, monitors, at, covered);
    const told = tell(stepped, before.get(incident.id), rules, state.rules.remindEveryMs, at);
    alerts.push(...told.alerts);
    const after = told.incident;
    const earlier = before.get(incident.id);
    if (!earlier) changes.push({ incidentId: after.id, change: 'opened' });
    else if (after.state === 'resolved' && earlier.state !== 'resolved')
      changes.push({ incidentId: after.id, change: 'resolved' });
    else if (visible(earlier, after)) changes.push({ incidentId: after.id, change: 'updated' });
    if (after.state !== 'resolved' || at - (after.resolvedAt ?? at) <= reopenWindowMs)
      incidents.push(same(earlier, after) ? earlier : after);
  }
  return { incidents, changes, alerts };
}

/** Adds an entry to an incident's timeline. */
export function note(
  incident: IncidentState,
  at: number,
  kind: TimelineEntry['kind'],
  text: string,
  data?: TimelineEntry['data'],
): IncidentState {
  const entry: TimelineEntry = { at: new Date(at).toISOString(), kind, text, ...(data ? { data } : {}) };
  return { ...incident, timeline: [...incident.timeline, entry] };
}

/** An operator has seen it: reminders stop. Nothing changes when that was said before, or when it is over. */
export function acknowledge(incident: IncidentState, at: number): IncidentState {
  if (incident.acknowledgedAt !== null || incident.state === 'resolved') return incident;
  return note({ ...incident, acknowledgedAt: at }, at, 'note', 'Acknowledged; reminders stop.');
}

/** A lever was pulled. The first deed that serves users again while the outage lasts is its milestone "mitigated". */
export function acted(incident: IncidentState, at: number, text: string, mitigates: boolean): IncidentState {
  const isMilestone = mitigates && incident.mitigatedAt === null && incident.state !== 'resolved';
  return note(isMilestone ? { ...incident, mitigatedAt: at } : incident, at, 'action', text);
}

/** Gives every down monitor that belongs to no outage its place: an old outage, a young one, or a new one. */
function assign(
  state: State,
  monitors: ReadonlyMap<string, MonitorState>,
  rules: ReadonlyMap<string, MonitorRule>,
  at: number,
  covered: (monitorId: string) => boolean,
): readonly IncidentState[] {
  let incidents = state.incidents;
  const placed = new Set(incidents.filter((incident) => incident.state !== 'resolved').flatMap((incident) => incident.monitors));
  for (const monitor of monitors.values()) {
    if (monitor.status !== 'down' || placed.has(monitor.id) || covered(monitor.id)) continue;
    const rule = rules.get(monitor.id);
    if (!rule) continue;
    placed.add(monitor.id);
    if (incidents.some((incident) => mayReopen(incident, at) && incident.monitors.includes(monitor.id))) continue;
    const young = incidents.find(
      (incident) => (incident.state !== 'resolved' || mayReopen(incident, at)) && at - incident.lastJoinedAt <= joinWindowMs,
    );
    incidents = young
      ? incidents.map((incident) => (incident === young ? join(incident, rule, monitor, rules, at) : incident))
      : [...incidents, open(incidents, rule, monitor, at)];
  }
  return incidents;
}

function mayReopen(incident: IncidentState, at: number): boolean {
  return incident.state === 'resolved' && at - (incident.resolvedAt ?? 0) <= reopenWindowMs;
}

function open(existing: readonly IncidentState[], rule: MonitorRule, monitor: MonitorState, at: number): IncidentState {
  const openedAt = monitor.since;
  const stamp = new Date(openedAt).toISOString().replace(/[-:]/g, '').replace('T', '-').slice(0, 15);
  const taken = existing.filter((incident) => incident.id.startsWith(`inc-${stamp}`)).length;
  const incident: IncidentState = {
    id: taken ? `inc-${stamp}-${taken + 1}` : `inc-${stamp}`,
    state: 'open',
    title: `${rule.name} is down`,
    openedAt,
    detectedAt: at,
    acknowledgedAt: null,
    mitigatedAt: null,
    resolvedAt: null,
    monitors: [rule.id],
    lastJoinedAt: at,
    goodSince: null,
    relapses: 0,
    changes: [{ monitorId: rule.id, at }],
    flapping: false,
    announced: null,
    alerts: 0,
    lastAlertAt: null,
    diagnosis: null,
    evidence: [],
    timeline: [],
  };
  const failed = note(incident, openedAt, 'check', `${rule.name} failed: ${monitor.lastError ?? 'no answer'}`, {
    monitorId: rule.id,
  });
  const times = rule.failureThreshold === 1 ? 'one failed check' : `${rule.failureThreshold} failed checks in a row`;
  return note(failed, at, 'incident', `Confirmed after ${times}.`);
}

function join(
  incident: IncidentState,
  rule: MonitorRule,
  monitor: MonitorState,
  rules: ReadonlyMap<string, MonitorRule>,
  at: number,
): IncidentState {
  const monitors = [...incident.monitors, rule.id];
  const first = rules.get(monitors[0] as string)?.name ?? (monitors[0] as string);
  const others = monitors.length - 1;
  const title = others === 1 ? `${first} and ${rule.name} are down` : `${first} and ${others} others are down`;
  const grown = {
    ...incident,
    monitors,
    title,
    lastJoinedAt: at,
    // One that was over keeps its end for the moment: `step` then tells a reopening from a growing outage.
    goodSince: incident.state === 'resolved' ? incident.goodSince : null,
    openedAt: Math.min(incident.openedAt, monitor.since),
    changes: [...incident.changes, { monitorId: rule.id, at }],
  };
  if (monitors.length <= namedJoins)
    return note(grown, at, 'check', `${rule.name} is down too: ${monitor.lastError ?? 'no answer'}`, { monitorId: rule.id });
  if (monitors.length === namedJoins + 1)
    return note(grown, at, 'incident', 'More monitors are joining; they are listed with the incident.');
  return grown;
}

function countTurns(incident: IncidentState, turns: readonly Turn[], at: number): IncidentState {
  const own = turns.filter((turn) => incident.monitors.includes(turn.monitorId));
  const known = new Set(incident.changes.filter((change) => change.at === at).map((change) => change.monitorId));
  const fresh = own.filter((turn) => !known.has(turn.monitorId)).map((turn) => ({ monitorId: turn.monitorId, at }));
  const changes = [...incident.changes, ...fresh].filter((change) => at - change.at < flappingWindowMs);
  if (fresh.length === 0 && changes.length === incident.changes.length) return incident;
  const counts = new Map<string, number>();
  for (const change of changes) counts.set(change.monitorId, (counts.get(change.monitorId) ?? 0) + 1);
  const flapping = [...counts.values()].some((count) => count >= flappingChanges);
  const counted = { ...incident, changes, flapping };
  if (flapping === incident.flapping) return counted;
  return note(
    counted,
    at,
    'incident',
    flapping ? 'It keeps changing: held open and quiet until it is calm for ten minutes.' : 'It has calmed down.',
  );
}

/** Open, recovering or resolved, by the present state of its monitors. */
function step(
  incident: IncidentState,
  monitors: ReadonlyMap<string, MonitorState>,
  at: number,
  covered: (monitorId: string) => boolean,
): IncidentState {
  const members = incident.monitors.flatMap((id) => monitors.get(id) ?? []);
  const judged = members.filter((monitor) => monitor.status !== 'paused');
  if (members.length > 0 && judged.length === 0) return incident;
  const bad = judged.filter((monitor) => monitor.known === 'down');
  if (incident.state === 'resolved') {
    const relapsed = bad.filter((monitor) => !covered(monitor.id));
    return relapsed.length > 0 && mayReopen(incident, at) ? stillBad(incident, relapsed, at) : incident;
  }
  if (bad.length > 0) return stillBad(incident, bad, at);

  const goodSince = incident.goodSince ?? Math.max(incident.openedAt, ...judged.map((monitor) => Math.min(monitor.since, at)));
  const good = { ...incident, goodSince, state: 'recovering' as const };
  if (incident.flapping || at - goodSince < holdMs(incident.relapses)) {
    if (incident.goodSince !== null) return good;
    return note(good, at, 'check', 'Everything answers again; waiting to be sure.');
  }
  const text =
    members.length === 0 ? 'Resolved: its monitors are no longer watched.' : 'Resolved: everything it touched is up again.';
  return note({ ...good, state: 'resolved', resolvedAt: members.length === 0 ? at : goodSince }, at, 'incident', text);
}

function stillBad(incident: IncidentState, bad: readonly MonitorState[], at: number): IncidentState {
  const recovering = bad.every((monitor) => monitor.successes > 0);
  const state = recovering ? 'recovering' : 'open';
  if (incident.goodSince === null) return incident.state === state ? incident : { ...incident, state };
  const relapsed = { ...incident, state, goodSince: null, resolvedAt: null, relapses: incident.relapses + 1 } as const;
  const text =
    incident.state === 'resolved' ? 'Reopened: it failed again.' : 'It failed again before the recovery could be believed.';
  return note(relapsed, at, 'incident', `${text} ${bad[0]?.lastError ?? ''}`.trim());
}

function tell(
  incident: IncidentState,
  earlier: IncidentState | undefined,
  rules: ReadonlyMap<string, MonitorRule>,
  remindEveryMs: number,
  at: number,
): { readonly incident: IncidentState; readonly alerts: readonly Alert[] } {
  const told = announcement(incident, at) ?? escalation(incident, earlier, rules, at) ?? reminder(incident, remindEveryMs, at);
  return told ? { incident: told.incident, alerts: [told.alert] } : { incident, alerts: [] };
}

/** Did anything change that a person would see? */
function visible(earlier: IncidentState, after: IncidentState): boolean {
  return (
    earlier.state !== after.state ||
    earlier.flapping !== after.flapping ||
    earlier.monitors.length !== after.monitors.length ||
    earlier.timeline.length !== after.timeline.length ||
    earlier.acknowledgedAt !== after.acknowledgedAt ||
    earlier.mitigatedAt !== after.mitigatedAt
  );
}

function same(earlier: IncidentState | undefined, after: IncidentState): earlier is IncidentState {
  if (!earlier) return false;
  return (Object.keys(after) as (keyof IncidentState)[]).every((key) => earlier[key] === after[key]);
}
