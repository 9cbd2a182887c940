// A run's entry in the journal as it begins, as it is found after its process died, and as it is taken up or closed. Pure but
// for the random end of a new name.
import { randomBytes } from 'node:crypto';
import type { Fault } from '../../shared/ipc.ts';
import type { LeverRequest } from '../../shared/lever.ts';
import type { Run, RunBy } from '../../shared/run.ts';
import type { JournalRun } from '../engine/levers.ts';
import type { Action } from './action.ts';
import { takenBack, turned } from './runner-endings.ts';
import { type Clean, say, sentences } from './runner-text.ts';

/** `run-20261123-141207-9f3c`, in UTC. */
export function newRunId(at: number): string {
  const [date = '', time = ''] = new Date(at).toISOString().replaceAll(/[-:]/g, '').split(/[T.]/);
  return `run-${date}-${time}-${randomBytes(2).toString('hex')}`;
}

export function newEntry(facts: {
  readonly id: string;
  readonly at: number;
  readonly request: LeverRequest;
  readonly action: Action;
  readonly by: RunBy;
  readonly incidentIds: readonly string[];
  readonly clean: Clean;
}): JournalRun {
  const { id, at, request, action, by, incidentIds, clean } = facts;
  return {
    run: {
      id,
      action: request.action,
      title: say(action.title, 200, clean),
      by,
      state: 'running',
      startedAt: new Date(at).toISOString(),
      finishedAt: null,
      steps: action.steps.map(({ name }) => ({
        name: name.slice(0, 100),
        state: 'waiting',
        startedAt: null,
        finishedAt: null,
      })),
    },
    request,
    by,
    direction: 'forward',
    incidentIds,
    memory: {},
  };
}

/** The step that was under way stays `running`: nobody knows how far it came. */
export function interruptedEntry(entry: JournalRun, offers: NonNullable<Run['offers']>): JournalRun {
  const steps = entry.run.steps.map((step) =>
    step.state === 'running'
      ? { ...step, detail: sentences(step.detail?.slice(0, 1_900) ?? '', 'Signalbox stopped during this step.') }
      : step,
  );
  return { ...entry, run: { ...entry.run, state: 'interrupted', steps, offers } };
}

/** An interrupted run, under way again. What it already was on its way back for stays its reason. */
export function takenUpEntry(entry: JournalRun, direction: JournalRun['direction'], at: number): JournalRun {
  const { offers, ...run } = entry.run;
  const again: JournalRun = { ...entry, run: { ...run, state: 'running', finishedAt: null } };
  if (direction === 'forward') return again;
  const reason = run.error ?? takenBack;
  return { ...again, ...turned(again, { reason, running: 'running', at: new Date(at).toISOString() }) };
}

/** An interrupted run that is closed as it is. */
export function pastEntry(entry: JournalRun, reason: Fault, at: number): JournalRun {
  const { offers, ...run } = entry.run;
  const finishedAt = new Date(at).toISOString();
  const closed = turned({ ...entry, run }, { reason, running: 'cancelled', at: finishedAt });
  return { ...entry, run: { ...closed.run, state: 'failed', finishedAt } };
}
