// The calls that the Vercel stand-in answers, each with the rate limit it counts against.
import type { Reply } from './http.ts';
import type { Call, Route } from './routes.ts';
import {
  buildLog,
  cancelDeployment,
  createDeployment,
  deployHook,
  getDeployment,
  listDeployments,
} from './vercel-deployments.ts';
import { createEnv, deleteEnv, editEnv, listEnv, oneEnv } from './vercel-env.ts';
import { listItems, oneItem, patchItems } from './vercel-global-config.ts';
import type { VercelLimit } from './vercel-limits.ts';
import type { Vercel } from './vercel-model.ts';
import { forProject, getProject, patchProject, whoami } from './vercel-project.ts';
import { promote, promotedAliases, rollback } from './vercel-promotion.ts';

export type VercelRoute = Route & { readonly limit: VercelLimit | null };

type Answer = (vercel: Vercel, call: Call) => Reply;

const project = '/v9/projects/{idOrName}';
const get = 'api-deployments-get';

// Where two versions are listed, the documentation and Vercel's own CLI use one each.
const table: readonly (readonly [string, string, Answer, VercelLimit?])[] = [
  ['GET', '/v2/user', whoami],
  ['GET', project, forProject(getProject)],
  ['PATCH', project, forProject(patchProject)],
  ['GET', '/v10/projects/{idOrName}/env', forProject(listEnv), 'api-env-get'],
  ['POST', '/v10/projects/{idOrName}/env', forProject(createEnv), 'api-env-update'],
  ['GET', '/v1/projects/{idOrName}/env/{id}', forProject(oneEnv), 'api-env-get'],
  ['PATCH', `${project}/env/{id}`, forProject(editEnv), 'api-env-update'],
  ['PATCH', '/v10/projects/{idOrName}/env/{id}', forProject(editEnv), 'api-env-update'],
  ['DELETE', `${project}/env/{id}`, forProject(deleteEnv), 'api-env-delete'],
  ['POST', '/v13/deployments', createDeployment, 'api-deployments-create'],
  ['GET', '/v13/deployments/{idOrUrl}', getDeployment, get],
  ['GET', '/v6/deployments', listDeployments, get],
  ['GET', '/v7/deployments', listDeployments, get],
  ['PATCH', '/v12/deployments/{id}/cancel', cancelDeployment],
  ['GET', '/v3/deployments/{idOrUrl}/events', buildLog],
  ['POST', '/v10/projects/{projectId}/promote/{deploymentId}', promote],
  ['GET', '/v1/projects/{projectId}/promote/aliases', promotedAliases],
  ['GET', '/v9/projects/{projectId}/promote/aliases', promotedAliases],
  ['POST', '/v1/projects/{projectId}/rollback/{deploymentId}', rollback],
  ['POST', '/v9/projects/{projectId}/rollback/{deploymentId}', rollback],
  ['GET', '/v1/global-config/{edgeConfigId}/items', listItems],
  ['GET', '/v1/edge-config/{edgeConfigId}/items', listItems],
  ['PATCH', '/v1/global-config/{edgeConfigId}/items', patchItems],
  ['PATCH', '/v1/edge-config/{edgeConfigId}/items', patchItems],
  ['GET', '/v1/global-config/{edgeConfigId}/item/{edgeConfigItemKey}', oneItem],
  ['GET', '/v1/edge-config/{edgeConfigId}/item/{edgeConfigItemKey}', oneItem],
  ['POST', '/v1/integrations/deploy/{projectId}/{secret}', deployHook, 'deploy-hooks'],
];

export function routesOf(vercel: Vercel): readonly VercelRoute[] {
  return table.map(([method, template, answer, limit = null]) => ({
    method,
    template,
    limit,
    run: (call) => answer(vercel, call),
  }));
}
