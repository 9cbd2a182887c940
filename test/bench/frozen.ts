// What happens when the process stood still: overdue checks must not start all at once, and nothing may be called down.
import type { Bench, Effort, Row } from './bench.ts';
import { ensureBuilt, settingsFor, startEngine } from './engine.ts';
import { rowOf, rowOfOne } from './figures.ts';
import { pause } from './processes.ts';
import { startTarget } from './target.ts';

const monitors = 500;
const repetitions = { quick: 1, normal: 1, full: 2 } as const;

export const frozen: Bench = {
  name: 'frozen',
  title: 'Frozen and resumed',
  how: `500 HTTP monitors every 20 s on a server that is well all the time. The engine is stopped with SIGSTOP for 45 s and resumed, which
is what a sleeping machine looks like from inside; starts are counted for the 25 s after that, as requests that reach the server.
Not on Windows, which has no such signal.`,
  async run(effort, say) {
    if (process.platform === 'win32') {
      say('left out: Windows cannot stop and resume a process');
      return [];
    }
    await ensureBuilt('cli');
    const crowds: number[] = [];
    let failures = 0;
    for (let done = 0; done < repetitions[effort]; done += 1) {
      say(`freeze ${done + 1}`);
      const seen = await measure(effort);
      crowds.push(seen.most);
      failures += seen.failures;
    }
    return rowsOf(crowds, failures);
  },
};

async function measure(effort: Effort): Promise<{ readonly most: number; readonly failures: number }> {
  const target = await startTarget();
  const engine = startEngine({ settings: settingsFor(target.url, monitors, { interval: '20s' }), json: true });
  try {
    await engine.until((line) => line.event === 'signal.changed' && line.to === 'green', 60_000);
    await pause(3_000);
    engine.signal('SIGSTOP');
    await pause(effort === 'quick' ? 8_000 : 45_000);
    await target.arrivals();
    engine.signal('SIGCONT');
    await pause(effort === 'quick' ? 12_000 : 25_000);
    const arrivals = await target.arrivals();
    if (arrivals.length < monitors) throw new Error(`After the freeze only ${arrivals.length} checks came.`);
    const stretches = Map.groupBy(arrivals, ({ at }) => Math.floor(at / 100));
    return {
      most: Math.max(...[...stretches.values()].map((stretch) => stretch.length)),
      failures: engine.lines.filter((line) => line.event === 'incident.opened' || line.observation?.outcome === 'down').length,
    };
  } finally {
    engine.signal('SIGCONT');
    await engine.stop();
    await target.stop();
  }
}

function rowsOf(crowds: readonly number[], failures: number): Row[] {
  return [
    rowOf('Most starts in 100 ms afterwards', crowds, '', 'max', 10),
    rowOfOne('Failed checks and incidents', failures, '', 0),
  ];
}
