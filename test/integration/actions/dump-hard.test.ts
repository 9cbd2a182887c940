// The proof of criterion 3: a database that is hard to dump comes back elsewhere with the same fingerprint. `SIGNALBOX_HARD_ROWS`
// and `SIGNALBOX_HARD_BYTES` make it as large as one likes (10000000 rows and a value of 100000000 bytes take some minutes).
import { execFile } from 'node:child_process';
import { mkdtemp, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { findPgDumps } from '../../../main/actions/pg-dump-find.ts';
import { thisMachine } from '../../../main/actions/pg-dump-machine.ts';
import { buildHardDatabase, fingerprint, hardSchemas } from '../../support/hard-database.ts';
import { startPostgres, type TestPostgres } from '../../support/postgres.ts';
import { depsFor, makeOne, request, settingsFor } from './dump-rehearsal.ts';
import { verify } from './dump-verify-rehearsal.ts';

const rows = Number(process.env.SIGNALBOX_HARD_ROWS ?? 20_000);
const bigValue = Number(process.env.SIGNALBOX_HARD_BYTES ?? 2_000_000);
const patienceMs = 120_000 + rows / 5;

const machine = thisMachine({ platform: process.platform, env: process.env, home: '/', signal: new AbortController().signal });
const real = (await findPgDumps(machine)).find(({ major, restore }) => major >= 15 && restore !== null);
if (!real) console.warn('No pg_dump of version 15 or newer on this machine: the hard database is not dumped.');

const run = promisify(execFile);
/** Of one program, in seconds: printed when the database is a large one. */
const figures: string[] = [];
async function timed<T>(what: string, work: () => Promise<T>): Promise<T> {
  const began = performance.now();
  try {
    return await work();
  } finally {
    figures.push(`${what}: ${((performance.now() - began) / 1_000).toFixed(1)} s`);
  }
}

describe.skipIf(!real)('a hard database', () => {
  let source: TestPostgres;
  let elsewhere: TestPostgres;
  let folder: string;
  let original: Readonly<Record<string, string>>;

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'signalbox-hard-'));
    [source, elsewhere] = await Promise.all([startPostgres(roomy), startPostgres(roomy)]);
    await source.query('create database hard');
    await timed('build', () => buildHardDatabase(source.url({ database: 'hard' }), { rows, bigValue }));
    original = await timed('fingerprint', () => fingerprint(source.url({ database: 'hard' })));
  }, patienceMs);
  afterAll(async () => {
    await Promise.all([source?.close(), elsewhere?.close()]);
    await rm(folder, { recursive: true, force: true });
    if (rows > 1_000_000) console.info(`${rows} rows, ${bigValue} bytes. ${figures.join('; ')}`);
  });

  const roomy = { flags: ['-c', 'max_wal_size=4GB', '-c', 'maintenance_work_mem=128MB'] } as const;
  const settings = (name: string) => settingsFor(join(folder, name), { schemas: [...hardSchemas] });
  async function dumped(name: string, full: boolean): Promise<string> {
    const deps = depsFor(source.url({ database: 'hard' }), settings(name));
    const made = await timed(`dump ${name}`, () => makeOne(deps, { request: { ...request, full } }));
    expect(made.run).toMatchObject({ state: 'succeeded' });
    const file = String(made.run.result?.file);
    figures.push(`${((await stat(file)).size / 1e6).toFixed(0)} MB`);
    return file;
  }
  /** A database of the other server, filled by the given arguments of pg_restore. */
  async function restore(database: string, ...steps: readonly string[][]): Promise<void> {
    await elsewhere.query(`create database ${database} template template0`);
    const env = { PATH: process.env.PATH, PGPASSWORD: elsewhere.password };
    for (const step of steps) {
      const how = ['--dbname', elsewhere.url({ database, password: '' }).replace(':@', '@'), '--no-owner', '--exit-on-error'];
      await run(String(real?.restore), [...how, ...step], { env, maxBuffer: 50_000_000 });
    }
  }

  it(
    'comes back whole from a dump of schema and data, and is verified by restoring it',
    async () => {
      const file = await dumped('full', true);
      await timed('restore full', () => restoreFull(file));
      expect(await fingerprint(elsewhere.url({ database: 'whole' }))).toEqual(original);

      const asked = { file, connection: source.url({ database: 'hard' }), scratch: elsewhere.url() };
      const { run: verified } = await timed('verify full', () => verify(asked));
      expect(verified.error).toBeUndefined();
      expect(verified.result).toMatchObject({ restored: true, differences: [], rows: rowsIn(original) });
    },
    patienceMs,
  );

  // pg_dump of a schema makes the schema; `public` is there already.
  async function restoreFull(file: string): Promise<void> {
    const { stdout } = await run(String(real?.restore), ['--list', file], { maxBuffer: 50_000_000 });
    const list = join(folder, 'list');
    await writeFile(list, stdout.replace(/^(?=\d+; \d+ \d+ SCHEMA - public )/m, ';'));
    await restore('whole', ['--use-list', list, file]);
  }

  it(
    'comes back whole from a dump of the data into the same schema, and is verified with production’s schema',
    async () => {
      const file = await dumped('data', false);
      const schema = join(folder, 'schema');
      const env = { PATH: process.env.PATH, PGPASSWORD: source.password };
      const from = source.url({ database: 'hard', password: '' }).replace(':@', '@');
      await run(String(real?.path), ['--format=custom', '--schema-only', `--file=${schema}`, from], { env });
      await timed('restore data', () => restore('data', [schema], ['--data-only', '--disable-triggers', file]));
      await refresh();
      expect(await fingerprint(elsewhere.url({ database: 'data' }))).toEqual(original);

      const asked = { file, connection: source.url({ database: 'hard' }), scratch: elsewhere.url() };
      const { run: verified } = await timed('verify data', () => verify(asked));
      expect(verified.error).toBeUndefined();
      expect(verified.result).toMatchObject({ restored: true, differences: [], rows: rowsIn(original) });
    },
    patienceMs,
  );

  // A materialized view is a result, not data: whoever restores the data refreshes it.
  async function refresh(): Promise<void> {
    const client = new pg.Client({ connectionString: elsewhere.url({ database: 'data' }) });
    await client.connect();
    await client.query('refresh materialized view extra.totals');
    await client.end();
  }
});

/** Of the tables in a fingerprint; views and what is in no table are not in a dump. */
function rowsIn(prints: Readonly<Record<string, string>>): number {
  const tables = Object.entries(prints).filter(([name]) => name.startsWith('r '));
  return tables.reduce((sum, [, print]) => sum + Number.parseInt(print, 10), 0);
}
