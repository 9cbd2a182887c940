// How a run turns round and how it ends: states of the steps left over, and the sentence that a person reads. Pure.

import { faultOf } from '../../shared/fault.ts';
import type { Fault } from '../../shared/ipc.ts';
import type { Run, RunStep } from '../../shared/run.ts';
import type { JournalRun } from '../engine/levers.ts';
import type { StepEnd } from './action.ts';
import type { Ended } from './runner-limits.ts';
import { type Clean, detailLength, say, sayFault, sentences } from './runner-text.ts';

/** A step whose deed is still in force although it should have been taken back. */
export type Remains = { readonly step: string; readonly fault: Fault };

/** Reasons that are nobody's failure: once everything is put back, the run counts as cancelled. */
const wishes = new Set(['cancelled', 'undone']);

export function cancelled(where: string): Fault {
  return { code: 'cancelled', message: `Cancelled ${where}.`, next: 'Start it again when you want it.' };
}

/** The reason of an interrupted run that an operator takes back. */
export const takenBack: Fault = {
  code: 'undone',
  message: 'It was interrupted, and what it had done was taken back.',
  next: 'Start it again when you want it.',
};

/** The run on its way back: why, and no step waits any longer. The step under way ends as `running` says; left `running` it is
 *  one whose process died, of which nobody knows how far it came. */
export function turned(
  entry: JournalRun,
  why: { readonly reason: Fault; readonly running: RunStep['state']; readonly at: string },
): Pick<JournalRun, 'run' | 'direction'> {
  const left = wishes.has(why.reason.code) ? 'cancelled' : 'skipped';
  const steps = entry.run.steps.map((step): RunStep => {
    if (step.state === 'waiting') return { ...step, state: left };
    if (step.state !== 'running' || why.running === 'running') return step;
    const detail = why.running === 'failed' ? why.reason.message : step.detail;
    return { ...step, state: why.running, finishedAt: why.at, ...(detail ? { detail } : {}) };
  });
  return { direction: 'back', run: { ...entry.run, error: why.reason, steps } };
}

/** The end of a run that went back, out of the reason it turned round, what could not be put back, and what `stays` on purpose. */
export function endOfTheWayBack(
  run: Run,
  { remains, stays }: { readonly remains: readonly Remains[]; readonly stays: string },
  at: string,
  clean: Clean,
): Partial<Run> {
  const reason = run.error ?? takenBack;
  const steps = run.steps.map(
    (step): RunStep => (step.state === 'running' ? { ...step, state: 'cancelled', finishedAt: at } : step),
  );
  if (remains.length > 0) return { state: 'failed', steps, finishedAt: at, error: notPutBack(reason, remains, clean) };
  const putBack = reason.code !== 'undone' && steps.some((step) => step.state === 'undone');
  return {
    state: wishes.has(reason.code) ? 'cancelled' : 'failed',
    steps,
    finishedAt: at,
    error: { ...reason, message: withRest(reason.message, [putBack ? 'What it had done was put back.' : '', stays], clean) },
  };
}

/** The rest is what a person acts on: a long reason makes room for it. */
function withRest(message: string, rest: readonly string[], clean: Clean): string {
  const after = say(sentences(...rest), 500, clean);
  return after === '' ? message : sentences(say(message, 990 - after.length, clean), after);
}

/** Says what is still in force first, because that is what a person must act on. */
function notPutBack(reason: Fault, remains: readonly Remains[], clean: Clean): Fault {
  const names = remains.map(({ step }) => `“${step}”`).join(', ');
  const whys = remains.map(({ step, fault }) => `“${step}”: ${fault.message}`).join(' ');
  const cause = reason.code === 'undone' ? 'It was interrupted.' : say(reason.message, 400, clean);
  const todo = [...new Set(remains.map(({ fault }) => fault.next))].join(' ');
  return sayFault(
    {
      code: 'not-put-back',
      message: sentences(cause, 'Not everything it had done could be put back.', whys),
      // What to do comes with its own alarm where there is one, such as traffic on the wrong server.
      next: /^[A-Z ]{10,}:/.test(todo)
        ? sentences(todo, `Not put back: ${names}.`)
        : sentences(`NOT PUT BACK, see to it now: ${names}.`, todo),
    },
    clean,
  );
}

export function endedAs(end: StepEnd, clean: Clean): Partial<RunStep> {
  const state = 'done' in end ? 'succeeded' : 'skipped' in end ? 'skipped' : 'failed';
  const said = saidBy(end);
  return { state, ...(said ? { detail: say(said, detailLength, clean) } : {}) };
}

/** What the undo of a step came to: the step as it is now, and the fault when its deed is still in force. */
export function undoOutcome(
  name: string,
  before: RunStep,
  ended: Ended<StepEnd>,
  clean: Clean,
): { readonly change: Partial<RunStep>; readonly fault: Fault | null } {
  if ('end' in ended && !('gaveUp' in ended.end)) return { change: undoneAs(before, ended.end, clean), fault: null };
  const fault = sayFault(
    'end' in ended
      ? { code: 'not-put-back', message: saidBy(ended.end), next: `Put back by hand what “${name}” did.` }
      : faultOf(ended.error),
    clean,
  );
  const detail = say(`It could not be taken back: ${fault.message}`, detailLength, clean);
  return { change: { state: 'failed', detail }, fault };
}

function saidBy(end: StepEnd): string {
  if ('done' in end) return end.done;
  return 'skipped' in end ? end.skipped : end.gaveUp;
}

/** A step that had nothing to take back stays what it was, so that one can see where the run failed. */
function undoneAs(before: RunStep, end: StepEnd, clean: Clean): Partial<RunStep> {
  if ('skipped' in end) {
    const { state, detail } = before;
    return { state: state === 'running' ? 'cancelled' : state, ...(detail === undefined ? {} : { detail }) };
  }
  const said = saidBy(end);
  const detail = before.state === 'failed' ? sentences(before.detail ?? '', said) : said || before.detail;
  return { state: 'undone', ...(detail ? { detail: say(detail, detailLength, clean) } : {}) };
}
