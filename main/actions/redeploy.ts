// Builds the live commit again, so that what was changed in the project's variables gets into the page. Never two
// deployments where one was meant, and never one left building that nobody waits for. Knows nothing of what was changed.
//
// A deployment made from Git is given today's variables. Whether one made from an earlier deployment is, or inherits that
// one's, is told differently by the documentation and by experience (providers/README 1.1): so Git comes first, and what
// production then shows decides, not Vercel's word.
import { FaultError } from '../../shared/fault.ts';
import type { Clock } from '../engine/ports.ts';
import { ProviderError } from '../providers/call.ts';
import type { NewDeployment, VercelClient, VercelDeployment, VercelProject } from '../providers/vercel-model.ts';
import type { StepContext } from './action.ts';
import { cancelDeployment, createOnce } from './redeploy-create.ts';
import { waitUntilLive, waitUntilReady } from './redeploy-wait.ts';

export type RedeployVia = 'git' | 'deploymentId';

export type RedeployOptions = {
  readonly vercel: VercelClient;
  readonly context: StepContext;
  /** Prefix of what is kept in the run's memory. A step that deploys twice, or its undo, uses another one. */
  readonly key: string;
  /** Added to the deployment's `meta`, beside the run's own id. */
  readonly meta: Readonly<Record<string, string>>;
  /** False: it stays staged; READY is enough. */
  readonly goLive: boolean;
  /** Whether the new deployment shows what it was made for. Waits itself for as long as that may take to be seen.
   *  False: the other way is tried. Null: nobody can tell, and Vercel's word is taken. */
  readonly isRight: ((signal: AbortSignal) => Promise<boolean>) | null;
  readonly clock: Clock;
};

/** Deploys the live commit again and waits until production shows it (or, staged, until it is built). Aborting the step's
 *  signal cancels a build under way.
 *  @throws FaultError `nothing-live` `provider-build-failed` `provider-blocked` `provider-alias-failed` `overtaken` `deployment-not-right`;
 *  ProviderError when Vercel refuses */
export async function redeploy(options: RedeployOptions): Promise<{ readonly deploymentId: string; readonly via: RedeployVia }> {
  const { vercel, context, isRight } = options;
  const project = await vercel.project(context.signal);
  const base = await baseOf(options, project);
  const ways = waysOf(project, base);
  for (const [index, way] of ways.entries()) {
    const other = ways[index + 1];
    const deployment = await create(options, way, other !== undefined);
    if (!deployment) continue;
    await settle(options, project, base, deployment);
    if (!isRight || (await isRight(context.signal))) return { deploymentId: deployment.id, via: way.via };
    if (other) context.tell('The new deployment does not show the change; trying once more by another way.');
  }
  throw new FaultError({
    code: 'deployment-not-right',
    message: 'Vercel built and published a new deployment, but it does not show the change.',
    next: 'Check that the variable’s name in the settings is the one that the front end’s build reads, and that no build cache keeps the old value.',
    exitCode: 1,
  });
}

/** What was live when the step began, also when it is resumed after the new deployment has gone live. */
async function baseOf({ vercel, context, key }: RedeployOptions, project: VercelProject): Promise<VercelDeployment> {
  const remembered = context.memory[`${key}Base`];
  const id = typeof remembered === 'string' ? remembered : project.liveDeploymentId;
  if (id === null) {
    throw new FaultError({
      code: 'nothing-live',
      message: `The Vercel project ${project.name} has no production deployment.`,
      next: 'Deploy it to production once, then try again.',
      exitCode: 3,
    });
  }
  if (remembered !== id) context.remember({ [`${key}Base`]: id });
  return vercel.deployment(id, context.signal);
}

type Way = { readonly via: RedeployVia; readonly from: NewDeployment['from']; readonly name: string };

/** Without the commit's own id Git would build whatever the branch has now: then it is no way to the same page. */
function waysOf(project: VercelProject, base: VercelDeployment): readonly Way[] {
  const name = base.name ?? project.name;
  const sha = base.gitSource?.sha ?? base.meta.githubCommitSha ?? null;
  const repoId = base.gitSource?.repoId ?? project.link?.repoId ?? null;
  const ref = base.gitSource?.ref ?? base.meta.githubCommitRef ?? project.link?.productionBranch ?? null;
  const type = base.gitSource?.type ?? project.link?.type ?? 'github';
  const redeployed: Way = { via: 'deploymentId', from: { deploymentId: base.id }, name };
  if (sha === null || repoId === null || ref === null) return [redeployed];
  return [{ via: 'git', from: { git: { type, repoId, ref, sha } }, name }, redeployed];
}

/** Null: Vercel does not take it this way, and there is another one. */
async function create(options: RedeployOptions, way: Way, another: boolean): Promise<VercelDeployment | null> {
  const { context, key, goLive } = options;
  const meta = { signalboxRun: context.runId, ...options.meta, action: 'redeploy', signalboxStep: `${key}-${way.via}` };
  try {
    return await createOnce({ ...options, key: `${key}-${way.via}`, wanted: { name: way.name, meta, goLive, from: way.from } });
  } catch (error: unknown) {
    // The repository may be gone, or the token may not reach it; the finished deployment is still there to be built again.
    const elsewhere = error instanceof ProviderError && [400, 403, 404, 422].includes(error.status ?? 0);
    if (!elsewhere || !another) throw error;
    context.tell('Vercel cannot build the live commit from Git; building the live deployment again instead.');
    return null;
  }
}

async function settle(
  options: RedeployOptions,
  project: VercelProject,
  base: VercelDeployment,
  deployment: VercelDeployment,
): Promise<void> {
  const { vercel, context, goLive } = options;
  try {
    const ready = await waitUntilReady({ ...options, deployment });
    if (goLive) await waitUntilLive({ ...options, project, base, deployment: ready });
  } catch (error: unknown) {
    if (context.signal.aborted) await cancelDeployment(vercel, deployment.id, (text) => context.tell(text));
    throw error;
  }
}
