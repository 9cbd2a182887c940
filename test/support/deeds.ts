// Actions for tests of the runner and the lever service: steps that do what a test says and keep what they were given.
import type { Action, Step, StepContext, StepEnd } from '../../main/actions/action.ts';
import { newEntry } from '../../main/actions/lever-entries.ts';
import { runAction } from '../../main/actions/runner.ts';
import type { JournalRun } from '../../main/engine/levers.ts';
import type { LeverRequest } from '../../shared/lever.ts';
import type { Run } from '../../shared/run.ts';
import { FakeClock } from './fake-clock.ts';
import { type RefusingJournal, refusingJournal } from './refusing-journal.ts';

export const toStandby: LeverRequest = { action: 'traffic', to: 'standby', force: false };

/** Lets everything that needs no timer go on. */
export const quiet = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

/** Moves a clock on in pieces of at most `piece`, letting everything go on in between. */
export async function pass(clock: FakeClock, ms: number, piece = ms): Promise<void> {
  await quiet();
  for (let left = ms; left > 0; left -= piece) {
    await clock.pass(Math.min(piece, left));
    await quiet();
  }
}

/** Never ends by itself; throws what the signal says once it is aborted. */
export const untilStopped = ({ signal }: StepContext): Promise<StepEnd> =>
  new Promise((_, reject) => signal.addEventListener('abort', () => reject(signal.reason), { once: true }));

export function step(name: string, change: Partial<Step> = {}): Step {
  return { name, limitMs: 10_000, run: async () => ({ done: `${name} done.` }), ...change };
}

export function deed(steps: readonly Step[], change: Partial<Action> = {}): Action {
  return {
    title: 'Traffic to the standby',
    prepare: async () => ({ changes: ['Everything'], findings: [], refusal: null, forceable: false, asks: true }),
    steps,
    result: (memory, elapsedMs) => ({ ...memory, elapsedMs }),
    settle: () => {},
    summary: (_, succeeded) => ({ text: succeeded ? 'Traffic is on the standby.' : 'Traffic did not move.', mitigates: true }),
    ...change,
  };
}

/** One that keeps a log of what its steps did: `do A`, `undo A`. */
export function logged(log: string[], name: string, change: Partial<Step> = {}): Step {
  return step(name, {
    async run() {
      log.push(`do ${name}`);
      return { done: `${name} done.` };
    },
    async undo() {
      log.push(`undo ${name}`);
      return { done: `${name} taken back.` };
    },
    ...change,
  });
}

export type Performance = {
  readonly clock: FakeClock;
  readonly journal: RefusingJournal;
  readonly told: Run[];
  readonly cancel: AbortController;
  readonly finished: Promise<JournalRun>;
};

/** Begins to execute an action on a fake clock and a journal in memory. */
export function perform(
  action: Action,
  options: {
    readonly entry?: (fresh: JournalRun) => JournalRun;
    readonly journal?: RefusingJournal;
    readonly clean?: (text: string) => string;
    readonly force?: boolean;
  } = {},
): Performance {
  const clock = new FakeClock();
  const journal = options.journal ?? refusingJournal();
  const told: Run[] = [];
  const cancel = new AbortController();
  const clean = options.clean ?? ((text) => text);
  const at = clock.now();
  const fresh = newEntry({ id: 'run-1', at, request: toStandby, action, by: 'window', incidentIds: [], clean });
  const entry = options.entry?.(fresh) ?? fresh;
  journal.save(entry);
  const onRun = (run: Run): void => void told.push(structuredClone(run));
  const { signal } = cancel;
  const finished = runAction({ action, entry, journal, clock, signal, force: options.force ?? false, clean, onRun });
  return { clock, journal, told, cancel, finished };
}

export const states = (run: Run): readonly string[] => run.steps.map(({ state }) => state);
