// `status`: the last known truth out of the history, whether an engine runs or not. What nobody has looked at lately is
// grey: silence is not health (DESIGN section 5).
import type { MonitorView, Snapshot } from '../../../shared/snapshot.ts';
import { duration, lampWord, latency, moment, sentence, statusColour, statusWord } from '../../../shared/words.ts';
import { type AddCommand, type Context, withExamples } from '../context.ts';
import { interruptedLines, interruptedRuns } from '../lever-desk.ts';
import { size, titleOf } from '../lever-words.ts';
import { lamps, type Out, told } from '../output.ts';
import type { Ended } from '../services.ts';
import { bannerSentence } from './banner.ts';
import { drillWords, trafficSentence } from './traffic.ts';

export const addStatus: AddCommand = (program, run) => {
  const command = program
    .command('status')
    .description('Show the last known signal, monitors, incident and levers. Ends with 1 when the signal is red.')
    .action(() => run(status));
  withExamples(command, 'status', 'status --json');
};

/** 1 when the signal is red: something is down and nobody has acknowledged it. Grey is not knowing, which is no news. */
export async function status(context: Context): Promise<Ended> {
  const { out } = context;
  const now = context.now();
  await markInterrupted(context);
  const answer = statusOf(await context.services.remembered(context.place, now), now);
  out.answer(
    () => answer.shape,
    () => lines(out, answer, now),
  );
  return answer.shape.signal === 'red' ? 1 : 0;
}

/** A run whose process died is stored as running until somebody looks. */
async function markInterrupted({ services, place, out }: Context): Promise<void> {
  const desk = await services.levers(place, { announce: out.note });
  try {
    interruptedRuns(desk);
  } finally {
    await desk.close();
  }
}

type Answer = { readonly shape: ReturnType<typeof shapeOf>; readonly monitors: readonly MonitorView[] };

/** The answer for a remembered view at `now`, epoch milliseconds. */
export function statusOf(snapshot: Snapshot, now: number): Answer {
  const watchedAt = lastWatched(snapshot, now);
  if (watchedAt === 'lately') return { shape: shapeOf(snapshot, sentence(snapshot, now)), monitors: snapshot.monitors };
  const said =
    watchedAt === null
      ? 'Nobody has watched yet. Start with: signalbox watch'
      : `Nobody is watching: the last check was at ${moment(watchedAt, now)}, ${duration(now - watchedAt)} ago.`;
  const since = watchedAt === null ? snapshot.signal.since : new Date(watchedAt).toISOString();
  const grey: Snapshot = { ...snapshot, signal: { colour: 'grey', reasons: [], since } };
  return { shape: shapeOf(grey, snapshot.monitors.length === 0 ? sentence(grey, now) : said), monitors: snapshot.monitors };
}

/** When an engine last checked anything: `lately` within three intervals of some monitor, or the time, or null for never. */
function lastWatched(snapshot: Snapshot, now: number): 'lately' | number | null {
  // Paused monitors are not checked on purpose; with nothing else left, the view's own words are right.
  const active = snapshot.monitors.filter((monitor) => monitor.status !== 'paused');
  if (snapshot.engine.pausedUntil !== null || (active.length === 0 && snapshot.monitors.length > 0)) return 'lately';
  let newest: number | null = null;
  for (const { last, intervalMs } of active) {
    if (last === null) continue;
    const at = Date.parse(last.at);
    if (now - at <= 3 * intervalMs) return 'lately';
    newest = Math.max(newest ?? at, at);
  }
  return newest;
}

/** The contract's shape (DESIGN section 9), with a monitor's name and last check added. */
function shapeOf(snapshot: Snapshot, said: string) {
  return {
    signal: snapshot.signal.colour,
    sentence: said,
    since: snapshot.signal.since,
    monitors: snapshot.monitors.map(({ id, name, status, since, latencyMs, uptime, coverage, last }) => ({
      id,
      name,
      status,
      since,
      latencyMs,
      uptime,
      coverage,
      checkedAt: last?.at ?? null,
    })),
    incident: snapshot.incidents.find((incident) => incident.state !== 'resolved') ?? null,
    traffic: snapshot.traffic,
    banner: snapshot.banner,
    dump: { last: snapshot.levers.dump.last },
    drill: { lastAt: snapshot.levers.drill.lastAt, overdue: snapshot.levers.drill.overdue },
    /** Runs of the levers that have not ended: under way or interrupted. */
    runs: snapshot.runs.filter(({ state }) => state === 'running' || state === 'interrupted'),
  };
}

function lines(out: Out, { shape, monitors }: Answer, now: number): readonly string[] {
  const { signal, incident } = shape;
  const head = out.paint(signal, `${lamps[signal]} ${lampWord(signal)}`);
  const rows = monitors.map((monitor) => {
    const colour = statusColour(monitor.status);
    return [
      out.paint(colour, `${lamps[colour]} ${statusWord(monitor.status)}`),
      told(monitor.name),
      monitor.latencyMs === null ? '-' : latency(monitor.latencyMs),
      monitor.since === null ? '' : `since ${moment(Date.parse(monitor.since), now)}`,
      out.faint(`24 h ${percent(monitor.uptime.h24)}, 7 d ${percent(monitor.uptime.d7)}, 90 d ${percent(monitor.uptime.d90)}`),
    ];
  });
  return [
    `${head}  ${told(shape.sentence)}`,
    ...(rows.length > 0 ? ['', ...out.table(rows)] : []),
    ...(incident ? ['', `Incident ${incident.id}: ${told(incident.title)} (${incident.state})`] : []),
    ...leverLines(shape, now),
  ];
}

function leverLines({ traffic, banner, dump, drill, runs }: Answer['shape'], now: number): readonly string[] {
  const lines = [
    ...(traffic.target === 'unknown' ? [] : [trafficSentence(traffic, now)]),
    ...(banner.on ? [bannerSentence(banner, now)] : []),
    ...(dump.last
      ? [`Last dump: ${told(dump.last.name)}, ${size(dump.last.bytes)}, ${moment(Date.parse(dump.last.at), now)}.`]
      : []),
    ...(drill.lastAt ? [`Last drill: ${drillWords(drill, now)}.`] : []),
    ...runs.flatMap((run) =>
      run.state === 'interrupted' ? interruptedLines(run, now) : [`Under way: ${titleOf(run)} (${run.id}).`],
    ),
  ];
  return lines.length > 0 ? ['', ...lines] : [];
}

function percent(value: number | null): string {
  if (value === null) return '-';
  // Rounded down: 99.996 % is not 100 %.
  return `${(Math.floor(value * 100) / 100).toFixed(value === 100 ? 0 : 2)} %`;
}
