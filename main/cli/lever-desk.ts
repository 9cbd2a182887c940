// Opens the levers for one command, tells first of runs that were interrupted, and closes them whatever happens.
import { createInterface } from 'node:readline';
import { FaultError } from '../../shared/fault.ts';
import type { Run } from '../../shared/run.ts';
import { moment } from '../../shared/words.ts';
import type { Context } from './context.ts';
import { titleOf } from './lever-words.ts';
import { told } from './output.ts';
import type { LeverDesk } from './services.ts';

/** Runs far enough back that every unfinished one is among them. */
const lookBack = 50;

/** Runs `work` with the levers. Interrupted runs are told on stderr first, but for `except`, which the command is about. */
export async function withLevers<T>(
  context: Context,
  work: (desk: LeverDesk) => Promise<T>,
  { except }: { readonly except?: string | 'all' } = {},
): Promise<T> {
  const desk = await context.services.levers(context.place, { announce: context.out.note });
  try {
    for (const run of interruptedRuns(desk)) {
      if (except === 'all' || except === run.id) continue;
      for (const line of interruptedLines(run, context.now())) context.out.note(line);
    }
    return await work(desk);
  } finally {
    await desk.close();
  }
}

/** Runs whose process died and which nobody has resolved yet. */
export function interruptedRuns({ levers, journal }: LeverDesk): readonly Run[] {
  levers.findInterrupted();
  return journal.recent(lookBack).filter(({ state }) => state === 'interrupted');
}

/** What stopped half-way, and the commands that resolve it. */
export function interruptedLines(run: Run, now: number): readonly string[] {
  const at = run.steps.find(({ state }) => state === 'running' || state === 'waiting');
  const where = at === undefined ? '' : ` at “${told(at.name)}”`;
  return [
    `Interrupted: ${titleOf(run)}, begun at ${moment(Date.parse(run.startedAt), now)}, stopped${where}.`,
    ...offerLines(run),
  ];
}

/** The commands that an interrupted run offers. */
export function offerLines(run: Run): readonly string[] {
  const offers = run.offers ?? ['resume', 'undo'];
  return [
    ...(offers.includes('resume') ? [`  Go on with it:  signalbox runs resume ${run.id}`] : []),
    ...(offers.includes('undo') ? [`  Take it back:   signalbox runs undo ${run.id}`] : []),
  ];
}

/** Asks once, on stderr. Rejects with a FaultError: exit 130 for anything but yes, exit 2 where nobody can be asked. */
export async function confirm({ secretSource, out, signal }: Context, what: string): Promise<void> {
  const { stdin, prompt } = secretSource;
  if (stdin.isTTY !== true) {
    throw new FaultError({
      code: 'confirmation-needed',
      message: `${what}: this asks before it is done, and nobody can be asked here.`,
      next: 'Add --yes to do it.',
    });
  }
  out.progress('');
  prompt('Do it? [y/N] ');
  const lines = createInterface({ input: stdin, terminal: false });
  const close = (): void => lines.close();
  signal.addEventListener('abort', close, { once: true });
  try {
    const answer = await new Promise<string | null>((resolve) => {
      lines.once('line', resolve);
      // Ctrl-D and Ctrl-C: no answer is no.
      lines.once('close', () => resolve(null));
      if (signal.aborted) close();
    });
    if (answer === null) prompt('\n');
    if (signal.aborted || answer === null || !/^\s*y(es)?\s*$/i.test(answer)) throw declined();
  } finally {
    signal.removeEventListener('abort', close);
    lines.close();
  }
}

function declined(): FaultError {
  return new FaultError({ code: 'cancelled', message: 'Cancelled.', next: 'Nothing was changed.', exitCode: 130 });
}
