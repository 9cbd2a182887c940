// How long an outage stays unknown, and how long the knowledge takes to reach a channel.
import { type SlackStandIn, startSlack } from '../../simulator/slack.ts';
import type { Bench, Row } from './bench.ts';
import { type Engine, ensureBuilt, type Line, settingsFor, startEngine } from './engine.ts';
import { rowOf } from './figures.ts';
import { pause } from './processes.ts';
import { startTarget, type Target } from './target.ts';

const [intervalMs, retryMs] = [2_000, 500];
const repetitions = { quick: 2, normal: 20, full: 40 } as const;

export const detection: Bench = {
  name: 'detection',
  title: 'Detection',
  how: `One HTTP monitor, interval 2 s, retryInterval 500 ms, two failures needed; no witnesses, as for any server on loopback. Each
repetition is a new engine with an empty data folder, because a second outage within ten minutes would belong to the first. Time
runs from just before the server stops listening, at a moment spread evenly over the interval. Seen is when the line of
\`watch --json\` has been read; told is when the Slack stand-in has the whole message. "Failing probe → alert" begins where the
confirming check begins, so the refused connection, the verdict, the transaction and the delivery are all in it. All on one machine
and one clock; a real Slack adds the way to Slack. With other settings the first two figures move with the intervals.`,
  async run(effort, say) {
    await ensureBuilt('cli');
    const outages: Outage[] = [];
    for (let done = 0; done < repetitions[effort]; done += 1) {
      say(`outage ${done + 1} of ${repetitions[effort]}`);
      outages.push(await measure(done / repetitions[effort]));
    }
    return rowsOf(outages);
  },
};

type Outage = { readonly seenMs: number; readonly toldMs: number; readonly handedOverMs: number };

async function measure(share: number): Promise<Outage> {
  const [target, slack] = await Promise.all([startTarget(), startSlack()]);
  const alerts = { desktop: { enabled: false }, slack: { webhook: '${secret:slack-webhook}' } };
  const settings = settingsFor(
    target.url,
    1,
    { interval: `${intervalMs}ms`, retryInterval: `${retryMs}ms`, timeout: '1s' },
    { alerts },
  );
  const engine = startEngine({ settings, json: true, env: { SIGNALBOX_SECRET_SLACK_WEBHOOK: slack.webhook } });
  try {
    return await outage(engine, target, slack, share);
  } finally {
    await engine.stop();
    await target.stop();
    await slack.stop();
  }
}

async function outage(engine: Engine, target: Target, slack: SlackStandIn, share: number): Promise<Outage> {
  const isGood = (line: Line): boolean => line.observation?.outcome === 'up';
  await engine.until(isGood);
  // The second check is a regular one, so that the outage can begin at any moment between two of them.
  const before = engine.lines.length;
  await engine.until((line) => isGood(line) && engine.lines.indexOf(line) >= before);
  await pause(share * intervalMs);
  const stoppedAt = Date.now();
  await target.away();
  const opened = await engine.until((line) => line.event === 'incident.opened', 10_000);
  const [message] = await slack.waitFor(1);
  const confirming = engine.lines.filter((line) => line.observation?.outcome === 'down' && line.readAt <= opened.readAt).at(-1);
  if (!message || !confirming?.observation) throw new Error('The alert came without a failed check before it.');
  return {
    seenMs: opened.readAt - stoppedAt,
    toldMs: message.at - stoppedAt,
    handedOverMs: message.at - Date.parse(confirming.observation.at),
  };
}

function rowsOf(outages: readonly Outage[]): Row[] {
  const allowed = intervalMs + retryMs + 1_000;
  const seen = outages.map(({ seenMs }) => seenMs);
  const told = outages.map(({ toldMs }) => toldMs);
  const handedOver = outages.map(({ handedOverMs }) => handedOverMs);
  return [
    rowOf('Server stops → incident.opened', seen, 'ms', 'median'),
    rowOf('Server stops → incident.opened', seen, 'ms', 'p95', allowed),
    rowOf('Server stops → Slack has it', told, 'ms', 'median'),
    rowOf('Server stops → Slack has it', told, 'ms', 'p95', allowed),
    rowOf('Failing probe → alert handed over', handedOver, 'ms', 'median'),
    rowOf('Failing probe → alert handed over', handedOver, 'ms', 'p95', 50),
  ];
}
