// A run while it is being executed: every change is stored first and told afterwards. How far a step is changes often, so
// people hear of it four times a second and the journal once; what begins, ends or is remembered is stored at once.
import type { Run, RunStep } from '../../shared/run.ts';
import type { Journal, JournalRun, Memory } from '../engine/levers.ts';
import type { Clock } from '../engine/ports.ts';

const toldEveryMs = 250;
const storedEveryMs = 1_000;

export type RunChange = {
  readonly run?: Partial<Run>;
  readonly step?: { readonly index: number; readonly change: Partial<RunStep> };
  readonly direction?: JournalRun['direction'];
  readonly memory?: Memory;
};

export type RunRecord = {
  entry(): JournalRun;
  /** Stores, then tells. When the journal refuses: throws and nothing has changed; with `always` the change is kept in mind
   *  and told all the same, because what is being put back must not stop half-way. */
  change(change: RunChange, always?: 'always'): void;
  /** Adds to the memory and stores it. @throws when the journal refuses; then it is not remembered either,
   *  unless `always`, as above */
  remember(facts: Memory, always?: 'always'): void;
  /** How far a step is; told and stored when it is time. */
  soon(index: number, change: Partial<RunStep>): void;
  /** Why the journal does not hold the last change; null when it does. */
  problem(): unknown;
  close(): void;
};

export function makeRecord(options: {
  readonly entry: JournalRun;
  readonly journal: Pick<Journal, 'save'>;
  readonly clock: Clock;
  readonly onRun: (run: Run) => void;
}): RunRecord {
  const { journal, clock, onRun } = options;
  let entry = options.entry;
  let problem: unknown = null;
  let stored = { at: Number.NEGATIVE_INFINITY, isLate: false };
  let told = { at: Number.NEGATIVE_INFINITY, isLate: false };
  let stopTimer: (() => void) | null = null;

  const store = (next: JournalRun): void => {
    journal.save(next);
    problem = null;
    stored = { at: clock.monotonic(), isLate: false };
  };
  const tell = (): void => {
    told = { at: clock.monotonic(), isLate: false };
    onRun(entry.run);
  };
  const tryToStore = (next: JournalRun): void => {
    try {
      store(next);
    } catch (error) {
      // Kept for the run's end, which says so; the next change that must be stored throws by itself.
      problem = error;
      stored = { at: clock.monotonic(), isLate: false };
    }
  };
  const flush = (): void => {
    stopTimer = null;
    const now = clock.monotonic();
    if (stored.isLate && now - stored.at >= storedEveryMs) tryToStore(entry);
    if (told.isLate && now - told.at >= toldEveryMs) tell();
    const waits = [
      ...(stored.isLate ? [stored.at + storedEveryMs - now] : []),
      ...(told.isLate ? [told.at + toldEveryMs - now] : []),
    ];
    if (waits.length > 0) stopTimer = clock.after(Math.min(...waits), flush);
  };

  return {
    entry: () => entry,
    change(change, always) {
      const next = changed(entry, change);
      if (always) tryToStore(next);
      else store(next);
      entry = next;
      tell();
    },
    remember(facts, always) {
      const next = { ...entry, memory: { ...entry.memory, ...facts } };
      if (always) tryToStore(next);
      else store(next);
      entry = next;
    },
    soon(index, change) {
      entry = changed(entry, { step: { index, change } });
      stored.isLate = true;
      // One that waits to be told has its timer already.
      if (told.isLate) return;
      told.isLate = true;
      stopTimer?.();
      flush();
    },
    problem: () => problem,
    close() {
      stopTimer?.();
      stopTimer = null;
    },
  };
}

function changed(entry: JournalRun, { run = {}, step, direction, memory }: RunChange): JournalRun {
  const whole = { ...entry.run, ...run };
  const steps = step ? whole.steps.map((one, index) => (index === step.index ? { ...one, ...step.change } : one)) : whole.steps;
  return {
    ...entry,
    run: { ...whole, steps },
    direction: direction ?? entry.direction,
    memory: memory ?? entry.memory,
  };
}
