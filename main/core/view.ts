// From judged state to what faces show. Pure: the engine, `signalbox status` and the tests build the same views.
import { byUrgency } from '../../shared/apply.ts';
import type { Incident } from '../../shared/incident.ts';
import type { Observation } from '../../shared/observation.ts';
import type { ChannelView, MonitorView, Snapshot, UptimeFigures } from '../../shared/snapshot.ts';
import { sayEvidence } from './diagnosis/say.ts';
import type { Span } from './judge.ts';
import { isCovered } from './maintenance.ts';
import type { IncidentState, MonitorRule, MonitorState, State } from './model.ts';
import { uptime } from './uptime.ts';

/** Of evidence, in the view of one incident. */
const mostLines = 200;
const hourMs = 3_600_000;
const periods = { h24: 24 * hourMs, d7: 7 * 24 * hourMs, d90: 90 * 24 * hourMs } as const;
export const longestPeriodMs = periods.d90;

/** ISO 8601 UTC with milliseconds. */
export function iso(at: number): string {
  return new Date(at).toISOString();
}

const isoOrNull = (at: number | null): string | null => (at === null ? null : iso(at));

/** An incident as people and programs read it (DESIGN section 9). */
export function incidentView(incident: IncidentState, now: number): Incident {
  return {
    id: incident.id,
    state: incident.state,
    title: incident.title,
    openedAt: iso(incident.openedAt),
    detectedAt: iso(incident.detectedAt),
    acknowledgedAt: isoOrNull(incident.acknowledgedAt),
    mitigatedAt: isoOrNull(incident.mitigatedAt),
    resolvedAt: isoOrNull(incident.resolvedAt),
    durationMs: Math.max(0, (incident.resolvedAt ?? now) - incident.openedAt),
    flapping: incident.flapping,
    monitors: [...incident.monitors],
    diagnosis: incident.diagnosis,
    evidence: incident.evidence.flatMap(sayEvidence).slice(0, mostLines),
    timeline: [...incident.timeline],
  };
}

/** Incidents for a snapshot, most pressing first. */
export function incidentViews(incidents: readonly IncidentState[], now: number): Incident[] {
  return incidents.map((incident) => incidentView(incident, now)).sort(byUrgency);
}

export type UptimeViews = { readonly uptime: UptimeFigures; readonly coverage: UptimeFigures };

/** The three uptime figures of a monitor; the open stretch counts until its last check stops being fresh. */
export function uptimeViews(rule: MonitorRule, monitor: MonitorState, closed: readonly Span[], now: number): UptimeViews {
  const spans = monitor.span ? [...closed, { ...monitor.span, to: openEnd(rule, monitor, now) }] : closed;
  const figure = (length: number) => uptime(spans, now - length, now);
  const [h24, d7, d90] = [figure(periods.h24), figure(periods.d7), figure(periods.d90)];
  return {
    uptime: { h24: h24.percent, d7: d7.percent, d90: d90.percent },
    coverage: { h24: h24.coverage, d7: d7.coverage, d90: d90.coverage },
  };
}

function openEnd(rule: MonitorRule, monitor: MonitorState, now: number): number {
  return Math.min(now, (monitor.lastAt ?? now) + 2 * rule.intervalMs);
}

/** What is shown of a monitor beside its judged state. */
export type MonitorFacts = {
  readonly target: string;
  readonly last: Observation | null;
  readonly uptime: UptimeViews;
  readonly notices: readonly string[];
};

export function monitorView(
  state: State,
  rule: MonitorRule,
  monitor: MonitorState,
  facts: MonitorFacts,
  now: number,
): MonitorView {
  return {
    id: rule.id,
    name: rule.name,
    kind: rule.kind,
    role: rule.role,
    target: facts.target,
    intervalMs: rule.intervalMs,
    status: monitor.status,
    known: monitor.known,
    since: iso(monitor.since),
    latencyMs: facts.last?.latencyMs ?? null,
    uptime: facts.uptime.uptime,
    coverage: facts.uptime.coverage,
    pausedUntil: isoOrNull(monitor.pausedUntil),
    inMaintenance: isCovered(state.rules.maintenance, rule.id, now),
    last: facts.last,
    notices: [...facts.notices],
  };
}

export function signalView(state: State): Snapshot['signal'] {
  return { colour: state.signal.colour, reasons: [...state.signal.reasons], since: iso(state.signal.since) };
}

export function connectivityView(state: State): Snapshot['connectivity'] {
  return { state: state.connectivity.state, since: iso(state.connectivity.since) };
}

/** `problem` is the newest reason, when the channel is failing. */
export function channelViews(
  state: State,
  lastSent: (channel: ChannelView['channel']) => number | null,
  problems: ReadonlyMap<string, string>,
): ChannelView[] {
  return state.rules.channels.map((channel) => {
    const failing = state.failingChannels.includes(channel);
    return {
      channel,
      state: failing ? 'failing' : 'ready',
      lastSentAt: isoOrNull(lastSent(channel)),
      problem: failing ? (problems.get(channel) ?? 'A message is waiting to be sent again.') : null,
    };
  });
}
