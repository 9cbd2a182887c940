// Rehearses the failover in production: there, seen and measured, and back. Made of the steps of traffic, each way with its own
// sheet of notes; only the way there can be taken back, so that whatever fails, everything points to the primary.
import { FaultError } from '../../shared/fault.ts';
import type { DrillRequest, Finding, Preflight } from '../../shared/lever.ts';
import { latency } from '../../shared/words.ts';
import type { Memory } from '../engine/levers.ts';
import type { Action, Step, StepContext, StepEnd } from './action.ts';
import { failMove, settleMove } from './traffic.ts';
import { addressOf, type Leg, lookOutside, makeLeg, requireVercel, type TrafficDeps } from './traffic-leg.ts';
import { readNotes } from './traffic-notes.ts';
import { prepareMove } from './traffic-prepare.ts';
import { lookStep, moveSteps } from './traffic-steps.ts';

export type DrillDeps = TrafficDeps & {
  /** The outage that is open now, as a sentence; null when there is none. */
  outage(): string | null;
};

/** @throws FaultError `not-set-up` */
export function makeDrill(request: DrillRequest, deps: DrillDeps): Action {
  const vercel = requireVercel(deps);
  const there = makeLeg(deps, vercel, { to: 'standby', key: 'there' });
  const back = makeLeg(deps, vercel, { to: 'primary', key: 'back', returnOf: 'there' });
  return {
    title: 'Drill: traffic to the standby and back',
    prepare: (signal) => prepareDrill(there, deps, request.force, signal),
    steps: [checkStep(there, deps), ...moveSteps(there), ...backSteps(back)],
    result: (memory, elapsedMs) => reportOf(memory, elapsedMs),
    settle(memory, at) {
      settleMove(back, readNotes(memory, back.key), at);
      deps.journal.remember('drill', { at, runId: runIdOf(memory), succeeded: true });
    },
    fail(memory, at) {
      const out = readNotes(memory, there.key);
      if (out.beganAt === null) return;
      failMove(there, out, at);
      deps.journal.remember('drill', { at, runId: runIdOf(memory), succeeded: false });
    },
    summary: (memory, succeeded) => ({ text: sayDrill(memory, succeeded), mitigates: false }),
  };
}

const runIdOf = ({ drillRun }: Memory): string => (typeof drillRun === 'string' ? drillRun : '');

function checkStep(leg: Leg, deps: DrillDeps): Step {
  const look = lookStep(leg);
  return {
    ...look,
    name: 'Look whether a drill can be held',
    async run(context) {
      context.remember({ drillRun: context.runId });
      const outage = deps.outage();
      if (outage !== null && !context.force) throw new FaultError({ ...duringOutage(outage), exitCode: 1 });
      const outside = await lookOutside(leg, context.signal);
      if (outside.serves !== 'primary') throw new FaultError({ ...notOnPrimary(leg), exitCode: 1 });
      return look.run(context);
    },
  };
}

type Refusal = NonNullable<Preflight['refusal']>;

function duringOutage(outage: string): Refusal {
  const next = 'Hold the drill when all is well, or add --force. To move traffic now, use `signalbox traffic standby`.';
  return { code: 'outage-open', message: `No drill during an outage: ${outage}`.slice(0, 1_000), next };
}

function notOnPrimary(leg: Leg): Refusal {
  const message = `A drill begins and ends on the primary, and production was not seen to serve ${addressOf(leg, 'primary')}.`;
  return { code: 'not-on-primary', message, next: 'Run `signalbox traffic primary` first.' };
}

/** The way back has no way back of its own: taking back means taking back the way there. */
function backSteps(leg: Leg): Step[] {
  const { variable } = leg.deps.settings;
  const look = { ...lookStep(leg), name: 'Look before the way back' };
  // The primary is not asked first: even if it were down by now, this is where the drill has to end.
  const [, ...moves] = moveSteps(leg, variable ? `Set ${variable.slice(0, 60)} back` : undefined);
  return [look, ...moves].map(({ name, limitMs, run }) => ({ name, limitMs, run: (context) => insist(run, context) }));
}

/** What goes wrong now leaves users on the standby until the way there is taken back. */
async function insist(run: Step['run'], context: StepContext): Promise<StepEnd> {
  try {
    return await run(context);
  } catch (error) {
    if (context.signal.aborted || !(error instanceof FaultError)) throw error;
    const next =
      'The drill is taken back: see below whether traffic is on the primary again, and run `signalbox traffic primary` if not.';
    throw new FaultError({ code: error.code, message: error.message, next, exitCode: error.exitCode, cause: error });
  }
}

async function prepareDrill(there: Leg, deps: DrillDeps, force: boolean, signal: AbortSignal): Promise<Omit<Preflight, 'title'>> {
  const [move, outside] = await Promise.all([prepareMove(there, force, signal), lookOutside(there, signal)]);
  const outage = deps.outage();
  const wrongSide = outside.serves === 'primary' ? null : notOnPrimary(there);
  const refusal = wrongSide ?? move.refusal ?? (outage === null ? null : duringOutage(outage));
  const users: Finding = {
    level: 'note',
    text: 'This is production: users are served by the standby for the length of the drill.',
  };
  return {
    changes: [...move.changes, 'Then everything back to the primary, in the same ways'],
    findings: [users, ...move.findings],
    refusal,
    forceable: refusal !== null && wrongSide === null && (move.refusal === null || move.forceable),
    asks: true,
  };
}

function reportOf(memory: Memory, elapsedMs: number): Record<string, unknown> {
  const [out, back] = [readNotes(memory, 'there'), readNotes(memory, 'back')];
  const warnings = [...new Set([...out.warnings, ...back.warnings])];
  const reasons = [...out.reasons, ...back.reasons];
  return {
    standbyWokeMs: out.wokeMs,
    switchedMs: out.switchedMs,
    backMs: back.switchedMs,
    way: out.way,
    wayBack: back.way,
    verified: out.switchedMs !== null && back.verifiedAt !== null,
    backOnPrimary: back.verifiedAt !== null || out.way === null,
    elapsedMs,
    ...(warnings.length > 0 && { warnings }),
    ...(reasons.length > 0 && { reasons }),
  };
}

function sayDrill(memory: Memory, succeeded: boolean): string {
  const { switchedMs, backMs, backOnPrimary } = reportOf(memory, 0);
  const time = (ms: unknown): string => (typeof ms === 'number' ? latency(ms) : 'an unknown time');
  if (succeeded)
    return `Drill: traffic moved to the standby in ${time(switchedMs)} and back in ${time(backMs)}, both seen from outside.`;
  return backOnPrimary === true
    ? 'The drill failed; traffic is on the primary.'
    : 'The drill failed, and TRAFFIC IS STILL ON THE STANDBY.';
}
