// Who keeps the tables from being read. Asked only when a lock was waited for in vain.
import type pg from 'pg';
import { FaultError } from '../../shared/fault.ts';
import { plainText } from '../../shared/redact.ts';
import { duration } from '../../shared/words.ts';

type Holder = {
  readonly pid: number;
  readonly user: string | null;
  readonly application: string | null;
  readonly seconds: number | null;
  readonly table: string;
};

// Reading conflicts with this mode only (explicit-locking.html, table 13.2).
const holdersSql = `
  select a.pid, a.usename as user, nullif(a.application_name, '') as application,
    extract(epoch from now() - a.xact_start)::int as seconds, n.nspname || '.' || c.relname as table
  from pg_catalog.pg_locks l
  join pg_catalog.pg_stat_activity a using (pid)
  join pg_catalog.pg_class c on c.oid = l.relation
  join pg_catalog.pg_namespace n on n.oid = c.relnamespace
  where l.mode = 'AccessExclusiveLock' and l.granted and c.relkind in ('r', 'p') and a.pid <> pg_catalog.pg_backend_pid()
    and l.database = (select oid from pg_catalog.pg_database where datname = current_database())
  order by a.xact_start limit 1`;

/** The failure of a lock that was not to be had, naming its holder where the server tells. */
export async function lockedOut(client: pg.Client, cause: unknown): Promise<FaultError> {
  const holder = (await client.query<Holder>(holdersSql)).rows[0];
  const next =
    'Let the migration or transaction that holds it end, or end it with pg_terminate_backend, then make the dump again.';
  const message =
    holder === undefined
      ? 'Somebody holds a lock that keeps a table from being read.'
      : `${whoIs(holder)} holds a lock that keeps ${plainText(holder.table, 140)} from being read.`;
  return new FaultError({ code: 'locked', message, next, exitCode: 3, cause });
}

function whoIs({ pid, user, application, seconds }: Holder): string {
  const program = application === null ? '' : ` in ${plainText(application, 64)}`;
  const since = seconds === null ? '' : `, for ${duration(Math.max(1, seconds) * 1_000)} now,`;
  return `The user "${plainText(user ?? 'unknown', 64)}"${program} (process ${pid} of the server)${since}`;
}
