// A deployment of the Vercel stand-in as the API writes it: in full, as an item of a list, and its build log.
import type { Deployment, Vercel } from './vercel-model.ts';

/** `GET /v13/deployments/{idOrUrl}` and every other call that answers with a whole deployment. */
export function deploymentJson(vercel: Vercel, one: Deployment): object {
  const names = Object.keys(one.env);
  return {
    ...common(vercel, one),
    id: one.id,
    createdAt: one.createdAt,
    status: one.readyState,
    version: 2,
    alias: one.aliasAssigned === false ? [] : [vercel.domain],
    autoAssignCustomDomains: one.autoAssign,
    bootedAt: one.bootedAt ?? one.createdAt,
    buildingAt: one.buildingAt ?? one.createdAt,
    ...(one.readyAt === null ? {} : { ready: one.readyAt }),
    ...(one.canceledAt === null ? {} : { canceledAt: one.canceledAt }),
    env: names,
    build: { env: names },
    isInConcurrentBuildsQueue: vercel.queue.includes(one),
    isInSystemBuildsQueue: false,
    projectSettings: { framework: 'vite' },
    buildSkipped: false,
    public: false,
    regions: ['fra1'],
    createdIn: 'fra1',
    plan: 'hobby',
    ownerId: vercel.teamId ?? 'usr_simulated',
    routes: null,
    gitSource: { type: 'github', repoId: vercel.repoId, ref: one.commit.ref, sha: one.commit.sha },
    nodeVersion: '22.x',
  };
}

/** An item of `GET /v6|v7/deployments`. */
export function deploymentItem(vercel: Vercel, one: Deployment): object {
  return {
    ...common(vercel, one),
    uid: one.id,
    created: one.createdAt,
    createdAt: one.createdAt,
    state: one.readyState,
    ...(one.buildingAt === null ? {} : { buildingAt: one.buildingAt }),
    ...(one.readyAt === null ? {} : { ready: one.readyAt }),
  };
}

function common(vercel: Vercel, one: Deployment): object {
  return {
    name: vercel.projectName,
    projectId: vercel.projectId,
    url: one.url,
    inspectorUrl: `https://vercel.com/simulated/${vercel.projectName}/${one.id.slice(4)}`,
    type: 'LAMBDAS',
    target: one.target,
    meta: one.meta,
    source: one.source,
    creator: { uid: 'usr_simulated', username: 'simulated' },
    readyState: one.readyState,
    ...(one.readySubstate === null ? {} : { readySubstate: one.readySubstate }),
    aliasAssigned: one.aliasAssigned,
    aliasError: one.aliasError,
    ...(one.error === null ? {} : { errorCode: one.error.code, errorMessage: one.error.message }),
  };
}

/** `GET /v3/deployments/{idOrUrl}/events`. */
export function logEvents(one: Deployment, backward: boolean): readonly object[] {
  const events = one.log.map(({ at, stream, text }, index) => ({
    type: stream,
    created: at,
    payload: {
      deploymentId: one.id,
      id: `${at}${String(index).padStart(6, '0')}`,
      serial: `${at}${String(index).padStart(6, '0')}`,
      date: at,
      created: at,
      text,
      info: { type: 'build', name: `bld_${one.id.slice(4, 13)}`, entrypoint: '.' },
    },
  }));
  return backward ? events.reverse() : events;
}
