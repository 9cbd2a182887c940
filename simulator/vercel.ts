// A stand-in for the parts of Vercel's API that Signalbox uses: one project whose production is really built and really switched.
// Calls a-q of shared providers/README section 1.1.
import { machineClock, trackTimers, type YardClock } from './clock.ts';
import type { Contract } from './contract.ts';
import { type Received, type Reply, type StandIn, startStandIn } from './http.ts';
import type { LimitWindow } from './rate-limit.ts';
import { addressOf, findRoute, judgeRequest, parseJson } from './routes.ts';
import { build, makeCurrent } from './vercel-build.ts';
import { deployHead, gitMeta, newDeployment } from './vercel-deployments.ts';
import { addRow, productionEnv } from './vercel-env.ts';
import { makeVercelLimits, type VercelLimit } from './vercel-limits.ts';
import {
  type Build,
  badRequest,
  type ConfigItem,
  type Deployment,
  type EnvRow,
  nextInstant,
  refusal,
  type Vercel,
  type VercelSwitches,
  type VercelTiming,
} from './vercel-model.ts';
import { endRollingRelease } from './vercel-promotion.ts';
import { routesOf } from './vercel-routes.ts';

export type VercelOptions = {
  readonly token: string;
  readonly projectName: string;
  /** When given, every call about the project has to carry it as `teamId`. */
  readonly teamId?: string;
  readonly build: Build;
  readonly clock?: YardClock;
  readonly timing?: Partial<VercelTiming>;
  readonly redeployEnv?: VercelSwitches['redeployEnv'];
  readonly limits?: Partial<Record<VercelLimit, readonly LimitWindow[]>>;
  /** Builds that run at once; the Hobby plan has one. */
  readonly concurrentBuilds?: number;
  readonly contract?: Contract | null;
};

export type VercelStandIn = StandIn & {
  token: string;
  readonly projectId: string;
  readonly projectName: string;
  readonly globalConfigId: string;
  /** The linked repository's id, for `gitSource`. */
  readonly repoId: number;
  /** The deploy hook's whole address. */
  readonly deployHook: string;
  /** Behaviours that can be changed while it runs. */
  readonly switches: VercelSwitches;
  /** Requests that the published document rejects, each with the field's name. */
  readonly violations: readonly string[];
  /** Oldest first. */
  readonly deployments: readonly Readonly<Deployment>[];
  readonly env: readonly EnvRow[];
  readonly autoAssignCustomDomains: boolean;
  /** The deployment that production shows. */
  current(): Readonly<Deployment> | null;
  /** The folder that production serves now; null before the first deployment. */
  currentDirectory(): string | null;
  /** Builds what is live at the start, and with `twin` a staged deployment of the same commit with those variables changed. */
  seed(start: {
    readonly env: Readonly<Record<string, string>>;
    readonly commit: string;
    readonly twin?: Readonly<Record<string, string>>;
  }): Promise<{ readonly production: Readonly<Deployment>; readonly twin: Readonly<Deployment> | null }>;
  /** Adds a row as somebody in the dashboard would; `target` is production unless said otherwise. */
  addEnv(row: Pick<EnvRow, 'key' | 'value'> & Partial<EnvRow>): EnvRow;
  /** A push to the production branch: Vercel builds it. */
  push(commit: string): Readonly<Deployment>;
  /** Items of Global Config that exist from the start, at the API and at the CDN. */
  seedConfig(items: Readonly<Record<string, unknown>>): void;
  /** What the API has of an item now. */
  configItem(key: string): unknown;
  /** What production's code reads: the CDN's copy. */
  cdnItem(key: string): unknown;
  /** The rolling release that holds promotions back is over. */
  endRollingRelease(): void;
};

const quick: VercelTiming = { queuedMs: 20, initializingMs: 20, aliasMs: 50, promotionMs: 50, propagationMs: 300 };

/** A project without deployments on a free loopback port. */
export async function startVercel(options: VercelOptions): Promise<VercelStandIn> {
  const vercel = newVercel(options);
  const violations: string[] = [];
  const limits = makeVercelLimits(() => vercel.clock.now(), options.limits);
  const routes = routesOf(vercel);
  let token = options.token;
  const standIn = await startStandIn((request) => {
    const url = addressOf(request);
    const found = findRoute(routes, request.method, url.pathname);
    const isHook = found?.route.limit === 'deploy-hooks';
    const refused = isHook ? null : authorize(vercel, token, request, url);
    if (refused) return refused;
    const limited = found?.route.limit ? limits(found.route.limit) : null;
    if (limited) return limited;
    const [problem] = judgeRequest(options.contract ?? null, request, violations);
    if (problem !== undefined) return badRequest(`Invalid request: ${problem}`);
    if (!found) return refusal(404, 'method_unknown', `Nothing answers ${request.method} ${url.pathname}.`);
    return found.route.run({ params: found.params, query: url.searchParams, body: parseJson(request.body) });
  });
  return {
    ...standIn,
    get token() {
      return token;
    },
    set token(next) {
      token = next;
    },
    projectId: vercel.projectId,
    projectName: vercel.projectName,
    globalConfigId: vercel.globalConfigId,
    repoId: vercel.repoId,
    deployHook: `${standIn.url}/v1/integrations/deploy/${vercel.projectId}/${vercel.hookSecret}`,
    switches: vercel.switches,
    violations,
    deployments: vercel.deployments,
    get env() {
      return vercel.env;
    },
    get autoAssignCustomDomains() {
      return vercel.autoAssignCustomDomains;
    },
    current: () => vercel.current,
    currentDirectory: () => vercel.current?.directory ?? null,
    seed: (start) => seed(vercel, start),
    addEnv: (row) => addRow(vercel, row),
    push(commit) {
      vercel.head = { ...vercel.head, sha: commit };
      return deployHead(vercel, 'git');
    },
    seedConfig(items) {
      const at = vercel.clock.now();
      const entries = Object.entries(items).map(([key, value]) => [key, { key, value, createdAt: at, updatedAt: at }] as const);
      vercel.config = new Map<string, ConfigItem>(entries);
      vercel.cdn = vercel.config;
    },
    configItem: (key) => vercel.config.get(key)?.value,
    cdnItem: (key) => vercel.cdn.get(key)?.value,
    endRollingRelease: () => endRollingRelease(vercel),
    async stop() {
      await standIn.stop();
      vercel.clock.stop();
      for (const one of vercel.deployments) one.abort.abort(new Error('The stand-in stops.'));
      await Promise.all(vercel.running);
    },
  };
}

function newVercel(options: VercelOptions): Vercel {
  return {
    teamId: options.teamId ?? null,
    projectId: 'prj_simulated0000000000000001',
    projectName: options.projectName,
    globalConfigId: 'ecfg_simulated00000000000000001',
    repoId: 123_456_789,
    domain: `${options.projectName}.example.com`,
    hookSecret: 'simulatedhook',
    clock: trackTimers(options.clock ?? machineClock),
    timing: { ...quick, ...options.timing },
    build: options.build,
    concurrentBuilds: options.concurrentBuilds ?? 1,
    switches: {
      ...{ redeployEnv: options.redeployEnv ?? 'inherit', rollingRelease: false, aliasFailure: null },
      ...{ promotionsFail: false, buildsFail: null, tokenRevoked: false },
    },
    env: [],
    deployments: [],
    queue: [],
    building: new Set(),
    running: new Set(),
    current: null,
    autoAssignCustomDomains: true,
    beforeRollback: null,
    lastAliasRequest: null,
    head: { sha: '0'.repeat(40), ref: 'main' },
    lastHookJob: null,
    config: new Map(),
    cdn: new Map(),
    lastInstant: 0,
  };
}

// A token that nobody issued is 401; a good one outside its team's scope is 403 (section 1.1).
function authorize(vercel: Vercel, token: string, request: Received, url: URL): Reply | null {
  const isKnown = !vercel.switches.tokenRevoked && request.headers.authorization === `Bearer ${token}`;
  if (!isKnown) return refusal(401, 'unauthorized', 'Not authorized');
  const scope = url.searchParams.get('teamId');
  const personal = url.pathname === '/v2/user' && scope === null;
  return personal || scope === vercel.teamId ? null : refusal(403, 'forbidden', 'Not authorized');
}

async function seed(
  vercel: Vercel,
  start: Parameters<VercelStandIn['seed']>[0],
): Promise<{ readonly production: Deployment; readonly twin: Deployment | null }> {
  vercel.head = { ...vercel.head, sha: start.commit };
  for (const [key, value] of Object.entries(start.env)) addRow(vercel, { key, value });
  const env = productionEnv(vercel);
  const production = await readyMade(vercel, env, true);
  makeCurrent(vercel, production);
  const twin = start.twin ? await readyMade(vercel, { ...env, ...start.twin }, false) : null;
  return { production, twin };
}

/** A deployment that has been through everything already. */
async function readyMade(vercel: Vercel, env: Readonly<Record<string, string>>, autoAssign: boolean): Promise<Deployment> {
  const { head: commit } = vercel;
  const plan = { commit, env, meta: gitMeta(commit), source: 'git', target: 'production', autoAssign } as const;
  const deployment = newDeployment(vercel, plan);
  await build(vercel, deployment);
  const { createdAt } = deployment;
  Object.assign(deployment, { readyState: 'READY', readySubstate: 'STAGED', bootedAt: createdAt, buildingAt: createdAt });
  deployment.readyAt = nextInstant(vercel);
  vercel.deployments.push(deployment);
  return deployment;
}
