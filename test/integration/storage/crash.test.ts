// kill -9 at any moment: what was acknowledged is there, once; what was not is there whole or not at all.
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { DatabaseSync } from 'node:sqlite';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { openHistory } from '../../../main/storage/history.ts';
import { noon, temporaryFolder } from '../../support/history-values.ts';

const writer = fileURLToPath(new URL('../../support/history-writer.ts', import.meta.url));
const kills = Number(process.env.SIGNALBOX_TEST_KILLS ?? 40);

type Writer = { readonly process: ChildProcess; readonly said: number[]; firstLine: Promise<unknown>; closed: Promise<unknown> };

function startWriter(folder: string): Writer {
  const child = spawn(process.execPath, ['--disable-warning=ExperimentalWarning', writer, folder], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const said: number[] = [];
  const lines = createInterface({ input: child.stdout });
  lines.on('line', (line) => said.push(Number(line)));
  return {
    process: child,
    said,
    firstLine: once(lines, 'line'),
    closed: Promise.all([once(child, 'close'), once(lines, 'close')]),
  };
}

/** What the file holds: the numbers of the steps in each table, in order. */
function stepsIn(folder: string) {
  const history = openHistory(folder);
  const incident = history.incident('inc-20261123-120000');
  const steps = {
    observations: (history.strips(1_000_000).api ?? []).map(([at]) => at - noon),
    timeline: (incident?.timeline ?? []).map(({ text }) => Number(text.replace('step ', ''))),
    deliveries: history.outbox('slack').map(({ alert }) => Number(alert.key.split('/')[1])),
    spans: history.spans('api', 0).map(({ to }) => to - noon),
    title: incident ? [Number(incident.title.replace('after step ', ''))] : [],
  };
  history.close();
  const sql = new DatabaseSync(`${folder}/history.db`, { readOnly: true });
  expect(sql.prepare('PRAGMA quick_check').get()?.quick_check).toBe('ok');
  sql.close();
  return steps;
}

describe('a history whose writer is killed', () => {
  it(
    `keeps every acknowledged commit exactly once over ${kills} kills`,
    async () => {
      const folder = temporaryFolder();
      let acknowledged = 0;
      for (let kill = 0; kill < kills; kill += 1) {
        const running = startWriter(folder);
        // Some die while they open the file, most while they commit.
        const patience = Math.random() * 40;
        if (kill % 5 === 0) await new Promise((resolve) => setTimeout(resolve, patience * 3));
        else {
          await running.firstLine;
          await new Promise((resolve) => setTimeout(resolve, patience));
        }
        running.process.kill('SIGKILL');
        await running.closed;
        acknowledged = Math.max(acknowledged, ...running.said);
      }
      const { title, ...tables } = stepsIn(folder);
      const last = title[0] ?? 0;
      expect(acknowledged).toBeGreaterThan(kills);
      // One more than acknowledged: it was committed and its writer died before it could say so.
      expect(last - acknowledged).toBeGreaterThanOrEqual(0);
      expect(last - acknowledged).toBeLessThanOrEqual(1);
      const every = Array.from({ length: last }, (_, index) => index + 1);
      for (const steps of Object.values(tables)) expect(steps).toEqual(every);
    },
    kills * 1_500,
  );

  it('loses no wish that another process writes meanwhile', async () => {
    const folder = temporaryFolder();
    const command = openHistory(folder);
    const wishes: number[] = [];
    for (let kill = 0; kill < 5; kill += 1) {
      const running = startWriter(folder);
      await running.firstLine;
      for (let count = 0; count < 50; count += 1) {
        wishes.push(command.addWish({ type: 'note', incidentId: 'inc-20261123-120000', text: `${count}` }, noon));
        await new Promise((resolve) => setImmediate(resolve));
      }
      running.process.kill('SIGKILL');
      await running.closed;
    }
    const running = startWriter(folder);
    await running.firstLine;
    while (wishes.some((id) => !command.wishDone(id))) await once(running.process.stdout as NodeJS.ReadableStream, 'data');
    running.process.kill('SIGKILL');
    await running.closed;
    expect(new Set(wishes).size).toBe(250);
    expect(command.wishes()).toEqual([]);
    command.close();
  });
});
