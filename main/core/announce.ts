// What the channels are told about an incident, and when: once per transition, a reminder until acknowledged, nothing
// while it flaps, and at the end whatever differs from what was last said.
import type { Alert, AlertKind, IncidentState, MonitorRule } from './model.ts';

/** An outage that begins small and then reaches production is worth a second message, once this much later. */
const escalationAfterMs = 60_000;
const minor = new Set(['api-standby', 'other', 'provider']);

export type Told = { readonly incident: IncidentState; readonly alert: Alert };

/** Opened, reopened or resolved, if the channels do not know it yet. */
export function announcement(incident: IncidentState, at: number): Told | null {
  const now = incident.state === 'resolved' ? 'resolved' : 'open';
  if (incident.flapping || incident.announced === now) return null;
  if (now === 'resolved') return tell({ ...incident, announced: now }, 'resolved', at);
  return tell({ ...incident, announced: now }, incident.announced === null ? 'opened' : 'reopened', at);
}

/** A more important monitor joined well after the first message. */
export function escalation(
  incident: IncidentState,
  earlier: IncidentState | undefined,
  rules: ReadonlyMap<string, MonitorRule>,
  at: number,
): Told | null {
  if (!earlier || incident.flapping || incident.state === 'resolved' || incident.monitors.length === earlier.monitors.length)
    return null;
  const isMinor = (id: string): boolean => minor.has(rules.get(id)?.role ?? 'other');
  const newcomers = incident.monitors.slice(earlier.monitors.length);
  const late = at - incident.detectedAt >= escalationAfterMs;
  return late && earlier.monitors.every(isMinor) && !newcomers.every(isMinor) ? tell(incident, 'escalated', at) : null;
}

/** Every `remindEveryMs` until acknowledged. */
export function reminder(incident: IncidentState, remindEveryMs: number, at: number): Told | null {
  if (incident.state === 'resolved' || incident.flapping || incident.acknowledgedAt !== null || incident.announced !== 'open')
    return null;
  return at - (incident.lastAlertAt ?? at) >= remindEveryMs ? tell(incident, 'reminder', at) : null;
}

/** What automation proposes or did: told once, whatever else is being held back. */
export function leverNews(incident: IncidentState, text: string, at: number): Told {
  const { incident: counted, alert } = tell(incident, 'lever', at);
  return { incident: { ...counted, lastAlertAt: incident.lastAlertAt }, alert: { ...alert, title: text, text: incident.title } };
}

function tell(incident: IncidentState, kind: AlertKind, at: number): Told {
  const number = incident.alerts + 1;
  const alert: Alert = {
    key: `${incident.id}:${number}:${kind}`,
    kind,
    at,
    incidentId: incident.id,
    title: incident.title,
    text: lastWords(incident),
    openedAt: incident.openedAt,
    durationMs: Math.max(0, (incident.resolvedAt ?? at) - incident.openedAt),
    monitors: incident.monitors.slice(0, 20),
  };
  return { incident: { ...incident, alerts: number, lastAlertAt: at }, alert };
}

/** The newest sentence of the timeline that says how it is, and the likely cause. */
function lastWords(incident: IncidentState): string {
  const checks = incident.timeline.filter(
    (entry) => entry.kind === 'check' || (entry.kind === 'incident' && incident.state === 'resolved'),
  );
  const words = checks.at(-1)?.text ?? incident.title;
  const { diagnosis } = incident;
  // A first message leaves before anything is found out; those that follow say why, as far as that is known.
  return diagnosis === null || diagnosis.confidence === 'low' ? words : `${words} Cause: ${diagnosis.sentence}`;
}
