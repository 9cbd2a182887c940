// Traffic to the standby, or back to the primary: what it amounts to and what is kept of it. How is in traffic-steps.ts; the twin
// that makes it quick is built in twin.ts.
import type { TrafficRequest } from '../../shared/lever.ts';
import { wayWords } from '../../shared/words.ts';
import type { LeverMemory } from '../engine/levers.ts';
import type { Action } from './action.ts';
import { type Leg, makeLeg, requireVercel, type TrafficDeps } from './traffic-leg.ts';
import { type Notes, readNotes } from './traffic-notes.ts';
import { prepareMove } from './traffic-prepare.ts';
import { lookStep, moveSteps } from './traffic-steps.ts';
import { makeTwin } from './twin.ts';

export type { TrafficDeps } from './traffic-leg.ts';
export { twinView } from './twin.ts';

/** @throws FaultError `not-set-up` */
export function makeTraffic(request: TrafficRequest, deps: TrafficDeps): Action {
  const vercel = requireVercel(deps);
  if (request.to === 'prepare') return makeTwin(deps, vercel);
  const leg = makeLeg(deps, vercel, { to: request.to, key: 'traffic' });
  const { to } = request;
  return {
    title: `Traffic to the ${to}`,
    prepare: (signal) => prepareMove(leg, request.force, signal),
    steps: [lookStep(leg), ...moveSteps(leg)],
    result: (memory, elapsedMs) => resultOf(to, readNotes(memory, leg.key), elapsedMs),
    settle: (memory, at) => settleMove(leg, readNotes(memory, leg.key), at),
    fail: (memory, at) => failMove(leg, readNotes(memory, leg.key), at),
    summary: (memory, succeeded) => summaryOf(to, readNotes(memory, leg.key), succeeded),
  };
}

function resultOf(to: string, notes: Notes, elapsedMs: number): Record<string, unknown> {
  const { from, way, verifiedAt, warnings, reasons } = notes;
  return {
    ...{ from, to, way, verified: verifiedAt !== null, elapsedMs },
    ...(warnings.length > 0 && { warnings }),
    ...(reasons.length > 0 && { reasons }),
  };
}

/** What was live before holds the other address: the quick way back. What is live now is the twin, once that way is gone. */
export function settleMove(leg: Leg, notes: Notes, at: number): void {
  const { journal } = leg.deps;
  const known = journal.recall('traffic');
  const moved = notes.way !== null;
  const formerDeploymentId = moved
    ? (notes.before?.id ?? null)
    : known?.target === leg.to
      ? (known.formerDeploymentId ?? null)
      : null;
  const way = notes.way ?? (known?.target === leg.to ? known.way : null);
  const since = moved ? at : known?.target === leg.to ? known.at : at;
  journal.remember('traffic', { target: leg.to, way, verifiedAt: notes.verifiedAt, at: since, formerDeploymentId });
  const twin = moved ? twinAfter(leg, notes, at) : null;
  if (twin) journal.remember('twin', twin);
}

/** The deployment with the standby's address, when a deployment was exchanged at all. */
function twinAfter(leg: Leg, { way, before, after, from }: Notes, at: number): LeverMemory['twin'] | null {
  if (way === 'global-config' || way === null || after === null || after.id === before?.id) return null;
  const held = leg.to === 'standby' ? after : from === 'standby' ? before : null;
  if (held === null) return null;
  const known = leg.deps.journal.recall('twin');
  return {
    deploymentId: held.id,
    commit: held.commit,
    liveCommit: after.commit,
    at: known?.deploymentId === held.id ? known.at : at,
  };
}

/** A way that had worked and could not be taken back leaves traffic who knows where. */
export function failMove(leg: Leg, notes: Notes, at: number): void {
  if (notes.way === null) return;
  const formerDeploymentId = notes.before?.id ?? null;
  leg.deps.journal.remember('traffic', { target: 'unknown', way: notes.way, verifiedAt: null, at, formerDeploymentId });
}

function summaryOf(to: string, notes: Notes, succeeded: boolean): ReturnType<Action['summary']> {
  if (succeeded && notes.way === null) return { text: `Traffic was on the ${to} already.`, mitigates: false };
  const seconds = notes.switchedMs === null ? '' : ` in ${Math.max(1, Math.round(notes.switchedMs / 1_000))} s`;
  if (succeeded)
    return {
      text: `Traffic moved to the ${to} by ${wayWords(notes.way ?? '')}${seconds}, seen from outside.`,
      mitigates: to === 'standby',
    };
  const why = notes.reasons.length > 0 ? `: ${notes.reasons.join('; ')}` : '';
  return { text: `Traffic was not moved to the ${to}${why}.`, mitigates: false };
}
