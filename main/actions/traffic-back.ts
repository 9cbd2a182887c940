// Takes back what a move of traffic put live: stops our builds, waits for what Vercel is already doing, and promotes what was
// live before. Leaves alone what somebody else has put live since.
import { FaultError } from '../../shared/fault.ts';
import type { VercelDeployment } from '../providers/vercel-model.ts';
import { waitFor } from '../providers/wait.ts';
import type { StepContext, StepEnd } from './action.ts';
import { redeploy } from './redeploy.ts';
import { putVariableBack } from './traffic-env.ts';
import { awaitOutside, type Leg, otherSide } from './traffic-leg.ts';
import { type KnownDeployment, type Notes, readNotes } from './traffic-notes.ts';
import { bringLive, isUnderWay } from './traffic-promote.ts';
import { patient, reasonOf } from './traffic-words.ts';

const building: ReadonlySet<string> = new Set(['QUEUED', 'INITIALIZING', 'BUILDING']);

export async function putLiveBack(leg: Leg, context: StepContext): Promise<StepEnd> {
  const notes = readNotes(context.memory, leg.key);
  const { before } = notes;
  if (before === null || notes.beganAt === null) return { skipped: 'Nothing was put live.' };
  const { own, isStill } = await settleOwn(leg, context, notes);
  const { liveDeploymentId: live } = await leg.vercel.project(context.signal);
  if (live === before.id && !isStill) throw stillQueued(leg);
  if (live === before.id) return { skipped: 'Production shows what it showed before.' };
  if (live !== null && !own.has(live)) return { skipped: `Somebody has put ${live} live since; left as it is.` };
  const failure = await bringLive(leg, context, before.id);
  if (failure === null) return { done: `${before.id} is live again.` };
  context.tell(`${before.id} could not be promoted (${failure}); building it anew.`);
  return buildBack(leg, context, before, failure);
}

/** The last resort, when Vercel does not promote: the variable back first, then a deployment that reads it. */
async function buildBack(leg: Leg, context: StepContext, before: KnownDeployment, failure: string): Promise<StepEnd> {
  const side = otherSide(leg.to);
  try {
    await putVariableBack(leg, context);
    const { deploymentId } = await redeploy({
      vercel: leg.vercel,
      context,
      key: `${leg.key}Back`,
      meta: { signalboxTo: side },
      goLive: true,
      isRight: async (signal) => (await awaitOutside(leg, side, leg.times.see, signal)).serves === side,
      clock: leg.deps.clock,
    });
    return { done: `${deploymentId} was built with the address of before and is live.` };
  } catch (error) {
    const reason = context.signal.aborted ? 'its time was over' : reasonOf(error);
    if (reason === null) throw error;
    throw new FaultError({
      code: 'traffic-not-put-back',
      message: `Production could not be put back: promotion: ${failure}; a new deployment: ${reason}.`,
      next: `TRAFFIC IS STILL ON THE ${leg.to.toUpperCase()}: promote ${before.id} at Vercel by hand, or run \`signalbox traffic ${side}\`.`,
      exitCode: 1,
    });
  }
}

function stillQueued(leg: Leg): FaultError {
  return new FaultError({
    code: 'promotion-queued',
    message:
      'Production shows what it showed before, but Vercel has one of our deployments waiting to go live and cannot be told to forget it.',
    next: `It stays queued behind a rolling release: when that ends, look at Vercel and run \`signalbox traffic ${otherSide(leg.to)}\`.`,
    exitCode: 1,
  });
}

type Own = { readonly own: ReadonlySet<string>; readonly isStill: boolean };

/** Ids of the deployments that this run promoted or made; still, when none of them is about to go live any more. */
async function settleOwn(leg: Leg, context: StepContext, notes: Notes): Promise<Own> {
  const { signal, runId } = context;
  const listed = await leg.vercel.deployments({ limit: 20 }, signal);
  const made = listed.filter(({ meta }) => meta.signalboxRun === runId);
  for (const one of made) if (building.has(one.readyState)) await stopBuild(leg, one, signal);
  const own = new Set([...notes.ours, ...made.map(({ id }) => id)]);
  return { own, isStill: await untilStill(leg, own, made, signal) };
}

/** A build that has ended meanwhile cannot be stopped; what became of it is looked at afterwards. */
async function stopBuild(leg: Leg, one: VercelDeployment, signal: AbortSignal): Promise<void> {
  try {
    await leg.vercel.cancel(one.id, signal);
  } catch (error) {
    if (signal.aborted || reasonOf(error) === null) throw error;
  }
}

/** Nothing went live: only what is still being built is stopped. */
export async function stopOwnBuilds(leg: Leg, context: StepContext): Promise<StepEnd> {
  const listed = await leg.vercel.deployments({ limit: 20 }, context.signal);
  const own = listed.filter((one) => one.meta.signalboxRun === context.runId && building.has(one.readyState));
  for (const one of own) await stopBuild(leg, one, context.signal);
  return own.length > 0 ? { done: 'Its build was stopped.' } : { skipped: 'Nothing is being built.' };
}

/** An accepted promotion and a built deployment go live some time later, whatever we do; only then can they be replaced. */
async function untilStill(
  leg: Leg,
  own: ReadonlySet<string>,
  made: readonly VercelDeployment[],
  signal: AbortSignal,
): Promise<boolean> {
  const { clock } = leg.deps;
  const start = clock.monotonic();
  let promoting = false;
  while (clock.monotonic() - start < leg.times.settle) {
    const project = await patient(signal, () => leg.vercel.project(signal));
    promoting = [...own].some((id) => isUnderWay(project, id));
    const assigning =
      project.autoAssignCustomDomains === false ? [] : await Promise.all(made.map((one) => isNearlyLive(leg, one, signal)));
    if (!promoting && !assigning.includes(true)) return true;
    await waitFor(500, signal);
  }
  // A deployment that still has no address was overtaken and gets none; a promotion stays asked for.
  return !promoting;
}

async function isNearlyLive(leg: Leg, { id }: VercelDeployment, signal: AbortSignal): Promise<boolean> {
  const now = await patient(signal, () => leg.vercel.deployment(id, signal));
  return building.has(now.readyState) || (now.readyState === 'READY' && !now.aliasAssigned && now.aliasError === null);
}
