// What there is to dump: the server's version, the tables that pg_dump will take with the same choice, their size, and what
// would make it fail half-way. Read-only.
import type pg from 'pg';
import { FaultError } from '../../shared/fault.ts';
import { lockedOut } from './dump-locks.ts';
import { codeOf } from './dump-login.ts';

export type Choice = {
  readonly schemas: readonly string[];
  /** "table" of one of `schemas`, or "schema.table"; empty means all tables of `schemas`. */
  readonly tables: readonly string[];
};

export type SurveyedTable = {
  /** The catalogue's number of it; the archive names tables by the same. */
  readonly oid: number;
  readonly schema: string;
  readonly name: string;
  /** A partitioned table keeps its rows in its partitions and has no data of its own. */
  readonly isPartitioned: boolean;
  readonly bytes: number;
};

export type Survey = {
  /** "17.6", and its major version. */
  readonly serverVersion: string;
  readonly serverMajor: number;
  readonly tables: readonly SurveyedTable[];
  /** Size of what will be dumped, as it lies on the server. */
  readonly bytes: number;
  /** There are large objects and all of them may be read; they belong to no schema. */
  readonly largeObjects: boolean;
  /** Extensions whose home is one of the schemas: pg_dump leaves them out unless they are named. */
  readonly extensions: readonly string[];
  readonly warnings: readonly string[];
};

type Row = {
  readonly oid: number;
  readonly schema: string;
  readonly name: string;
  readonly kind: string;
  readonly bytes: string;
  readonly readable: boolean;
  readonly filtered: boolean;
  /** Partitioned tables above it, by number. */
  readonly ancestors: readonly number[];
};

// pg_dump leaves out the tables that an extension made, except those that it declares as configuration; foreign and temporary
// ones it leaves out always (pg_dump.c: makeTableDataInfo, processExtensionTables).
const tablesSql = `
  select c.oid::int8::float8 as oid, n.nspname as schema, c.relname as name, c.relkind as kind,
    case when c.relkind = 'r' then pg_catalog.pg_table_size(c.oid) else 0 end::text as bytes,
    pg_catalog.has_schema_privilege(n.oid, 'USAGE') and pg_catalog.has_table_privilege(c.oid, 'SELECT') as readable,
    pg_catalog.row_security_active(c.oid) as filtered,
    case when c.relispartition
      then (select pg_catalog.array_agg(relid::oid::int8::float8) from pg_catalog.pg_partition_ancestors(c.oid) where relid <> c.oid)
      else '{}'::float8[] end as ancestors
  from pg_catalog.pg_class c join pg_catalog.pg_namespace n on n.oid = c.relnamespace
  where c.relkind in ('r', 'p') and c.relpersistence <> 't' and n.nspname !~ '^pg_' and n.nspname <> 'information_schema'
    and (
      not exists (
        select from pg_catalog.pg_depend d
        where d.classid = 'pg_catalog.pg_class'::pg_catalog.regclass and d.objid = c.oid and d.deptype = 'e'
      )
      or exists (select from pg_catalog.pg_extension e where c.oid = any (e.extconfig))
    )
  order by n.nspname, c.relname`;

const schemasSql = 'select nspname as name from pg_catalog.pg_namespace where nspname = any ($1)';

const extensionsSql = `
  select e.extname as name from pg_catalog.pg_extension e join pg_catalog.pg_namespace n on n.oid = e.extnamespace
  where n.nspname = any ($1) order by 1`;

const largeObjectsSql = `
  select count(*)::int as count, pg_catalog.pg_total_relation_size('pg_catalog.pg_largeobject')::text as bytes,
    coalesce(bool_and(
      (select rolsuper from pg_catalog.pg_roles where rolname = current_user)
      or pg_catalog.pg_has_role(lomowner, 'USAGE')
      or exists (
        select from pg_catalog.aclexplode(lomacl) a
        where a.privilege_type = 'SELECT' and (a.grantee = 0 or pg_catalog.pg_has_role(a.grantee, 'USAGE'))
      )
    ), true) as readable
  from pg_catalog.pg_largeobject_metadata`;

/** Throws FaultError when the choice names what is not there, what this user may not read, or what somebody holds locked. */
export async function survey(client: pg.Client, choice: Choice): Promise<Survey> {
  // Asking a table's size waits for whoever holds it. Local, because a pooler hands the connection on to others.
  await client.query(`begin read only; set local lock_timeout = '5s'`);
  try {
    return await surveyWithin(client, choice);
  } catch (error) {
    if (codeOf(error) !== lockNotAvailable) throw error;
    await client.query('rollback');
    throw await lockedOut(client, error);
  }
}

/** SQLSTATE */
const lockNotAvailable = '55P03';

async function surveyWithin(client: pg.Client, choice: Choice): Promise<Survey> {
  const version = await versionOf(client);
  const { rows } = await client.query<Row>(tablesSql);
  const chosen = choice.tables.length === 0 ? await allOf(client, rows, choice) : named(rows, choice);
  if (chosen.length === 0) {
    throw new FaultError({
      code: 'nothing-to-dump',
      message: `There is no table in ${choice.schemas.join(', ')}.`,
      next: 'Name the schemas that hold your tables in "dump.schemas".',
    });
  }
  refuseUnreadable(chosen, client.user ?? '');
  const objects = (await client.query<{ count: number; bytes: string; readable: boolean }>(largeObjectsSql)).rows[0];
  const hasObjects = objects !== undefined && objects.count > 0;
  const extensions = await client.query<{ name: string }>(extensionsSql, [choice.tables.length === 0 ? choice.schemas : []]);
  const takesObjects = hasObjects && objects.readable;
  return {
    ...version,
    tables: chosen.map(({ oid, schema, name, kind, bytes }) => ({
      oid,
      schema,
      name,
      isPartitioned: kind === 'p',
      bytes: Number(bytes),
    })),
    bytes: chosen.reduce((sum, { bytes }) => sum + Number(bytes), takesObjects ? Number(objects.bytes) : 0),
    largeObjects: takesObjects,
    extensions: extensions.rows.map(({ name }) => name),
    warnings:
      hasObjects && !objects.readable
        ? [`The database has ${objects.count} large objects that this user may not all read; the dump holds none of them.`]
        : [],
  };
}

/** Which of the tables with these numbers are still there. */
export async function stillThere(client: pg.Client, oids: readonly number[]): Promise<readonly number[]> {
  const text = 'select oid::int8::float8 as oid from pg_catalog.pg_class where oid = any ($1::oid[])';
  const { rows } = await client.query<{ oid: number }>(text, [oids]);
  return rows.map(({ oid }) => oid);
}

async function versionOf(client: pg.Client): Promise<Pick<Survey, 'serverVersion' | 'serverMajor'>> {
  const text = `select current_setting('server_version') as version, current_setting('server_version_num')::int as number`;
  const { rows } = await client.query<{ version: string; number: number }>(text);
  const { version = '', number = 0 } = rows[0] ?? {};
  return { serverVersion: version.split(' ')[0] ?? version, serverMajor: Math.floor(number / 10_000) };
}

async function allOf(client: pg.Client, rows: readonly Row[], { schemas }: Choice): Promise<readonly Row[]> {
  const { rows: there } = await client.query<{ name: string }>(schemasSql, [schemas]);
  const missing = schemas.filter((schema) => !there.some(({ name }) => name === schema));
  if (missing.length > 0) throw notThere('schema', missing, 'dump.schemas');
  return rows.filter(({ schema }) => schemas.includes(schema));
}

function named(rows: readonly Row[], { schemas, tables }: Choice): readonly Row[] {
  const chosen = new Set<number>();
  const missing: string[] = [];
  for (const wanted of tables) {
    const whole = rows.filter(({ schema, name }) => `${schema}.${name}` === wanted);
    const hits = whole.length > 0 ? whole : rows.filter(({ schema, name }) => schemas.includes(schema) && name === wanted);
    if (hits.length === 0) missing.push(wanted);
    for (const { oid } of hits) chosen.add(oid);
  }
  if (missing.length > 0) throw notThere('table', missing, 'dump.tables');
  // The partitions of a chosen table hold its rows.
  return rows.filter(({ oid, ancestors }) => chosen.has(oid) || ancestors.some((above) => chosen.has(above)));
}

function notThere(what: 'schema' | 'table', missing: readonly string[], setting: string): FaultError {
  const list = missing.slice(0, 5).join(', ');
  return new FaultError({
    code: 'not-in-database',
    message: `The database has no ${what} ${list}${missing.length > 5 ? ` and ${missing.length - 5} more` : ''}.`,
    next: `Correct "${setting}"; names are exact, and a table outside the chosen schemas is written schema.table.`,
  });
}

function refuseUnreadable(rows: readonly Row[], user: string): void {
  const secret = rows.find(({ readable }) => !readable);
  if (secret) {
    throw new FaultError({
      code: 'permission-denied',
      message: `The user "${user}" may not read the table ${secret.schema}.${secret.name}.`,
      next: 'Connect as the owner of the tables, grant SELECT, or name the tables to dump in "dump.tables".',
      exitCode: 3,
    });
  }
  const filtered = rows.find((row) => row.filtered);
  if (filtered) {
    throw new FaultError({
      code: 'row-security',
      message: `Row-level security hides rows of ${filtered.schema}.${filtered.name} from the user "${user}", and pg_dump refuses half a table.`,
      next: 'Connect as the owner of the tables or as a user with BYPASSRLS; at Supabase that is "postgres".',
      exitCode: 3,
    });
  }
}
