// What the program costs while nothing happens: the usual size, for hours on a laptop.
import type { Bench, Row } from './bench.ts';
import { ensureBuilt, settingsFor, startEngine } from './engine.ts';
import { rowOf } from './figures.ts';
import { canMeasureCost, costOf, pause } from './processes.ts';
import { startTarget } from './target.ts';

const windows = { quick: 1, normal: 3, full: 4 } as const;
const [monitors, intervalMs] = [10, 30_000];

export const idle: Bench = {
  name: 'idle',
  title: 'Idle',
  how: `10 HTTP monitors every 30 s, \`--no-window\`. A sample is one interval, in which each is checked once; the first interval and
the start are left out. CPU is the whole process, in steps of 10 ms (0.03 % of a core). Resident memory is looked at once a second;
some 50 MB of it are Node itself with nothing loaded.`,
  async run(effort, say) {
    if (!canMeasureCost) {
      say('left out: CPU and memory of other processes are read from /proc, which this system does not have');
      return [];
    }
    await ensureBuilt('cli');
    const target = await startTarget();
    const engine = startEngine({ settings: settingsFor(target.url, monitors, { interval: '30s' }) });
    const [shares, rss]: [number[], number[]] = [[], []];
    try {
      const isQuick = effort === 'quick';
      const windowMs = isQuick ? 10_000 : intervalMs;
      await pause(isQuick ? 3_000 : intervalMs + 3_000);
      for (let done = 0; done < windows[effort]; done += 1) {
        const [began, before] = [performance.now(), costOf(engine.pid).cpuMs];
        while (performance.now() - began < windowMs - 1) {
          await pause(Math.min(1_000, began + windowMs - performance.now()));
          rss.push(costOf(engine.pid).rssMb);
        }
        shares.push(((costOf(engine.pid).cpuMs - before) / (performance.now() - began)) * 100);
      }
      const rounds = isQuick ? 1 : 1 + shares.length;
      if ((await target.arrivals()).length < monitors * rounds) throw new Error('The engine did not check its monitors.');
    } finally {
      await engine.stop();
      await target.stop();
    }
    return rowsOf(shares, rss);
  },
};

function rowsOf(shares: readonly number[], rss: readonly number[]): Row[] {
  return [
    rowOf('CPU of one core', shares, '%', 'median', 0.3),
    rowOf('Resident memory', rss, 'MB', 'max', 90),
    rowOf('Resident memory', rss, 'MB', 'median'),
  ];
}
