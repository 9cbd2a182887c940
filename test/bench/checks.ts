// CPU and memory per check at a steady rate, beside a client that only makes the same requests.
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { makeAuthority, makeCertificate } from '../support/certificates.ts';
import { type Bare, startBare } from './bare.ts';
import type { Bench, Effort, Row } from './bench.ts';
import { ensureBuilt, historyFile, settingsFor, startEngine } from './engine.ts';
import { rowOf, rowOfOne } from './figures.ts';
import { type Cost, canMeasureCost, costOf, pause, removeFolder, temporaryFolder } from './processes.ts';
import { type Arrival, startTarget } from './target.ts';

type Scenario = {
  readonly title: string;
  readonly count: number;
  readonly tls: boolean;
  readonly json: boolean;
  /** Most ms of CPU per check, MB of memory, and starts in 100 ms against their mean; null where nothing is asked. */
  readonly targets: { readonly cpuMs: number | null; readonly rssMb: number | null; readonly crowd: number | null };
};

const noTargets = { cpuMs: null, rssMb: null, crowd: null } as const;

const scenarios: readonly Scenario[] = [
  { title: '100 HTTP', count: 100, tls: false, json: false, targets: noTargets },
  { title: '1,000 HTTP', count: 1_000, tls: false, json: false, targets: { cpuMs: 0.9, rssMb: 100, crowd: 3 } },
  { title: '1,000 HTTP, --json', count: 1_000, tls: false, json: true, targets: noTargets },
  { title: '500 HTTPS', count: 500, tls: true, json: false, targets: { ...noTargets, cpuMs: 3.2 } },
];

const intervalMs = 20_000;
/** The first round takes 5 s and is followed by the first regular one, in which the code is still being compiled. */
const warmUpMs = 26_000;
const bucketMs = 100;

export const checks: Bench = {
  name: 'checks',
  title: 'Checks at a steady rate',
  how: `HTTP monitors every 20 s, a new connection for each check, every result stored. The server has a process of its own. The
bare client runs at the same time against the same server, makes as many of the same requests (\`node:http\` with \`agent: false\`,
over TLS one shared secure context) at the same hashed moments, reads the body and does nothing else; so both meet the same noise.
CPU is user and system time of the whole process from /proc, in steps of 10 ms, over windows of one interval, in which each monitor
is checked once; start, first round and first regular round are left out. A sample is one window. Memory is resident memory,
looked at once a second. Starts are requests as they reach the server. Loopback has no latency: on a real network the CPU is the
same and more checks are under way at once. On systems without /proc, CPU and memory are left out.`,
  async run(effort, say) {
    await ensureBuilt('cli');
    const rows: Row[] = [];
    for (const scenario of scenarios.filter(({ title }) => effort !== 'quick' || title === '1,000 HTTP')) {
      say(scenario.title);
      rows.push(...(await measure(scenario, effort)));
    }
    return rows;
  },
};

type Window = { readonly engine: Cost; readonly bare: Cost; readonly arrivals: readonly Arrival[] };

async function measure(scenario: Scenario, effort: Effort): Promise<readonly Row[]> {
  const folder = temporaryFolder();
  const authority = makeAuthority();
  const caFile = join(folder, 'ca.pem');
  writeFileSync(caFile, authority.pem);
  const target = await startTarget(scenario.tls ? makeCertificate(authority, ['localhost'], 90) : undefined);
  const monitor = { interval: '20s', ...(scenario.tls && { caFile }) };
  const settings = settingsFor(target.url, scenario.count, monitor);
  const engine = startEngine({ settings, folder, json: scenario.json });
  const bare = await startBare({ url: target.url, count: scenario.count, intervalMs, ca: scenario.tls ? authority.pem : null });
  try {
    await pause(effort === 'quick' ? 7_000 : warmUpMs);
    const before = await target.arrivals();
    const { windows, rss } = await watch(effort === 'quick' ? 1 : 4, engine.pid, bare.pid, target.arrivals);
    await engine.stop();
    const after = await target.arrivals();
    await prove(folder, [...before, ...windows.flatMap((window) => window.arrivals), ...after], bare);
    return rowsOf(scenario, windows, rss);
  } finally {
    await engine.stop();
    await bare.stop();
    await target.stop();
    removeFolder(folder);
  }
}

async function watch(count: number, engine: number, bare: number, arrivals: () => Promise<readonly Arrival[]>) {
  const windows: Window[] = [];
  const rss: number[] = [];
  const cost = (pid: number): Cost => (canMeasureCost ? costOf(pid) : { cpuMs: Number.NaN, rssMb: Number.NaN });
  for (let done = 0; done < count; done += 1) {
    const began = performance.now();
    const before = { engine: cost(engine), bare: cost(bare) };
    while (performance.now() - began < intervalMs - 1) {
      await pause(Math.min(1_000, began + intervalMs - performance.now()));
      rss.push(cost(engine).rssMb);
    }
    const after = { engine: cost(engine), bare: cost(bare) };
    windows.push({
      engine: { cpuMs: after.engine.cpuMs - before.engine.cpuMs, rssMb: after.engine.rssMb },
      bare: { cpuMs: after.bare.cpuMs - before.bare.cpuMs, rssMb: after.bare.rssMb },
      arrivals: await arrivals(),
    });
  }
  return { windows, rss };
}

const of = (client: 'engine' | 'bare', arrivals: readonly Arrival[]): readonly Arrival[] =>
  arrivals.filter((arrival) => arrival.client === client);

/** The figures count only when the work was done: nothing lost on the way to the history, no bare request gone wrong. */
async function prove(folder: string, arrivals: readonly Arrival[], bare: Bare): Promise<void> {
  const history = new DatabaseSync(historyFile(folder), { readOnly: true });
  const stored = history.prepare('SELECT count(*) AS good FROM observations WHERE outcome = 0').get();
  history.close();
  const asked = of('engine', arrivals).length;
  // Checks under way at the end are cancelled and not stored.
  if (Number(stored?.good) < asked - 32) throw new Error(`Of ${asked} checks only ${stored?.good} were stored as good.`);
  const { good, bad } = await bare.counts();
  if (bad > 0 || good === 0) throw new Error(`${bad} of the bare client's ${good + bad} requests went wrong.`);
}

function rowsOf({ title, targets }: Scenario, windows: readonly Window[], rss: readonly number[]): Row[] {
  const perCheck = (client: 'engine' | 'bare') =>
    windows.map((window) => window[client].cpuMs / of(client, window.arrivals).length);
  const [engine, bare] = [perCheck('engine'), perCheck('bare')];
  const crowds = windows.map((window) => crowd(of('engine', window.arrivals)));
  const costs = canMeasureCost
    ? [
        rowOf(`${title}: CPU per check`, engine, 'ms', 'median', targets.cpuMs),
        rowOf(`${title}: CPU per bare request`, bare, 'ms'),
        rowOf(
          `${title}: engine / bare`,
          engine.map((value, index) => value / (bare[index] ?? Number.NaN)),
          '×',
        ),
        rowOf(`${title}: resident memory`, rss, 'MB', 'max', targets.rssMb),
        rowOfOne(`${title}: resident memory at the end`, rss.at(-1) ?? Number.NaN, 'MB'),
        rowOf(
          `${title}: resident memory of the bare client`,
          windows.map((window) => window.bare.rssMb),
          'MB',
          'max',
        ),
      ]
    : [];
  return [
    ...costs,
    rowOf(
      `${title}: checks`,
      windows.map((window) => of('engine', window.arrivals).length / (intervalMs / 1_000)),
      '/s',
    ),
    rowOf(
      `${title}: most starts in 100 ms`,
      crowds.map(({ most }) => most),
      '',
      'max',
    ),
    rowOf(
      `${title}: most starts in 100 ms / mean`,
      crowds.map(({ most, mean }) => most / mean),
      '×',
      'max',
      targets.crowd,
    ),
  ];
}

/** The fullest stretch of 100 ms (aligned to the window's first start) and the mean. */
function crowd(arrivals: readonly Arrival[]): { readonly most: number; readonly mean: number } {
  const first = arrivals[0]?.at ?? 0;
  const buckets = new Array<number>(intervalMs / bucketMs).fill(0);
  for (const { at } of arrivals) {
    const place = Math.min(buckets.length - 1, Math.floor((at - first) / bucketMs));
    buckets[place] = (buckets[place] ?? 0) + 1;
  }
  return { most: Math.max(...buckets), mean: arrivals.length / buckets.length };
}
