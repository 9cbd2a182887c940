// Executes one run: journals each step before it is called, applies its time limit, stops when cancelled, and takes back what
// was done when it fails, last step first. The way back is journalled too, so that a process that dies on it can go on with
// it. Decides nothing about levers; takes runs that are already stored as running and leaves them ended.
import { faultOf } from '../../shared/fault.ts';
import type { Fault } from '../../shared/ipc.ts';
import type { Run, RunStep } from '../../shared/run.ts';
import type { Journal, JournalRun, Memory } from '../engine/levers.ts';
import type { Clock } from '../engine/ports.ts';
import type { Action, Step, StepContext, StepEnd } from './action.ts';
import { watchForCancel } from './runner-cancel.ts';
import { cancelled, endedAs, endOfTheWayBack, type Remains, turned, undoOutcome } from './runner-endings.ts';
import { type Ended, within } from './runner-limits.ts';
import { makeRecord, type RunRecord } from './runner-record.ts';
import { type Clean, cleanData, detailLength, say, sayFault, sentences, timeOver } from './runner-text.ts';

export type RunOptions = {
  readonly action: Action;
  /** Stored as `running`. Steps that ended stay as they are; one that is `running` was interrupted and is called `again`. */
  readonly entry: JournalRun;
  readonly journal: Pick<Journal, 'save' | 'cancelAsked'>;
  readonly clock: Clock;
  /** Aborting it cancels the run, unless it is on its way back. */
  readonly signal: AbortSignal;
  readonly force: boolean;
  readonly clean: Clean;
  /** Every state after the given one. Must not throw. */
  readonly onRun: (run: Run) => void;
};

/** Executes the run to its end and returns it as it was left. Never rejects: a failed run has an `error`. */
export async function runAction(options: RunOptions): Promise<JournalRun> {
  const record = makeRecord(options);
  const desk = makeDesk(options, record);
  try {
    if (record.entry().direction === 'forward') {
      const stop = await goForward(options, desk);
      if (stop) record.change(turned(record.entry(), { ...stop, at: desk.iso() }), 'always');
      else endWell(options, desk);
    }
    if (record.entry().direction === 'back') await goBack(options, desk);
  } catch (error) {
    record.change({ run: { state: 'failed', finishedAt: desk.iso(), error: desk.faultFrom(error) } }, 'always');
  } finally {
    record.close();
  }
  if (record.problem() !== null) tellUnstored(record, desk);
  return record.entry();
}

/** What the ways forward and back share. */
type Desk = {
  readonly record: RunRecord;
  iso(): string;
  step(index: number): RunStep;
  faultFrom(error: unknown): Fault;
  /** Calls a step, or its undo, and waits for its end; stored as running before. @throws when the journal refuses */
  call(index: number, step: Step, how: { readonly cancel: AbortSignal } | 'undo'): Promise<Ended<StepEnd>>;
  result(): Pick<Run, 'result'>;
};

function makeDesk(options: RunOptions, record: RunRecord): Desk {
  const { action, clock, clean, force } = options;
  const { id, startedAt } = options.entry.run;
  // A run that was taken up again began in another process: until now by the wall clock, from now on by the steady one.
  const before = Math.max(0, clock.now() - Date.parse(startedAt)) - clock.monotonic();
  const iso = (): string => new Date(clock.now()).toISOString();
  const stepAt = (index: number): RunStep => record.entry().run.steps[index] as RunStep;
  return {
    record,
    iso,
    step: stepAt,
    faultFrom: (error) => sayFault(faultOf(error), clean),
    result: () => ({ result: cleanData(action.result(record.entry().memory, before + clock.monotonic()), clean) }),
    async call(index, step, how) {
      const back = how === 'undo';
      const always = back ? 'always' : undefined;
      const { state, startedAt: begun } = stepAt(index);
      record.change({ step: { index, change: { state: 'running', startedAt: begun ?? iso(), finishedAt: null } } }, always);
      let isOver = false;
      const context = (signal: AbortSignal): StepContext => ({
        runId: id,
        signal,
        force,
        again: state === 'running',
        get memory(): Memory {
          return record.entry().memory;
        },
        // What comes later from a step that did not listen has no effect, and stops it before its next deed.
        remember(facts) {
          if (isOver) throw new Error('This step has ended.');
          record.remember(facts, always);
        },
        progress(progress) {
          if (!isOver) record.soon(index, { progress });
        },
        tell(detail) {
          if (!isOver) record.soon(index, { detail: say(detail, detailLength, clean) });
        },
      });
      const limitMs = back ? (step.undoLimitMs ?? step.limitMs) : step.limitMs;
      const work = async (signal: AbortSignal): Promise<StepEnd> =>
        await (back && step.undo ? step.undo(context(signal)) : step.run(context(signal)));
      const ended = await within(work, { clock, limitMs, ...(back ? {} : how) });
      isOver = true;
      if ('end' in ended || ended.why !== 'limit') return ended;
      return { why: 'limit', error: timeOver(back ? `Taking back: ${step.name}` : step.name, limitMs) };
    },
  };
}

/** Why the run cannot go on; null when all steps are done. */
async function goForward(
  options: RunOptions,
  { record, step: stepAt, call, iso, faultFrom }: Desk,
): Promise<{ readonly reason: Fault; readonly running: 'failed' | 'cancelled' } | null> {
  const cancel = watchForCancel({ ...options, runId: options.entry.run.id });
  try {
    for (const [index, step] of options.action.steps.entries()) {
      const { state } = stepAt(index);
      if (state !== 'waiting' && state !== 'running') continue;
      if (cancel.isAsked()) return { reason: cancelled(`before “${step.name}”`), running: 'cancelled' };
      const ended = await call(index, step, { cancel: cancel.signal });
      if (!('end' in ended)) {
        if (ended.why === 'cancel') return { reason: cancelled(`during “${step.name}”`), running: 'cancelled' };
        throw ended.error;
      }
      record.change({ step: { index, change: { ...endedAs(ended.end, options.clean), finishedAt: iso() } } });
    }
    return null;
  } catch (error) {
    return { reason: faultFrom(error), running: 'failed' };
  } finally {
    cancel.stop();
  }
}

/** Takes back every step that began, the last one first, and ends the run. Nothing but its own time limits stops it. */
async function goBack({ action, clean, clock }: RunOptions, { record, step: stepAt, call, iso, faultFrom, result }: Desk) {
  const remains: Remains[] = [];
  for (const [index, step] of [...action.steps.entries()].toReversed()) {
    const before = stepAt(index);
    if (!step.undo || before.startedAt === null || before.state === 'undone') continue;
    const ended = await call(index, step, 'undo');
    const { change, fault } = undoOutcome(step.name, before, ended, clean);
    if (fault) remains.push({ step: step.name, fault });
    record.change({ step: { index, change: { ...change, finishedAt: iso() } } }, 'always');
  }
  const { run, memory } = record.entry();
  const end = endOfTheWayBack(run, { remains, stays: action.leaves?.(memory, run.error?.code ?? '') ?? '' }, iso(), clean);
  try {
    action.fail?.(record.entry().memory, clock.now());
    record.change({ run: { ...end, ...result() } }, 'always');
  } catch (error) {
    const next = sentences(end.error?.next ?? '', `It could not be recorded: ${faultFrom(error).message}`);
    record.change({ run: { ...end, ...(end.error ? { error: sayFault({ ...end.error, next }, clean) } : {}) } }, 'always');
  }
}

/** The deed is done: not being able to write that down is no reason to take it back. */
function endWell({ action, clock, clean }: RunOptions, { record, iso, faultFrom, result }: Desk): void {
  try {
    action.settle(record.entry().memory, clock.now());
    record.change({ run: { state: 'succeeded', finishedAt: iso(), ...result() } });
  } catch (error) {
    const { code, message, next } = faultFrom(error);
    const fault = sayFault({ code, message: `It was done, but could not be recorded: ${message}`, next }, clean);
    record.change({ run: { state: 'failed', finishedAt: iso(), error: fault } }, 'always');
  }
}

/** The last word when the journal does not have it: the next start will find the run half-way. */
function tellUnstored(record: RunRecord, { faultFrom }: Desk): void {
  const { message } = faultFrom(record.problem());
  const { error } = record.entry().run;
  if (!error) return;
  const next = sentences(error.next, `The history does not have this end: ${message}`).slice(0, 500);
  record.change({ run: { error: { ...error, next } } }, 'always');
}
