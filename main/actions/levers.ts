// The lever service: one run per lever at a time, each journalled from its first moment, in whichever process it is started.
// Finds runs whose process died and lets them be taken up or back; lever-rules.ts decides what a new run means for those.
import { FaultError, faultOf } from '../../shared/fault.ts';
import type { LeverRequest } from '../../shared/lever.ts';
import type { Run, RunAction } from '../../shared/run.ts';
import type { HowToRun, Journal, JournalRun, LeverLocks, Levers, StartedRun } from '../engine/levers.ts';
import type { Clock } from '../engine/ports.ts';
import type { Action, MakeAction } from './action.ts';
import { interruptedEntry, newEntry, newRunId, pastEntry, takenUpEntry } from './lever-entries.ts';
import {
  busy,
  from,
  nobodyRunsIt,
  notInterrupted,
  onItsWayBack,
  otherSteps,
  refusalOf,
  stopping,
  stored,
} from './lever-faults.ts';
import { lookFirst } from './lever-look.ts';
import { fits, type Left, offersFor, sameLever, superseded, type Takeover, takeover } from './lever-rules.ts';
import { runAction } from './runner.ts';
import { detailLength, say } from './runner-text.ts';

/** What the timeline of open outages is told. */
export type Acted = {
  /** Epoch ms. */
  readonly at: number;
  readonly incidentIds: readonly string[];
  readonly text: string;
  readonly mitigates: boolean;
};

export type LeverDeps = Pick<Levers, 'view' | 'dumps' | 'deleteDump'> & {
  readonly journal: Journal;
  readonly locks: LeverLocks;
  readonly clock: Clock;
  readonly makeAction: MakeAction;
  /** Outages that are open now. */
  readonly openIncidents: () => readonly string[];
  readonly onActed: (acted: Acted) => void;
  /** Every state of every run of this process, after it was stored. */
  readonly onRun: (run: Run) => void;
  /** Text without the values of known secrets. */
  readonly clean: (text: string) => string;
  /** What went wrong beside a run: a listener that failed, a line for the timeline that could not be stored. */
  readonly onTrouble: (sentence: string) => void;
  /** For tests; otherwise `run-YYYYMMDD-HHMMSS-xxxx`. */
  readonly newId?: (at: number) => string;
};

const stopLimitMs = 30_000;

export function makeLevers(deps: LeverDeps): Levers {
  const { journal, locks, clock, clean, newId = newRunId } = deps;
  const own = new Map<string, { readonly cancel: AbortController; readonly finished: Promise<Run> }>();
  let isStopping = false;

  /** A listener must not be able to stop a deed half-way. */
  const apart = (work: () => void): void => {
    try {
      work();
    } catch (error) {
      deps.onTrouble(faultOf(error).message);
    }
  };
  const tell = (run: Run, how?: HowToRun): void => {
    apart(() => how?.onRun?.(run));
    apart(() => deps.onRun(run));
  };
  const acted = ({ incidentIds }: JournalRun, what: () => { readonly text: string; readonly mitigates: boolean }): void =>
    apart(() => {
      const ids = [...new Set([...incidentIds, ...deps.openIncidents()])];
      if (ids.length === 0) return;
      const { text, mitigates } = what();
      deps.onActed({ at: clock.now(), incidentIds: ids, text: say(text, detailLength, clean), mitigates });
    });

  const take = (action: RunAction): { release(): void } => {
    if (isStopping) throw stopping();
    const lock = locks.take(action);
    if (lock === 'taken') throw busy(underWay(action));
    return lock;
  };
  const underWay = (action: RunAction): Run | undefined =>
    journal.unfinished().find(({ run }) => run.state === 'running' && sameLever(run.action, action))?.run;

  const actionOf = (entry: JournalRun): Action | null => {
    try {
      return deps.makeAction(entry.request);
    } catch (error) {
      if (error instanceof FaultError) return null;
      throw error;
    }
  };
  const leftOf = (entry: JournalRun): Left => ({ entry, action: actionOf(entry) });

  /** The caller holds the lever, so whoever executed this run is gone. */
  const markInterrupted = (entry: JournalRun): JournalRun => {
    const marked = interruptedEntry(entry, offersFor(leftOf(entry)));
    journal.save(marked);
    tell(marked.run);
    const step = marked.run.steps.find(({ state }) => state === 'running');
    acted(marked, () => ({
      text: `${marked.run.title ?? marked.run.action}: interrupted${step ? ` during “${step.name}”` : ''}.`,
      mitigates: false,
    }));
    return marked;
  };

  /** The caller holds the lever. */
  const interruptedNow = (action: RunAction): readonly JournalRun[] =>
    journal
      .unfinished()
      .filter(({ run }) => sameLever(run.action, action))
      .map((entry) => (entry.run.state === 'running' ? markInterrupted(entry) : entry));

  const execute = async (entry: JournalRun, action: Action, how: HowToRun, signal: AbortSignal): Promise<Run> => {
    const force = how.force || ('force' in entry.request && entry.request.force);
    const onRun = (run: Run): void => tell(run, run.id === entry.run.id ? how : undefined);
    const ended = await runAction({ action, entry, journal, clock, signal, force, clean, onRun });
    const succeeded = ended.run.state === 'succeeded';
    acted(ended, () => {
      const { text, mitigates } = action.summary(ended.memory, succeeded);
      return { text, mitigates: mitigates && succeeded };
    });
    return ended.run;
  };

  /** Stores the run, tells of it and lets it go on by itself; `first` are runs to be taken back before. */
  const launch = (
    { entry, action, beginning }: { readonly entry: JournalRun; readonly action: Action; readonly beginning: string },
    how: HowToRun,
    lock: { release(): void },
    first: Takeover['takeBack'] = [],
  ): StartedRun => {
    journal.save(entry);
    const cancel = new AbortController();
    const signal = how.signal ? AbortSignal.any([how.signal, cancel.signal]) : cancel.signal;
    tell(entry.run, how);
    acted(entry, () => ({ text: `${entry.run.title ?? action.title}: ${beginning} ${from(how.by)}.`, mitigates: false }));
    const go = async (): Promise<Run> => {
      try {
        for (const old of first) await takeBackFirst(old, how);
        return await execute(entry, action, how, signal);
      } finally {
        own.delete(entry.run.id);
        lock.release();
      }
    };
    const finished = go();
    own.set(entry.run.id, { cancel, finished });
    return { run: entry.run, finished };
  };

  /** What cannot be taken back is said in the old run; the way out is taken all the same. */
  const takeBackFirst = async ({ entry, action }: Takeover['takeBack'][number], how: HowToRun): Promise<void> => {
    try {
      const back = takenUpEntry(entry, 'back', clock.now());
      journal.save(back);
      tell(back.run);
      await execute(back, action, { by: how.by, force: how.force }, new AbortController().signal);
    } catch (error) {
      deps.onTrouble(faultOf(error).message);
    }
  };

  /** Runs `work` with the lever held; whoever gets a run out of it holds the lever until the run has ended. */
  const holding = (action: RunAction, work: (lock: { release(): void }) => StartedRun): StartedRun => {
    const lock = take(action);
    try {
      return work(lock);
    } catch (error) {
      lock.release();
      throw error;
    }
  };

  const takeUp = (id: string, how: HowToRun, direction: JournalRun['direction']): StartedRun => {
    const known = stored(journal, id);
    const action = deps.makeAction(known.request);
    return holding(known.run.action, (lock) => {
      const fresh = stored(journal, id);
      const entry = fresh.run.state === 'running' ? markInterrupted(fresh) : fresh;
      if (entry.run.state !== 'interrupted') throw notInterrupted(entry.run);
      if (!fits({ entry, action })) throw otherSteps();
      if (direction === 'forward' && entry.direction === 'back') throw onItsWayBack(id);
      const next = takenUpEntry(entry, direction, clock.now());
      const beginning = direction === 'forward' ? 'taken up again' : 'being taken back';
      return launch({ entry: next, action, beginning }, how, lock);
    });
  };

  const findInterrupted = (): readonly Run[] => {
    for (const { run } of journal.unfinished()) {
      if (run.state !== 'running' || own.has(run.id) || locks.held(run.action)) continue;
      // Holding the lever while marking keeps a resume in another process from being overwritten.
      const lock = locks.take(run.action);
      if (lock === 'taken') continue;
      try {
        const fresh = journal.run(run.id);
        if (fresh?.run.state === 'running') markInterrupted(fresh);
      } finally {
        lock.release();
      }
    }
    return journal.unfinished().flatMap(({ run }) => (run.state === 'interrupted' ? [run] : []));
  };

  return {
    async prepare(request, signal) {
      const action = deps.makeAction(request);
      const look = await lookFirst(action, { signal, clock, clean });
      findInterrupted();
      const left = journal.unfinished().filter(({ run }) => sameLever(run.action, request.action));
      const running = left.find(({ run }) => run.state === 'running');
      if (running) return { ...look, refusal: refusalOf(busy(running.run)), forceable: false };
      try {
        const { takeBack } = takeover(request, left.map(leftOf));
        const first = takeBack.map(({ entry }) => `First takes back “${entry.run.title ?? ''}”, which was interrupted.`);
        return { ...look, changes: [...first, ...look.changes].slice(0, 20) };
      } catch (error) {
        if (!(error instanceof FaultError)) throw error;
        return { ...look, refusal: refusalOf(error), forceable: false };
      }
    },
    async start(request: LeverRequest, how) {
      const action = deps.makeAction(request);
      return holding(request.action, (lock) => {
        const { takeBack, close } = takeover(request, interruptedNow(request.action).map(leftOf));
        const at = clock.now();
        const incidentIds = deps.openIncidents();
        const entry = newEntry({ id: newId(at), at, request, action, by: how.by, incidentIds, clean });
        for (const old of close) {
          const past = pastEntry(old, superseded(old, entry.run.title ?? action.title), at);
          journal.save(past);
          tell(past.run);
        }
        return launch({ entry, action, beginning: 'started' }, how, lock, takeBack);
      });
    },
    resume: async (runId, how) => takeUp(runId, how, 'forward'),
    undo: async (runId, how) => takeUp(runId, how, 'back'),
    cancel(runId) {
      const mine = own.get(runId);
      if (mine) {
        mine.cancel.abort(new Error('The run was cancelled.'));
        return;
      }
      findInterrupted();
      const { run } = stored(journal, runId);
      if (run.state === 'interrupted') throw nobodyRunsIt(run);
      // One that has ended meanwhile leaves nothing to cancel.
      journal.askToCancel(runId, clock.now());
    },
    findInterrupted,
    dumps: deps.dumps,
    deleteDump: deps.deleteDump,
    view: deps.view,
    async stop() {
      isStopping = true;
      const all = [...own.values()];
      for (const { cancel } of all) cancel.abort(new Error('Signalbox is stopping.'));
      let stopTimer = (): void => {};
      const limit = new Promise<void>((resolve) => {
        stopTimer = clock.after(stopLimitMs, resolve);
      });
      await Promise.race([Promise.allSettled(all.map(({ finished }) => finished)), limit]);
      stopTimer();
    },
  };
}
