// Levers over a real history in a folder, whose five steps act on a "provider" that outlives every process: a file of deeds.
// `announce` is called at every boundary at which a process may die.
import { appendFileSync, existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Action, Step } from '../../main/actions/action.ts';
import { makeLevers } from '../../main/actions/levers.ts';
import { systemClock } from '../../main/engine/clock.ts';
import type { Journal, Levers } from '../../main/engine/levers.ts';
import { openHistory } from '../../main/storage/history.ts';
import { openLeverLocks } from '../../main/storage/lever-locks.ts';
import { FaultError } from '../../shared/fault.ts';
import { noLevers } from '../../shared/lever.ts';

export const stepCount = 5;

/** `do 1`, `undo 1`, in the order in which they happened. */
export function deedsIn(folder: string): readonly string[] {
  const file = join(folder, 'deeds.log');
  return existsSync(file) ? readFileSync(file, 'utf8').trim().split('\n').filter(Boolean) : [];
}

export function openLevers(
  folder: string,
  { announce = () => {}, fails = false }: { readonly announce?: (point: string) => void; readonly fails?: boolean } = {},
): { readonly levers: Levers; readonly journal: Journal; close(): void } {
  const history = openHistory(folder);
  const journal: Journal = {
    ...history.journal,
    save(entry) {
      announce('save');
      history.journal.save(entry);
      announce('saved');
    },
  };
  const levers = makeLevers({
    journal,
    locks: openLeverLocks(folder),
    clock: systemClock,
    makeAction: () => action(folder, history.journal, announce, fails),
    openIncidents: () => [],
    onActed: () => {},
    onRun: () => {},
    clean: (text) => text,
    onTrouble: (sentence) => {
      throw new Error(sentence);
    },
    view: () => ({
      traffic: { target: 'unknown', verifiedAt: null, way: null },
      banner: { on: false, text: null, verifiedAt: null, severity: null, expiresAt: null, way: null },
      levers: noLevers,
    }),
    dumps: async () => [],
    deleteDump: async () => {},
  });
  return { levers, journal: history.journal, close: () => history.close() };
}

function action(folder: string, journal: Journal, announce: (point: string) => void, fails: boolean): Action {
  const steps = Array.from({ length: stepCount }, (_, index) =>
    stepOf(folder, index + 1, announce, fails && index + 1 === stepCount),
  );
  const settled = (succeeded: boolean, at: number): void => journal.remember('drill', { at, runId: 'it', succeeded });
  return {
    title: 'Five deeds',
    prepare: async () => ({ changes: [], findings: [], refusal: null, forceable: false, asks: false }),
    steps,
    result: (memory, elapsedMs) => ({ ...memory, elapsedMs }),
    settle: (_, at) => settled(true, at),
    fail: (_, at) => settled(false, at),
    summary: () => ({ text: 'Five deeds.', mitigates: false }),
  };
}

function stepOf(folder: string, number: number, announce: (point: string) => void, fails: boolean): Step {
  const write = (deed: string): void => appendFileSync(join(folder, 'deeds.log'), `${deed} ${number}\n`);
  const isThere = (): boolean => deedsIn(folder).findLast((line) => line.endsWith(` ${number}`)) === `do ${number}`;
  const fact = `did${number}`;
  return {
    name: `Deed ${number}`,
    limitMs: 60_000,
    async run({ again, memory, remember }) {
      announce(`begin ${number}`);
      if (again && isThere()) return { done: 'It was done already.' };
      if (!again && fact in memory) throw new Error('a remembered deed was repeated without again');
      remember({ [fact]: true });
      write('do');
      announce(`did ${number}`);
      if (fails) throw new FaultError({ code: 'deliberate', message: 'It failed on purpose.', next: 'Nothing.' });
      return { done: 'Done.' };
    },
    async undo({ memory }) {
      announce(`back ${number}`);
      if (!(fact in memory) || !isThere()) return { skipped: 'There was nothing.' };
      write('undo');
      announce(`undid ${number}`);
      return { done: 'Taken back.' };
    },
  };
}
