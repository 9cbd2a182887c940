// The overall colour and why (DESIGN section 3): only our own probes make it red, provider pages and our own troubles make
// it amber, and what nobody has looked at lately is grey. An acknowledged outage is amber: known, not gone.
import type { Colour } from '../../shared/snapshot.ts';
import type { IncidentState, MonitorRule, MonitorState, State } from './model.ts';

export type Signal = { readonly colour: Colour; readonly reasons: readonly string[] };

const mostReasons = 10;

type Row = { readonly rule: MonitorRule; readonly monitor: MonitorState };

/** A result older than three intervals says nothing any more; a slow target gets its time limit on top. */
export function isStale(rule: MonitorRule, monitor: MonitorState, at: number): boolean {
  return monitor.lastAt === null || at - monitor.lastAt > 3 * rule.intervalMs + (rule.coldStartMs ?? 0) + 15_000;
}

/** The signal of a whole state at a moment. */
export function signalOf(state: State, at: number): Signal {
  const rows = state.rules.monitors.map((rule, index): Row => ({ rule, monitor: state.monitors[index] as MonitorState }));
  if (rows.length === 0) return { colour: 'grey', reasons: ['No monitors are configured yet.'] };
  if (state.pausedUntil !== null) return { colour: 'grey', reasons: ['All checks are paused.'] };

  const own = rows.filter(({ rule, monitor }) => rule.role !== 'provider' && monitor.status !== 'paused');
  const pages = rows.filter(({ rule, monitor }) => rule.role === 'provider' && monitor.status !== 'paused');
  const acknowledged = new Set(
    state.incidents.filter((incident) => incident.acknowledgedAt !== null).flatMap((incident) => incident.monitors),
  );

  const down = own.filter(({ monitor }) => monitor.status === 'down');
  const red = down.filter(({ rule, monitor }) => rule.role !== 'api-standby' && !acknowledged.has(monitor.id));
  if (red.length > 0) return { colour: 'red', reasons: red.slice(0, mostReasons).map(({ rule }) => `${rule.name} is down`) };

  const offline = offlineReason(state);
  const judged = own.length > 0 ? own : pages;
  if (judged.length === 0) return { colour: 'grey', reasons: ['Every monitor is paused.'] };
  const blind = judged.filter(({ rule, monitor }) => isBlind(rule, monitor, at));
  if (offline && blind.length > 0) return { colour: 'grey', reasons: [offline] };
  if (judged.some(({ rule, monitor }) => isPending(monitor) && rule.role !== 'api-standby'))
    return { colour: 'grey', reasons: ['Checking…'] };
  // Just back from sleep or from being offline: old doubts are being looked at, and are not worth a colour of their own.
  if (at < state.quietUntil && blind.some(({ rule }) => rule.role !== 'api-standby'))
    return { colour: 'grey', reasons: ['Checking again…'] };
  if (blind.length === judged.length) return { colour: 'grey', reasons: blind.slice(0, mostReasons).map(blindReason) };

  const reasons = [
    ...down.map(({ rule, monitor }) => `${rule.name} is down${acknowledged.has(monitor.id) ? ' (acknowledged)' : ''}`),
    ...state.incidents
      .filter(isHeld)
      .map((incident) => `${incident.title.replace(/ (is|are) down$/, '')}: answering again, watched until it is sure`),
    ...own.filter(({ monitor }) => shows(monitor) === 'degraded').map(({ rule }) => `${rule.name} is slow`),
    ...(at < state.quietUntil ? [] : blind.filter(({ monitor }) => !isPending(monitor)).map(blindReason)),
    ...pages.filter(({ monitor }) => monitor.status === 'degraded').map(({ rule }) => `${rule.name} reports trouble`),
    ...state.failingChannels.map((channel) => `Alerts by ${channel} are not getting through`),
    ...(state.settingsProblem ? ['The changed settings file was refused'] : []),
    ...(state.storageProblem ? [`The history cannot be written: ${state.storageProblem}`] : []),
  ];
  return { colour: reasons.length > 0 ? 'amber' : 'green', reasons: reasons.slice(0, mostReasons) };
}

/** Everything answers again, but it failed before in such a moment: not believed yet, so not green. */
function isHeld(incident: IncidentState): boolean {
  return incident.state === 'recovering' && incident.goodSince !== null && incident.acknowledgedAt === null;
}

function offlineReason(state: State): string | null {
  if (state.connectivity.state === 'offline') return 'This machine has no internet';
  if (state.connectivity.state === 'captive') return 'This network wants a log-in first (captive portal)';
  return null;
}

/** While one failure is being verified the last known status still stands. */
function shows(monitor: MonitorState): MonitorState['status'] {
  return monitor.status === 'verifying' ? (monitor.known ?? 'pending') : monitor.status;
}

function isPending(monitor: MonitorState): boolean {
  return monitor.status === 'pending' || (monitor.status === 'verifying' && monitor.known === null);
}

function isBlind(rule: MonitorRule, monitor: MonitorState, at: number): boolean {
  return monitor.status === 'unknown' || isPending(monitor) || isStale(rule, monitor, at);
}

function blindReason({ rule, monitor }: Row): string {
  if (monitor.status === 'unknown' && monitor.lastError) return `${rule.name}: ${monitor.lastError}`;
  return `${rule.name} has not answered a check lately`;
}
