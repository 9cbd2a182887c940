// How long after its launch the program watches.
import type { Bench, Row } from './bench.ts';
import { ensureBuilt, settingsFor, startEngine } from './engine.ts';
import { rowOf } from './figures.ts';
import { pause, removeFolder, temporaryFolder } from './processes.ts';
import { type Arrival, startTarget, type Target } from './target.ts';

const monitors = 1_000;
const repetitions = { quick: 1, normal: 7, full: 7 } as const;

export const startUp: Bench = {
  name: 'start',
  title: 'Start',
  how: `1,000 HTTP monitors every 20 s. Time runs from the moment the process is started; a check counts when its request reaches the
server, which has a process of its own. The first start finds an empty data folder, each further one the history of those before
it; all files are in the page cache. The process is ended 1 s after its first round.`,
  async run(effort, say) {
    await ensureBuilt('cli');
    const target = await startTarget();
    const folder = temporaryFolder();
    try {
      const starts: Start[] = [];
      for (let done = 0; done < repetitions[effort]; done += 1) {
        say(`start ${done + 1}`);
        starts.push(await measure(target, folder));
      }
      return rowsOf(starts);
    } finally {
      await target.stop();
      removeFolder(folder);
    }
  },
};

type Start = { readonly firstMs: number; readonly allMs: number; readonly most: number };

async function measure(target: Target, folder: string): Promise<Start> {
  await target.arrivals();
  const engine = startEngine({ settings: settingsFor(target.url, monitors, { interval: '20s' }), folder });
  try {
    const seen: Arrival[] = [];
    const firsts = new Map<string, number>();
    const limit = performance.now() + 60_000;
    while (firsts.size < monitors) {
      if (performance.now() > limit) throw new Error(`Only ${firsts.size} of ${monitors} monitors were checked within 60 s.`);
      await pause(200);
      for (const arrival of await target.arrivals()) {
        seen.push(arrival);
        if (!firsts.has(arrival.id)) firsts.set(arrival.id, arrival.at);
      }
    }
    const times = [...firsts.values()];
    const first = Math.min(...times);
    const perStretch = Map.groupBy(seen, ({ at }) => Math.floor((at - first) / 100));
    return {
      firstMs: first - engine.launchedAt,
      allMs: Math.max(...times) - engine.launchedAt,
      most: Math.max(...[...perStretch.values()].map((stretch) => stretch.length)),
    };
  } finally {
    await pause(1_000);
    await engine.stop();
  }
}

function rowsOf(starts: readonly Start[]): Row[] {
  const seconds = (pick: (start: Start) => number): number[] => starts.map((start) => pick(start) / 1_000);
  return [
    rowOf(
      'Launch → first check',
      seconds(({ firstMs }) => firstMs),
      's',
      'median',
      1,
    ),
    rowOf(
      'Launch → all 1,000 checked once',
      seconds(({ allMs }) => allMs),
      's',
      'median',
      6,
    ),
    rowOf(
      'Most starts in 100 ms of the first round',
      starts.map(({ most }) => most),
      '',
      'max',
    ),
  ];
}
