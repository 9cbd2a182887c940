// Promotion and instant rollback in the Vercel stand-in: which deployment production shows, without a build. The rollback keeps
// its documented trap: afterwards the project no longer puts new deployments live.
import { json, type Reply } from './http.ts';
import type { Call } from './routes.ts';
import { makeCurrent } from './vercel-build.ts';
import { type AliasRequest, badRequest, type Deployment, notFound, refusal, type Vercel } from './vercel-model.ts';

export function promote(vercel: Vercel, { params }: Call): Reply {
  const found = candidate(vercel, params.projectId ?? '', params.deploymentId ?? '');
  if ('status' in found) return found;
  if (found === vercel.current)
    return refusal(409, 'conflict', `The provided deploymentId (${found.id}) is already the current production deployment.`);
  begin(vercel, found, 'promote');
  return { status: vercel.switches.rollingRelease ? 202 : 201, body: '' };
}

export function rollback(vercel: Vercel, { params }: Call): Reply {
  const found = candidate(vercel, params.projectId ?? '', params.deploymentId ?? '');
  if ('status' in found) return found;
  if (found === vercel.current)
    return refusal(422, 'unprocessable_entity', `The deployment ${found.id} is already the current production deployment.`);
  if (found.readySubstate !== 'PROMOTED')
    return badRequest(`The deployment ${found.id} has never been in production: promote it instead.`);
  begin(vercel, found, 'rollback');
  return { status: 201, body: '' };
}

export function promotedAliases(vercel: Vercel, { params, query }: Call): Reply {
  if (params.projectId !== vercel.projectId) return notFound('project', params.projectId ?? '');
  const { lastAliasRequest: last } = vercel;
  const status = last && aliasStatus(last);
  const wanted = status !== null && (query.get('failedOnly') !== 'true' || status === 'failed');
  const aliases = wanted ? [{ id: `alias_${vercel.projectId}`, alias: vercel.domain, status }] : [];
  return json(200, { aliases, pagination: { count: aliases.length, next: null, prev: null } });
}

/** Goes on with a promotion that waited for a rolling release to end. */
export function endRollingRelease(vercel: Vercel): void {
  vercel.switches.rollingRelease = false;
  const { lastAliasRequest: waiting } = vercel;
  if (waiting?.jobStatus === 'pending') advance(vercel, waiting);
}

function candidate(vercel: Vercel, projectId: string, deploymentId: string): Deployment | Reply {
  if (projectId !== vercel.projectId) return notFound('project', projectId);
  const found = vercel.deployments.find((one) => one.id === deploymentId);
  if (!found) return notFound('deployment', deploymentId);
  if (found.target !== 'production')
    return badRequest(`The deployment ${found.id} is not a production deployment: it would have to be built again.`);
  if (found.readyState !== 'READY')
    return refusal(422, 'unprocessable_entity', `The deployment ${found.id} is ${found.readyState}, not READY.`);
  return found;
}

function begin(vercel: Vercel, to: Deployment, type: AliasRequest['type']): void {
  const earlier = vercel.lastAliasRequest;
  // A job that has not been settled gives way to the newer one.
  if (earlier?.jobStatus === 'pending' || earlier?.jobStatus === 'in-progress') earlier.jobStatus = 'skipped';
  const request: AliasRequest = {
    fromDeploymentId: vercel.current?.id ?? '',
    toDeploymentId: to.id,
    type,
    requestedAt: vercel.clock.now(),
    jobStatus: 'pending',
  };
  vercel.lastAliasRequest = request;
  if (type === 'promote' && vercel.switches.rollingRelease) return;
  advance(vercel, request);
}

function advance(vercel: Vercel, request: AliasRequest): void {
  const { promotionMs } = vercel.timing;
  vercel.clock.after(promotionMs, () => {
    if (request.jobStatus !== 'pending') return;
    request.jobStatus = 'in-progress';
    vercel.clock.after(promotionMs, () => settle(vercel, request));
  });
}

function settle(vercel: Vercel, request: AliasRequest): void {
  if (request.jobStatus !== 'in-progress') return;
  const to = vercel.deployments.find((one) => one.id === request.toDeploymentId);
  if (vercel.switches.promotionsFail || !to) {
    request.jobStatus = 'failed';
    return;
  }
  makeCurrent(vercel, to);
  request.jobStatus = 'succeeded';
  if (request.type === 'rollback') freeze(vercel);
  else thaw(vercel);
}

function freeze(vercel: Vercel): void {
  vercel.beforeRollback ??= vercel.autoAssignCustomDomains;
  vercel.autoAssignCustomDomains = false;
}

// "You need to undo the rollback by promoting a different deployment" (vercel.com/docs/instant-rollback).
function thaw(vercel: Vercel): void {
  if (vercel.beforeRollback !== null) vercel.autoAssignCustomDomains = vercel.beforeRollback;
  vercel.beforeRollback = null;
}

function aliasStatus(request: AliasRequest): string {
  return request.jobStatus === 'succeeded' ? 'completed' : request.jobStatus === 'skipped' ? 'failed' : request.jobStatus;
}
