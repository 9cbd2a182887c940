// Vercel's API as far as the levers need it: one project, one token (calls a-l and p of providers/README section 1.1). Decides
// nothing: which deployment to make or promote is main/actions' business.

import { safeText } from '../../shared/redact.ts';
import { type Answered, type Call, makeCaller, type Provider, ProviderError, path } from './call.ts';
import { providerError } from './call-error.ts';
import * as answers from './vercel-answers.ts';
import { makeVercelConfig } from './vercel-config.ts';
import type { NewDeployment, VercelClient, VercelEnvRow } from './vercel-model.ts';
import { vercelAdvice } from './vercel-words.ts';

export type VercelOptions = {
  /** `https://api.vercel.com`. */
  readonly apiUrl: string;
  /** `team_…`; null for a personal account. */
  readonly teamId: string | null;
  /** Id or name. */
  readonly project: string;
  /** Asked for every request. */
  readonly token: () => Promise<string>;
  readonly userAgent?: string;
  /** As in call.ts. */
  readonly repeats?: number;
};

/** Rows whose values are asked for one by one when the list does not show them. */
const singleReads = { most: 100, atOnce: 6 } as const;

export function makeVercel(options: VercelOptions): VercelClient {
  const { apiUrl, teamId, project, token, userAgent, repeats } = options;
  const provider: Provider = {
    ...{ who: 'Vercel', apiUrl, token, scheme: 'Bearer', advise: vercelAdvice, repeats },
    ...(userAgent === undefined ? {} : { userAgent }),
  };
  const call = makeCaller(provider);
  const scope = { teamId };
  const ask = async <T>(request: Call<T>, signal: AbortSignal): Promise<T> =>
    (await call({ ...request, query: { ...scope, ...request.query } }, signal)).value;
  const config = makeVercelConfig(call, scope);
  const projectId = rememberId(project, async (signal) => (await client.project(signal)).id);

  const client: VercelClient = {
    // The one call that is about the token and not about the team's project: it knows no `teamId`.
    whoami: async (signal) => (await call({ method: 'GET', path: '/v2/user', answer: answers.user }, signal)).value,
    project: (signal) => ask({ method: 'GET', path: path('v9', 'projects', project), answer: answers.project }, signal),
    async env(signal) {
      const query = { decrypt: 'true', target: 'production' };
      const rows = await ask(
        { method: 'GET', path: path('v10', 'projects', project, 'env'), query, answer: answers.envRows },
        signal,
      );
      return decryptEach(rows, (id) => readRow(ask, project, id, signal));
    },
    async editEnv(id, value, signal) {
      const at = path('v9', 'projects', project, 'env', id);
      const read = await ask({ method: 'PATCH', path: at, json: { value }, answer: answers.envRow }, signal);
      return accepted(read, value);
    },
    async createEnv(key, value, signal) {
      const at = path('v10', 'projects', project, 'env');
      const json = { key, value, type: 'plain', target: ['production'] };
      const answer = await ask({ method: 'POST', path: at, query: { upsert: 'true' }, json, answer: answers.envCreated }, signal);
      if (answer.created !== null && answer.failure === null) return accepted(answer.created, value);
      const providerCode = safeText(answer.failure?.code ?? '', 64) || null;
      const said = safeText(answer.failure?.message ?? 'it did not say why the variable was not made', 300);
      throw providerError(provider, {
        ...{ code: 'provider-refused', status: 201, providerCode, said, retryAfterMs: null, sent: 'no' },
      });
    },
    deployments: ({ state, limit }, signal) =>
      ask(
        {
          method: 'GET',
          path: '/v7/deployments',
          query: { projectId: project, target: 'production', state: state ?? null, limit },
          answer: answers.deployments,
        },
        signal,
      ),
    deployment: (id, signal) => ask({ method: 'GET', path: path('v13', 'deployments', id), answer: answers.deployment }, signal),
    create(deployment, signal) {
      // `forceNew` also passes over the build cache, which may hold the old value (README section 7, 2).
      const query = { forceNew: '1', skipAutoDetectionConfirmation: '1' };
      const json = creation(deployment, project);
      return ask({ method: 'POST', path: '/v13/deployments', query, json, answer: answers.deployment }, signal);
    },
    async cancel(id, signal) {
      await ask({ method: 'PATCH', path: path('v12', 'deployments', id, 'cancel'), answer: null }, signal);
    },
    async promote(deploymentId, signal) {
      const at = path('v10', 'projects', await projectId(signal), 'promote', deploymentId);
      return promotion(call({ method: 'POST', path: at, query: scope, json: {}, answer: null }, signal));
    },
    async buildLog(id, lines, signal) {
      const query = { follow: '0', direction: 'backward', limit: lines };
      const at = path('v3', 'deployments', id, 'events');
      const log = await ask({ method: 'GET', path: at, query, answer: answers.buildEvents }, signal);
      return log.map((line) => safeText(line, 500)).slice(-lines);
    },
    configItem: (configId, key, signal) => config.item(configId, key, signal),
    writeConfigItem: (configId, key, value, signal) => config.write(configId, key, value, signal),
  };
  return client;
}

/** Promotion is written with the project's id alone; a name is looked up once. */
function rememberId(project: string, lookUp: (signal: AbortSignal) => Promise<string>): (signal: AbortSignal) => Promise<string> {
  let known = project.startsWith('prj_') ? project : null;
  return async (signal) => {
    known ??= await lookUp(signal);
    return known;
  };
}

/** The fields of `vercel redeploy`, or of a deployment from Git. */
function creation({ name, meta, goLive, from }: NewDeployment, project: string): object {
  const source = 'deploymentId' in from ? { deploymentId: from.deploymentId } : { gitSource: gitSource(from.git) };
  // Not in the published document; the CLI sends it for `vercel deploy --prod --skip-domain`.
  return { name, project, target: 'production', meta, ...source, ...(goLive ? {} : { autoAssignCustomDomains: false }) };
}

type Git = Extract<NewDeployment['from'], { readonly git: unknown }>['git'];

function gitSource({ type, repoId, ref, sha }: Git): object {
  const key = { gitlab: 'projectId', bitbucket: 'repoUuid' }[type] ?? 'repoId';
  return { type, [key]: repoId, ref, ...(sha === null ? {} : { sha }) };
}

async function promotion(answered: Promise<Answered<unknown>>): Promise<'accepted' | 'queued' | 'current'> {
  try {
    return (await answered).status === 202 ? 'queued' : 'accepted';
  } catch (error) {
    if (error instanceof ProviderError && error.status === 409 && /already the current/i.test(error.said)) return 'current';
    throw error;
  }
}

/** A row that was just written: what Vercel took is its value, also where it answers with the encrypted form. */
function accepted({ row, isReadable }: answers.ReadRow, value: string): VercelEnvRow {
  return { ...row, value: isReadable ? value : null };
}

type Ask = <T>(request: Call<T>, signal: AbortSignal) => Promise<T>;

/** The row's decrypted value (call d); null where Vercel does not let this token see it. */
async function readRow(ask: Ask, project: string, id: string, signal: AbortSignal): Promise<string | null> {
  try {
    const at = path('v1', 'projects', project, 'env', id);
    return (await ask({ method: 'GET', path: at, answer: answers.envRow }, signal)).given;
  } catch (error) {
    const hidden = ['provider-forbidden', 'provider-not-found', 'provider-refused', 'provider-conflict'];
    if (error instanceof ProviderError && hidden.includes(error.code)) return null;
    throw error;
  }
}

async function decryptEach(
  rows: readonly answers.ReadRow[],
  read: (id: string) => Promise<string | null>,
): Promise<readonly VercelEnvRow[]> {
  const wanted = rows.filter((one) => one.isReadable && !one.isDecrypted).slice(0, singleReads.most);
  const values = new Map<string, string | null>();
  for (let start = 0; start < wanted.length; start += singleReads.atOnce) {
    const part = wanted.slice(start, start + singleReads.atOnce).map(({ row }) => row.id);
    const found = await Promise.all(part.map(read));
    for (const [index, id] of part.entries()) values.set(id, found[index] ?? null);
  }
  return rows.map(({ row }) => (values.has(row.id) ? { ...row, value: values.get(row.id) ?? null } : row));
}
