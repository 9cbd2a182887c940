// A stand-in for the parts of Render's API that Signalbox uses: services, deploys, logs and environment variables.
// Follows shared providers/README section 3.
import { z } from 'zod';
import { machineClock, trackTimers, type YardClock } from './clock.ts';
import type { Contract } from './contract.ts';
import { json, type Reply, type StandIn, startStandIn } from './http.ts';
import { makeRateLimit } from './rate-limit.ts';
import { type LogLine, searchLogs } from './render-logs.ts';
import {
  deployJson,
  newDeploy,
  newService,
  type RenderDeploy,
  type RenderService,
  type RenderServiceOptions,
  serviceJson,
  startDeploy,
} from './render-model.ts';
import { addressOf, type Call, findRoute, judgeRequest, parseJson, type Route } from './routes.ts';

export type RenderOptions = {
  readonly token: string;
  readonly ownerId?: string;
  readonly services: readonly RenderServiceOptions[];
  /** What the services have written so far; asked at every search. */
  readonly logs?: () => readonly LogLine[];
  readonly clock?: YardClock;
  readonly contract?: Contract | null;
  /** Requests per minute; Render's own number is not published (README section 3: 400 is a third party's). */
  readonly perMinute?: number;
  /** Milliseconds a deploy spends building, and again updating. */
  readonly deployMs?: number;
};

export type RenderStandIn = StandIn & {
  readonly token: string;
  readonly ownerId: string;
  readonly violations: readonly string[];
  readonly services: readonly RenderService[];
  /** Deploys started from now on end as `build_failed`. */
  deploysFail: boolean;
  /** Adds a deploy that is as given, as one made elsewhere; a live one replaces the one before. */
  addDeploy(serviceId: string, deploy: Partial<Pick<RenderDeploy, 'status' | 'commit' | 'trigger'>>): RenderDeploy;
  suspend(serviceId: string, by: 'admin' | 'billing' | 'user' | null): void;
};

const envValue = z.union([z.strictObject({ value: z.string() }), z.strictObject({ generateValue: z.literal(true) })]);
const envList = z.array(
  z.intersection(z.looseObject({ key: z.string().min(1) }), z.looseObject({ value: z.string().optional() })),
);
const deployRequest = z.strictObject({
  clearCache: z.enum(['clear', 'do_not_clear']).optional(),
  commitId: z.string().optional(),
  imageUrl: z.string().optional(),
  deployMode: z.enum(['build_and_deploy', 'deploy_only']).optional(),
});

/** Services as given, each live with one deploy, on a free loopback port. */
export async function startRender(options: RenderOptions): Promise<RenderStandIn> {
  const clock = trackTimers(options.clock ?? machineClock);
  const ownerId = options.ownerId ?? 'tea-simulated00000000';
  const services = options.services.map((one) => newService(one, ownerId, clock.now()));
  const violations: string[] = [];
  const { token, perMinute = 400, deployMs = 200 } = options;
  const take = makeRateLimit([{ total: perMinute, windowMs: 60_000 }], () => clock.now());
  const shop = { services, ownerId, clock, deployMs, deploysFail: false, logs: options.logs ?? (() => []) };
  const routes = routesOf(shop);
  const standIn = await startStandIn((request) => {
    if (request.headers.authorization !== `Bearer ${token}`) return json(401, { message: 'Unauthorized' });
    const { allowed, total, remaining, resetAt } = take();
    const seconds = String(Math.max(1, Math.ceil((resetAt - clock.now()) / 1_000)));
    const headers = { 'ratelimit-limit': String(total), 'ratelimit-remaining': String(remaining), 'ratelimit-reset': seconds };
    if (!allowed) return json(429, { id: 'req-1', message: 'rate limit exceeded' }, { ...headers, 'retry-after': seconds });
    const { pathname, searchParams: query } = addressOf(request);
    const [problem] = judgeRequest(options.contract ?? null, request, violations);
    if (problem !== undefined) return json(400, { message: problem }, headers);
    const found = findRoute(routes, request.method, pathname);
    const reply = found?.route.run({ params: found.params, query, body: parseJson(request.body) }) ?? notFound('path', pathname);
    return { ...reply, headers: { ...headers, ...reply.headers } };
  });
  return {
    ...standIn,
    token,
    ownerId,
    violations,
    services,
    get deploysFail() {
      return shop.deploysFail;
    },
    set deploysFail(fail) {
      shop.deploysFail = fail;
    },
    addDeploy(serviceId, deploy) {
      const service = wanted(shop, serviceId);
      const added = { ...newDeploy(clock.now()), ...deploy };
      if (added.status === 'live') for (const one of service.deploys) if (one.status === 'live') one.status = 'deactivated';
      service.deploys.push(added);
      return added;
    },
    suspend(serviceId, by) {
      wanted(shop, serviceId).suspendedBy = by;
    },
    async stop() {
      clock.stop();
      await standIn.stop();
    },
  };
}

type Shop = Parameters<typeof startDeploy>[0] & {
  readonly services: readonly RenderService[];
  readonly ownerId: string;
  readonly logs: () => readonly LogLine[];
};

function wanted(shop: Shop, id: string): RenderService {
  const service = shop.services.find((one) => one.id === id);
  if (!service) throw new Error(`the stand-in has no service ${id}`);
  return service;
}

const notFound = (what: string, id: string): Reply => json(404, { message: `${what} not found: ${id}` });

function routesOf(shop: Shop): readonly Route[] {
  const service =
    (run: (service: RenderService, call: Call) => Reply) =>
    (call: Call): Reply => {
      const found = shop.services.find((one) => one.id === call.params.serviceId);
      return found ? run(found, call) : notFound('service', call.params.serviceId ?? '');
    };
  const one = '/v1/services/{serviceId}';
  return [
    { method: 'GET', template: '/v1/users', run: () => json(200, { email: 'operator@example.com', name: 'Operator' }) },
    { method: 'GET', template: '/v1/services', run: (call) => listServices(shop, call) },
    { method: 'GET', template: one, run: service((found) => json(200, serviceJson(found))) },
    { method: 'GET', template: `${one}/deploys`, run: service(listDeploys) },
    { method: 'POST', template: `${one}/deploys`, run: service((found, call) => triggerDeploy(shop, found, call)) },
    { method: 'GET', template: `${one}/deploys/{deployId}`, run: service(oneDeploy) },
    { method: 'GET', template: `${one}/env-vars`, run: service((found, call) => json(200, paged(envOf(found), call.query))) },
    { method: 'PUT', template: `${one}/env-vars`, run: service(replaceEnv) },
    { method: 'GET', template: `${one}/env-vars/{envVarKey}`, run: service(oneEnv) },
    { method: 'PUT', template: `${one}/env-vars/{envVarKey}`, run: service(putEnv) },
    { method: 'DELETE', template: `${one}/env-vars/{envVarKey}`, run: service(deleteEnv) },
    { method: 'GET', template: '/v1/logs', run: (call) => logs(shop, call) },
  ];
}

function listServices(shop: Shop, { query }: Call): Reply {
  const has = (name: string, value: string): boolean => {
    const all = query.getAll(name).flatMap((one) => one.split(','));
    return all.length === 0 || all.includes(value);
  };
  const found = shop.services.filter(
    (one) =>
      has('name', one.name) &&
      has('region', one.region) &&
      has('type', 'web_service') &&
      has('ownerId', one.ownerId) &&
      has('suspended', one.suspendedBy === null ? 'not_suspended' : 'suspended'),
  );
  return json(
    200,
    paged(
      found.map((one) => ({ service: serviceJson(one) })),
      query,
    ),
  );
}

function listDeploys(service: RenderService, { query }: Call): Reply {
  const statuses = query.getAll('status').flatMap((one) => one.split(','));
  const after = query.has('createdAfter') ? Date.parse(query.get('createdAfter') ?? '') : 0;
  const found = service.deploys
    .filter((one) => (statuses.length === 0 || statuses.includes(one.status)) && one.createdAt > after)
    .toReversed();
  return json(
    200,
    paged(
      found.map((one) => ({ deploy: deployJson(one) })),
      query,
    ),
  );
}

function oneDeploy(service: RenderService, { params }: Call): Reply {
  const deploy = service.deploys.find((one) => one.id === params.deployId);
  return deploy ? json(200, deployJson(deploy)) : notFound('deploy', params.deployId ?? '');
}

function triggerDeploy(shop: Shop, service: RenderService, { body }: Call): Reply {
  const parsed = deployRequest.safeParse(body ?? {});
  if (!parsed.success) return json(400, { message: 'invalid JSON' });
  if (service.suspendedBy !== null) return json(409, { message: 'service is suspended' });
  const deploy = startDeploy(shop, service, parsed.data.commitId);
  // While another one runs, the new one waits and there is nothing to show yet.
  return deploy.status === 'queued' ? { status: 202, body: '' } : json(201, deployJson(deploy));
}

function envOf(service: RenderService): readonly { readonly envVar: { readonly key: string; readonly value: string } }[] {
  return [...service.env].map(([key, value]) => ({ envVar: { key, value } }));
}

// The trap: what the list does not name is gone.
function replaceEnv(service: RenderService, { body, query }: Call): Reply {
  const parsed = envList.safeParse(body);
  if (!parsed.success) return json(400, { message: 'invalid environment variables' });
  service.env.clear();
  for (const { key, value } of parsed.data) service.env.set(key, value ?? crypto.randomUUID());
  return json(200, paged(envOf(service), query));
}

function oneEnv(service: RenderService, { params: { envVarKey: key = '' } }: Call): Reply {
  const value = service.env.get(key);
  return value === undefined ? notFound('environment variable', key) : json(200, { key, value });
}

function putEnv(service: RenderService, { params: { envVarKey: key = '' }, body }: Call): Reply {
  const parsed = envValue.safeParse(body);
  if (!parsed.success) return json(400, { message: 'either value or generateValue is needed' });
  const value = 'value' in parsed.data ? parsed.data.value : crypto.randomUUID();
  service.env.set(key, value);
  return json(200, { key, value });
}

function deleteEnv(service: RenderService, { params: { envVarKey: key = '' } }: Call): Reply {
  return service.env.delete(key) ? { status: 204, body: '' } : notFound('environment variable', key);
}

function logs(shop: Shop, { query }: Call): Reply {
  if (!query.get('ownerId') || !query.has('resource')) return json(400, { message: 'ownerId and resource are required' });
  if (query.get('ownerId') !== shop.ownerId) return json(403, { message: 'forbidden' });
  const found = query.getAll('resource').map((id) => shop.services.find((one) => one.id === id));
  const missing = found.indexOf(undefined);
  if (missing >= 0) return notFound('resource', query.getAll('resource')[missing] ?? '');
  if (new Set(found.map((one) => one?.region)).size > 1)
    return json(400, { message: 'all resources must be in the same region' });
  const lines = shop.logs().map((line) => ({ type: 'app', service: shop.services[0]?.id ?? '', ...line }));
  return searchLogs(lines, query, shop.clock.now());
}

/** A page of `all` with a cursor at each item; the cursor names the item that came last. */
function paged<T extends object>(all: readonly T[], query: URLSearchParams): readonly (T & { readonly cursor: string })[] {
  const from = Number(query.get('cursor') ?? 0);
  return all
    .slice(from, from + Number(query.get('limit') ?? 20))
    .map((one, index) => ({ ...one, cursor: String(from + index + 1) }));
}
