// What every rehearsal of a dump begins with: a pg_dump of this machine, the yard's database with tables that are awkward to dump,
// and an empty folder for each test.
import { rm } from 'node:fs/promises';
import { afterAll, afterEach, beforeAll, beforeEach } from 'vitest';
import { findPgDumps, type PgDump } from '../../../main/actions/pg-dump-find.ts';
import { thisMachine } from '../../../main/actions/pg-dump-machine.ts';
import { type SimulatedDatabase, startDatabase } from '../../../simulator/database.ts';
import { emptyFolder } from './dump-rehearsal.ts';

const machine = thisMachine({ platform: process.platform, env: process.env, home: '/', signal: new AbortController().signal });

/** A pg_dump that can read the yard's server. Null, loudly, where the machine has none. */
export async function realPgDump(): Promise<(PgDump & { readonly restore: string }) | null> {
  for (const { restore, ...found } of await findPgDumps(machine)) {
    if (found.major >= 15 && restore !== null) return { ...found, restore };
  }
  console.warn('No pg_dump of version 15 or newer on this machine: dumps are not rehearsed.');
  return null;
}

export const oddTables = ['we"ird, ta*ble', 'Ünïcode 表', "it's", 'dot.ted', 'under_score%'];

const oddTable = (name: string): string => {
  const whole = `"odd, sch*ma"."${name.replaceAll('"', '""')}"`;
  return `create table ${whole} (id int); insert into ${whole} values (1);`;
};

// Beside the yard's eight tables of `public` come four with data.
const awkward = `
  create schema "odd, sch*ma"; ${oddTables.map(oddTable).join(' ')}
  create table public.readings (at date not null, value int) partition by range (at);
  create table public.readings_old partition of public.readings for values from ('2000-01-01') to ('2020-01-01');
  create table public.readings_new partition of public.readings default;
  insert into public.readings values ('2010-01-01', 1), ('2024-01-01', 2);
  create table public.hen (id int primary key, egg int);
  create table public.egg (id int primary key references public.hen);
  alter table public.hen add foreign key (egg) references public.egg;
  create schema big;
  create table big.bulk as select n, md5(n::text) || md5((n + 1)::text) as text from generate_series(1, 400000) n;
`;

/** Starts it before the file's tests; after each everything is mended and the folder gone. Valid inside tests. */
export function rehearseWithDatabase(): { readonly database: SimulatedDatabase; readonly folder: string } {
  let database: SimulatedDatabase;
  let folder: string;
  beforeAll(async () => {
    database = await startDatabase();
    await database.query(awkward);
  }, 60_000);
  afterAll(() => database?.stop());
  beforeEach(async () => {
    folder = await emptyFolder();
  });
  afterEach(async () => {
    await Promise.all([database.direct.fail(null), database.pooler.fail(null), database.setPassword(null)]);
    await rm(folder, { recursive: true, force: true });
  });
  return {
    get database() {
      return database;
    },
    get folder() {
      return folder;
    },
  };
}
