// A short way to say what an outage looks like: who is up, who fails and how, what was found.
import type { Facts } from '../../../../main/core/diagnosis/facts.ts';
import type { Deploy, Evidence, EvidenceOf } from '../../../../shared/evidence.ts';
import type { Role } from '../../../../shared/monitor.ts';
import type { ErrorCode, Observation } from '../../../../shared/observation.ts';
import type { MonitorView } from '../../../../shared/snapshot.ts';
import { iso, monitorOf, observationOf } from '../../../support/view-fixtures.ts';

export const openedAt = Date.parse('2024-02-07T06:54:00.000Z');
const minuteMs = 60_000;
export const minutes = (count: number): number => count * minuteMs;
const at = (offsetMs = 30_000): string => iso(openedAt + offsetMs);

type Fault = { readonly code: ErrorCode; readonly message?: string } & Partial<
  Pick<Observation, 'status' | 'excerpt' | 'families' | 'certificate'>
>;

const targets: Readonly<Record<string, string>> = {
  ...{ api: 'api.example.com:443', login: 'api.example.com:443', standby: 'standby.example.com:443', web: 'example.com:443' },
  ...{ db: 'db.abcdefghijklmnopqrst.supabase.co:5432', pooler: 'aws-0-eu-central-1.pooler.supabase.com:5432' },
};
const roles: Readonly<Record<string, Role>> = {
  ...{ api: 'api-primary', login: 'api-primary', standby: 'api-standby', web: 'frontend', db: 'database', pooler: 'database' },
};

export function up(id: string, parts: Partial<Observation> = {}): MonitorView {
  const role = roles[id] ?? 'other';
  return monitorOf(id, {
    name: id,
    role,
    target: targets[id] ?? `${id}.example.com:443`,
    last: observationOf(id, { atMs: openedAt + 30_000, ...parts }),
  });
}

export function slow(id: string): MonitorView {
  return { ...up(id, { latencyMs: 6_000 }), status: 'degraded', known: 'degraded' };
}

export function down(id: string, { code, message = code, ...rest }: Fault): MonitorView {
  const last = observationOf(id, {
    atMs: openedAt + 30_000,
    outcome: 'down',
    latencyMs: null,
    error: { code, message },
    ...rest,
  });
  return { ...up(id), status: 'down', known: 'down', since: iso(openedAt), last };
}

export const refused = { code: 'refused', message: 'The connection was refused.' } as const;
export const timeout = { code: 'timeout', message: 'No answer within 10 s.' } as const;
export const http = (status: number, excerpt?: string): Fault => ({
  ...{ code: 'http-status', message: `answered ${status}; expected 200.`, status },
  ...(excerpt === undefined ? {} : { excerpt }),
});

type Report = EvidenceOf<'provider-page'>['report'];
type PageOptions = {
  readonly where?: string;
  readonly concernsUs?: boolean;
  readonly status?: string;
  readonly name?: string;
};

export function page(provider: string, severity: Report['severity'] = 'none', options: PageOptions = {}): Evidence {
  const {
    where = 'Frankfurt / Web Services',
    concernsUs = true,
    status = 'investigating',
    name = `Trouble in ${where}`,
  } = options;
  const isCalm = severity === 'none';
  return {
    ...{ kind: 'provider-page', source: `${provider}’s status page`, at: at(), provider },
    report: {
      ...{ page: provider, format: 'statuspage', severity },
      components: isCalm ? [] : [{ name: where, status: severity === 'minor' ? 'degraded_performance' : 'major_outage' }],
      incidents: isCalm
        ? []
        : [
            {
              name,
              status,
              impact: severity,
              url: 'https://status.example.com/1',
              startedAt: at(0),
              lastUpdate: 'We are looking into it.',
              concernsUs,
            },
          ],
    },
  };
}

export const log = (...texts: readonly string[]): Evidence => logAt(20_000, ...texts);
export function logAt(offsetMs: number, ...texts: readonly string[]): Evidence {
  const lines = texts.map((text) => ({ at: at(offsetMs), level: 'error', text }));
  return { kind: 'log', source: 'Render’s log of api', at: at(), provider: 'render', service: 'api', lines };
}

export function deploy(state: Deploy['state'], beforeMs: number, provider: 'render' | 'vercel' = 'render'): Evidence {
  const when = at(-beforeMs);
  const one = {
    id: 'dep-1',
    state,
    createdAt: when,
    finishedAt: state === 'building' ? null : when,
    commit: 'Faster lists',
    url: null,
  };
  return {
    kind: 'deploys',
    source: `${provider}’s deploys`,
    at: at(),
    provider,
    service: provider === 'render' ? 'api' : 'web',
    deploys: [one],
  };
}

export function tracker(title: string, firstBeforeMs: number): Evidence {
  const error = { title, level: 'error', total: 12, firstAt: at(-firstBeforeMs), lastAt: at(), url: null };
  return { kind: 'errors', source: 'Rollbar', at: at(), provider: 'rollbar', errors: [error] };
}

export function project(status = 'ACTIVE_HEALTHY', ...sick: readonly string[]): Evidence {
  const services = ['db', 'pooler', 'auth', 'rest'].map((name) => ({ name, healthy: !sick.includes(name), error: null }));
  return { kind: 'project', source: 'Supabase', at: at(), provider: 'supabase', ref: 'abcdefghijklmnopqrst', status, services };
}

export function dns(
  host: string,
  a: readonly string[] | null,
  aaaa: readonly string[] | null,
  before: readonly string[] | null = null,
): Evidence {
  return {
    ...{ kind: 'dns', source: `Addresses of ${host}`, at: at(), host, error: null },
    now: { a: a && [...a], aaaa: aaaa && [...aaaa] },
    before: before && { a: [...before], aaaa: aaaa && [...aaaa], at: at(-minutes(10)) },
  };
}

export function connection(change: Partial<EvidenceOf<'connection'>> = {}): Evidence {
  return {
    ...{ kind: 'connection', source: 'The database’s connection', at: at(), monitorId: 'db', port: 5_432, database: 'postgres' },
    ...{ host: 'db.abcdefghijklmnopqrst.supabase.co', user: 'postgres', ref: 'abcdefghijklmnopqrst', pooler: null },
    ...change,
  };
}
export const pooler = {
  ...{ host: 'aws-0-eu-central-1.pooler.supabase.com', port: 5_432, user: 'postgres.abcdefghijklmnopqrst', database: 'postgres' },
};

/** The picture half a minute after it began; whoever is down is in the outage. */
export function picture(monitors: readonly MonitorView[], evidence: readonly Evidence[] = [], online = true): Facts {
  const members = monitors.filter(({ known }) => known === 'down').map(({ id }) => id);
  return { at: openedAt + 30_000, openedAt, members, monitors, online, evidence };
}

/** One row of the table. */
export type Case = {
  readonly report: string;
  readonly facts: Facts;
  readonly rule: string;
  readonly sure: 'high' | 'medium' | 'low';
  readonly lever: 'traffic' | null;
  /** Rules that must not even be among the others. */
  readonly not?: readonly string[];
};

export const calm = [page('Supabase'), page('Vercel')];
export const line =
  'BlacklistedAccessTokenException: problem reading blacklist table (psycopg2.OperationalError) connection to server at "db.abcdefghijklmnopqrst.supabase.co" (2a05:d014:1c06:5f00::1), port 5432 failed: Network unreachable';
export const psycopg = 'psycopg2.OperationalError: connection to server at "db.example.com" (18.157.0.10), port 5432 failed';
export const allDown = [down('api', refused), down('login', refused)];
export const behind = (excerpt?: string) => [up('api'), down('login', http(500, excerpt)), up('standby'), up('db')];
export const expired = {
  code: 'tls',
  message: 'The certificate has expired.',
  certificate: { host: 'api.example.com', expiresAt: '2024-02-06T00:00:00.000Z', daysLeft: -1 },
} as const;
export const noName = { code: 'dns', message: 'The name does not resolve.' } as const;
