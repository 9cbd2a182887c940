// Vercel's answers, read into our words (vercel-model.ts) so tolerantly that a field which changes its type or goes missing costs
// that field and not the call. Only ids are insisted on.
import { z } from 'zod';
import { safeText } from '../../shared/redact.ts';
import type { VercelDeployment, VercelEnvRow, VercelProject } from './vercel-model.ts';

const text = z.string().nullish().catch(null);
const number = z.number().nullish().catch(null);
const id = z.union([z.string(), z.number()]).nullish().catch(null);
const texts = z.array(z.string()).catch([]);

export const user = z
  .object({ user: z.object({ id: text, username: text, name: text, email: text }) })
  .transform(({ user: one }) => ({ name: safeText(one.username ?? one.name ?? one.email ?? one.id ?? 'unknown', 100) }));

/** GitHub has `repoId`, GitLab `projectId`, Bitbucket `uuid` or `repoUuid`. */
const repository = { type: text, repoId: id, projectId: id, uuid: text, repoUuid: text };
type Repository = { readonly [key in keyof typeof repository]?: string | number | null | undefined };

function repoIdOf({ repoId, projectId, uuid, repoUuid }: Repository): string | number | null {
  return repoId ?? projectId ?? repoUuid ?? uuid ?? null;
}

const aliasRequest = z.object({
  toDeploymentId: z.string(),
  fromDeploymentId: text,
  type: z.string().catch(''),
  jobStatus: z.string().catch(''),
  requestedAt: z.number().catch(0),
});

export const project = z
  .object({
    id: z.string(),
    name: z.string().catch(''),
    autoAssignCustomDomains: z.boolean().nullish().catch(null),
    targets: z
      .object({ production: z.object({ id: text }).nullish().catch(null) })
      .nullish()
      .catch(null),
    lastAliasRequest: aliasRequest.nullish().catch(null),
    link: z
      .object({ ...repository, productionBranch: text })
      .nullish()
      .catch(null),
    rollingRelease: z.unknown().optional(),
  })
  .transform(
    ({ id: projectId, name, autoAssignCustomDomains, targets, lastAliasRequest, link, rollingRelease }): VercelProject => ({
      id: projectId,
      name,
      autoAssignCustomDomains: autoAssignCustomDomains ?? null,
      liveDeploymentId: targets?.production?.id ?? null,
      lastAliasRequest: lastAliasRequest
        ? { ...lastAliasRequest, fromDeploymentId: lastAliasRequest.fromDeploymentId ?? null }
        : null,
      link: link ? { type: link.type ?? '', repoId: repoIdOf(link), productionBranch: link.productionBranch ?? null } : null,
      rollingRelease: rollingRelease !== null && rollingRelease !== undefined && rollingRelease !== false,
    }),
  );

/** A row, and whether its value is the real one. `given` is the value as answered, unless that was said to be encrypted. */
export type ReadRow = {
  readonly row: VercelEnvRow;
  readonly isReadable: boolean;
  readonly isDecrypted: boolean;
  readonly given: string | null;
};

export const envRow = z
  .object({
    id: z.string(),
    key: z.string(),
    value: text,
    type: z.string().catch(''),
    target: z.union([z.array(z.string()), z.string().transform((one) => [one])]).catch([]),
    gitBranch: text,
    customEnvironmentIds: texts,
    decrypted: z.boolean().nullish().catch(null),
  })
  .transform(({ value, decrypted, gitBranch, ...rest }): ReadRow => {
    const isReadable = rest.type !== 'sensitive' && rest.type !== 'secret';
    // Without the flag only what is never encrypted can be taken at its word.
    const isDecrypted = isReadable && (decrypted ?? (rest.type === 'plain' || rest.type === 'system'));
    const known = isDecrypted ? (value ?? null) : null;
    const given = isReadable && decrypted !== false ? (value ?? null) : null;
    return { row: { ...rest, value: known, gitBranch: gitBranch ?? null }, isReadable, isDecrypted, given };
  });

/** Rows that cannot be read at all are left out. */
export const envRows = z
  .object({ envs: z.array(envRow.nullable().catch(null)) })
  .transform(({ envs }) => envs.filter((one) => one !== null));

const envFailure = z.object({ error: z.object({ code: text, message: text }).catch({ code: null, message: null }) });
/** `created` and `failed` of the upsert: even a 201 may have failed (call f). */
export const envCreated = z
  .object({
    created: z
      .union([envRow, z.array(envRow).transform(([first]) => first ?? null)])
      .nullish()
      .catch(null),
    failed: z.array(envFailure).catch([]),
  })
  .transform(({ created, failed: [failure] }) => ({ created: created ?? null, failure: failure?.error ?? null }));

/** Vercel's own errors come as an object or as a text. */
const problem = z
  .union([z.string(), z.object({ message: text, code: text }).transform((one) => one.message ?? one.code ?? null)])
  .nullish()
  .catch(null)
  .transform((one) => (one ? safeText(one, 300) : null));

const meta = z.record(z.string(), z.unknown()).catch({});

/** A whole deployment, or an item of the list, which says `uid`, `state` and `created` instead. */
export const deployment = z
  .object({
    id: text,
    uid: text,
    url: text,
    name: text,
    target: text,
    readyState: text,
    state: text,
    status: text,
    readySubstate: text,
    aliasAssigned: z.union([z.boolean(), z.number()]).nullish().catch(null),
    aliasError: problem,
    errorMessage: problem,
    createdAt: number,
    created: number,
    meta,
    gitSource: z
      .object({ ...repository, ref: text, sha: text })
      .nullish()
      .catch(null),
  })
  .refine((one) => Boolean(one.id ?? one.uid), { path: ['id'] })
  .transform(
    (one): VercelDeployment => ({
      id: one.id ?? one.uid ?? '',
      url: one.url ?? '',
      name: one.name ?? null,
      target: one.target ?? null,
      readyState: one.readyState ?? one.state ?? one.status ?? '',
      readySubstate: one.readySubstate ?? null,
      aliasAssigned: Boolean(one.aliasAssigned),
      aliasError: one.aliasError,
      errorMessage: one.errorMessage,
      createdAt: one.createdAt ?? one.created ?? 0,
      meta: Object.fromEntries(Object.entries(one.meta).flatMap(([key, value]) => (value == null ? [] : [[key, String(value)]]))),
      gitSource: one.gitSource
        ? {
            type: one.gitSource.type ?? '',
            repoId: repoIdOf(one.gitSource),
            ref: one.gitSource.ref ?? null,
            sha: one.gitSource.sha ?? null,
          }
        : null,
    }),
  );

export const deployments = z
  .object({ deployments: z.array(deployment.nullable().catch(null)) })
  .transform(({ deployments: list }) => list.filter((one) => one !== null));

const event = z.object({ text, created: number, payload: z.object({ text }).nullish().catch(null) });
/** Asked for backward, told forward; by their time, should the direction have been ignored. */
export const buildEvents = z.array(event.nullable().catch(null)).transform((events) =>
  events
    .filter((one) => one !== null)
    .toReversed()
    .toSorted((a, b) => (a.created ?? 0) - (b.created ?? 0))
    .flatMap((one) => one.payload?.text ?? one.text ?? []),
);

export const configItems = z.array(z.object({ key: z.string(), value: z.unknown().optional() }));
