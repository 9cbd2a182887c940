// What the line diagram says: which stations there are, how each fares, where the points lie. Pure; line.tsx draws it.
import type { Role, Status } from '../shared/monitor.ts';
import type { MonitorView, Snapshot } from '../shared/snapshot.ts';
import { latency, providerWords, several, statusWord } from '../shared/words.ts';
import { count } from './figures.ts';
import { pointsMove } from './lever-model.ts';

export type StationName = 'frontend' | 'primary' | 'standby' | 'database';

export type Station = {
  readonly label: string;
  /** `null`: no monitor has this role. */
  readonly status: Status | null;
  /** `84 ms`, `down`, `1 of 2 down`, `not watched`. */
  readonly note: string;
  /** The monitor's own name, where there is just one. */
  readonly name: string | null;
};

export type Sign = { readonly id: string; readonly name: string; readonly status: Status; readonly text: string };

export type LineModel = {
  readonly stations: Readonly<Record<StationName, Station>>;
  /** The branch that the points lead to. */
  readonly route: 'primary' | 'standby';
  /** Nobody has verified the position of the points: the primary is where they lie by default. */
  readonly assumed: boolean;
  /** Traffic is being moved over at present. */
  readonly moving: boolean;
  /** Something on the route is known at present: its lights are on. */
  readonly lit: boolean;
  /** Every monitor is off the line, because none has a role. */
  readonly empty: boolean;
  /** Small signs beside the track: provider pages, and monitors that have no place on the line. */
  readonly signs: readonly Sign[];
  /** The whole picture in sentences. */
  readonly description: string;
};

const labels = { frontend: 'Front end', primary: 'Primary', standby: 'Standby', database: 'Database' } as const;
const roleOf: Readonly<Record<StationName, Role>> = {
  frontend: 'frontend',
  primary: 'api-primary',
  standby: 'api-standby',
  database: 'database',
};
const order: readonly StationName[] = ['frontend', 'primary', 'standby', 'database'];

/** Worst first. A paused or pending monitor hides no trouble of another, and no health either. */
const worstFirst: readonly Status[] = ['down', 'degraded', 'verifying', 'unknown', 'up', 'pending', 'paused'];

const unlit: readonly Status[] = ['unknown', 'pending', 'paused'];

/** The status that stands for several monitors. */
export function worst(statuses: readonly Status[]): Status | null {
  return worstFirst.find((status) => statuses.includes(status)) ?? null;
}

export function lineModel(snapshot: Snapshot): LineModel {
  const station = (name: StationName): Station => {
    const monitors = snapshot.monitors.filter((monitor) => monitor.role === roleOf[name]);
    return stationOf(labels[name], monitors);
  };
  const stations = {
    frontend: station('frontend'),
    primary: station('primary'),
    standby: station('standby'),
    database: station('database'),
  };
  const assumed = snapshot.traffic.target === 'unknown';
  const route = snapshot.traffic.target === 'standby' ? 'standby' : 'primary';
  const signs = signsOf(snapshot.monitors);
  const lit = [stations.frontend, stations[route], stations.database].some(
    ({ status }) => status !== null && !unlit.includes(status),
  );
  const empty = order.every((name) => stations[name].status === null);
  const moving = pointsMove(snapshot.runs);
  const description = `${moving ? 'The points are being moved. ' : ''}${describe(stations, route, assumed, signs)}`;
  return { stations, route, assumed, moving, lit, empty, signs, description };
}

function stationOf(label: string, monitors: readonly MonitorView[]): Station {
  const status = worst(monitors.map((monitor) => monitor.status));
  const [only] = monitors;
  if (status === null || only === undefined) return { label, status: null, note: 'not watched', name: null };
  if (monitors.length > 1) return { label, status, note: tally(monitors, status), name: null };
  const note = status === 'up' && only.latencyMs !== null ? latency(only.latencyMs) : statusWord(status).toLowerCase();
  return { label, status, note, name: only.name };
}

/** `2 up` when all share a status, otherwise `1 of 2 down`. */
function tally(monitors: readonly MonitorView[], status: Status): string {
  const same = monitors.filter((monitor) => monitor.status === status).length;
  const word = statusWord(status).toLowerCase();
  return same === monitors.length ? `${same} ${word}` : `${same} of ${monitors.length} ${word}`;
}

function signsOf(monitors: readonly MonitorView[]): Sign[] {
  const signs = monitors
    .filter((monitor) => monitor.role === 'provider')
    .map((monitor): Sign => ({ id: monitor.id, name: monitor.name, status: monitor.status, text: pageWords(monitor) }));
  const others = monitors.filter((monitor) => monitor.role === 'other');
  const status = worst(others.map((monitor) => monitor.status));
  if (status === null) return signs;
  const failing = others.filter((monitor) => monitor.status === 'down').map((monitor) => monitor.name);
  const text = failing.length > 0 ? `${several(failing)} down` : tally(others, status);
  return [...signs, { id: ' others', name: 'Off the line', status, text }];
}

function pageWords(monitor: MonitorView): string {
  const report = monitor.last?.provider;
  if (monitor.status === 'up') return 'no trouble';
  if (report && monitor.status === 'degraded' && report.severity !== 'none') return providerWords(report).replace(/^a /, '');
  return statusWord(monitor.status).toLowerCase();
}

function describe(stations: LineModel['stations'], route: LineModel['route'], assumed: boolean, signs: readonly Sign[]): string {
  const parts = order.map((name) => {
    const { label, status, note } = stations[name];
    const state = status === null ? 'not watched' : statusWord(status).toLowerCase();
    return `${label}: ${state}${status !== null && note !== state ? `, ${note}` : ''}.`;
  });
  const traffic = `Traffic goes from the front end to the ${route}${assumed ? ' (assumed, not verified)' : ''}, then to the database.`;
  const beside = signs.length === 0 ? '' : ` ${count(signs.length, 'sign')} beside the line.`;
  return `${traffic} ${parts.join(' ')}${beside}`;
}
