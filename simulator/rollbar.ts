// A stand-in for the parts of Rollbar's API that Signalbox uses: items from occurrences, token scopes, item status.
// Follows the published pages: uuids are accepted once, fingerprints group, processing is asynchronous.
import { z } from 'zod';
import { json, type Received, type Reply, type StandIn, startStandIn } from './http.ts';

const occurrence = z.object({
  data: z.looseObject({
    environment: z.string().min(1).max(255),
    body: z.looseObject({}).refine((body) => 'message' in body || 'trace' in body || 'trace_chain' in body),
    level: z.enum(['critical', 'error', 'warning', 'info', 'debug']).default('error'),
    title: z.string().max(255).optional(),
    fingerprint: z.string().optional(),
    uuid: z.string().max(36).optional(),
    timestamp: z.number().optional(),
  }),
});
type Occurrence = z.infer<typeof occurrence>['data'];

const status = z.enum(['active', 'resolved', 'muted', 'archived']);
type RollbarItem = {
  readonly id: number;
  readonly counter: number;
  readonly fingerprint: string;
  readonly environment: string;
  readonly level: string;
  readonly title: string;
  status: z.infer<typeof status>;
  readonly occurrences: Occurrence[];
};

export type RollbarStandIn = StandIn & {
  /** Scope `post_server_item`. */
  readonly token: string;
  /** Scopes `read` and `write`. */
  readonly readToken: string;
  readonly items: readonly RollbarItem[];
  /** How many look-ups a new occurrence stays unknown for, as while Rollbar processes it. */
  processingLookups: number;
  /** Whether `GET /item/{uuid}` knows occurrence uuids: seen in community code, not promised by the official pages. */
  findsByUuid: boolean;
};

type Shop = Pick<RollbarStandIn, 'token' | 'readToken' | 'processingLookups' | 'findsByUuid'> & {
  readonly items: RollbarItem[];
  readonly pending: Map<string, number>;
};

const bodyLimit = 128 * 1_024;

/** An empty project. */
export async function startRollbar(): Promise<RollbarStandIn> {
  const shop: Shop = {
    token: 'stand-in-post-token-0000',
    readToken: 'stand-in-read-token-0000',
    items: [],
    processingLookups: 0,
    findsByUuid: true,
    pending: new Map(),
  };
  const standIn = await startStandIn((request) => answer(shop, request));
  return Object.assign(shop, standIn);
}

const error = (code: number, message: string): Reply => json(code, { err: 1, message });

function answer(shop: Shop, request: Received): Reply {
  const url = new URL(request.path, 'http://stand-in');
  const token = request.headers['x-rollbar-access-token'];
  if (token !== shop.token && token !== shop.readToken) return error(401, 'Invalid access token');
  const reads = token === shop.readToken;
  if (request.method === 'POST' && url.pathname === '/api/1/item/') {
    return reads ? error(403, 'insufficient privileges: post_server_item scope is required') : post(shop, request.body);
  }
  if (!reads) return error(403, 'insufficient privileges');
  const [, id] = /^\/api\/1\/item\/([\w-]+)$/.exec(url.pathname) ?? [];
  if (request.method === 'GET' && url.pathname === '/api/1/items/') return list(shop, url.searchParams);
  if (request.method === 'GET' && id) return one(shop, id);
  if (request.method === 'PATCH' && id) return patch(shop, id, request.body);
  return error(404, 'not found');
}

function post(shop: Shop, body: string): Reply {
  if (body.length > bodyLimit) return error(413, 'payload too large');
  const parsed = occurrence.safeParse(parse(body));
  if (!parsed.success) return error(422, 'invalid format');
  const { data } = parsed.data;
  const uuid = data.uuid ?? crypto.randomUUID();
  const taken = json(200, { err: 0, result: { id: null, uuid } });
  if (shop.items.some((item) => item.occurrences.some((earlier) => earlier.uuid === uuid))) return taken;
  const fingerprint = data.fingerprint ?? uuid;
  let item = shop.items.find((known) => known.fingerprint === fingerprint && known.environment === data.environment);
  if (!item) {
    const number = shop.items.length + 1;
    const { environment, level, title = 'Item' } = data;
    item = { id: 1_000 + number, counter: number, fingerprint, environment, level, title, status: 'active', occurrences: [] };
    shop.items.push(item);
  }
  item.occurrences.push({ timestamp: Math.floor(Date.now() / 1_000), ...data, uuid });
  item.status = 'active';
  if (shop.processingLookups > 0) shop.pending.set(uuid, shop.processingLookups);
  return taken;
}

function one(shop: Shop, id: string): Reply {
  const left = shop.pending.get(id) ?? 0;
  if (left > 0) {
    shop.pending.set(id, left - 1);
    return error(404, 'Item not found');
  }
  shop.pending.delete(id);
  const item = shop.items.find(
    (known) => String(known.id) === id || (shop.findsByUuid && known.occurrences.some((part) => part.uuid === id)),
  );
  return item ? json(200, { err: 0, result: shown(item) }) : error(404, 'Item not found');
}

function list(shop: Shop, query: URLSearchParams): Reply {
  const matches = shop.items.filter(
    (item) =>
      !item.occurrences.every((part) => shop.pending.has(part.uuid ?? '')) &&
      (query.get('status') ?? item.status) === item.status &&
      (query.get('environment') ?? item.environment) === item.environment &&
      item.title.includes(query.get('query') ?? ''),
  );
  return json(200, { err: 0, result: { page: 1, total_count: matches.length, items: matches.map(shown) } });
}

function patch(shop: Shop, id: string, body: string): Reply {
  const item = shop.items.find((known) => String(known.id) === id);
  if (!item) return error(404, 'Item not found');
  const parsed = z.object({ status: status.optional() }).safeParse(parse(body));
  if (!parsed.success) return error(422, 'invalid status');
  if (parsed.data.status) item.status = parsed.data.status;
  return json(200, { err: 0, result: shown(item) });
}

/** The fields of the published list sample that a client may rely on. */
function shown(item: RollbarItem): object {
  const { id, counter, title, status: state, environment, level, occurrences } = item;
  const times = occurrences.flatMap(({ timestamp }) => timestamp ?? []);
  return {
    ...{ id, counter, title, status: state, environment, level, total_occurrences: occurrences.length },
    ...{ first_occurrence_timestamp: Math.min(...times), last_occurrence_timestamp: Math.max(...times) },
  };
}

function parse(body: string): unknown {
  try {
    return JSON.parse(body);
  } catch {
    return null;
  }
}
