// Global Config (once Edge Config) of the Vercel stand-in: the API reads its newest version, the CDN a copy that follows later.
import { z } from 'zod';
import { json, type Reply } from './http.ts';
import type { Call } from './routes.ts';
import { badRequest, type ConfigItem, notFound, refusal, type Vercel } from './vercel-model.ts';

const operation = z.strictObject({
  operation: z.enum(['create', 'update', 'upsert', 'delete']),
  key: z
    .string()
    .max(256)
    .regex(/^[\w-]+$/),
  value: z.json().optional(),
  description: z.string().max(512).nullable().optional(),
});
const batch = z.strictObject({ items: z.array(operation).min(1) });
type Items = Map<string, ConfigItem>;

export function listItems(vercel: Vercel, { params }: Call): Reply {
  if (params.edgeConfigId !== vercel.globalConfigId) return unknownConfig(params.edgeConfigId);
  return json(
    200,
    [...vercel.config.values()].map((item) => shown(vercel, item)),
  );
}

export function oneItem(vercel: Vercel, { params }: Call): Reply {
  if (params.edgeConfigId !== vercel.globalConfigId) return unknownConfig(params.edgeConfigId);
  const item = vercel.config.get(params.edgeConfigItemKey ?? '');
  return item ? json(200, shown(vercel, item)) : notFound('item', params.edgeConfigItemKey ?? '');
}

/** All of a batch or nothing of it. */
export function patchItems(vercel: Vercel, { params, body }: Call): Reply {
  if (params.edgeConfigId !== vercel.globalConfigId) return unknownConfig(params.edgeConfigId);
  const parsed = batch.safeParse(body);
  if (!parsed.success) {
    const [issue] = parsed.error.issues;
    return badRequest(`Invalid request: ${issue?.path.join('.') || 'body'}: ${issue?.message ?? 'wrong'}`);
  }
  const items: Items = new Map(vercel.config);
  for (const one of parsed.data.items) {
    const refused = apply(items, one, vercel.clock.now());
    if (refused) return refused;
  }
  putConfig(vercel, items);
  return json(200, { status: 'ok' });
}

/** Makes `items` the newest version; the CDN's copy follows. */
export function putConfig(vercel: Vercel, items: ReadonlyMap<string, ConfigItem>): void {
  vercel.config = items;
  vercel.clock.after(vercel.timing.propagationMs, () => {
    vercel.cdn = items;
  });
}

function apply(items: Items, one: z.infer<typeof operation>, now: number): Reply | null {
  const { key, value, description } = one;
  const existing = items.get(key);
  if (one.operation === 'delete') return items.delete(key) ? null : notFound('item', key);
  if (one.operation === 'create' && existing) return refusal(409, 'conflict', `The item "${key}" already exists.`);
  if (one.operation === 'update' && !existing) return notFound('item', key);
  if (value === undefined && !existing) return badRequest(`The item "${key}" needs a value.`);
  const text = description === undefined ? existing?.description : (description ?? undefined);
  items.set(key, {
    key,
    value: value === undefined ? existing?.value : value,
    ...(text === undefined ? {} : { description: text }),
    createdAt: existing?.createdAt ?? now,
    updatedAt: now,
  });
  return null;
}

function shown(vercel: Vercel, item: ConfigItem): object {
  return { ...item, edgeConfigId: vercel.globalConfigId };
}

function unknownConfig(id: string | undefined): Reply {
  return notFound('Global Config', id ?? '');
}
