// What happens to an interrupted run when its lever is pulled anew, and what may be done about it. Pure.
//
// What somebody at 06:54 needs: the way out always works, and nothing is left half done behind his back. So a new deed takes
// over at once where the old one has nothing to take back. The ways out (banner off, traffic to the primary, any dump) first
// take back what was begun, because only the old run knows what may still be under way at the provider; the same way out
// again goes the same direction and just begins afresh. Everything else waits for a decision: resume or undo.
import { FaultError } from '../../shared/fault.ts';
import type { Fault } from '../../shared/ipc.ts';
import type { LeverRequest } from '../../shared/lever.ts';
import type { Run, RunAction } from '../../shared/run.ts';
import type { JournalRun } from '../engine/levers.ts';
import type { Action } from './action.ts';

/** A run that stopped half-way; `action` is null when the settings no longer allow its lever. */
export type Left = { readonly entry: JournalRun; readonly action: Action | null };

/** A drill moves traffic: the two are one lever. */
export function sameLever(a: RunAction, b: RunAction): boolean {
  const lever = (action: RunAction): RunAction => (action === 'drill' ? 'traffic' : action);
  return lever(a) === lever(b);
}

function isWayOut(request: LeverRequest): boolean {
  if (request.action === 'banner') return !request.on;
  if (request.action === 'traffic') return request.to === 'primary';
  return request.action === 'dump';
}

function goesTheSameWay(a: LeverRequest, b: LeverRequest): boolean {
  if (a.action === 'banner' && b.action === 'banner') return a.on === b.on;
  return a.action === 'traffic' && b.action === 'traffic' && a.to === b.to;
}

/** The steps are still those that the run began with, so that it can find its place. */
export function fits({ entry, action }: Left): boolean {
  const now = action?.steps.map((step) => step.name.slice(0, 100));
  return JSON.stringify(now) === JSON.stringify(entry.run.steps.map((step) => step.name));
}

/** Steps that began, can be taken back and were not. */
function undoable({ entry, action }: Left): readonly string[] {
  return entry.run.steps.flatMap((step, index) =>
    step.startedAt !== null && step.state !== 'undone' && action?.steps[index]?.undo ? [step.name] : [],
  );
}

export function offersFor(left: Left): NonNullable<Run['offers']> {
  if (!left.action || !fits(left)) return [];
  return [
    ...(left.entry.direction === 'forward' ? (['resume'] as const) : []),
    ...(left.entry.direction === 'back' || undoable(left).length > 0 ? (['undo'] as const) : []),
  ];
}

export type Takeover = {
  /** To be taken back before the new deed, newest first. */
  readonly takeBack: readonly { readonly entry: JournalRun; readonly action: Action }[];
  /** To be closed: nothing of them can or need be taken back. */
  readonly close: readonly JournalRun[];
};

/** What becomes of the interrupted runs of a lever when `request` is to begin. @throws FaultError `interrupted-run` */
export function takeover(request: LeverRequest, left: readonly Left[]): Takeover {
  const takeBack: { entry: JournalRun; action: Action }[] = [];
  const close: JournalRun[] = [];
  for (const { entry, action } of left.toReversed()) {
    const mayUndo = offersFor({ entry, action }).includes('undo');
    if (!action || !mayUndo || (isWayOut(request) && goesTheSameWay(request, entry.request))) close.push(entry);
    else if (isWayOut(request)) takeBack.push({ entry, action });
    else throw undecided(entry.run);
  }
  return { takeBack, close };
}

/** The end of an interrupted run that a newer one took over from. */
export function superseded(entry: JournalRun, title: string): Fault {
  const begun = entry.run.steps.filter((step) => step.startedAt !== null && !['undone', 'skipped'].includes(step.state));
  const names = begun.map(({ name }) => `“${name}”`).join(', ');
  return {
    code: 'superseded',
    message: `It was interrupted, and a newer run took over: ${title}.`,
    next:
      names === '' ? 'Nothing was done, so nothing is left of it.' : `If something looks odd, check what it had begun: ${names}.`,
  };
}

function undecided(run: Run): FaultError {
  return new FaultError({
    code: 'interrupted-run',
    message: `“${run.title ?? run.action}” was interrupted half-way and waits for a decision.`,
    next: (run.offers ?? []).includes('resume')
      ? `Go on with it or take it back in the window, or with: signalbox runs resume ${run.id}, signalbox runs undo ${run.id}.`
      : `Take it back in the window, or with: signalbox runs undo ${run.id}.`,
    exitCode: 1,
  });
}
