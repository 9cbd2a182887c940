// A thousand monitors that fail at once: how many incidents, how many messages, how soon.
import { startSlack } from '../../simulator/slack.ts';
import type { Bench, Row } from './bench.ts';
import { ensureBuilt, type Line, settingsFor, startEngine } from './engine.ts';
import { rowOf } from './figures.ts';
import { canMeasureCost, costOf, pause } from './processes.ts';
import { startTarget } from './target.ts';

const monitors = 1_000;
/** A monitor that is up learns of the outage within an interval. */
const intervals = { quick: '10s', normal: '20s', full: '20s' } as const;
const repetitions = { quick: 1, normal: 2, full: 3 } as const;

export const allDown: Bench = {
  name: 'all-down',
  title: 'All down together',
  how: `1,000 HTTP monitors every 20 s with the default retryInterval of 5 s on one server, which stops listening. Messages are what the
Slack stand-in received until 5 s after the last monitor had joined the incident. The CPU is that of the whole engine from the stop
to that moment, with \`--json\`. Each repetition is a new engine with an empty data folder.`,
  async run(effort, say) {
    await ensureBuilt('cli');
    const outages: Outage[] = [];
    for (let done = 0; done < repetitions[effort]; done += 1) {
      say(`outage ${done + 1}`);
      outages.push(await measure(intervals[effort]));
    }
    return rowsOf(outages);
  },
};

type Outage = {
  readonly toldMs: number;
  readonly completeMs: number;
  readonly incidents: number;
  readonly messages: number;
  readonly cpuShare: number;
};

async function measure(interval: string): Promise<Outage> {
  const [target, slack] = await Promise.all([startTarget(), startSlack()]);
  const alerts = { desktop: { enabled: false }, slack: { webhook: '${secret:slack-webhook}' } };
  const settings = settingsFor(target.url, monitors, { interval }, { alerts });
  const engine = startEngine({ settings, json: true, env: { SIGNALBOX_SECRET_SLACK_WEBHOOK: slack.webhook } });
  const cpuMs = (): number => (canMeasureCost ? costOf(engine.pid).cpuMs : Number.NaN);
  try {
    await engine.until((line) => line.event === 'signal.changed' && line.to === 'green', 60_000);
    await pause(5_000);
    const [stoppedAt, cpuBefore] = [Date.now(), cpuMs()];
    await target.away();
    const complete = await engine.until((line) => line.incident?.monitors.length === monitors, 60_000);
    const cpuShare = ((cpuMs() - cpuBefore) / (Date.now() - stoppedAt)) * 100;
    const [first] = await slack.waitFor(1);
    await pause(5_000);
    return {
      toldMs: (first?.at ?? Number.NaN) - stoppedAt,
      completeMs: complete.readAt - stoppedAt,
      incidents: new Set(engine.lines.flatMap((line: Line) => line.incident?.id ?? [])).size,
      messages: slack.received.length,
      cpuShare,
    };
  } finally {
    await engine.stop();
    await target.stop();
    await slack.stop();
  }
}

function rowsOf(outages: readonly Outage[]): Row[] {
  const of = (pick: (outage: Outage) => number): number[] => outages.map(pick);
  const costs = canMeasureCost
    ? [
        rowOf(
          'CPU of one core meanwhile',
          of(({ cpuShare }) => cpuShare),
          '%',
        ),
      ]
    : [];
  return [
    rowOf(
      'Incidents',
      of(({ incidents }) => incidents),
      '',
      'max',
      1,
    ),
    rowOf(
      'Messages',
      of(({ messages }) => messages),
      '',
      'max',
      1,
    ),
    rowOf(
      'Server stops → message',
      of(({ toldMs }) => toldMs / 1_000),
      's',
      'max',
      10,
    ),
    rowOf(
      'Server stops → all 1,000 in the incident',
      of(({ completeMs }) => completeMs / 1_000),
      's',
    ),
    ...costs,
  ];
}
