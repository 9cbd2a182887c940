// Environment variables of the Vercel stand-in: several rows per key, encrypted and write-only values, create with upsert.
import { z } from 'zod';
import { json, type Reply } from './http.ts';
import type { Call } from './routes.ts';
import { badRequest, type EnvRow, newId, notFound, refusal, type Vercel } from './vercel-model.ts';

const target = z.enum(['production', 'preview', 'development']);
const type = z.enum(['system', 'encrypted', 'plain', 'sensitive']);
const edit = z.strictObject({
  key: z.string().min(1).optional(),
  value: z.string().optional(),
  target: z.array(target).optional(),
  type: type.optional(),
  gitBranch: z.string().max(250).nullable().optional(),
  customEnvironmentIds: z.array(z.string()).optional(),
  comment: z.string().max(500).optional(),
  visibility: z.enum(['config', 'secret']).optional(),
});
const create = edit.required({ key: true, value: true, type: true, target: true });
type Edit = z.infer<typeof edit>;
type Create = z.infer<typeof create>;
type Failure = { readonly error: { readonly code: string; readonly message: string; readonly key: string } };

/** The variables that a build for production gets. */
export function productionEnv(vercel: Vercel): Readonly<Record<string, string>> {
  const rows = vercel.env.filter((row) => row.target.includes('production') && row.gitBranch === null);
  return Object.fromEntries(rows.map((row) => [row.key, row.value]));
}

export function addRow(vercel: Vercel, row: Pick<EnvRow, 'key' | 'value'> & Partial<EnvRow>): EnvRow {
  const now = vercel.clock.now();
  const added: EnvRow = {
    id: newId('env'),
    type: 'plain',
    target: ['production'],
    gitBranch: null,
    comment: null,
    createdAt: now,
    updatedAt: now,
    ...row,
  };
  vercel.env = [...vercel.env, added];
  return added;
}

export function listEnv(vercel: Vercel, { query }: Call): Reply {
  const wanted = query.get('target');
  const branch = query.get('gitBranch');
  const rows = vercel.env.filter(
    (row) =>
      (wanted === null || row.target.some((one) => one === wanted)) &&
      (branch === null || row.gitBranch === null || row.gitBranch === branch),
  );
  return json(200, { envs: rows.map((row) => shown(row, query.get('decrypt') === 'true')) });
}

export function oneEnv(vercel: Vercel, { params }: Call): Reply {
  const row = vercel.env.find((one) => one.id === params.id);
  return row ? json(200, shown(row, true)) : notFound('environment variable', params.id ?? '');
}

export function editEnv(vercel: Vercel, { params, body }: Call): Reply {
  const row = vercel.env.find((one) => one.id === params.id);
  if (!row) return notFound('environment variable', params.id ?? '');
  const parsed = edit.safeParse(body);
  if (!parsed.success) return badRequest(sentence(parsed.error));
  if (row.type === 'sensitive' && (parsed.data.type ?? 'sensitive') !== 'sensitive')
    return badRequest('You cannot change the type of a Sensitive Environment Variable.');
  const changed = merged(row, parsed.data, vercel.clock.now());
  if (others(vercel, row).some((one) => collides(one, changed))) return refusal(400, 'ENV_CONFLICT', conflict(changed));
  vercel.env = vercel.env.map((one) => (one === row ? changed : one));
  return json(200, shown(changed, changed.type !== 'encrypted'));
}

export function createEnv(vercel: Vercel, { body, query }: Call): Reply {
  const many = Array.isArray(body);
  const parsed = z.array(create).safeParse(many ? body : [body]);
  if (!parsed.success) return badRequest(sentence(parsed.error));
  const upsert = query.get('upsert') === 'true';
  const outcomes = parsed.data.map((wanted) => put(vercel, wanted, upsert));
  const created = outcomes.flatMap((one) => ('error' in one ? [] : [shown(one, one.type !== 'encrypted')]));
  const failed = outcomes.filter((one): one is Failure => 'error' in one);
  const [failure] = failed;
  // A single variable that exists is refused outright; in a list, or on upsert, the answer is 201 all the same (1.1, call f).
  if (!many && !upsert && failure) return refusal(403, failure.error.code, failure.error.message);
  return json(201, { created: many ? created : (created[0] ?? []), failed });
}

export function deleteEnv(vercel: Vercel, { params }: Call): Reply {
  const row = vercel.env.find((one) => one.id === params.id);
  if (!row) return notFound('environment variable', params.id ?? '');
  vercel.env = others(vercel, row);
  return json(200, shown(row, false));
}

function put(vercel: Vercel, wanted: Create, upsert: boolean): EnvRow | Failure {
  const { customEnvironmentIds: _none, visibility: _unused, ...fields } = wanted;
  const fresh = { ...fields, gitBranch: fields.gitBranch ?? null, comment: fields.comment ?? null };
  const existing = vercel.env.filter((row) => collides(row, fresh));
  if (existing.length === 0) return addRow(vercel, fresh);
  const [same] = existing;
  const exactly = same && existing.length === 1 && same.target.toSorted().join() === fresh.target.toSorted().join();
  if (!upsert || !exactly) return { error: { code: 'ENV_CONFLICT', message: conflict(fresh), key: fresh.key } };
  const changed = merged(same, wanted, vercel.clock.now());
  vercel.env = vercel.env.map((row) => (row === same ? changed : row));
  return changed;
}

function merged(row: EnvRow, change: Edit, now: number): EnvRow {
  const { key = row.key, value = row.value, type: kind = row.type, target: to = row.target, comment = row.comment } = change;
  const gitBranch = change.gitBranch === undefined ? row.gitBranch : change.gitBranch;
  return { ...row, key, value, type: kind, target: to, comment, gitBranch, updatedAt: now };
}

function others(vercel: Vercel, row: EnvRow): readonly EnvRow[] {
  return vercel.env.filter((one) => one !== row);
}

type Place = Pick<EnvRow, 'key' | 'target' | 'gitBranch'>;

function collides(left: Place, right: Place): boolean {
  return left.key === right.key && left.gitBranch === right.gitBranch && left.target.some((one) => right.target.includes(one));
}

function conflict({ key, target: to }: Place): string {
  return `A variable with the name \`${key}\` already exists for the target ${to.join(',')} on branch undefined`;
}

/** The row as answered: a sensitive value never, an encrypted one only when asked for. */
function shown(row: EnvRow, decrypted: boolean): object {
  const open = row.type === 'plain' || row.type === 'system' || (row.type === 'encrypted' && decrypted);
  const hidden = row.type === 'encrypted' ? Buffer.from(`encrypted:${row.id}:${row.updatedAt}`).toString('base64') : '';
  const { gitBranch, comment, ...rest } = row;
  return {
    ...rest,
    value: open ? row.value : hidden,
    decrypted: open,
    visibility: row.type === 'sensitive' ? 'secret' : 'config',
    configurationId: null,
    customEnvironmentIds: [],
    createdBy: 'usr_simulated',
    updatedBy: 'usr_simulated',
    ...(gitBranch === null ? {} : { gitBranch }),
    ...(comment === null ? {} : { comment }),
  };
}

function sentence(error: z.ZodError): string {
  const [issue] = error.issues;
  return `Invalid request: ${issue?.path.join('.') || 'body'}: ${issue?.message ?? 'wrong'}`;
}
