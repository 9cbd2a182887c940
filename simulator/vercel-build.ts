// The life of a deployment in the Vercel stand-in: QUEUED, INITIALIZING, BUILDING (the injected build really runs), READY or
// ERROR, and later the alias. Knows nothing of requests.
import type { Deployment, Vercel } from './vercel-model.ts';

/** Puts a new deployment in the line for a build machine. */
export function enqueue(vercel: Vercel, deployment: Deployment): void {
  vercel.deployments.push(deployment);
  vercel.clock.after(vercel.timing.queuedMs, () => {
    if (deployment.readyState !== 'QUEUED') return;
    vercel.queue.push(deployment);
    startWaiting(vercel);
  });
}

function startWaiting(vercel: Vercel): void {
  while (vercel.building.size < vercel.concurrentBuilds) {
    const next = vercel.queue.shift();
    if (!next) return;
    vercel.building.add(next);
    next.readyState = 'INITIALIZING';
    next.bootedAt = vercel.clock.now();
    vercel.clock.after(vercel.timing.initializingMs, () => start(vercel, next));
  }
}

function start(vercel: Vercel, deployment: Deployment): void {
  if (deployment.readyState !== 'INITIALIZING') return;
  deployment.readyState = 'BUILDING';
  deployment.buildingAt = vercel.clock.now();
  const run = runBuild(vercel, deployment).finally(() => {
    vercel.running.delete(run);
    leaveMachine(vercel, deployment);
  });
  vercel.running.add(run);
}

async function runBuild(vercel: Vercel, deployment: Deployment): Promise<void> {
  try {
    await build(vercel, deployment);
    if (isCanceled(deployment)) return;
    deployment.readyState = 'READY';
    deployment.readySubstate = 'STAGED';
    deployment.readyAt = vercel.clock.now();
    if (deployment.target === 'production' && deployment.autoAssign)
      vercel.clock.after(vercel.timing.aliasMs, () => assignAlias(vercel, deployment));
  } catch (error: unknown) {
    if (isCanceled(deployment)) return;
    const message = error instanceof Error ? error.message : String(error);
    deployment.readyState = 'ERROR';
    deployment.error = { code: 'BUILD_FAILED', message };
    say(vercel, deployment, 'stderr', message);
  }
}

/** Runs the injected build and keeps what it made. Rejects as it does. */
export async function build(vercel: Vercel, deployment: Deployment): Promise<void> {
  say(vercel, deployment, 'stdout', `Building commit ${deployment.commit.sha}`);
  if (vercel.switches.buildsFail !== null) throw new Error(vercel.switches.buildsFail);
  const { directory } = await vercel.build(deployment.env, deployment, deployment.abort.signal);
  deployment.directory = directory;
  say(vercel, deployment, 'stdout', 'Build completed');
}

/** Ends a deployment that has not come to an end. */
export function cancel(vercel: Vercel, deployment: Deployment): void {
  deployment.readyState = 'CANCELED';
  deployment.canceledAt = vercel.clock.now();
  deployment.abort.abort(new Error('The deployment was canceled.'));
  const place = vercel.queue.indexOf(deployment);
  if (place >= 0) vercel.queue.splice(place, 1);
  leaveMachine(vercel, deployment);
}

/** Points production at `deployment`. */
export function makeCurrent(vercel: Vercel, deployment: Deployment): void {
  vercel.current = deployment;
  deployment.readySubstate = 'PROMOTED';
  deployment.aliasAssigned = vercel.clock.now();
  deployment.aliasError = null;
}

// A frozen project, a failing alias and an older deployment finishing late all leave production where it is.
function assignAlias(vercel: Vercel, deployment: Deployment): void {
  if (!vercel.autoAssignCustomDomains) return;
  const { aliasFailure } = vercel.switches;
  if (aliasFailure !== null) {
    deployment.aliasError = { code: 'alias_failed', message: aliasFailure };
    return;
  }
  if (vercel.current && vercel.current.createdAt > deployment.createdAt) return;
  makeCurrent(vercel, deployment);
}

function leaveMachine(vercel: Vercel, deployment: Deployment): void {
  if (vercel.building.delete(deployment)) startWaiting(vercel);
}

function isCanceled(deployment: Deployment): boolean {
  return deployment.readyState === 'CANCELED';
}

function say(vercel: Vercel, deployment: Deployment, stream: 'stdout' | 'stderr', text: string): void {
  deployment.log.push({ at: vercel.clock.now(), stream, text });
}
