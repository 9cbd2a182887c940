// The project and its owner, as the Vercel stand-in tells of them.
import { z } from 'zod';
import { json, type Reply } from './http.ts';
import type { Call } from './routes.ts';
import { badRequest, notFound, type Vercel } from './vercel-model.ts';

const change = z.looseObject({ autoAssignCustomDomains: z.boolean().optional(), name: z.string().min(1).max(100).optional() });

export function whoami(vercel: Vercel): Reply {
  return json(200, {
    user: {
      id: 'usr_simulated',
      email: 'operator@example.com',
      name: 'Operator',
      username: 'simulated',
      avatar: '',
      defaultTeamId: vercel.teamId ?? '',
      limited: true,
    },
  });
}

/** Whether a path's `idOrName` means our project. */
export function isOurs(vercel: Vercel, idOrName: string | undefined): boolean {
  return idOrName === vercel.projectId || idOrName === vercel.projectName;
}

export function getProject(vercel: Vercel): Reply {
  return json(200, projectJson(vercel));
}

export function patchProject(vercel: Vercel, { body }: Call): Reply {
  const parsed = change.safeParse(body);
  if (!parsed.success) return badRequest(`Invalid request: ${parsed.error.issues[0]?.path.join('.') ?? 'body'}`);
  const { autoAssignCustomDomains, name } = parsed.data;
  if (autoAssignCustomDomains !== undefined) {
    vercel.autoAssignCustomDomains = autoAssignCustomDomains;
    vercel.beforeRollback = null;
  }
  if (name !== undefined) vercel.projectName = name;
  return json(200, projectJson(vercel));
}

/** Runs `then` only for our project; any other is 404. */
export function forProject(then: (vercel: Vercel, call: Call) => Reply): (vercel: Vercel, call: Call) => Reply {
  return (vercel, call) => {
    const { idOrName } = call.params;
    return isOurs(vercel, idOrName) ? then(vercel, call) : notFound('project', idOrName ?? '');
  };
}

function projectJson(vercel: Vercel): object {
  const { current, projectId: id, projectName: name, teamId, lastAliasRequest, autoAssignCustomDomains } = vercel;
  const regions = { functionDefaultRegions: ['fra1'] };
  const production = current && {
    id: current.id,
    name,
    url: current.url,
    type: 'LAMBDAS',
    target: 'production',
    plan: 'hobby',
    private: false,
    userId: 'usr_simulated',
    createdAt: current.createdAt,
    createdIn: 'fra1',
    creator: { uid: 'usr_simulated', username: 'simulated', email: 'operator@example.com' },
    deploymentHostname: current.url.split('.')[0],
    alias: [vercel.domain],
    aliasAssigned: current.aliasAssigned,
    aliasError: current.aliasError,
    meta: current.meta,
    readyState: current.readyState,
    readySubstate: current.readySubstate,
    readyAt: current.readyAt,
  };
  return {
    id,
    name,
    accountId: teamId ?? 'usr_simulated',
    framework: 'vite',
    nodeVersion: '22.x',
    directoryListing: false,
    resourceConfig: regions,
    defaultResourceConfig: regions,
    autoAssignCustomDomains,
    lastAliasRequest,
    rollingRelease: null,
    targets: production ? { production } : {},
    link: {
      type: 'github',
      org: 'example',
      repo: name,
      repoId: vercel.repoId,
      productionBranch: vercel.head.ref,
      gitCredentialId: '',
      deployHooks: [],
    },
  };
}
