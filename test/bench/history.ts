// What the history costs to write and to read as it grows.
import type { Commit, History } from '../../main/engine/ports.ts';
import { openHistory } from '../../main/storage/history.ts';
import type { Observation } from '../../shared/observation.ts';
import type { Bench, Effort, Row } from './bench.ts';
import { rowOf } from './figures.ts';
import { removeFolder, temporaryFolder } from './processes.ts';

const sizes = { quick: [0, 50_000], normal: [0, 1_000_000], full: [0, 1_000_000, 10_000_000] } as const;
const hourMs = 3_600_000;
const dayMs = 24 * hourMs;
const monitors = 1_000;
/** At this pace 10 million checks of 1,000 monitors span 47 hours, just less than raw checks are kept. */
const stepMs = 17_000;
/** Monitors with 90 days behind them; one check in five minutes there, because hours are kept, not checks. */
const old = { count: 20, days: 90, stepMs: 300_000 } as const;
const perCommit = 50;
/** What the window asks for: 90 days in buckets of 12 hours, and strips of 60 checks. */
const chart = { spanMs: 90 * dayMs, bucketMs: 12 * hourMs } as const;
const stripLength = 60;

export const history: Bench = {
  name: 'history',
  title: 'History',
  how: `The history itself (\`openHistory\`), in this process, on the temporary folder's disk. 1,000 monitors; rows are written in the order
of time, as an engine writes them, which scatters them over the file. Twenty monitors have 90 days behind them, rolled up as in
service. Append: one sample is a commit of 50 observations over 50, transaction included. About one commit in twenty also carries
SQLite's checkpoint, a wait of some 10 ms for the disk, which decides p95; the target is judged by p95 all the same, and the mean stands
beside it. Chart: 90 days in buckets of 12 hours, the twenty monitors in turn. Strips: the last 60 checks of all 1,000 monitors.
Wall time, so the disk and the neighbours are in it; the file is in the operating system's cache, SQLite's own is at its default
of 2 MB.`,
  async run(effort, say) {
    const folder = temporaryFolder();
    // A round time, so that every run rolls up the same hours.
    const began = Math.floor(Date.now() / dayMs) * dayMs - 2 * dayMs;
    const book = openHistory(folder, { now: () => began });
    try {
      say(`${old.days} days of ${old.count} monitors`);
      writePast(book, began);
      return sizes[effort].flatMap((rows) => {
        say(`${rows.toLocaleString('en-GB')} rows`);
        return measure(book, began, rows, effort);
      });
    } finally {
      book.close();
      removeFolder(folder);
    }
  },
};

/** Checks of each monitor written so far, by file: the next ones go on from there. */
const written = new WeakMap<History, number>();

function measure(book: History, began: number, rows: number, effort: Effort): Row[] {
  const title = rows === 0 ? 'empty' : `${rows.toLocaleString('en-GB')} rows`;
  fill(book, began, Math.max(1, rows / monitors - (written.get(book) ?? 0)));
  const append = appendAgain(book, began, effort === 'quick' ? 4 : 20);
  const now = began + (written.get(book) ?? 0) * stepMs;
  const charts = time(effort === 'quick' ? 40 : 400, (turn) => {
    const to = Math.floor(now / chart.bucketMs) * chart.bucketMs + chart.bucketMs;
    const buckets = book.latency(`api-${turn % old.count}`, to - chart.spanMs, to, chart.bucketMs);
    if (buckets.length < 170) throw new Error(`A chart of 90 days has only ${buckets.length} buckets.`);
  });
  const strips = time(effort === 'quick' ? 3 : 20, () => {
    if (Object.keys(book.strips(stripLength)).length !== monitors) throw new Error('Strips are missing.');
  });
  return [
    rowOf(`Append per observation, ${title}`, append, 'ms', 'median'),
    rowOf(`Append per observation, ${title}`, append, 'ms', 'mean'),
    rowOf(`Append per observation, ${title}`, append, 'ms', 'p95', 0.1),
    rowOf(`Chart of 90 days, ${title}`, charts, 'ms', 'median'),
    rowOf(`Chart of 90 days, ${title}`, charts, 'ms', 'p95', 5),
    rowOf(`Strips of 1,000 monitors, ${title}`, strips, 'ms', 'median'),
    rowOf(`Strips of 1,000 monitors, ${title}`, strips, 'ms', 'p95'),
  ];
}

function writePast(book: History, began: number): void {
  const perDay = dayMs / old.stepMs;
  for (let day = old.days; day > 0; day -= 1) {
    for (let monitor = 0; monitor < old.count; monitor += 1) {
      const from = began - day * dayMs;
      book.commit(commitOf(Array.from({ length: perDay }, (_, index) => seen(monitor, from + index * old.stepMs))));
    }
    // As in service, where raw checks go to buckets long before they are forgotten.
    tidy(book, began - (day - 1) * dayMs, (old.count * perDay) / 20_000);
  }
}

/** Adds `steps` checks of every monitor and rolls them up. */
function fill(book: History, began: number, steps: number): void {
  const from = written.get(book) ?? 0;
  for (let step = from; step < from + steps; step += 1) {
    book.commit(commitOf(Array.from({ length: monitors }, (_, monitor) => seen(monitor, began + step * stepMs))));
  }
  written.set(book, from + steps);
  tidy(book, began + (from + steps) * stepMs, (steps * monitors) / 20_000);
}

/** Retention works in portions of 20,000 rows and 200 monitors; this many of them leave nothing to do. */
function tidy(book: History, now: number, portions: number): void {
  const visits = 2 * (monitors / 200);
  for (let done = 0; done < portions + visits; done += 1) book.prune(now);
}

/** Milliseconds per observation, one sample per commit. */
function appendAgain(book: History, began: number, steps: number): number[] {
  const samples: number[] = [];
  const from = written.get(book) ?? 0;
  for (let step = from; step < from + steps; step += 1) {
    for (let first = 0; first < monitors; first += perCommit) {
      const commit = commitOf(Array.from({ length: perCommit }, (_, index) => seen(first + index, began + step * stepMs)));
      samples.push(...time(1, () => book.commit(commit)).map((ms) => ms / perCommit));
    }
  }
  written.set(book, from + steps);
  return samples;
}

function time(count: number, work: (turn: number) => void): number[] {
  return Array.from({ length: count }, (_, turn) => {
    const began = performance.now();
    work(turn);
    return performance.now() - began;
  });
}

function commitOf(observations: readonly Observation[]): Commit {
  return { observations, monitors: [], incidents: [], spans: [], deliveries: [], engine: null, wishes: [] };
}

/** A good check of an HTTP monitor; latencies differ as they do. */
function seen(monitor: number, at: number): Observation {
  const latencyMs = 20 + ((at / 1_000 + monitor * 7) % 37);
  return {
    monitorId: `api-${monitor}`,
    at: new Date(at).toISOString(),
    outcome: 'up',
    latencyMs,
    phases: { dnsMs: 1.25, tcpMs: 4.5, firstByteMs: latencyMs - 6 },
    address: '192.0.2.1',
    status: 200,
  };
}
