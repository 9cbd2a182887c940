// Requests about deployments to the Vercel stand-in: create by redeploy or from Git, get, list, cancel, build log, deploy hook.
import { z } from 'zod';
import { json, type Reply } from './http.ts';
import type { Call } from './routes.ts';
import { cancel, enqueue } from './vercel-build.ts';
import { deploymentItem, deploymentJson, logEvents } from './vercel-deployment-json.ts';
import { productionEnv } from './vercel-env.ts';
import { badRequest, type Commit, type Deployment, newId, nextInstant, notFound, type Vercel } from './vercel-model.ts';

const request = z.looseObject({
  name: z.string().min(1),
  project: z.string().optional(),
  deploymentId: z.string().optional(),
  target: z.string().optional(),
  meta: z.record(z.string(), z.string()).default({}),
  withLatestCommit: z.boolean().default(false),
  autoAssignCustomDomains: z.boolean().default(true),
  gitSource: z
    .looseObject({ type: z.literal('github'), repoId: z.coerce.number(), ref: z.string(), sha: z.string().optional() })
    .optional(),
});
type Plan = Pick<Deployment, 'commit' | 'env' | 'meta' | 'source' | 'target' | 'autoAssign'>;

/** A deployment that nothing has happened to yet. */
export function newDeployment(vercel: Vercel, plan: Plan): Deployment {
  const id = newId('dpl_');
  return {
    ...plan,
    id,
    url: `${vercel.projectName}-${id.slice(4, 13)}-simulated.vercel.app`,
    createdAt: nextInstant(vercel),
    readyState: 'QUEUED',
    readySubstate: null,
    bootedAt: null,
    buildingAt: null,
    readyAt: null,
    canceledAt: null,
    aliasAssigned: false,
    aliasError: null,
    error: null,
    directory: null,
    log: [],
    abort: new AbortController(),
  };
}

export function createDeployment(vercel: Vercel, { body, query }: Call): Reply {
  const parsed = request.safeParse(body);
  if (!parsed.success) {
    const missing = parsed.error.issues[0]?.path.join('.') ?? 'body';
    return badRequest(`Invalid request: missing or wrong property \`${missing}\`.`);
  }
  const { target = 'preview', project, autoAssignCustomDomains: autoAssign } = parsed.data;
  if (project !== undefined && ![vercel.projectId, vercel.projectName].includes(project)) return notFound('project', project);
  if (!autoAssign && target !== 'production') return badRequest('autoAssignCustomDomains is for production deployments only.');
  const source = parsed.data.deploymentId ? redeployOf(vercel, parsed.data) : fromGit(vercel, parsed.data);
  if ('status' in source) return source;
  const plan: Plan = { ...source, target: target === 'production' ? 'production' : null, autoAssign };
  // Without forceNew a deployment of the same sources is not built again.
  const alike = query.get('forceNew') === '1' ? undefined : vercel.deployments.findLast((one) => isAlike(one, plan));
  if (alike) return json(200, deploymentJson(vercel, alike));
  const deployment = newDeployment(vercel, plan);
  enqueue(vercel, deployment);
  return json(200, deploymentJson(vercel, deployment));
}

function redeployOf(vercel: Vercel, asked: z.infer<typeof request>): Pick<Plan, 'commit' | 'env' | 'meta' | 'source'> | Reply {
  const original = vercel.deployments.find((one) => one.id === asked.deploymentId);
  if (!original) return notFound('deployment', asked.deploymentId ?? '');
  const commit = asked.withLatestCommit ? vercel.head : original.commit;
  const env = vercel.switches.redeployEnv === 'inherit' ? original.env : productionEnv(vercel);
  return { commit, env, meta: { ...original.meta, ...gitMeta(commit), ...asked.meta }, source: 'redeploy' };
}

function fromGit(vercel: Vercel, asked: z.infer<typeof request>): Pick<Plan, 'commit' | 'env' | 'meta' | 'source'> | Reply {
  const { gitSource } = asked;
  if (!gitSource) return badRequest('Either `deploymentId` or `gitSource` is needed: this project has no uploaded files.');
  if (gitSource.repoId !== vercel.repoId) return badRequest(`The repository ${gitSource.repoId} is not linked to the project.`);
  const commit: Commit = { ref: gitSource.ref, sha: gitSource.sha ?? vercel.head.sha };
  return { commit, env: productionEnv(vercel), meta: { ...gitMeta(commit), ...asked.meta }, source: 'api-trigger-git-deploy' };
}

/** What Git adds to a deployment's `meta`. */
export function gitMeta({ sha, ref }: Commit): Readonly<Record<string, string>> {
  return { githubCommitSha: sha, githubCommitRef: ref };
}

function isAlike(one: Deployment, plan: Plan): boolean {
  const ended = one.readyState === 'ERROR' || one.readyState === 'CANCELED';
  const sameEnv = JSON.stringify(one.env) === JSON.stringify(plan.env);
  return !ended && sameEnv && one.commit.sha === plan.commit.sha && one.target === plan.target;
}

export function getDeployment(vercel: Vercel, { params }: Call): Reply {
  const found = find(vercel, params.idOrUrl ?? '');
  return found ? json(200, deploymentJson(vercel, found)) : notFound('deployment', params.idOrUrl ?? '');
}

export function listDeployments(vercel: Vercel, { query }: Call): Reply {
  const number = (name: string, otherwise: number): number => (query.has(name) ? Number(query.get(name)) : otherwise);
  const states = query.get('state')?.toUpperCase().split(',');
  const { projectId, projectName } = vercel;
  const matches = vercel.deployments
    .filter(
      (one) =>
        [null, projectId, projectName].includes(query.get('projectId')) &&
        [null, projectName].includes(query.get('app')) &&
        (!query.has('target') || (one.target ?? 'preview') === query.get('target')) &&
        (states?.includes(one.readyState) ?? true) &&
        [null, one.commit.sha].includes(query.get('sha')) &&
        [null, one.commit.ref].includes(query.get('branch')) &&
        one.createdAt > Math.max(number('since', 0), number('from', 0)) &&
        one.createdAt < Math.min(number('until', Infinity), number('to', Infinity)),
    )
    .sort((a, b) => b.createdAt - a.createdAt);
  const page = matches.slice(0, Math.min(100, Math.max(1, number('limit', 20))));
  const next = matches.length > page.length ? (page.at(-1)?.createdAt ?? null) : null;
  const prev = page[0]?.createdAt ?? null;
  return json(200, {
    deployments: page.map((one) => deploymentItem(vercel, one)),
    pagination: { count: page.length, next, prev },
  });
}

export function cancelDeployment(vercel: Vercel, { params }: Call): Reply {
  const found = find(vercel, params.id ?? '');
  if (!found) return notFound('deployment', params.id ?? '');
  if (!['QUEUED', 'INITIALIZING', 'BUILDING'].includes(found.readyState))
    return badRequest(`The deployment is ${found.readyState} and cannot be canceled.`);
  cancel(vercel, found);
  return json(200, deploymentJson(vercel, found));
}

export function buildLog(vercel: Vercel, { params, query }: Call): Reply {
  const found = find(vercel, params.idOrUrl ?? '');
  if (!found) return notFound('deployment', params.idOrUrl ?? '');
  const limit = Number(query.get('limit') ?? -1);
  const events = logEvents(found, query.get('direction') === 'backward');
  return json(200, limit < 0 ? events : events.slice(0, limit));
}

/** `POST` to a deploy hook: the branch's head; a second call for the same version cancels the first one's build. */
export function deployHook(vercel: Vercel, { params }: Call): Reply {
  if (params.projectId !== vercel.projectId || params.secret !== vercel.hookSecret) return notFound('deploy hook', '');
  const earlier = vercel.lastHookJob;
  const pending = earlier && ['QUEUED', 'INITIALIZING', 'BUILDING'].includes(earlier.readyState);
  if (pending && earlier.commit.sha === vercel.head.sha) cancel(vercel, earlier);
  const deployment = deployHead(vercel, 'api-trigger-git-deploy');
  vercel.lastHookJob = deployment;
  return json(200, { job: { id: newId(''), state: 'PENDING', createdAt: deployment.createdAt } });
}

/** Builds the head of the production branch with today's variables, as a push does. */
export function deployHead(vercel: Vercel, source: 'git' | 'api-trigger-git-deploy'): Deployment {
  const { head: commit } = vercel;
  const env = productionEnv(vercel);
  const plan: Plan = { commit, env, meta: gitMeta(commit), source, target: 'production', autoAssign: true };
  const deployment = newDeployment(vercel, plan);
  enqueue(vercel, deployment);
  return deployment;
}

function find(vercel: Vercel, idOrUrl: string): Deployment | undefined {
  return vercel.deployments.find((one) => one.id === idOrUrl || one.url === idOrUrl);
}
