// What pg_dump is told: arguments that anybody on this machine may read, and an environment that nobody else may.
import type { Candidate } from './dump-route.ts';
import type { PgDump } from './pg-dump-find.ts';
import { plainEnvironment } from './pg-dump-machine.ts';

export type DumpOrder = {
  readonly full: boolean;
  /** Exactly these tables, or all of `schemas` when null. */
  readonly tables: readonly { readonly schema: string; readonly name: string }[] | null;
  readonly schemas: readonly string[];
  readonly extensions: readonly string[];
  readonly largeObjects: boolean;
};

/** Archive format, and what makes it restorable by another owner on another server. The throughput benchmark runs the same. */
export const archiveArguments = [
  '--format=custom',
  '--no-owner',
  '--no-privileges',
  '--quote-all-identifiers',
  '--lock-wait-timeout=10s',
  '--no-password',
  '--verbose',
] as const;

// A server that vanished without a word is noticed within two minutes rather than the system's two hours; libpq takes these
// from no environment variable. The name of the database still comes from PGDATABASE.
const keepAlive = 'keepalives_idle=60 keepalives_interval=10 keepalives_count=6';

/** Arguments of pg_dump; without host, user, password or database. */
export function dumpArguments(order: DumpOrder, file: string, { major }: Pick<PgDump, 'major'>): readonly string[] {
  const { full, tables, schemas, extensions, largeObjects } = order;
  return [
    ...archiveArguments,
    ...(full ? [] : ['--data-only']),
    ...(tables === null
      ? schemas.map((schema) => `--schema=${pattern(schema)}`)
      : tables.map(({ schema, name }) => `--table=${pattern(schema)}.${pattern(name)}`)),
    // Naming a schema leaves out extensions and large objects, which belong to none (pg_dump's manual, -e and -b).
    ...(full && tables === null && major >= 14 ? extensions.map((name) => `--extension=${pattern(name)}`) : []),
    ...(largeObjects ? ['--blobs'] : []),
    `--dbname=${keepAlive}`,
    `--file=${file}`,
  ];
}

/** A name in pg_dump's pattern language, meaning just itself: within quotes nothing is a wildcard (psql's manual, Patterns). */
export const pattern = (name: string): string => `"${name.replaceAll('"', '""')}"`;

/** The URL parameters that libpq also reads from the environment (libpq-envars.html). */
const variables: Readonly<Record<string, string>> = {
  channel_binding: 'PGCHANNELBINDING',
  gssencmode: 'PGGSSENCMODE',
  krbsrvname: 'PGKRBSRVNAME',
  require_auth: 'PGREQUIREAUTH',
  sslcert: 'PGSSLCERT',
  sslcrl: 'PGSSLCRL',
  sslkey: 'PGSSLKEY',
  sslnegotiation: 'PGSSLNEGOTIATION',
  sslsni: 'PGSSLSNI',
  ssl_min_protocol_version: 'PGSSLMINPROTOCOLVERSION',
  target_session_attrs: 'PGTARGETSESSIONATTRS',
};

/** The environment of pg_dump: where to connect and as whom, and nothing of the user's own PG* variables. */
export function dumpEnvironment(
  { target, parameters, address }: Pick<Candidate, 'target' | 'parameters' | 'address'>,
  env: Readonly<Record<string, string | undefined>>,
  { major }: Pick<PgDump, 'major'>,
): Record<string, string> {
  const others = Object.entries(parameters).flatMap(([name, value]) => {
    const variable = variables[name];
    return variable === undefined ? [] : [[variable, value] as const];
  });
  // As our own login does: the system's authorities where none is named. libpq knows `system` since 16, with verify-full only.
  const rootCert = target.rootCert ?? (target.sslMode === 'verify-full' && major >= 16 ? 'system' : null);
  return {
    ...plainEnvironment(env),
    // English messages, whatever the user speaks: they are read by pg-dump-words.ts. LC_ALL outranks LC_MESSAGES.
    LC_ALL: 'C',
    ...Object.fromEntries(others),
    PGHOST: target.host,
    ...(address === undefined ? {} : { PGHOSTADDR: address }),
    PGPORT: String(target.port),
    PGUSER: target.user,
    PGDATABASE: target.database,
    PGSSLMODE: target.sslMode,
    PGCONNECT_TIMEOUT: '10',
    PGAPPNAME: 'signalbox',
    ...(target.password === null ? {} : { PGPASSWORD: target.password }),
    ...(rootCert === null ? {} : { PGSSLROOTCERT: rootCert }),
    ...(target.options === null ? {} : { PGOPTIONS: target.options }),
  };
}
