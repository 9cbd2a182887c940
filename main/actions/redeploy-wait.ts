// Follows a deployment until it is built, and until production shows it. READY alone is not live: the production alias must be
// assigned too, without an error (providers/README 1.1).
import { FaultError } from '../../shared/fault.ts';
import { safeText } from '../../shared/redact.ts';
import type { Clock } from '../engine/ports.ts';
import { ProviderError } from '../providers/call.ts';
import type { VercelClient, VercelDeployment, VercelProject } from '../providers/vercel-model.ts';
import type { StepContext } from './action.ts';
import { pause } from './pause.ts';

type Following = {
  readonly vercel: VercelClient;
  readonly context: StepContext;
  readonly deployment: VercelDeployment;
  readonly clock: Clock;
};

/** Vercel's own schedule: ms between looks while less than so many ms have passed (packages/cli get-polling-delay.ts). */
const schedule = [
  { until: 15_000, every: 1_000 },
  { until: 60_000, every: 5_000 },
  { until: 300_000, every: 15_000 },
  { until: Number.POSITIVE_INFINITY, every: 30_000 },
] as const;
/** Looks in a row that may fail: a build goes on whether or not we can see it. */
const patience = 5;
/** A finished deployment without its alias for so long, ms, has been overtaken or is not assigned at all. */
const aliasDueMs = 20_000;
const logLines = 8;

function pollDelayMs(elapsedMs: number): number {
  return schedule.find(({ until }) => elapsedMs < until)?.every ?? 30_000;
}

/** @throws FaultError `provider-build-failed` `provider-blocked`; ProviderError when Vercel cannot be asked any more */
export async function waitUntilReady(following: Following): Promise<VercelDeployment> {
  return follow(following, async (deployment) => {
    const { readyState: state } = deployment;
    if (state === 'READY') return deployment;
    if (state === 'ERROR' || state === 'CANCELED') throw await failed(following, deployment);
    if (state === 'BLOCKED') throw blocked(deployment);
    following.context.tell(words[state] ?? `Vercel says ${safeText(state, 30)}`);
    return null;
  });
}

const words: Readonly<Record<string, string>> = {
  QUEUED: 'Waiting for a build machine at Vercel',
  INITIALIZING: 'Vercel prepares the build',
  BUILDING: 'Vercel builds the page',
};

/** @throws FaultError `provider-alias-failed` `overtaken`; ProviderError */
export async function waitUntilLive(
  following: Following & { readonly project: VercelProject; readonly base: VercelDeployment },
): Promise<void> {
  const { vercel, context, clock, project, base, deployment } = following;
  let promoted = project.autoAssignCustomDomains === false;
  // After an instant rollback, and where somebody switched it off, new deployments do not go live by themselves.
  if (promoted) await promote(following);
  const from = clock.monotonic();
  await follow(following, async (now) => {
    if (now.aliasError !== null) throw aliasFailed(now.aliasError);
    if (now.aliasAssigned) return now;
    context.tell('Built; Vercel assigns the production address');
    if (clock.monotonic() - from < aliasDueMs && !promoted) return null;
    const { liveDeploymentId, lastAliasRequest, autoAssignCustomDomains } = await vercel.project(context.signal);
    if (liveDeploymentId === deployment.id) return now;
    const job = lastAliasRequest?.toDeploymentId === deployment.id ? lastAliasRequest.jobStatus : null;
    if (job === 'failed' || job === 'skipped') throw aliasFailed(`the promotion ${job}`);
    if (job === null && liveDeploymentId !== base.id) throw overtaken(liveDeploymentId);
    if (!promoted && autoAssignCustomDomains === false) {
      promoted = true;
      await promote(following);
    }
    return null;
  });
}

async function promote({ vercel, context, deployment }: Following): Promise<void> {
  context.remember({ promotedDeployment: deployment.id });
  const answer = await vercel.promote(deployment.id, context.signal);
  if (answer === 'queued') context.tell('The promotion waits at Vercel behind a rolling release');
}

/** Looks again and again until `judge` has an answer. */
async function follow<T>(following: Following, judge: (deployment: VercelDeployment) => Promise<T | null>): Promise<T> {
  const { vercel, context, clock, deployment } = following;
  const from = clock.monotonic();
  let failures = 0;
  for (;;) {
    try {
      const answer = await judge(await vercel.deployment(deployment.id, context.signal));
      if (answer !== null) return answer;
      failures = 0;
    } catch (error: unknown) {
      failures += 1;
      if (context.signal.aborted || failures >= patience || !isPassing(error)) throw error;
      context.tell('Vercel cannot be asked at the moment; the deployment goes on there');
    }
    const elapsed = clock.monotonic() - from;
    context.progress({ done: Math.round(elapsed / 1_000), total: null, unit: 'seconds' });
    await pause(clock, pollDelayMs(elapsed), context.signal);
  }
}

/** No answer, too many requests, or trouble on Vercel's side. */
function isPassing(error: unknown): boolean {
  if (!(error instanceof ProviderError)) return false;
  const status = error.status ?? 0;
  return status === 0 || status === 429 || status >= 500;
}

async function failed({ vercel, context }: Following, deployment: VercelDeployment): Promise<FaultError> {
  const canceled = deployment.readyState === 'CANCELED';
  const said = deployment.errorMessage ? `: ${safeText(deployment.errorMessage, 300)}` : '';
  const log = canceled ? [] : await lastLines(vercel, deployment.id, context.signal);
  const end = log.length > 0 ? ` The log ends: ${safeText(log.join(' / '), 500)}` : '';
  return new FaultError({
    code: 'provider-build-failed',
    message: canceled ? 'Somebody cancelled the deployment at Vercel.' : `Vercel could not build the deployment${said}.${end}`,
    next: canceled
      ? 'Try again, or ask who cancelled it.'
      : `Look at https://${deployment.url} in Vercel’s dashboard, put it right and try again.`,
    exitCode: 3,
  });
}

/** The build has failed whether or not its log can be read. */
async function lastLines(vercel: VercelClient, id: string, signal: AbortSignal): Promise<readonly string[]> {
  try {
    return await vercel.buildLog(id, logLines, signal);
  } catch (error: unknown) {
    if (signal.aborted) throw error;
    return [`(the log could not be read: ${error instanceof Error ? error.message : String(error)})`];
  }
}

function blocked(deployment: VercelDeployment): FaultError {
  return new FaultError({
    code: 'provider-blocked',
    message: `Vercel holds the deployment back (BLOCKED)${deployment.errorMessage ? `: ${safeText(deployment.errorMessage, 300)}` : ''}.`,
    next: 'Open the deployment in Vercel’s dashboard: it says whose consent is missing.',
    exitCode: 3,
  });
}

function aliasFailed(why: string): FaultError {
  return new FaultError({
    code: 'provider-alias-failed',
    message: `The deployment was built, but Vercel did not put it live: ${safeText(why, 300)}.`,
    next: 'Look at the project’s domains in Vercel’s dashboard, then try again.',
    exitCode: 3,
  });
}

function overtaken(liveId: string | null): FaultError {
  return new FaultError({
    code: 'overtaken',
    message: `Another deployment (${liveId ?? 'unknown'}) went live while ours was built.`,
    next: 'Wait until releases are done, then try again.',
    exitCode: 1,
  });
}
