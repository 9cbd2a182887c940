// A stand-in for the parts of Supabase's management API that Signalbox reads: one project, its health, pooler and backups.
// Follows shared providers/README sections 4.1, 4.3 and 4.4.
import type { Contract } from './contract.ts';
import { json, type Reply, type StandIn, startStandIn } from './http.ts';
import { addressOf, type Call, findRoute, judgeRequest, parseJson, type Route } from './routes.ts';

type ServiceStatus = 'COMING_UP' | 'ACTIVE_HEALTHY' | 'UNHEALTHY';

const serviceNames = ['auth', 'db', 'db_postgres_user', 'pooler', 'realtime', 'rest', 'storage', 'pg_bouncer'] as const;
export type SupabaseService = (typeof serviceNames)[number];

export type SupabaseProjectStatus =
  | 'ACTIVE_HEALTHY'
  | 'ACTIVE_UNHEALTHY'
  | 'COMING_UP'
  | 'GOING_DOWN'
  | 'INACTIVE'
  | 'PAUSING'
  | 'RESTARTING'
  | 'RESTORING'
  | 'UNKNOWN'
  | 'UPGRADING';

type Backup = { readonly at: number; readonly status: 'COMPLETED' | 'FAILED' | 'PENDING' };

export type SupabaseOptions = {
  readonly token: string;
  /** Twenty small letters. */
  readonly ref?: string;
  readonly name?: string;
  readonly region?: string;
  /** Where the pooler answers; the real one reports its transaction port, 6543. */
  readonly pooler?: { readonly host: string; readonly port: number };
  /** The direct host, `db.<ref>.supabase.co` at the real one. */
  readonly databaseHost?: string;
  readonly contract?: Contract | null;
};

export type SupabaseStandIn = StandIn & {
  readonly token: string;
  readonly ref: string;
  readonly violations: readonly string[];
  status: SupabaseProjectStatus;
  /** Newest first; empty as on the free plan. */
  backups: readonly Backup[];
  /** What the health call says of a part from now on, with the error it names. */
  setHealth(service: SupabaseService, status: ServiceStatus, error?: string): void;
};

type Project = Required<Omit<SupabaseOptions, 'contract' | 'token'>> & {
  readonly health: Map<SupabaseService, { readonly status: ServiceStatus; readonly error?: string }>;
  status: SupabaseProjectStatus;
  backups: readonly Backup[];
};

/** A healthy project without backups on a free loopback port. */
export async function startSupabase(options: SupabaseOptions): Promise<SupabaseStandIn> {
  const { token, ref = 'abcdefghijklmnopqrst', name = 'prod', region = 'eu-central-1' } = options;
  const project: Project = {
    ref,
    name,
    region,
    pooler: options.pooler ?? { host: `aws-1-${region}.pooler.supabase.com`, port: 6_543 },
    databaseHost: options.databaseHost ?? `db.${ref}.supabase.co`,
    health: new Map(),
    status: 'ACTIVE_HEALTHY',
    backups: [],
  };
  const violations: string[] = [];
  const routes = routesOf(project);
  const standIn = await startStandIn((request) => {
    if (request.headers.authorization !== `Bearer ${token}`) return json(401, { message: 'Unauthorized' });
    const [problem] = judgeRequest(options.contract ?? null, request, violations);
    if (problem !== undefined) return json(400, { message: problem });
    const { pathname, searchParams: query } = addressOf(request);
    const found = findRoute(routes, request.method, pathname);
    if (!found) return json(404, { message: `Cannot ${request.method} ${pathname}` });
    // A project of somebody else's is not told apart from none.
    if (found.params.ref !== ref) return json(403, { message: 'Your account does not have the necessary privileges.' });
    return found.route.run({ params: found.params, query, body: parseJson(request.body) });
  });
  return {
    ...standIn,
    token,
    ref,
    violations,
    get status() {
      return project.status;
    },
    set status(status) {
      project.status = status;
    },
    get backups() {
      return project.backups;
    },
    set backups(backups) {
      project.backups = backups;
    },
    setHealth(service, status, error) {
      project.health.set(service, error === undefined ? { status } : { status, error });
    },
  };
}

function routesOf(project: Project): readonly Route[] {
  const one = '/v1/projects/{ref}';
  return [
    { method: 'GET', template: one, run: () => json(200, projectJson(project)) },
    { method: 'GET', template: `${one}/health`, run: (call) => health(project, call) },
    { method: 'GET', template: `${one}/config/database/pooler`, run: () => json(200, [poolerJson(project)]) },
    { method: 'GET', template: `${one}/database/backups`, run: () => json(200, backupsJson(project)) },
  ];
}

// Whether the service wants the list repeated or with commas is not known (README section 8.4): both are understood.
function health(project: Project, { query }: Call): Reply {
  const asked = query.getAll('services').flatMap((one) => one.split(','));
  const unknown = asked.find((one) => !serviceNames.some((known) => known === one));
  if (asked.length === 0 || unknown !== undefined)
    return json(400, { message: `services: ${unknown === undefined ? 'is required' : `does not know "${unknown}"`}` });
  return json(
    200,
    serviceNames
      .filter((name) => asked.includes(name))
      .map((name) => {
        const { status, error } = project.health.get(name) ?? { status: 'ACTIVE_HEALTHY' };
        return { name, healthy: status === 'ACTIVE_HEALTHY', status, ...(error === undefined ? {} : { error }) };
      }),
  );
}

function projectJson({ ref, name, region, status, databaseHost: host }: Project): object {
  return {
    id: ref,
    ref,
    organization_id: 'tsrqponmlkjihgfedcba',
    organization_slug: 'tsrqponmlkjihgfedcba',
    name,
    region,
    created_at: '2024-05-01T10:00:00Z',
    status,
    database: { host, version: '17.6.1.052', postgres_engine: '17', release_channel: 'ga' },
  };
}

function poolerJson({ ref, pooler: { host, port } }: Project): object {
  const user = `postgres.${ref}`;
  const connection = `postgres://${user}:[YOUR-PASSWORD]@${host}:${port}/postgres`;
  return {
    identifier: ref,
    database_type: 'PRIMARY',
    is_using_scram_auth: false,
    db_user: user,
    db_host: host,
    db_port: port,
    db_name: 'postgres',
    connection_string: connection,
    connectionString: connection,
    default_pool_size: 15,
    max_client_conn: 200,
    pool_mode: 'transaction',
  };
}

function backupsJson({ region, backups }: Project): object {
  return {
    region,
    walg_enabled: true,
    pitr_enabled: false,
    backups: backups.map(({ at, status }, index) => ({
      id: backups.length - index,
      is_physical_backup: false,
      status,
      inserted_at: new Date(at).toISOString(),
    })),
    physical_backup_data: {},
  };
}
