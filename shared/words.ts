// How Signalbox speaks: the head's sentence and the words and times in it. The window, the tray's tooltip and
// `signalbox status` all say it this way. Pure: a snapshot and `now` in, text out; no Node, no DOM.
import type { Status } from './monitor.ts';
import type { ProviderReport } from './observation.ts';
import type { RunBy } from './run.ts';
import type { Colour, MonitorView, Snapshot } from './snapshot.ts';

const lampWords = { green: 'Clear', amber: 'Caution', red: 'Stop', grey: 'Dark' } as const;

/** The signal's colour as the word that always stands beside it. */
export function lampWord(colour: Colour): string {
  return lampWords[colour];
}

const statusWords = {
  pending: 'Checking',
  up: 'Up',
  degraded: 'Degraded',
  verifying: 'Verifying',
  down: 'Down',
  unknown: 'Unknown',
  paused: 'Paused',
} as const;

/** A monitor's condition as one word. */
export function statusWord(status: Status): string {
  return statusWords[status];
}

/** The lamp that a monitor of this status shows. */
export function statusColour(status: Status): Colour {
  if (status === 'up') return 'green';
  if (status === 'down') return 'red';
  return status === 'degraded' || status === 'verifying' ? 'amber' : 'grey';
}

/** A length of time in its two largest units: `4 s`, `4 min 12 s`, `1 h 4 min`, `3 d 4 h`. Never negative. */
export function duration(ms: number): string {
  const seconds = Math.max(0, Math.floor(ms / 1_000));
  if (seconds < 60) return `${seconds} s`;
  if (seconds < 3_600) return two(Math.floor(seconds / 60), 'min', seconds % 60, 's');
  const minutes = Math.floor(seconds / 60);
  if (minutes < 1_440) return two(Math.floor(minutes / 60), 'h', minutes % 60, 'min');
  const hours = Math.floor(minutes / 60);
  return two(Math.floor(hours / 24), 'd', hours % 24, 'h');
}

function two(large: number, largeUnit: string, small: number, smallUnit: string): string {
  return small === 0 ? `${large} ${largeUnit}` : `${large} ${largeUnit} ${small} ${smallUnit}`;
}

/** A measured latency: `84 ms`, `1.24 s`, `38 s`. */
export function latency(ms: number): string {
  if (ms < 999.5) return `${ms < 9.95 ? Number(ms.toFixed(1)) : Math.round(ms)} ms`;
  return ms < 9_995 ? `${(ms / 1_000).toFixed(2)} s` : duration(Math.round(ms / 1_000) * 1_000);
}

const longUnits = [
  ['d', 86_400_000],
  ['h', 3_600_000],
  ['min', 60_000],
  ['s', 1_000],
] as const;

/** A length of time in its largest unit, rounded down: `38 s`, `2 min`, `3 h`, `12 d`. Never negative. */
export function roughly(ms: number): string {
  const [unit, size] = longUnits.find(([, length]) => ms >= length) ?? longUnits[3];
  return `${Math.max(0, Math.floor(ms / size))} ${unit}`;
}

/** How long ago `ms` was at `now`: `just now`, `38 s ago`, `2 min ago`. Both are epoch milliseconds. */
export function ago(ms: number, now: number): string {
  return now - ms < 5_000 ? 'just now' : `${roughly(now - ms)} ago`;
}

const sizes = ['B', 'kB', 'MB', 'GB', 'TB'] as const;

/** A number of bytes in decimal units, as disks and providers count: `812 B`, `42 MB`, `1.2 GB`. */
export function byteSize(bytes: number): string {
  let [value, unit] = [bytes, 0];
  while (value >= 999.5 && unit < sizes.length - 1) [value, unit] = [value / 1_000, unit + 1];
  return `${unit > 0 && value < 9.95 ? Number(value.toFixed(1)) : Math.round(value)} ${sizes[unit]}`;
}

const formats = new Map<string, Intl.DateTimeFormat>();

function format(ms: number, name: string, options: Intl.DateTimeFormatOptions, timeZone: string | undefined): string {
  const key = `${name} ${timeZone ?? ''}`;
  let known = formats.get(key);
  if (!known) {
    known = new Intl.DateTimeFormat('en-GB', timeZone === undefined ? options : { ...options, timeZone });
    formats.set(key, known);
  }
  return known.format(ms);
}

/** Time of day, `14:00:12`, in the given IANA zone or the machine's own. `ms` is epoch milliseconds. */
export function clockTime(ms: number, timeZone?: string): string {
  return format(ms, 'time', { hour: '2-digit', minute: '2-digit', second: '2-digit', hourCycle: 'h23' }, timeZone);
}

/** A moment as told at `now`: `14:00:12` today, `9 Jul, 14:00` on another day, with the year when that differs. */
export function moment(ms: number, now: number, timeZone?: string): string {
  const day = { day: 'numeric', month: 'short', year: 'numeric' } as const;
  const then = format(ms, 'day', day, timeZone);
  const today = format(now, 'day', day, timeZone);
  if (then === today) return clockTime(ms, timeZone);
  const time = format(ms, 'minute', { hour: '2-digit', minute: '2-digit', hourCycle: 'h23' }, timeZone);
  const sameYear = then.slice(-4) === today.slice(-4);
  return `${sameYear ? then.slice(0, -5) : then}, ${time}`;
}

/** What the window's field and the tray's one click put up until someone writes better words. */
export const usualBanner = {
  text: 'We are having trouble and are working on it. Your data is safe.',
  severity: 'warning',
  forMs: null,
} as const;

/** Who pulled a lever, to follow "started". */
export function byWords(by: RunBy): string {
  return {
    window: 'from the window',
    command: 'from the command line',
    automation: 'by automation',
    expiry: 'because its time was over',
  }[by];
}

/** How a lever did it, as a name to follow "by": `promotion of the twin`. An unknown way keeps its own name. */
export function wayWords(way: string): string {
  const known: Readonly<Record<string, string>> = {
    'global-config': 'Global Config',
    'promote-twin': 'promotion of the twin',
    'vercel-env': 'a new deployment',
    statuspage: 'Statuspage',
  };
  return known[way] ?? way;
}

const severities = {
  none: 'no trouble',
  maintenance: 'maintenance',
  minor: 'minor trouble',
  major: 'a major outage',
  critical: 'a critical outage',
} as const;

/** A page's own words for its parts, the worst first: people compare them with what they see there. */
const outages: readonly (readonly [RegExp, string])[] = [
  [/^(major_outage|majoroutage|full_outage)$/i, 'a major outage'],
  [/^(partial_outage|partialoutage)$/i, 'a partial outage'],
  [/^(degraded_performance|degradedperformance)$/i, 'degraded performance'],
];

function inItsWords(report: ProviderReport): string {
  const worst = outages.find(([status]) => report.components.some((part) => status.test(part.status)));
  return worst?.[1] ?? severities[report.severity];
}

/** What a provider's page says about us, to follow "reports": `a major outage in Frankfurt`. */
export function providerWords(report: ProviderReport): string {
  const said = inItsWords(report);
  const names = report.components.filter((part) => !/^(operational|up|ok|none)$/i.test(part.status)).map((part) => part.name);
  const [first] = names;
  if (report.severity === 'none') return severities.none;
  if (first === undefined) {
    const concern = report.incidents.find((item) => item.concernsUs);
    return concern ? `${said}: “${concern.name}”` : said;
  }
  const group = first.split(' / ')[0] ?? first;
  if (names.length > 1 && names.every((name) => name.startsWith(`${group} / `))) return `${said} in ${group}`;
  return names.length === 1 ? `${said} in ${first}` : `${said} in ${first} and ${names.length - 1} more`;
}

/** `API`, `API and Log in`, `API and 3 others`. */
export function several(names: readonly string[]): string {
  const [first = '', second = ''] = names;
  if (names.length < 2) return first;
  return names.length === 2 ? `${first} and ${second}` : `${first} and ${names.length - 1} others`;
}

/** A provider's own page: it explains, it does not judge (DESIGN section 5). */
const isPage = (monitor: MonitorView): boolean => monitor.role === 'provider';
const nameOf = (monitor: MonitorView): string => monitor.name;
const whole = (text: string): string => (/[.!?…]$/.test(text) ? text : `${text}.`);

/** The one sentence that says what matters now (WINDOW.md part 1). `now` is epoch milliseconds. */
export function sentence(snapshot: Snapshot, now: number, timeZone?: string): string {
  const { monitors, signal } = snapshot;
  if (monitors.length === 0) return 'Nothing is watched yet: the settings file names no monitors.';
  if (signal.colour === 'grey') return grey(snapshot, now, timeZone);
  const down = monitors.filter((monitor) => monitor.status === 'down' && !isPage(monitor));
  if (down.length > 0) return downSentence(snapshot, down, now, timeZone);
  const recovering = snapshot.incidents.find((incident) => incident.state === 'recovering');
  if (recovering) return recoveringSentence(monitors, recovering.monitors);
  return signal.colour === 'green' ? green(monitors, now) : amber(snapshot, now, timeZone);
}

function recoveringSentence(monitors: readonly MonitorView[], ids: readonly string[]): string {
  const names = ids.map((id) => monitors.find((monitor) => monitor.id === id)?.name ?? id);
  return `${several(names)} ${names.length === 1 ? 'answers' : 'answer'} again; Signalbox watches on before calling it over.`;
}

function green(monitors: readonly MonitorView[], now: number): string {
  const verifying = monitors.filter((monitor) => monitor.status === 'verifying');
  if (verifying.length > 0) {
    return `Clear so far: ${several(verifying.map(nameOf))} failed a check and ${verifying.length === 1 ? 'is' : 'are'} being checked again.`;
  }
  const paused = monitors.filter((monitor) => monitor.status === 'paused').length;
  const count = monitors.length === 1 ? '1 monitor' : `${monitors.length} monitors`;
  const last = latestCheck(monitors);
  const ago = last === null ? '' : `, last check ${duration(now - last)} ago`;
  return `All clear. ${count}${paused > 0 ? `, ${paused} paused` : ''}${ago}.`;
}

function downSentence(snapshot: Snapshot, down: readonly MonitorView[], now: number, timeZone?: string): string {
  const oldestFirst = [...down].sort((a, b) => (a.since ?? '').localeCompare(b.since ?? ''));
  const since = oldestFirst[0]?.since ?? null;
  const open = snapshot.incidents.filter((incident) => incident.state !== 'resolved');
  const acknowledged = open.length > 0 && open.every((incident) => incident.acknowledgedAt !== null);
  const head = `${several(oldestFirst.map(nameOf))} ${down.length === 1 ? 'is' : 'are'} down`;
  const when = since === null ? '' : ` since ${moment(Date.parse(since), now, timeZone)}`;
  const told = open.find(({ diagnosis }) => diagnosis !== null && diagnosis.confidence !== 'low');
  const cause = told?.diagnosis?.sentence ?? providerTrouble(snapshot.monitors);
  return whole(`${head}${when}${acknowledged ? ' (acknowledged)' : ''}${cause === null ? '' : ` - ${cause}`}`);
}

function amber(snapshot: Snapshot, now: number, timeZone?: string): string {
  const { monitors, channels, engine, signal } = snapshot;
  const since = (monitor: MonitorView): string =>
    monitor.since === null ? '' : ` since ${moment(Date.parse(monitor.since), now, timeZone)}`;
  const slow = monitors.filter((monitor) => monitor.status === 'degraded' && !isPage(monitor));
  const [worst] = slow;
  if (worst) {
    const measured = slow.length === 1 && worst.latencyMs !== null && !worst.last?.error ? ` (${latency(worst.latencyMs)})` : '';
    return `${several(slow.map(nameOf))} ${slow.length === 1 ? 'is' : 'are'} ${measured ? 'slow' : 'degraded'}${measured}${since(worst)}.`;
  }
  const blind = monitors.some((monitor) => monitor.status === 'unknown' && !isPage(monitor));
  const trouble = blind ? null : providerTrouble(monitors);
  if (trouble !== null) return whole(`${trouble}. Our own checks answer`);
  if (!blind && engine.settingsProblem !== null) return 'The settings file was refused; the settings from before are running.';
  const failing = blind ? undefined : channels.find((channel) => channel.state === 'failing');
  if (failing) return whole(`Alerts by ${channelWord(failing.channel)} are not getting through`);
  return whole(signal.reasons[0] ?? 'Something needs a look');
}

function grey(snapshot: Snapshot, now: number, timeZone?: string): string {
  const { monitors, connectivity, engine, signal } = snapshot;
  if (connectivity.state === 'offline') return `Offline: this machine has no internet. ${lastKnown(monitors)}`;
  if (connectivity.state === 'captive')
    return `Not really online: this network wants you to sign in first. ${lastKnown(monitors)}`;
  if (engine.pausedUntil !== null) return `${pausedWords(engine.pausedUntil, now, timeZone)}. ${lastKnown(monitors)}`;
  if (monitors.every((monitor) => monitor.status === 'paused')) return `Every monitor is paused. ${lastKnown(monitors)}`;
  if (monitors.every((monitor) => monitor.known === null && monitor.last === null)) return 'Checking…';
  const last = latestCheck(monitors);
  if (last !== null && now - last > 3 * Math.min(...monitors.map((monitor) => monitor.intervalMs))) {
    return `No fresh results since ${moment(last, now, timeZone)}. ${lastKnown(monitors)}`;
  }
  return `${whole(signal.reasons[0] ?? 'Signalbox cannot tell at present')} ${lastKnown(monitors)}`;
}

/** A pause longer than this has no end that anyone had in mind. */
const endless = 180 * 86_400_000;

/** `Paused until 15:04:00`, or `Paused until resumed` when the end lies half a year away. */
export function pausedWords(until: string, now: number, timeZone?: string): string {
  const end = Date.parse(until);
  return end - now > endless ? 'Paused until resumed' : `Paused until ${moment(end, now, timeZone)}`;
}

/** A channel's name inside a sentence. */
export function channelWord(channel: 'desktop' | 'rollbar' | 'slack'): string {
  return { desktop: 'desktop notification', rollbar: 'Rollbar', slack: 'Slack' }[channel];
}

function lastKnown(monitors: readonly MonitorView[]): string {
  const known = monitors.filter((monitor) => monitor.known !== null && !isPage(monitor));
  if (known.length === 0) return 'Nothing is known yet.';
  const down = known.filter((monitor) => monitor.known === 'down');
  if (down.length > 0) return `Last known: ${several(down.map(nameOf))} down.`;
  const slow = known.filter((monitor) => monitor.known === 'degraded');
  return slow.length > 0 ? `Last known: ${several(slow.map(nameOf))} degraded.` : 'Last known: all clear.';
}

function providerTrouble(monitors: readonly MonitorView[]): string | null {
  const troubled = monitors.find((monitor) => isPage(monitor) && (monitor.status === 'degraded' || monitor.status === 'down'));
  if (!troubled) return null;
  const report = troubled.last?.provider;
  return `${troubled.name} reports ${report && report.severity !== 'none' ? providerWords(report) : 'trouble'}`;
}

function latestCheck(monitors: readonly MonitorView[]): number | null {
  let latest: number | null = null;
  for (const { last } of monitors) if (last) latest = Math.max(latest ?? 0, Date.parse(last.at));
  return latest;
}
