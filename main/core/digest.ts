// The week in a few lines: how available everything was, what went wrong, what was slow, how old the safety nets are. Pure;
// when it is due and who is told are decided by what runs it.
import type { Digest } from '../../shared/digest.ts';
import type { Incident } from '../../shared/incident.ts';
import type { Run } from '../../shared/run.ts';
import type { MonitorView } from '../../shared/snapshot.ts';
import { duration, latency } from '../../shared/words.ts';

const dayMs = 86_400_000;
const weekMs = 7 * dayMs;
/** A certificate is worth a line from here on (DESIGN section 5: the first warning comes at 21 days). */
const certificateDays = 30;
/** DESIGN section 7: a drill older than this is called for again. */
const drillDays = 30;
const named = 3;

export type Week = {
  /** Epoch ms; the week ends here. */
  readonly to: number;
  readonly app: string;
  readonly monitors: readonly MonitorView[];
  /** Those that touched the week, in any order. */
  readonly incidents: readonly Incident[];
  /** 95th percentile of the week, ms; null where nothing was measured. */
  readonly slowness: ReadonlyMap<string, number | null>;
  /** The newest of each that succeeded, or null. */
  readonly lastDump: Run | null;
  readonly lastDrill: Run | null;
  /** Levers that are set up: what is not is not missed. */
  readonly has: { readonly dump: boolean; readonly traffic: boolean };
};

/** What is said of the week that ends at `week.to`. */
export function digestOf(week: Week): Digest {
  const { to, app } = week;
  const outages = week.incidents.filter(({ openedAt, resolvedAt }) => overlaps(openedAt, resolvedAt, to - weekMs, to));
  const lines = [
    availability(week.monitors),
    outageLine(outages, to),
    slowest(week.monitors, week.slowness),
    ...(week.has.dump ? [ageLine('good dump', week.lastDump, to, null)] : []),
    ...(week.has.traffic ? [ageLine('drill', week.lastDrill, to, drillDays)] : []),
    certificates(week.monitors),
  ].filter((line) => line !== null);
  return {
    from: new Date(to - weekMs).toISOString(),
    to: new Date(to).toISOString(),
    title: `${app}: the last seven days`,
    lines,
  };
}

function overlaps(openedAt: string, resolvedAt: string | null, from: number, to: number): boolean {
  return Date.parse(openedAt) < to && (resolvedAt === null || Date.parse(resolvedAt) > from);
}

function availability(monitors: readonly MonitorView[]): string | null {
  const watched = monitors.filter(({ role, uptime }) => role !== 'provider' && uptime.d7 !== null);
  if (watched.length === 0) return 'Nothing was watched.';
  const sorted = watched.toSorted((a, b) => (a.uptime.d7 ?? 0) - (b.uptime.d7 ?? 0));
  const worst = sorted.filter(({ uptime }) => uptime.d7 !== 100).slice(0, named);
  if (worst.length === 0) return `Everything was up all the time that it was watched (${coverage(watched)}).`;
  const said = worst.map(({ name, uptime }) => `${name} ${(uptime.d7 ?? 0).toFixed(2)} %`).join(', ');
  const others = watched.length - worst.length;
  return `Availability: ${said}${others > 0 ? `; ${others} more at ${(sorted[worst.length]?.uptime.d7 ?? 100).toFixed(2)} % or better` : ''}.`;
}

function coverage(watched: readonly MonitorView[]): string {
  const least = Math.min(...watched.map(({ coverage: { d7 } }) => d7 ?? 0));
  return `${least.toFixed(0)} % of the week`;
}

function outageLine(outages: readonly Incident[], to: number): string {
  if (outages.length === 0) return 'No outage.';
  const total = outages.reduce((sum, { openedAt, resolvedAt }) => {
    const end = resolvedAt === null ? to : Math.min(Date.parse(resolvedAt), to);
    return sum + end - Math.max(Date.parse(openedAt), to - weekMs);
  }, 0);
  const newest = outages.toSorted((a, b) => b.openedAt.localeCompare(a.openedAt)).slice(0, named);
  const titles = newest.map(({ title, resolvedAt }) => `${title}${resolvedAt === null ? ' (still open)' : ''}`).join('; ');
  const more = outages.length - newest.length;
  return `${outages.length === 1 ? '1 outage' : `${outages.length} outages`}, ${duration(total)} in all: ${titles}${more > 0 ? `; and ${more} more` : ''}.`;
}

function slowest(monitors: readonly MonitorView[], slowness: Week['slowness']): string | null {
  const measured = monitors
    .flatMap(({ id, name, role }) => {
      const ms = role === 'provider' ? null : (slowness.get(id) ?? null);
      return ms === null ? [] : [{ name, ms }];
    })
    .toSorted((a, b) => b.ms - a.ms);
  const [first] = measured;
  return first ? `Slowest: ${first.name}, 95 % of its answers within ${latency(first.ms)}.` : null;
}

function ageLine(what: string, run: Run | null, to: number, dueDays: number | null): string {
  if (run?.finishedAt == null) return `No ${what} yet.`;
  const age = Math.max(0, to - Date.parse(run.finishedAt));
  const isDue = dueDays !== null && age > dueDays * dayMs;
  return `Last ${what} ${duration(age)} ago${isDue ? ': time for another one' : ''}.`;
}

function certificates(monitors: readonly MonitorView[]): string | null {
  const left = new Map<string, number>();
  for (const { last } of monitors) {
    const certificate = last?.certificate;
    if (certificate && certificate.daysLeft <= certificateDays) left.set(certificate.host, certificate.daysLeft);
  }
  if (left.size === 0) return null;
  const soonest = [...left].sort((a, b) => a[1] - b[1]);
  const said = soonest
    .slice(0, named)
    .map(([host, days]) => (days < 0 ? `${host} has expired` : `${host} in ${days} ${days === 1 ? 'day' : 'days'}`));
  const more = soonest.length - said.length;
  return `Certificates that end soon: ${said.join(', ')}${more > 0 ? ` and ${more} more` : ''}.`;
}
