// kill -9 at every boundary of a run, there and back: the next start explains it, and taking it up or back loses nothing and
// doubles nothing. The child stops at each boundary until told to go on, so that every kill is exact.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { cpSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { temporaryFolder } from '../../support/history-values.ts';
import { deedsIn, openLevers, stepCount } from '../../support/killed-levers.ts';

const program = fileURLToPath(new URL('../../support/killed-run.ts', import.meta.url));
const numbers = Array.from({ length: stepCount }, (_, index) => index + 1);
const every = (deed: string): string[] => numbers.map((number) => `${deed} ${number}`);
const how = { by: 'command', force: false } as const;

/** Executes the run in a child and kills it at boundary number `killAt`; returns the boundaries it came by. */
async function runUntil(folder: string, ending: 'succeeds' | 'fails', killAt: number): Promise<readonly string[]> {
  const child = spawn(process.execPath, ['--disable-warning=ExperimentalWarning', program, folder, ending], {
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  const exited = once(child, 'exit');
  const points: string[] = [];
  for await (const line of createInterface({ input: child.stdout })) {
    points.push(line);
    if (points.length - 1 === killAt) child.kill('SIGKILL');
    else child.stdin.write('.');
  }
  const [code, signal] = await exited;
  expect([code, signal]).toEqual(killAt < points.length ? [null, 'SIGKILL'] : [0, null]);
  return points;
}

function copyOf(folder: string): string {
  const copy = temporaryFolder();
  cpSync(folder, copy, { recursive: true });
  return copy;
}

/** Takes the interrupted run up or back in this process and returns how it ended. */
async function resolve(folder: string, what: 'resume' | 'undo', fails: boolean) {
  const { levers, journal, close } = openLevers(folder, { fails });
  try {
    const [found, ...others] = levers.findInterrupted();
    expect(others).toEqual([]);
    const direction = journal.unfinished()[0]?.direction;
    const ended = found ? await (await levers[what](found.id, how)).finished : null;
    expect(levers.findInterrupted()).toEqual([]);
    const runs = journal.recent(10);
    return { found, direction, ended, runs, known: journal.recall('drill')?.succeeded ?? null };
  } finally {
    close();
  }
}

/** Splits work over the two cores. */
async function each(count: number, work: (index: number) => Promise<void>): Promise<void> {
  let next = 0;
  const worker = async (): Promise<void> => {
    while (next < count) {
      const index = next;
      next += 1;
      await work(index);
    }
  };
  await Promise.all([worker(), worker()]);
}

describe('a run that is killed', () => {
  it('on its way can be taken up or taken back from every boundary', { timeout: 240_000 }, async () => {
    const points = await runUntil(temporaryFolder(), 'succeeds', Number.POSITIVE_INFINITY);
    // Two per save (begun, each step's start, fact and end, the run's end), and two in each step.
    expect(points).toHaveLength(2 * (2 + 3 * stepCount) + 2 * stepCount);
    await each(points.length, async (killAt) => {
      const folder = temporaryFolder();
      await runUntil(folder, 'succeeds', killAt);
      const other = copyOf(folder);
      const up = await resolve(folder, 'resume', false);
      const back = await resolve(other, 'undo', false);
      const place = `killed at ${killAt} (${points[killAt]})`;
      if (killAt === 0) {
        expect([up.runs, deedsIn(folder)], place).toEqual([[], []]);
        return;
      }
      expect(up.runs, place).toMatchObject([{ state: 'succeeded' }]);
      expect(deedsIn(folder), place).toEqual(every('do'));
      expect(up.known, place).toBe(true);
      if (killAt === points.length - 1) {
        expect([up.found, back.found], place).toEqual([undefined, undefined]);
        return;
      }
      expect(up.found, place).toMatchObject({ state: 'interrupted', finishedAt: null });
      expect(
        up.ended?.steps.map(({ state }) => state),
        place,
      ).toEqual(numbers.map(() => 'succeeded'));
      expect(back.ended, place).toMatchObject({ state: 'cancelled', error: { code: 'undone' } });
      const deeds = deedsIn(other);
      const done = deeds.filter((line) => line.startsWith('do'));
      expect(deeds, place).toEqual([...done, ...done.map((line) => line.replace('do', 'undo')).toReversed()]);
      expect(back.known, place).toBe(false);
    });
  });

  it('on its way back can be taken back to the end from every boundary', { timeout: 240_000 }, async () => {
    const points = await runUntil(temporaryFolder(), 'fails', Number.POSITIVE_INFINITY);
    const turn = points.indexOf(`did ${stepCount}`);
    expect(points.length - turn - 1).toBe(2 * (2 + 2 * stepCount) + 2 * stepCount);
    await each(points.length - turn, async (after) => {
      const killAt = turn + after;
      const folder = temporaryFolder();
      await runUntil(folder, 'fails', killAt);
      const place = `killed at ${killAt} (${points[killAt]})`;
      const { found, direction, ended, known, runs } = await resolve(folder, 'undo', true);
      expect(deedsIn(folder), place).toEqual([...every('do'), ...every('undo').toReversed()]);
      expect(known, place).toBe(false);
      if (killAt === points.length - 1) {
        expect(runs, place).toMatchObject([{ state: 'failed', error: { code: 'deliberate' } }]);
        return;
      }
      expect(found?.offers, place).toEqual(direction === 'back' ? ['undo'] : ['resume', 'undo']);
      expect(ended, place).toMatchObject(
        direction === 'back'
          ? { state: 'failed', error: { code: 'deliberate' } }
          : { state: 'cancelled', error: { code: 'undone' } },
      );
    });
  });
});
