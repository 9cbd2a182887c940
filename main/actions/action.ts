// What an action is to the runner: a look beforehand, steps in order, and what they amount to. No behaviour.
import type { LeverRequest, Preflight } from '../../shared/lever.ts';
import type { StepProgress } from '../../shared/run.ts';
import type { Memory } from '../engine/levers.ts';

/** What a step is given. */
export type StepContext = {
  readonly runId: string;
  /** Aborts when the run is cancelled or the step's time is over. */
  readonly signal: AbortSignal;
  /** An operator said to go on where a refusal may be overridden. */
  readonly force: boolean;
  /** What was learned so far, by earlier steps and by an interrupted attempt of this one. */
  readonly memory: Memory;
  /** An earlier attempt of this step was interrupted: ask the provider before doing anything a second time. */
  readonly again: boolean;
  /** Adds facts to the memory and stores them before it returns. Called before the provider call that it describes. */
  remember(facts: Memory): void;
  /** Shows how far the step is; at most a few times a second reach people. */
  progress(progress: StepProgress): void;
  /** A sentence under the step. */
  tell(detail: string): void;
};

/** How a step ended when it did not throw. `gaveUp`: this way did not work, the next one is tried; the run goes on. */
export type StepEnd = { readonly done: string } | { readonly skipped: string } | { readonly gaveUp: string };

export type Step = {
  /** For people, at most 100 characters: "Wake the standby". */
  readonly name: string;
  readonly limitMs: number;
  /** Safe to call again after an interruption: it asks the provider what already happened (`again`).
   *  Throws a FaultError to fail the run; what was done is then taken back by `undo`, last step first. */
  run(context: StepContext): Promise<StepEnd>;
  /** Takes back what the step did, out of the memory alone; told when there was nothing. Absent: nothing to take back. */
  undo?(context: StepContext): Promise<StepEnd>;
  readonly undoLimitMs?: number;
};

/** One deed, bound to its request. */
export type Action = {
  /** "Traffic to the standby". */
  readonly title: string;
  /** Read-only. Throws a FaultError only when it could not look at all. */
  prepare(signal: AbortSignal): Promise<Omit<Preflight, 'title'>>;
  /** The same list for the same request, so that an interrupted run finds its place by index. */
  readonly steps: readonly Step[];
  /** The run's `result` (DESIGN section 9), out of the memory; also for failed runs, as far as known. `elapsedMs` counts from
   *  the run's start. */
  result(memory: Memory, elapsedMs: number): Record<string, unknown>;
  /** After all steps succeeded: what is now known of the lever is kept. */
  settle(memory: Memory, at: number): void;
  /** Kept after a failure or a cancel, once everything was put back as far as it could be. */
  fail?(memory: Memory, at: number): void;
  /** What stays as it was made although the run ended badly, because putting it back would be wrong: a sentence for the error.
   *  `code` is the error's. Null: nothing. */
  leaves?(memory: Memory, code: string): string | null;
  /** A sentence for the timeline of open outages, and whether users are served again because of it. */
  summary(memory: Memory, succeeded: boolean): { readonly text: string; readonly mitigates: boolean };
};

/** The action for a request. Throws FaultError `not-set-up` with the settings that are missing. */
export type MakeAction = (request: LeverRequest) => Action;
