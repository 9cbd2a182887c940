import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { chmod, mkdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import pg from 'pg';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { makeDump } from '../../../main/actions/dump.ts';
import { readSidecar } from '../../../main/actions/dump-sidecar.ts';
import { findPgDumps } from '../../../main/actions/pg-dump-find.ts';
import { thisMachine } from '../../../main/actions/pg-dump-machine.ts';
import { type SimulatedDatabase, startDatabase } from '../../../simulator/database.ts';
import { depsFor, emptyFolder, makeOne, request, settingsFor, wrapped } from './dump-rehearsal.ts';

const machine = thisMachine({ platform: process.platform, env: process.env, home: '/', signal: new AbortController().signal });
const pgDumps = (await findPgDumps(machine)).filter(({ major, restore }) => major >= 15 && restore !== null);
const real = pgDumps[0] ?? { path: '', restore: '' };
const without = pgDumps.length === 0;
if (without) console.warn('No pg_dump of version 15 or newer on this machine: dumps are not made for real.');

const oddTables = ['we"ird, ta*ble', 'Ünïcode 表', "it's", 'dot.ted', 'under_score%'];
const quoted = (name: string): string => `"${name.replaceAll('"', '""')}"`;

let database: SimulatedDatabase;
let folder: string;

beforeAll(async () => {
  database = await startDatabase();
  await database.query(`
    create schema "odd, sch*ma";
    ${oddTables.map((name) => `create table "odd, sch*ma".${quoted(name)} (id int); insert into "odd, sch*ma".${quoted(name)} values (1);`).join(' ')}
    create table public.readings (at date not null, value int) partition by range (at);
    create table public.readings_old partition of public.readings for values from ('2000-01-01') to ('2020-01-01');
    create table public.readings_new partition of public.readings default;
    insert into public.readings values ('2010-01-01', 1), ('2024-01-01', 2);
    create table public.hen (id int primary key, egg int);
    create table public.egg (id int primary key references public.hen);
    alter table public.hen add foreign key (egg) references public.egg;
    create schema big;
    create table big.bulk as select n, md5(n::text) || md5((n + 1)::text) as text from generate_series(1, 400000) n;
  `);
}, 60_000);
afterAll(() => database?.stop());
beforeEach(async () => {
  folder = await emptyFolder();
});
afterEach(async () => {
  await Promise.all([database.direct.fail(null), database.pooler.fail(null), database.setPassword(null)]);
  await rm(folder, { recursive: true, force: true });
});

const list = (file: string): string => execFileSync(real.restore ?? '', ['--list', file], { encoding: 'utf8' });
const tablesIn = (file: string): number => list(file).match(/ TABLE DATA /g)?.length ?? 0;

describe.skipIf(without)('a dump', () => {
  it('is a proven file with its sidecars, only its owner may read it, and no password is in the journal', async () => {
    const { run, journal, remembered, files } = await makeOne(depsFor(database.url('direct'), settingsFor(join(folder, 'new'))));
    expect(run).toMatchObject({ state: 'succeeded' });
    expect(run.steps.map(({ state }) => state)).toEqual([...Array(5).fill('succeeded'), 'skipped', 'succeeded']);
    const [dump = ''] = files;
    expect(dump).toMatch(/^\d{14}_PRODUCTION_data_only\.dump$/);
    expect(files).toEqual([dump, `${dump}.json`, `${dump}.sha256`]);
    const path = join(folder, 'new', dump);
    expect(run.result).toMatchObject({
      file: path,
      bytes: (await stat(path)).size,
      tables: tablesIn(path),
      mode: 'data-only',
      route: 'direct',
      encrypted: false,
      serverVersion: expect.stringMatching(/^15\./),
      pgDumpVersion: expect.stringMatching(/^\d+\.\d+$/),
    });
    expect(tablesIn(path)).toBe(12);
    expect((await stat(join(folder, 'new'))).mode & 0o777).toBe(0o700);
    for (const file of files) expect((await stat(join(folder, 'new', file))).mode & 0o777).toBe(0o600);
    execFileSync('sha256sum', ['--check', '--strict', `${dump}.sha256`], { cwd: join(folder, 'new'), stdio: 'pipe' });
    expect(await readSidecar(path)).toMatchObject({ sha256: run.result?.sha256, tables: expect.any(Array), encryptedTo: null });
    expect(remembered).toMatchObject({ name: dump });
    expect(journal).not.toContain(database.password);
    expect(list(path)).not.toContain(' TABLE public users');
  });

  it('warns of circular foreign keys and is good all the same', async () => {
    const { run } = await makeOne(depsFor(database.url('direct'), settingsFor(folder)));
    expect(run.result?.warnings).toEqual([expect.stringContaining('circle')]);
  });

  it('holds the schema when it is full', async () => {
    await database.query('create extension if not exists citext schema public; create table public.mail (a citext)');
    try {
      const { run, files } = await makeOne(depsFor(database.url('direct'), settingsFor(folder)), {
        request: { ...request, full: true },
      });
      expect(run).toMatchObject({ state: 'succeeded', result: { mode: 'full' } });
      expect(files[0]).toMatch(/_PRODUCTION_full\.dump$/);
      const contents = list(String(run.result?.file));
      expect(contents).toContain(' TABLE public users');
      expect(contents).toContain(' EXTENSION - citext');
    } finally {
      await database.query('drop table public.mail; drop extension citext');
    }
  });

  it('takes large objects along', async () => {
    await database.query(`select lo_from_bytea(0, 'large'::bytea)`);
    try {
      const { run } = await makeOne(depsFor(database.url('direct'), settingsFor(folder)));
      expect(run).toMatchObject({ state: 'succeeded' });
      expect(list(String(run.result?.file))).toMatch(/ BLOBS? /);
    } finally {
      await database.query('select lo_unlink(oid) from pg_largeobject_metadata');
    }
  });

  it('takes names as they are, whatever they mean in a pattern', async () => {
    const { run } = await makeOne(depsFor(database.url('direct'), settingsFor(folder, { schemas: ['odd, sch*ma'] })));
    expect(run).toMatchObject({ state: 'succeeded', result: { tables: oddTables.length } });
  });

  it.each(oddTables)('takes the one table %s', async (name) => {
    const settings = settingsFor(folder, { tables: [`odd, sch*ma.${name}`] });
    const { run } = await makeOne(depsFor(database.url('direct'), settings));
    expect(run).toMatchObject({ state: 'succeeded', result: { tables: 1 } });
  });

  it('takes the partitions of a chosen table', async () => {
    const { run } = await makeOne(depsFor(database.url('direct'), settingsFor(folder, { tables: ['readings', 'users'] })));
    expect(run).toMatchObject({ state: 'succeeded', result: { tables: 3 } });
  });

  it('goes over the pooler when the host itself cannot be reached', async () => {
    await database.direct.fail({ kind: 'refuse' });
    const deps = depsFor(database.url('direct'), settingsFor(folder), { poolerConnection: async () => database.url('pooler') });
    const { run } = await makeOne(deps);
    expect(run).toMatchObject({ state: 'succeeded', result: { route: 'pooler' } });
    expect(run.steps[0]?.detail).toContain('refused the connection');
  });

  it('tells how many tables are done', async () => {
    await database.direct.fail({ kind: 'slow', ms: 20 });
    const seen: string[] = [];
    const { run } = await makeOne(depsFor(database.url('direct'), settingsFor(folder)), {
      onRun: ({ steps }) => void seen.push(`${steps[3]?.progress?.done ?? ''} ${steps[3]?.progress?.total ?? ''}`),
    });
    expect(run).toMatchObject({ state: 'succeeded' });
    expect(run.steps[3]?.progress).toEqual({ done: 12, total: 12, unit: 'tables' });
    expect(new Set(seen).size).toBeGreaterThan(2);
  });

  it('says beforehand what it will do, and writes nothing for it', async () => {
    const target = join(folder, 'not yet');
    const preflight = await makeDump(request, depsFor(database.url('direct'), settingsFor(target))).prepare(
      new AbortController().signal,
    );
    expect(preflight).toMatchObject({ refusal: null, asks: false, forceable: false });
    expect(preflight.changes.join(' ')).toContain('12 tables');
    expect(preflight.changes.join(' ')).toContain(target);
    await expect(stat(target)).rejects.toThrow();
  });

  it('gives its password to nobody who lists processes', async () => {
    // A pg_dump that shows how it was called and what it was given, then does the work.
    const seen = join(folder, 'seen');
    const show = `[ "$1" = --version ] || { tr '\\0' '\\n' </proc/$$/cmdline >'${seen}'; env >'${seen}.env'; }`;
    const program = await wrapped(folder, real, show);
    const settings = settingsFor(join(folder, 'dumps'), { pgDump: program });
    const env = { ...process.env, PGOPTIONS: '-c nonsense=1', PGHOST: 'elsewhere', SECRET_TOKEN: 'canary' };
    const { run } = await makeOne(depsFor(database.url('direct'), settings, { env }));
    expect(run).toMatchObject({ state: 'succeeded' });
    const [called, given] = await Promise.all([readFile(seen, 'utf8'), readFile(`${seen}.env`, 'utf8')]);
    expect(called).toContain('--file=');
    expect(called).not.toContain(database.password);
    expect(given).toContain(`PGPASSWORD=${database.password}`);
    expect(given).not.toMatch(/elsewhere|nonsense|canary/);
  });
});

describe.skipIf(without)('a dump that cannot be made leaves no file and says why', () => {
  const nothingIn = (files: readonly string[]): void => expect(files).toEqual([]);

  it('the connection breaks in the middle', async () => {
    const begun = new AbortController();
    const whole = makeOne(depsFor(database.url('direct'), settingsFor(folder, { schemas: ['big'] })), {
      onRun: ({ steps }) => {
        if (steps[3]?.state !== 'running' || begun.signal.aborted) return;
        begun.abort();
        void database.direct.fail({ kind: 'drop', bytes: 3_000_000 });
      },
    });
    const { run, files, remembered } = await whole;
    expect(run).toMatchObject({ state: 'failed', error: { code: 'connection-lost' } });
    expect(run.error?.message).toContain('broke off');
    expect(remembered).toBeNull();
    nothingIn(files);
  });

  it('it is cancelled in the middle, and pg_dump is gone with it', async () => {
    await database.direct.fail({ kind: 'slow', ms: 15 });
    const cancel = new AbortController();
    let pid = 0;
    const { run, files, entry } = await makeOne(depsFor(database.url('direct'), settingsFor(folder, { schemas: ['big'] })), {
      signal: cancel.signal,
      onRun: ({ steps }) => {
        if ((steps[3]?.progress?.total ?? 0) > 0) cancel.abort();
      },
    });
    pid = Number(entry.memory.pid);
    expect(run).toMatchObject({ state: 'cancelled', error: { code: 'cancelled' } });
    expect(pid).toBeGreaterThan(0);
    expect(() => process.kill(pid, 0)).toThrow('ESRCH');
    nothingIn(files);
  });

  it('the password is wrong', async () => {
    await database.setPassword('another');
    const { run, files, journal } = await makeOne(depsFor(database.url('direct'), settingsFor(folder)));
    expect(run).toMatchObject({ state: 'failed', error: { code: 'login-refused' } });
    expect(run.error?.message).toBe('127.0.0.1 does not accept the password of user "postgres".');
    expect(journal).not.toContain(database.password);
    nothingIn(files);
  });

  it('nothing answers', async () => {
    await Promise.all([database.direct.fail({ kind: 'refuse' }), database.pooler.fail({ kind: 'refuse' })]);
    const deps = depsFor(database.url('direct'), settingsFor(folder), { poolerConnection: async () => database.url('pooler') });
    const { run, files } = await makeOne(deps);
    expect(run).toMatchObject({ state: 'failed', error: { code: 'database-unreachable' } });
    expect(run.error?.message.match(/refused the connection/g)).toHaveLength(2);
    nothingIn(files);
  });

  it('the server is newer than pg_dump', async () => {
    const program = join(folder, 'pg_dump');
    for (const name of ['pg_dump', 'pg_restore']) {
      await writeFile(join(folder, name), '#!/bin/sh\necho "pg_dump (PostgreSQL) 14.9"\n');
      await chmod(join(folder, name), 0o755);
    }
    const directory = join(folder, 'dumps');
    const { run, files } = await makeOne(depsFor(database.url('direct'), settingsFor(directory, { pgDump: program })));
    expect(run).toMatchObject({ state: 'failed', error: { code: 'pg-dump-too-old' } });
    expect(run.error?.message).toContain(`found 14.9 in ${program}`);
    nothingIn(files);
  });

  it('there is no pg_dump', async () => {
    const settings = settingsFor(folder, { pgDump: join(folder, 'nowhere') });
    const { run, files } = await makeOne(depsFor(database.url('direct'), settings));
    expect(run).toMatchObject({ state: 'failed', error: { code: 'pg-dump-missing' } });
    nothingIn(files);
  });

  it('the folder is a file', async () => {
    const file = join(folder, 'file');
    await writeFile(file, '');
    for (const directory of [file, join(file, 'below')]) {
      const { run } = await makeOne(depsFor(database.url('direct'), settingsFor(directory)));
      expect(run).toMatchObject({ state: 'failed', error: { code: 'cannot-write' } });
    }
    expect((await stat(file)).size).toBe(0);
  });

  it.each([
    [{ schemas: ['public', 'p%'] }, 'not-in-database', /no schema p%/],
    [{ tables: ['users', 'use*'] }, 'not-in-database', /no table use\*/],
    [{ schemas: ['pg_toast'] }, 'nothing-to-dump', /no table in pg_toast/],
    [{ encryptTo: 'not a key' }, 'bad-recipient', /not/],
  ])('the settings ask for what is not there: %j', async (more, code, message) => {
    const { run, files } = await makeOne(depsFor(database.url('direct'), settingsFor(folder, more)));
    expect(run).toMatchObject({ state: 'failed', error: { code } });
    expect(run.error?.message).toMatch(message);
    expect(run.steps[0]?.state).toBe('failed');
    nothingIn(files);
  });

  it('the user may not read a table, or not all its rows', async () => {
    await database.query(`
      create role reader login password 'reader-pass'; grant usage on schema public to reader; grant select on all tables in schema public to reader;
      revoke select on public.users from reader;`);
    const url = database.url('direct').replace(/\/\/[^@]+@/, '//reader:reader-pass@');
    try {
      const denied = await makeOne(depsFor(url, settingsFor(folder)));
      expect(denied.run.error).toMatchObject({ code: 'permission-denied', message: expect.stringContaining('public.users') });
      await database.query('grant select on public.users to reader; alter table public.users enable row level security');
      const hidden = await makeOne(depsFor(url, settingsFor(folder)));
      expect(hidden.run.error).toMatchObject({ code: 'row-security', message: expect.stringContaining('public.users') });
      nothingIn(hidden.files);
    } finally {
      await database.query('alter table public.users disable row level security; drop owned by reader; drop role reader');
    }
  });

  it('somebody holds a lock already', { timeout: 30_000 }, async () => {
    const release = await lock('users');
    const { run, files } = await makeOne(depsFor(database.url('direct'), settingsFor(folder, { tables: ['users'] })));
    await release();
    expect(run).toMatchObject({ state: 'failed', error: { code: 'locked' } });
    expect(run.error?.message).toMatch(/^The user "postgres" in migration \(process \d+ of the server\), .*public\.users/);
    nothingIn(files);
  });

  it('somebody takes a lock before pg_dump does', { timeout: 30_000 }, async () => {
    const program = await wrapped(folder, real, '[ "$1" = --version ] || sleep 1');
    const directory = join(folder, 'dumps');
    let locking: ReturnType<typeof lock> | null = null;
    const settings = settingsFor(directory, { tables: ['users'], pgDump: program });
    const { run, files } = await makeOne(depsFor(database.url('direct'), settings), {
      onRun: ({ steps }) => {
        if (steps[3]?.state === 'running') locking ??= lock('users');
      },
    });
    await (await (locking as ReturnType<typeof lock> | null))?.();
    expect(run).toMatchObject({ state: 'failed', error: { code: 'locked' } });
    expect(run.error?.message).toContain('in migration');
    nothingIn(files);
  });

  async function lock(table: string): Promise<() => Promise<void>> {
    const client = new pg.Client({ connectionString: database.url('direct'), application_name: 'migration' });
    await client.connect();
    await client.query(`begin; lock table ${table} in access exclusive mode`);
    return () => client.end();
  }

  it('the archive lacks a table that there is', async () => {
    const leave = '[ "$1" = --version ] || set -- --exclude-table=public.panels "$@"';
    const settings = settingsFor(join(folder, 'dumps'), { pgDump: await wrapped(folder, real, leave) });
    const { run, files } = await makeOne(depsFor(database.url('direct'), settings));
    expect(run).toMatchObject({ state: 'failed', error: { code: 'dump-incomplete' } });
    expect(run.error?.message).toContain('public.panels');
    expect(run.steps[3]?.state).toBe('undone');
    nothingIn(files);
  });

  it('the archive cannot be read', async () => {
    const program = await wrapped(folder, real, '');
    await writeFile(join(folder, 'pg_restore'), '#!/bin/sh\necho "pg_restore: error: did not find magic string" >&2; exit 1\n');
    const { run, files } = await makeOne(
      depsFor(database.url('direct'), settingsFor(join(folder, 'dumps'), { pgDump: program })),
    );
    expect(run).toMatchObject({ state: 'failed', error: { code: 'dump-unreadable' } });
    expect(run.error?.message).toContain('did not find magic string');
    nothingIn(files);
  });
});

describe.skipIf(without)('tables that come and go while a dump begins', () => {
  it('are named in its warnings', async () => {
    await database.query('create table public.going (id int)');
    const program = await wrapped(folder, real, '[ "$1" = --version ] || sleep 1');
    const settings = settingsFor(join(folder, 'dumps'), { pgDump: program });
    let changing: Promise<void> | null = null;
    const { run } = await makeOne(depsFor(database.url('direct'), settings), {
      onRun: ({ steps }) => {
        if (steps[3]?.state === 'running')
          changing ??= database.query('drop table public.going; create table public.coming (id int)');
      },
    });
    await changing;
    await database.query('drop table public.coming');
    expect(run).toMatchObject({ state: 'succeeded', result: { tables: 13 } });
    expect(run.result?.warnings).toEqual([
      expect.stringContaining('circle'),
      'Dropped while the dump began, and not in it: public.going.',
      'A table that was created while the dump began is in it too.',
    ]);
  });
});

const canMount = process.getuid?.() === 0 && process.platform === 'linux' && mountable();
if (!canMount) console.warn('A small tmpfs cannot be mounted here: the full disk and the read-only one are not rehearsed.');

function mountable(): boolean {
  return readFileSync('/proc/filesystems', 'utf8').includes('tmpfs') && tryMount();
}
function tryMount(): boolean {
  try {
    execFileSync('unshare', ['--mount', 'mount', '-t', 'tmpfs', 'tmpfs', '/mnt'], { stdio: 'pipe' });
    return true;
  } catch {
    return false;
  }
}

describe.skipIf(without || !canMount)('a disk that has no room', () => {
  let disk: string;
  const mount = async (options: string): Promise<void> => {
    disk = join(folder, 'disk');
    await mkdir(disk);
    execFileSync('mount', ['-t', 'tmpfs', '-o', options, 'tmpfs', disk]);
  };
  afterEach(() => execFileSync('umount', [disk]));

  it('is refused before anything is written', async () => {
    await mount('size=8m');
    const { run, files } = await makeOne(depsFor(database.url('direct'), settingsFor(disk)));
    expect(run).toMatchObject({ state: 'failed', error: { code: 'disk-full' } });
    expect(run.error?.message).toMatch(/may need [\d.]+ MB, and only [\d.]+ MB are free/);
    expect(run.steps[2]?.state).toBe('failed');
    expect(files).toEqual([]);
  });

  it('is told when it becomes full meanwhile', async () => {
    await mount('size=110m');
    const ballast = join(disk, 'ballast');
    const { run, files } = await makeOne(depsFor(database.url('direct'), settingsFor(disk, { schemas: ['big'] })), {
      onRun: ({ steps }) => {
        if (steps[3]?.state === 'running')
          execFileSync('sh', ['-c', `[ -e '${ballast}' ] || head -c 109m /dev/zero >'${ballast}'`]);
      },
    });
    expect(run).toMatchObject({ state: 'failed', error: { code: 'disk-full' } });
    expect(run.error?.message).toContain('became full');
    expect(files).toEqual(['ballast']);
  });

  it('is refused when it is read-only', async () => {
    await mount('size=200m,ro');
    const { run } = await makeOne(depsFor(database.url('direct'), settingsFor(disk)));
    expect(run).toMatchObject({ state: 'failed', error: { code: 'cannot-write' } });
  });
});
