// Issue "The three levers", point 2: every fault of the yard during every step of every lever ends in a clear state. Walks
// (lever × step × fault) and prints the table. By default a representative choice; SIGNALBOX_MATRIX=full walks all of it,
// SIGNALBOX_MATRIX=<part of a row's name> all of that row.
import { appendFileSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { generateIdentity, identityToRecipient } from 'age-encryption';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Bench, openBench, quickenLimits } from '../../support/lever-bench.ts';
import { arrange, type Cell, lastOf, type Outcome, pull, runCell } from '../../support/lever-cells.ts';
import { dropScratchDatabases } from '../../support/lever-outside.ts';
import { databaseRows, type Row, webRows } from '../../support/lever-rows.ts';
import { type Drawn, drawMatrix } from '../../support/lever-table.ts';

const wanted = process.env.SIGNALBOX_MATRIX ?? '';
const isFull = wanted === 'full';
/** Cells mostly wait, so many can do it at once; a database is shared by all of a lane. */
const lanes = { web: isFull ? 40 : 20, database: 2 } as const;

/** Walked during every step; of the others each step gets the next one in turn. */
const always = new Set(['vercel-drop', 'statuspage-drop', 'drop-mid-dump']);

const identity = await generateIdentity();
const age = { identity, recipient: await identityToRecipient(identity) };

type Found = { readonly row: Row; readonly names: readonly string[]; readonly undoable: readonly number[] };

let slowAgain = (): void => undefined;
beforeAll(() => {
  slowAgain = quickenLimits();
});
afterAll(() => slowAgain());

describe('every fault during every step of every lever', () => {
  it('ends in a clear state', { timeout: isFull ? 3_600_000 : 420_000 }, async () => {
    const rows = [...webRows, ...databaseRows(age)].filter(({ name }) => isFull || wanted === '' || name.includes(wanted));
    const drawn: Drawn[] = [];
    const keep = (cell: Cell, outcome: Outcome): void => {
      drawn.push({ cell, outcome });
      if (process.env.SIGNALBOX_MATRIX_LOG) tell(process.env.SIGNALBOX_MATRIX_LOG, cell, outcome);
    };
    const isWeb = (row: Row): boolean => !row.parts.includes('database');
    const walkWeb = async (): Promise<void> => {
      const found = await inLanes(rows.filter(isWeb), lanes.web, cleanRun);
      await inLanes(found.flatMap(cellsOf), lanes.web, async (cell) => keep(cell, await inItsOwnYard(cell)));
      for (const each of found) steps.set(each.row, each.names);
    };
    const steps = new Map<Row, readonly string[]>();
    const walkDatabase = async (row: Row): Promise<void> => {
      const bench = await openBench(row);
      try {
        const found = await clean(bench, row);
        steps.set(row, found.names);
        for (const cell of cellsOf(found)) {
          keep(cell, await runCell(bench, cell));
          await dropScratchDatabases(bench.yard);
          if (row.first === undefined) await rm(bench.directory, { recursive: true, force: true });
        }
      } finally {
        await bench.close();
      }
    };
    await Promise.all([
      walkWeb(),
      inLanes(
        rows.filter((row) => !isWeb(row)),
        lanes.database,
        walkDatabase,
      ),
    ]);
    console.log(drawMatrix(rows, steps, drawn));
    expect(drawn.length).toBeGreaterThan(0);
    const problems = drawn.flatMap(({ cell, outcome }) =>
      outcome.problems.map(
        (problem) =>
          `${cell.row.name} / ${steps.get(cell.row)?.[cell.step]} / ${cell.undo ? 'undo with ' : ''}${cell.fault}: ${problem}`,
      ),
    );
    expect(problems).toEqual([]);
  });
});

/** For whoever waits for the whole of it. */
function tell(file: string, { row, step, fault, undo }: Cell, { letter, problems, run, ms }: Outcome): void {
  const where = `${row.name} / ${run.steps[step]?.name} / ${undo ? 'undo with ' : ''}${fault}`;
  const said = run.error ? ` ${run.error.code}: ${run.error.message} | ${run.error.next}` : '';
  appendFileSync(
    file,
    `${letter}${problems.length > 0 ? ' X' : ''} ${Math.round(ms)} ms ${where}${said}\n${problems.map((one) => `  X ${one}\n`).join('')}`,
  );
}

/** Finds the steps of a row, and that it does what was asked where nothing is broken. */
async function clean(bench: Bench, row: Row): Promise<Found> {
  await arrange(bench, row);
  const before = await bench.world();
  const undoable = new Set<number>();
  const run = await pull(bench, await row.request(bench));
  expect(run.error, row.name).toBeUndefined();
  expect(row.asked(await bench.world(), before), `${row.name} without a fault`).toBe(true);
  lastOf.set(row, run.steps.length - 1);
  run.steps.forEach((step, index) => {
    if (step.state === 'succeeded' && index < run.steps.length - 1) undoable.add(index);
  });
  return { row, names: run.steps.map(({ name }) => name), undoable: [...undoable] };
}

async function cleanRun(row: Row): Promise<Found> {
  const bench = await openBench(row);
  try {
    return await clean(bench, row);
  } finally {
    await bench.close();
  }
}

/** While a stand-in refuses connections its port is free, and another yard's may take it: then the cell begins anew. */
async function inItsOwnYard(cell: Cell): Promise<Outcome> {
  for (let left = 3; ; left -= 1) {
    const bench = await openBench(cell.row);
    try {
      await arrange(bench, cell.row);
      return await runCell(bench, cell);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EADDRINUSE' || left === 0) throw error;
    } finally {
      await bench.close();
    }
  }
}

function cellsOf({ row, names, undoable }: Found): readonly Cell[] {
  const everything = isFull || wanted !== '';
  const others = row.faults.filter((fault) => !always.has(fault));
  const first = webRows.indexOf(row) + 1;
  const takes = (fault: string, step: number): boolean =>
    everything || always.has(fault) || others[(first + step) % others.length] === fault;
  const forward = names.flatMap((_, step) =>
    row.faults.filter((fault) => takes(fault, step)).map((fault): Cell => ({ row, step, fault })),
  );
  // The way back meets faults too.
  const broken = row.faults.filter((fault) => /refuse|drop|5xx|token|down|builds|promotions/.test(fault));
  const back = undoable.flatMap((step, place) =>
    broken.flatMap((fault, turn): readonly Cell[] =>
      everything || (place === first % undoable.length && turn === first % broken.length)
        ? [{ row, step, fault, undo: true }]
        : [],
    ),
  );
  return [...forward, ...(row.name.startsWith('banner off') ? [] : back)];
}

async function inLanes<T, R>(items: readonly T[], count: number, work: (item: T) => Promise<R>): Promise<R[]> {
  const results: R[] = [];
  const waiting = items.entries();
  const lane = async (): Promise<void> => {
    for (const [index, item] of waiting) results[index] = await work(item);
  };
  await Promise.all(Array.from({ length: count }, lane));
  return results;
}
