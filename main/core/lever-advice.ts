// What the monitors say about moving traffic: two API servers share one database, so trouble behind them does not go away
// by changing servers (REPLAYS B). Pure.
import type { Incident } from '../../shared/incident.ts';
import type { MonitorView } from '../../shared/snapshot.ts';

type Picture = { readonly monitors: readonly MonitorView[]; readonly incidents: readonly Incident[] };

const isDown = (monitor: MonitorView): boolean => monitor.known === 'down';
const isUp = (monitor: MonitorView): boolean => monitor.known === 'up' || monitor.known === 'degraded';

/** Causes that may be one server's own: whether the other shares them (the same release, the same load) is not known. */
const ofOneServer = /^(deploy-|code-error$|only-slow$)/;

/** Why the standby would not help now; null when nothing speaks against it. */
export function trafficWarning({ monitors, incidents }: Picture): string | null {
  const diagnosed = incidents.find(
    ({ state, diagnosis }) =>
      state !== 'resolved' &&
      diagnosis !== null &&
      diagnosis.confidence !== 'low' &&
      diagnosis.lever !== 'traffic' &&
      !ofOneServer.test(diagnosis.rule),
  );
  if (diagnosed?.diagnosis) return `Moving traffic would not help: ${diagnosed.diagnosis.sentence}`;
  const database = monitors.find((monitor) => monitor.role === 'database' && isDown(monitor));
  if (database) return `Moving traffic would not help: ${database.name} is down, and both API servers use the same database.`;
  const primary = monitors.filter((monitor) => monitor.role === 'api-primary');
  const failing = primary.find(isDown);
  const answering = failing && primary.find((monitor) => isUp(monitor) && monitor.target === failing.target);
  if (failing && answering && failing.last?.error?.code === 'http-status') {
    return `Moving traffic may not help: ${answering.name} answers while ${failing.name} fails, so the trouble lies behind the server.`;
  }
  return null;
}

/** The primary is known to be down: moving traffic away from it needs no second question. */
export function primaryIsDown({ monitors }: Pick<Picture, 'monitors'>): boolean {
  return monitors.some((monitor) => monitor.role === 'api-primary' && isDown(monitor));
}
