// The scratch database of a verification: a new one beside the database that the URL names, which itself is never touched.
import type pg from 'pg';
import { FaultError } from '../../shared/fault.ts';
import { safeText } from '../../shared/redact.ts';
import type { Clock } from '../engine/ports.ts';
import { otherParameters, type PostgresTarget, parsePostgresUrl } from '../providers/postgres-url.ts';
import { codeOf, connectTo, LoginError, reasonOf } from './dump-login.ts';

export type ScratchServer = { readonly target: PostgresTarget; readonly parameters: Readonly<Record<string, string>> };

const loginLimitMs = 15_000;
/** The longest name that Postgres takes, in bytes. */
const longestName = 63;

/** What the database of a run is called. Made of the run alone, so that a later process finds it. */
export function scratchName(runId: string): string {
  return `signalbox_verify_${runId.toLowerCase().replace(/[^a-z0-9]/g, '_')}`.slice(0, longestName);
}

/** The server that `dump.scratch` names. Throws FaultError when it cannot be used, or when it names the very database that is
 *  dumped: a mistake there would be a mistake in production. `production` null: it is not known. */
export function scratchServer(scratch: string, production: string | null): ScratchServer {
  const target = parsePostgresUrl(scratch);
  if ('problem' in target) {
    throw new FaultError({
      code: 'bad-scratch',
      message: `"dump.scratch" cannot be used: ${target.problem}.`,
      next: 'Correct the secret that it names; it looks like postgres://user:password@localhost:5432/postgres.',
    });
  }
  const dumped = production === null ? null : parsePostgresUrl(production);
  if (dumped !== null && !('problem' in dumped) && isSameServer(target, dumped) && target.database === dumped.database) {
    throw new FaultError({
      code: 'scratch-is-production',
      message: '"dump.scratch" is the database that is dumped itself.',
      next: 'Name another server in "dump.scratch", best one on this machine; a new database is made there and dropped again.',
    });
  }
  return { target: target.namesDatabase ? target : { ...target, database: 'postgres' }, parameters: otherParameters(scratch) };
}

/** Whether both are on one server, as far as their names tell. */
export function isSameServer(one: PostgresTarget, other: PostgresTarget): boolean {
  return one.host.toLowerCase() === other.host.toLowerCase() && one.port === other.port;
}

/** Calls `work` with a connection to a database of the server, which ends with it. Throws FaultError when it does not let us in. */
export async function withClient<T>(
  { target }: ScratchServer,
  limits: { readonly clock: Clock; readonly signal: AbortSignal },
  work: (client: pg.Client) => Promise<T>,
): Promise<T> {
  const client = await connectTo(target, { ...limits, limitMs: loginLimitMs }).catch((error: unknown) => {
    throw error instanceof LoginError ? unreachable(error) : error;
  });
  try {
    // A role may have a limit of its own, and counting takes as long as it takes.
    await client.query('set statement_timeout = 0');
    return await work(client);
  } catch (error) {
    limits.signal.throwIfAborted();
    const isServers = codeOf(error) !== '' || /connection/i.test(reasonOf(error));
    throw error instanceof FaultError || !isServers ? error : scratchFailed(reasonOf(error), error);
  } finally {
    await client.end().catch(() => undefined);
  }
}

function unreachable(error: LoginError): FaultError {
  return new FaultError({
    code: 'scratch-unreachable',
    message: `The scratch server cannot be used: ${error.message}`,
    next: 'Start it, or correct the secret that "dump.scratch" names; without "dump.scratch" only the archive itself is proven.',
    cause: error,
  });
}

/** The failure of a scratch server that breaks off: it says nothing about the dump. */
export function scratchFailed(why: string, cause?: unknown): FaultError {
  return new FaultError({
    code: 'scratch-failed',
    message: `The scratch server failed: ${safeText(why, 300)}.`,
    next: 'Look at its disk and its log, then verify again. This says nothing about the dump.',
    exitCode: 3,
    cause,
  });
}

/** Makes the database; the locale C is there on every system. Throws FaultError when the server refuses. */
export async function createScratch(client: pg.Client, name: string, encoding: string): Promise<void> {
  try {
    await client.query(
      `create database ${quoted(name)} template template0 encoding ${literal(encoding)} lc_collate 'C' lc_ctype 'C'`,
    );
  } catch (error) {
    throw new FaultError({
      code: 'scratch-refused',
      message: `The scratch server made no database: ${safeText(reasonOf(error), 300)}.`,
      next:
        codeOf(error) === '42501'
          ? 'Let its user create databases: "alter role … createdb".'
          : 'Look at the scratch server, then try again.',
      exitCode: 3,
      cause: error,
    });
  }
}

/** Drops the database with whoever is still in it; false when there is none. Throws FaultError when the server refuses. */
export async function dropScratch(client: pg.Client, name: string): Promise<boolean> {
  // The one that may be dropped is ours by its name, whatever else went wrong.
  if (!/^signalbox_verify_[a-z0-9_]+$/.test(name)) throw new Error('this is no scratch database of ours');
  try {
    const { rowCount } = await client.query('select 1 from pg_catalog.pg_database where datname = $1', [name]);
    if (rowCount === 0) return false;
    await client.query('select pg_catalog.pg_terminate_backend(pid) from pg_catalog.pg_stat_activity where datname = $1', [name]);
    const { rows } = await client.query<{ server_version_num: string }>('show server_version_num');
    const isForceKnown = Number(rows[0]?.server_version_num) >= 130_000;
    await client.query(`drop database if exists ${quoted(name)}${isForceKnown ? ' with (force)' : ''}`);
    return true;
  } catch (error) {
    throw new FaultError({
      code: 'scratch-stays',
      message: `The scratch database ${name} could not be dropped: ${safeText(reasonOf(error), 300)}.`,
      next: `Drop it by hand on the scratch server: drop database ${name}.`,
      exitCode: 3,
      cause: error,
    });
  }
}

export const quoted = (name: string): string => `"${name.replaceAll('"', '""')}"`;
const literal = (text: string): string => `'${text.replaceAll("'", "''")}'`;
