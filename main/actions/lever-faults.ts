// What the lever service refuses, in sentences with a next step.
import { FaultError } from '../../shared/fault.ts';
import type { Fault } from '../../shared/ipc.ts';
import type { Run, RunBy } from '../../shared/run.ts';
import type { Journal, JournalRun } from '../engine/levers.ts';

/** Somebody else has the lever; `under` is the run, as far as the journal knows it already. */
export function busy(under: Run | undefined): FaultError {
  return new FaultError({
    code: 'lever-busy',
    message: under
      ? `This lever is in use: “${under.title ?? under.action}” is under way${under.by ? `, started ${from(under.by)}` : ''}.`
      : 'This lever is in use: another run is just beginning or ending.',
    next: under
      ? `Wait for its end, or cancel it in the window or with: signalbox runs cancel ${under.id}.`
      : 'Try again in a moment.',
    exitCode: 1,
  });
}

const origins: Readonly<Record<RunBy, string>> = {
  window: 'from the window',
  command: 'from the command line',
  automation: 'by automation',
  expiry: 'because its time was over',
};

export function from(by: RunBy): string {
  return origins[by];
}

/** The stored run. @throws FaultError `no-such-run` */
export function stored(journal: Pick<Journal, 'run'>, id: string): JournalRun {
  const entry = journal.run(id);
  if (entry) return entry;
  throw new FaultError({
    code: 'no-such-run',
    message: 'There is no run of that name.',
    next: 'Look at the runs in the window, or with: signalbox runs.',
  });
}

export function notInterrupted(run: Run): FaultError {
  return new FaultError({
    code: 'not-interrupted',
    message: `“${run.title ?? run.action}” was not interrupted: it is ${run.state}.`,
    next: 'Only an interrupted run can be taken up or taken back; pull the lever again instead.',
    exitCode: 1,
  });
}

/** The settings changed, so that the run cannot find its place. */
export function otherSteps(): FaultError {
  return new FaultError({
    code: 'other-steps',
    message: 'The settings of this lever have changed since, and its steps are no longer the same.',
    next: 'Put the settings back as they were and try again, or pull the lever anew, which closes this run.',
  });
}

export function onItsWayBack(id: string): FaultError {
  return new FaultError({
    code: 'on-its-way-back',
    message: 'This run was already being taken back when it was interrupted.',
    next: `Let it be taken back to the end in the window, or with: signalbox runs undo ${id}.`,
    exitCode: 1,
  });
}

export function nobodyRunsIt(run: Run): FaultError {
  return new FaultError({
    code: 'interrupted-run',
    message: `“${run.title ?? run.action}” was interrupted: nobody executes it, so there is nobody to cancel it.`,
    next: `Take it back in the window, or with: signalbox runs undo ${run.id}.`,
    exitCode: 1,
  });
}

export function stopping(): FaultError {
  return new FaultError({
    code: 'stopping',
    message: 'Signalbox is stopping.',
    next: 'Start it again, then pull the lever.',
    exitCode: 1,
  });
}

export function refusalOf({ code, message, next }: FaultError): Fault {
  return { code, message, next };
}
