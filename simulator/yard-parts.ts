// What a yard is made of and how each part is started. Parts know each other only through callbacks, so that any of them can
// be left out.
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { DatabaseTarget } from './api-database.ts';
import { type ApiServer, type LogLine, startApiServer } from './api-server.ts';
import type { Contract, ContractName } from './contract.ts';
import { type SimulatedDatabase, startDatabase, type Way } from './database.ts';
import { buildFrontEnd } from './front-end/build.ts';
import { type StandIn, startStandIn, text } from './http.ts';
import { type Names, startNames } from './names/names.ts';
import { startProduction } from './production.ts';
import { type RenderStandIn, startRender } from './render.ts';
import { type RollbarStandIn, startRollbar } from './rollbar.ts';
import { type SlackStandIn, startSlack } from './slack.ts';
import { type Standby, startStandby } from './standby.ts';
import { type SimulatedComponent, type StatusPageStandIn, startStatusPage } from './status-page.ts';
import { type StatuspageStandIn, startStatuspage } from './statuspage-management.ts';
import { type SupabaseStandIn, startSupabase } from './supabase.ts';
import { startVercel, type VercelStandIn } from './vercel.ts';
import type { VercelTiming } from './vercel-model.ts';

/** Names that the yard's servers have for a process started with `names.env`; reserved by RFC 2606. */
export const hosts = { api: 'api.ninepanels.test', standby: 'standby.ninepanels.test', web: 'www.ninepanels.test' } as const;

/** Times of a yard and of the settings it writes, milliseconds. */
export type Pace = {
  readonly intervalMs: number;
  readonly pageIntervalMs: number;
  readonly standbyIntervalMs: number;
  readonly retryMs: number;
  readonly timeoutMs: number;
  readonly degradedMs: number;
  readonly gapMs: number;
  /** The `api-slow` fault: above `degradedMs`, below `timeoutMs`. */
  readonly slowMs: number;
  readonly flapMs: number;
  readonly idleMs: number;
  readonly wakeMs: number | readonly [number, number];
  readonly coldStartMs: number;
};

export type StatusPages = Readonly<Record<'render' | 'supabase' | 'vercel' | 'rollbar', StatusPageStandIn>>;

export type YardParts = {
  readonly names: Names;
  readonly database: SimulatedDatabase;
  readonly api: ApiServer;
  readonly standby: Standby;
  /** The origin that users open. */
  readonly production: StandIn;
  readonly statusPages: StatusPages;
  readonly rollbar: RollbarStandIn;
  readonly slack: SlackStandIn;
  /** Two servers for `connectivity.probes`: while one answers, this machine is online. */
  readonly witnesses: readonly StandIn[];
  readonly vercel: VercelStandIn;
  readonly render: RenderStandIn;
  readonly supabase: SupabaseStandIn;
  /** Statuspage's management API. */
  readonly statuspage: StatuspageStandIn;
};

export type PartName = keyof YardParts;

/** What a part may ask about the others. */
export type Surroundings = {
  readonly parts: Partial<YardParts>;
  readonly folder: string;
  readonly pace: Pace;
  /** The way that the API servers take to their database. */
  way(): Way;
  readonly vercelTiming: Partial<VercelTiming>;
  /** The published document to hold requests against, or null. */
  contract(name: ContractName): Contract | null;
};

type Starters = { readonly [K in PartName]: (around: Surroundings) => Promise<YardParts[K]> };

/** The same on both servers, so that a user stays logged in when traffic moves. */
const tokenKey = 'rehearsal-token-key';
const commit = '3f1c0de5a1b2c3d4e5f60718293a4b5c6d7e8f90';

export const starters: Starters = {
  names: ({ folder }) =>
    startNames(folder, {
      [hosts.api]: ['ipv4'],
      [hosts.standby]: ['ipv4'],
      [hosts.web]: ['ipv4'],
      'db.yardyardyardyardyard.supabase.co': ['ipv4', 'ipv6'],
      'aws-0-eu-central-1.pooler.supabase.com': ['ipv4'],
    }),
  database: () => startDatabase(),
  api: (around) => startApiServer({ ...apiOptions(around), names: [hosts.api] }),
  standby: (around) =>
    startStandby({
      ...apiOptions(around),
      names: [hosts.standby],
      idleMs: around.pace.idleMs,
      wakeMs: around.pace.wakeMs,
    }),
  production: startFrontEnd,
  statusPages: startPages,
  rollbar: () => startRollbar(),
  slack: () => startSlack(),
  witnesses: () => Promise.all([1, 2].map((number) => startStandIn(() => text(200, `witness ${number}\n`)))),
  vercel: (around) =>
    startVercel({
      token: 'stand-in-vercel-token-0000',
      projectName: 'web',
      timing: around.vercelTiming,
      contract: around.contract('vercel'),
      async build(env, deployment, signal) {
        const outDir = join(around.folder, 'deployments', deployment.id);
        return buildFrontEnd({ env, outDir, signal });
      },
    }),
  render: startHosting,
  supabase: ({ parts: { database }, contract }) =>
    startSupabase({
      token: 'stand-in-supabase-token-0000',
      // The real one says port 6543, which clients must change; here the address is right as it is, and on loopback.
      ...(database && { ref: database.ref, pooler: { host: '127.0.0.1', port: database.pooler.port } }),
      contract: contract('supabase'),
    }),
  statuspage: ({ contract }) => startStatuspage({ token: 'stand-in-statuspage-token-0000', contract: contract('statuspage') }),
};

/** Parts that ask others for their addresses while they start; in this order, after the rest. */
export const lateParts: readonly PartName[] = ['render', 'supabase', 'production'];

function apiOptions(around: Surroundings) {
  return {
    database: () => targetOf(around),
    origins: () => (around.parts.production ? [around.parts.production.url] : []),
    tokenKey,
  };
}

function targetOf({ parts: { database, names }, way }: Surroundings): DatabaseTarget {
  // Nothing ever listens on port 1, so without a database the API says what it would say of one that is down.
  if (!database) return { url: 'postgres://nobody@127.0.0.1:1/none', name: 'db.example.supabase.co', families: ['ipv4'] };
  const name = database.names[way()];
  return { url: database.url(way()), name, families: names?.families(name) ?? ['ipv4'] };
}

/** Serves what the Vercel stand-in has live; without one, a build that is made now. */
async function startFrontEnd({ parts, folder }: Surroundings): Promise<StandIn> {
  const { vercel } = parts;
  let built: string | null = null;
  const production = await startProduction({
    directory: () => parts.vercel?.currentDirectory() ?? built,
    config: () => (parts.vercel ? { banner: parts.vercel.cdnItem('banner'), apiBase: parts.vercel.cdnItem('apiBase') } : {}),
  });
  const env = { VITE_SERVER_ROOT: parts.api?.url ?? '', VITE_ENV: 'PRODUCTION' };
  if (vercel) {
    const twin = parts.standby ? { twin: { VITE_SERVER_ROOT: parts.standby.url } } : {};
    await vercel.seed({ env, commit, ...twin });
  } else {
    const outDir = join(folder, 'front-end');
    await mkdir(outDir, { recursive: true });
    built = (await buildFrontEnd({ env, outDir })).directory;
  }
  return production;
}

/** Render's side of the API servers: two services, whose logs are what the servers said. */
function startHosting({ parts, contract }: Surroundings): Promise<RenderStandIn> {
  const { api, standby } = parts;
  const [primaryId, standbyId] = ['srv-simulatedfrankfurt00', 'srv-simulatedoregon00000'];
  const linesOf = (service: string, log: readonly LogLine[] = []) =>
    log.map(({ at, level, message }) => ({ at: Date.parse(at), level, message, service }));
  return startRender({
    token: 'stand-in-render-token-0000',
    services: [
      { id: primaryId, name: 'api', region: 'frankfurt', plan: 'starter', url: api?.url ?? 'http://127.0.0.1:1' },
      { id: standbyId, name: 'api-standby', region: 'oregon', plan: 'free', url: standby?.url ?? 'http://127.0.0.1:1' },
    ],
    logs: () => [...linesOf(primaryId, api?.log), ...linesOf(standbyId, standby?.log)],
    contract: contract('render'),
  });
}

const component = (name: string, group: string | null = null): SimulatedComponent => ({ group, name, status: 'operational' });

async function startPages(): Promise<StatusPages> {
  const [render, supabase, vercel, rollbar] = await Promise.all([
    startStatusPage({ format: 'statuspage', name: 'Render' }),
    startStatusPage({
      ...{ format: 'statuspage', name: 'Supabase' },
      components: ['Database', 'Connection Pooler', 'Auth', 'Storage', 'Realtime'].map((name) => component(name)),
    }),
    startStatusPage({
      ...{ format: 'statuspage', name: 'Vercel' },
      components: ['Builds', 'Edge Network', 'API', 'Dashboard'].map((name) => component(name)),
    }),
    startStatusPage({
      ...{ format: 'incident-io', name: 'Rollbar' },
      components: ['Web Application', 'API Tier'].map((name) => component(name)),
    }),
  ]);
  return { render, supabase, vercel, rollbar };
}

/** All that a part listens with, for taking it off the network. */
export function socketsOf(
  parts: Partial<YardParts>,
): readonly { fail(fault: { readonly kind: 'refuse' } | null): Promise<void> }[] {
  const { database, api, standby, production, statusPages, rollbar, slack, witnesses } = parts;
  const { vercel, render, supabase, statuspage } = parts;
  return [
    ...(database ? [database.direct, database.pooler] : []),
    ...[api, standby, production, rollbar, slack, vercel, render, supabase, statuspage].filter((part) => part !== undefined),
    ...(statusPages ? Object.values(statusPages) : []),
    ...(witnesses ?? []),
  ];
}

/** Stops one part, whatever it is made of. */
export async function stopPart(part: YardParts[PartName]): Promise<void> {
  if ('stop' in part && typeof part.stop === 'function') await part.stop();
  else await Promise.all(Object.values(part as StatusPages | readonly StandIn[]).map((one) => one.stop()));
}
