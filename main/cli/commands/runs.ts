// `runs`, `runs show|resume|undo|cancel`: what the levers did, and the way out of what was interrupted.
import { setTimeout as sleep } from 'node:timers/promises';
import { InvalidArgumentError } from 'commander';
import { FaultError } from '../../../shared/fault.ts';
import type { Run as LeverRun } from '../../../shared/run.ts';
import type { Colour } from '../../../shared/snapshot.ts';
import { duration, moment } from '../../../shared/words.ts';
import { type AddCommand, type Context, withExamples } from '../context.ts';
import { interruptedRuns, offerLines, withLevers } from '../lever-desk.ts';
import { endLine } from '../lever-progress.ts';
import { follow } from '../lever-run.ts';
import { closingLines, elapsed, lastedMs, titleOf } from '../lever-words.ts';
import { lamps, type Out, told } from '../output.ts';
import type { Ended, LeverDesk } from '../services.ts';

export const addRuns: AddCommand = (program, run) => {
  const group = program
    .command('runs')
    .description('List what the levers did, newest first; interrupted runs before all others.')
    .option('--limit <n>', 'how many at most', count, 20)
    .action((options: { readonly limit: number }) => run((context) => listRuns(context, options.limit)));
  withExamples(group, 'runs', 'runs --limit 5 --json', 'runs show <id>', 'runs resume <id>', 'runs undo <id>');

  const of = (name: string, description: string, work: (context: Context, id: string) => Promise<Ended>): void => {
    const command = group
      .command(name)
      .description(description)
      .argument('<id>', 'as listed by `signalbox runs`')
      .action((id: string) => run((context) => work(context, id)));
    withExamples(command, `runs ${name} <id>`);
  };
  of('show', 'Show one run with its steps.', showRun);
  of('resume', 'Take up an interrupted run where it stopped.', (context, id) => resolveRun(context, id, 'resume'));
  of('undo', 'Take back what an interrupted run did.', (context, id) => resolveRun(context, id, 'undo'));
  of('cancel', 'Ask a run to stop and to put back what it changed, whoever executes it.', cancelRun);
};

function count(text: string): number {
  const value = Number(text);
  if (Number.isInteger(value) && value >= 1 && value <= 1_000) return value;
  throw new InvalidArgumentError('Give a whole number from 1 to 1000.');
}

async function listRuns(context: Context, limit: number): Promise<Ended> {
  const { out } = context;
  const work = async (desk: LeverDesk): Promise<Ended> => {
    const interrupted = interruptedRuns(desk);
    const rest = desk.journal.recent(limit).filter(({ state }) => state !== 'interrupted');
    const list = [...interrupted, ...rest].slice(0, limit);
    out.answer(
      () => list,
      () => [
        ...(list.length === 0 ? ['No lever was pulled so far.'] : out.table(list.map((run) => row(out, run, context.now())))),
        ...interrupted.slice(0, 1).flatMap((run) => ['', `${titleOf(run)} was interrupted:`, ...offerLines(run)]),
      ],
    );
    return 0;
  };
  return await withLevers(context, work, { except: 'all' });
}

const colourOf = {
  running: 'amber',
  succeeded: 'green',
  failed: 'red',
  cancelled: 'grey',
  interrupted: 'amber',
} as const satisfies Record<LeverRun['state'], Colour>;

function stateLamp(out: Out, state: LeverRun['state']): string {
  return out.paint(colourOf[state], `${lamps[colourOf[state]]} ${state}`);
}

function row(out: Out, run: LeverRun, now: number): readonly string[] {
  const lasted = lastedMs(run);
  return [
    stateLamp(out, run.state),
    run.id,
    moment(Date.parse(run.startedAt), now),
    lasted === null ? '-' : elapsed(lasted),
    `${titleOf(run)}${run.by === undefined || run.by === 'command' ? '' : out.faint(` (by ${run.by})`)}`,
  ];
}

async function showRun(context: Context, id: string): Promise<Ended> {
  const { out } = context;
  const work = async (desk: LeverDesk): Promise<Ended> => {
    const run = find(desk, id);
    out.answer(
      () => run,
      () => lines(out, run, context.now()),
    );
    return 0;
  };
  return await withLevers(context, work, { except: id });
}

function lines(out: Out, run: LeverRun, now: number): readonly string[] {
  const lasted = lastedMs(run);
  const took = lasted === null ? `for ${duration(now - Date.parse(run.startedAt))} so far` : `took ${elapsed(lasted)}`;
  const ending = run.state === 'succeeded' ? closingLines(run) : [];
  return [
    `${titleOf(run)}  ${out.faint(run.id)}`,
    `${stateLamp(out, run.state)}, begun at ${moment(Date.parse(run.startedAt), now)}, ${run.state === 'interrupted' ? 'never ended' : took}`,
    '',
    ...run.steps.map(endLine),
    '',
    ...(run.error ? [told(run.error.message), `  ${told(run.error.next)}`] : ending),
    ...(run.state === 'interrupted' ? offerLines(run) : []),
  ];
}

async function resolveRun(context: Context, id: string, how: 'resume' | 'undo'): Promise<Ended> {
  const work = async (desk: LeverDesk): Promise<Ended> => {
    const run = find(desk, id);
    if (run.state !== 'interrupted') throw notSo(run, 'not-interrupted', 'taken up or taken back: only an interrupted one can');
    context.out.note(`${how === 'resume' ? 'Going on with' : 'Taking back'}: ${titleOf(run)}`);
    return await follow(context, (given) => desk.levers[how](id, given));
  };
  return await withLevers(context, work, { except: id });
}

const patienceMs = 10_000;
const askEveryMs = 50;

async function cancelRun(context: Context, id: string): Promise<Ended> {
  const { out, signal } = context;
  const work = async (desk: LeverDesk): Promise<Ended> => {
    const run = find(desk, id);
    if (run.state !== 'running') throw notSo(run, 'not-running', 'cancelled');
    desk.levers.cancel(id);
    out.progress('Asked it to stop…');
    for (let waited = 0; waited < patienceMs && find(desk, id).state === 'running'; waited += askEveryMs) {
      await sleep(askEveryMs, undefined, { signal });
    }
    const now = find(desk, id);
    out.answer(
      () => now,
      () => [
        now.state === 'running' ? 'Asked it to stop; it is putting back what it changed.' : `${titleOf(now)}: ${now.state}.`,
      ],
    );
    return 0;
  };
  return await withLevers(context, work);
}

function find({ journal }: LeverDesk, id: string): LeverRun {
  const found = journal.run(id);
  if (found) return found.run;
  throw new FaultError({
    code: 'no-such-run',
    message: 'There is no run of this id.',
    next: 'See `signalbox runs` for those there are.',
  });
}

function notSo(run: LeverRun, code: string, what: string): FaultError {
  return new FaultError({
    code,
    message: `This run (${titleOf(run)}) is ${run.state} and cannot be ${what}.`,
    next: `See it with: signalbox runs show ${run.id}`,
    exitCode: 1,
  });
}
