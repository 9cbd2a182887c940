// Takes a deployment of redeploy.ts back: a build under way is cancelled, and what was live before is promoted if ours has
// replaced it. Promoted, never rolled back: a rollback would silently freeze later releases (providers/README 1.1).
import { FaultError } from '../../shared/fault.ts';
import type { Clock } from '../engine/ports.ts';
import { ProviderError } from '../providers/call.ts';
import type { VercelClient, VercelDeployment } from '../providers/vercel-model.ts';
import type { StepContext, StepEnd } from './action.ts';
import { pause } from './pause.ts';
import { cancelDeployment } from './redeploy-create.ts';

export type UndeployOptions = {
  readonly vercel: VercelClient;
  readonly context: StepContext;
  /** As `redeploy` was given it. */
  readonly key: string;
  readonly clock: Clock;
};

/** Longest wait for a built deployment's alias, and for a promotion, ms. */
const settleMs = 30_000;
const promoteMs = 180_000;
const pollMs = 500;

/** @throws FaultError `not-put-back`; ProviderError */
export async function undeploy(options: UndeployOptions): Promise<StepEnd> {
  const { vercel, context, key } = options;
  const base = context.memory[`${key}Base`];
  if (typeof base !== 'string') return { skipped: 'Nothing was deployed.' };
  const made = await madeBy(options);
  for (const { id } of made) await cancelDeployment(vercel, id, (text) => context.tell(text));
  await untilSettled(options, made);
  const { liveDeploymentId: live } = await vercel.project(context.signal);
  if (live === base)
    return made.length > 0 ? { done: 'Production shows what it showed before.' } : { skipped: 'Nothing was deployed.' };
  if (!made.some(({ id }) => id === live)) return { done: 'Somebody has deployed since; what is live now was left alone.' };
  try {
    await vercel.promote(base, context.signal);
  } catch (error) {
    // An answer that was lost may be of a promotion that was taken on: looking will tell.
    if (context.signal.aborted || !(error instanceof ProviderError) || error.sent !== 'maybe') throw error;
    const { liveDeploymentId, lastAliasRequest } = await vercel.project(context.signal);
    if (liveDeploymentId !== base && lastAliasRequest?.toDeploymentId !== base) throw error;
  }
  await untilLive(options, base);
  return { done: 'The deployment of before is live again.' };
}

async function madeBy({ vercel, context, key }: UndeployOptions): Promise<readonly VercelDeployment[]> {
  const newest = await vercel.deployments({ limit: 20 }, context.signal);
  return newest.filter(
    ({ meta, id }) =>
      (meta.signalboxRun === context.runId && meta.signalboxStep?.startsWith(`${key}-`) === true) ||
      [context.memory[`${key}-gitId`], context.memory[`${key}-deploymentIdId`]].includes(id),
  );
}

/** A built deployment goes live some time later, whatever we do; only then can it be replaced for good. */
async function untilSettled({ vercel, context, clock }: UndeployOptions, made: readonly VercelDeployment[]): Promise<void> {
  const from = clock.monotonic();
  const { autoAssignCustomDomains } = await vercel.project(context.signal);
  if (autoAssignCustomDomains === false) return;
  for (const { id } of made) {
    while (clock.monotonic() - from < settleMs) {
      const { readyState, aliasAssigned, aliasError } = await vercel.deployment(id, context.signal);
      if (readyState !== 'READY' || aliasAssigned || aliasError !== null) break;
      await pause(clock, pollMs, context.signal);
    }
  }
}

async function untilLive({ vercel, context, clock }: UndeployOptions, base: string): Promise<void> {
  const from = clock.monotonic();
  for (;;) {
    const { liveDeploymentId, lastAliasRequest } = await vercel.project(context.signal);
    if (liveDeploymentId === base) return;
    const job = lastAliasRequest?.toDeploymentId === base ? lastAliasRequest.jobStatus : 'pending';
    if (job === 'failed' || job === 'skipped' || clock.monotonic() - from > promoteMs) {
      throw new FaultError({
        code: 'not-put-back',
        message: `The deployment of before (${base}) could not be put live again: the promotion ${job === 'pending' ? 'does not end' : job}.`,
        next: `Promote ${base} in Vercel’s dashboard.`,
        exitCode: 3,
      });
    }
    await pause(clock, pollMs, context.signal);
  }
}
