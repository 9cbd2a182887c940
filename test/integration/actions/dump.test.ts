import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { makeDump } from '../../../main/actions/dump.ts';
import { readSidecar } from '../../../main/actions/dump-sidecar.ts';
import { oddTables, realPgDump, rehearseWithDatabase } from './dump-database.ts';
import { depsFor, makeOne, request, settingsFor, wrapped } from './dump-rehearsal.ts';

const real = await realPgDump();
const yard = rehearseWithDatabase();

const list = (file: string): string => execFileSync(real?.restore ?? '', ['--list', file], { encoding: 'utf8' });
const tablesIn = (file: string): number => list(file).match(/ TABLE DATA /g)?.length ?? 0;

describe.skipIf(!real)('a dump', () => {
  it('is a proven file with its sidecars, only its owner may read it, and no password is in the journal', async () => {
    const { run, journal, remembered, files } = await makeOne(
      depsFor(yard.database.url('direct'), settingsFor(join(yard.folder, 'new'))),
    );
    expect(run).toMatchObject({ state: 'succeeded' });
    expect(run.steps.map(({ state }) => state)).toEqual([...Array(5).fill('succeeded'), 'skipped', 'succeeded']);
    const [dump = ''] = files;
    expect(dump).toMatch(/^\d{14}_PRODUCTION_data_only\.dump$/);
    expect(files).toEqual([dump, `${dump}.json`, `${dump}.sha256`]);
    const path = join(yard.folder, 'new', dump);
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
    expect((await stat(join(yard.folder, 'new'))).mode & 0o777).toBe(0o700);
    for (const file of files) expect((await stat(join(yard.folder, 'new', file))).mode & 0o777).toBe(0o600);
    // The form that `sha256sum --check` reads.
    const sha256 = createHash('sha256')
      .update(await readFile(path))
      .digest('hex');
    expect(await readFile(`${path}.sha256`, 'utf8')).toBe(`${sha256}  ${dump}
`);
    expect(run.result?.sha256).toBe(sha256);
    expect(await readSidecar(path)).toMatchObject({ sha256: run.result?.sha256, tables: expect.any(Array), encryptedTo: null });
    expect(remembered).toMatchObject({ name: dump });
    expect(journal).not.toContain(yard.database.password);
    expect(list(path)).not.toContain(' TABLE public users');
  });

  it('warns of circular foreign keys and is good all the same', async () => {
    const { run } = await makeOne(depsFor(yard.database.url('direct'), settingsFor(yard.folder)));
    expect(run.result?.warnings).toEqual([expect.stringContaining('circle')]);
  });

  it('holds the schema when it is full', async () => {
    await yard.database.query('create extension if not exists citext schema public; create table public.mail (a citext)');
    try {
      const { run, files } = await makeOne(depsFor(yard.database.url('direct'), settingsFor(yard.folder)), {
        request: { ...request, full: true },
      });
      expect(run).toMatchObject({ state: 'succeeded', result: { mode: 'full' } });
      expect(files[0]).toMatch(/_PRODUCTION_full\.dump$/);
      const contents = list(String(run.result?.file));
      expect(contents).toContain(' TABLE public users');
      expect(contents).toContain(' EXTENSION - citext');
    } finally {
      await yard.database.query('drop table public.mail; drop extension citext');
    }
  });

  it('takes large objects along', async () => {
    await yard.database.query(`select lo_from_bytea(0, 'large'::bytea)`);
    try {
      const { run } = await makeOne(depsFor(yard.database.url('direct'), settingsFor(yard.folder)));
      expect(run).toMatchObject({ state: 'succeeded' });
      expect(list(String(run.result?.file))).toMatch(/ BLOBS? /);
    } finally {
      await yard.database.query('select lo_unlink(oid) from pg_largeobject_metadata');
    }
  });

  it('takes names as they are, whatever they mean in a pattern', async () => {
    const { run } = await makeOne(depsFor(yard.database.url('direct'), settingsFor(yard.folder, { schemas: ['odd, sch*ma'] })));
    expect(run).toMatchObject({ state: 'succeeded', result: { tables: oddTables.length } });
  });

  it.each(oddTables)('takes the one table %s', async (name) => {
    const settings = settingsFor(yard.folder, { tables: [`odd, sch*ma.${name}`] });
    const { run } = await makeOne(depsFor(yard.database.url('direct'), settings));
    expect(run).toMatchObject({ state: 'succeeded', result: { tables: 1 } });
  });

  it('takes the partitions of a chosen table', async () => {
    const { run } = await makeOne(
      depsFor(yard.database.url('direct'), settingsFor(yard.folder, { tables: ['readings', 'users'] })),
    );
    expect(run).toMatchObject({ state: 'succeeded', result: { tables: 3 } });
  });

  it('goes over the pooler when the host itself cannot be reached', async () => {
    await yard.database.direct.fail({ kind: 'refuse' });
    const deps = depsFor(yard.database.url('direct'), settingsFor(yard.folder), {
      poolerConnection: async () => yard.database.url('pooler'),
    });
    const { run } = await makeOne(deps);
    expect(run).toMatchObject({ state: 'succeeded', result: { route: 'pooler' } });
    expect(run.steps[0]?.detail).toContain('refused the connection');
  });

  it('asks the pooler again when it refuses the password, as it does now and then', async () => {
    await Promise.all([yard.database.direct.fail({ kind: 'refuse' }), yard.database.setPassword('another')]);
    const deps = depsFor(yard.database.url('direct'), settingsFor(yard.folder), {
      poolerConnection: async () => {
        setTimeout(() => void yard.database.setPassword(null), 500);
        return yard.database.url('pooler');
      },
    });
    const { run } = await makeOne(deps);
    expect(run).toMatchObject({ state: 'succeeded', result: { route: 'pooler' } });
  });

  it('tells how many tables are done', async () => {
    await yard.database.direct.fail({ kind: 'slow', ms: 20 });
    const seen: string[] = [];
    const { run } = await makeOne(depsFor(yard.database.url('direct'), settingsFor(yard.folder)), {
      onRun: ({ steps }) => void seen.push(`${steps[3]?.progress?.done ?? ''} ${steps[3]?.progress?.total ?? ''}`),
    });
    expect(run).toMatchObject({ state: 'succeeded' });
    expect(run.steps[3]?.progress).toEqual({ done: 12, total: 12, unit: 'tables' });
    expect(new Set(seen).size).toBeGreaterThan(2);
  });

  it('says beforehand what it will do, and writes nothing for it', async () => {
    const target = join(yard.folder, 'not yet');
    const preflight = await makeDump(request, depsFor(yard.database.url('direct'), settingsFor(target))).prepare(
      new AbortController().signal,
    );
    expect(preflight).toMatchObject({ refusal: null, asks: false, forceable: false });
    expect(preflight.changes.join(' ')).toContain('12 tables');
    expect(preflight.changes.join(' ')).toContain(target);
    await expect(stat(target)).rejects.toThrow();
  });

  it('gives its password to nobody who lists processes (S-45)', async () => {
    // A pg_dump that shows how it was called and what it was given, then does the work.
    const seen = join(yard.folder, 'seen');
    const show = `[ "$1" = --version ] || { tr '\\0' '\\n' </proc/$$/cmdline >'${seen}'; env >'${seen}.env'; }`;
    const program = await wrapped(yard.folder, real, show);
    const settings = settingsFor(join(yard.folder, 'dumps'), { pgDump: program });
    const env = { ...process.env, PGOPTIONS: '-c nonsense=1', PGHOST: 'elsewhere', SECRET_TOKEN: 'canary' };
    const { run } = await makeOne(depsFor(yard.database.url('direct'), settings, { env }));
    expect(run).toMatchObject({ state: 'succeeded' });
    const [called, given] = await Promise.all([readFile(seen, 'utf8'), readFile(`${seen}.env`, 'utf8')]);
    expect(called).toContain('--file=');
    expect(called).not.toContain(yard.database.password);
    expect(given).toContain(`PGPASSWORD=${yard.database.password}`);
    expect(given).not.toMatch(/elsewhere|nonsense|canary/);
  });
});

describe.skipIf(!real)('tables that come and go while a dump begins', () => {
  it('are named in its warnings', async () => {
    await yard.database.query('create table public.going (id int)');
    const program = await wrapped(yard.folder, real, '[ "$1" = --version ] || sleep 1');
    const settings = settingsFor(join(yard.folder, 'dumps'), { pgDump: program });
    let changing: Promise<void> | null = null;
    const { run } = await makeOne(depsFor(yard.database.url('direct'), settings), {
      onRun: ({ steps }) => {
        if (steps[3]?.state === 'running')
          changing ??= yard.database.query('drop table public.going; create table public.coming (id int)');
      },
    });
    await changing;
    await yard.database.query('drop table public.coming');
    expect(run).toMatchObject({ state: 'succeeded', result: { tables: 13 } });
    expect(run.result?.warnings).toEqual([
      expect.stringContaining('circle'),
      'Dropped while the dump began, and not in it: public.going.',
      'A table that was created while the dump began is in it too.',
    ]);
  });
});
