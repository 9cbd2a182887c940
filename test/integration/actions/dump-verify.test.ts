import { copyFile, mkdtemp, open, readdir, readFile, rm, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { generateIdentity, identityToRecipient } from 'age-encryption';
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { listDumps } from '../../../main/actions/dump-files.ts';
import { readSidecar } from '../../../main/actions/dump-sidecar.ts';
import { makeDumpVerify } from '../../../main/actions/dump-verify.ts';
import { findPgDumps } from '../../../main/actions/pg-dump-find.ts';
import { thisMachine } from '../../../main/actions/pg-dump-machine.ts';
import { buildHardDatabase, hardSchemas } from '../../support/hard-database.ts';
import { startPostgres, type TestPostgres } from '../../support/postgres.ts';
import { depsFor, makeOne, request, settingsFor } from './dump-rehearsal.ts';
import { beginVerify, verify, verifyDeps } from './dump-verify-rehearsal.ts';

const machine = thisMachine({ platform: process.platform, env: process.env, home: '/', signal: new AbortController().signal });
const program = (await findPgDumps(machine)).find(({ major, restore }) => major >= 15 && restore !== null);
const without = program === undefined;
if (without) console.warn('No pg_dump of version 15 or newer on this machine: no dump is verified.');

let source: TestPostgres;
let scratch: TestPostgres;
let folder: string;
let identity: string;
let full: string;
let data: string;
let locked: string;

/** A dump of the hard database in a folder of its own. */
async function dumped(name: string, isFull: boolean, encryptTo: string | null = null): Promise<string> {
  const settings = settingsFor(join(folder, name), { schemas: [...hardSchemas], encryptTo });
  const { run } = await makeOne(depsFor(source.url({ database: 'hard' }), settings), { request: { ...request, full: isFull } });
  expect(run).toMatchObject({ state: 'succeeded' });
  return String(run.result?.file);
}

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'signalbox-verify-test-'));
  [source, scratch] = await Promise.all([startPostgres(), startPostgres()]);
  await source.query('create database hard');
  await buildHardDatabase(source.url({ database: 'hard' }), { rows: 3_000, bigValue: 100_000 });
  identity = await generateIdentity();
  full = await dumped('full', true);
  data = await dumped('data', false);
  locked = await dumped('locked', false, await identityToRecipient(identity));
}, 120_000);
afterAll(async () => {
  await Promise.all([source?.close(), scratch?.close()]);
  await rm(folder, { recursive: true, force: true });
});

const connection = (): string => source.url({ database: 'hard' });

async function on(server: TestPostgres, sql: string, database = 'postgres'): Promise<Record<string, unknown>[]> {
  const client = new pg.Client({ connectionString: server.url({ database }) });
  await client.connect();
  try {
    return (await client.query(sql)).rows;
  } finally {
    await client.end();
  }
}

/** Databases of ours that are still on the scratch server, and folders of ours that are still on the disk. */
async function remains(): Promise<unknown[]> {
  const databases = await on(scratch, "select datname from pg_database where datname like 'signalbox%'");
  return [...databases, ...(await readdir(tmpdir())).filter((name) => /^signalbox-verify-(?!test)/.test(name))];
}

/** The dump at `file` and its sidecars under a new folder, to be spoiled. */
async function copyOf(file: string, name: string, withSidecar = true): Promise<string> {
  const to = join(await mkdtemp(join(folder, `${name}-`)), file.split('/').at(-1) ?? '');
  await copyFile(file, to);
  if (withSidecar) await copyFile(`${file}.json`, `${to}.json`);
  return to;
}

describe.skipIf(without)('verifying a dump', () => {
  it('restores one of schema and data, compares it, leaves nothing, and notes it beside the file', async () => {
    const { run, journal } = await verify({ file: full, connection: connection(), scratch: scratch.url() });
    expect(run.error).toBeUndefined();
    expect(run.steps.map(({ state }) => state)).toEqual(Array(5).fill('succeeded'));
    expect(run.result).toMatchObject({
      file: full,
      sha256Matches: true,
      archiveReadable: true,
      restored: true,
      largeObjects: 6,
      differences: [],
    });
    expect(run.result).not.toHaveProperty('notes');
    expect(run.result?.rows).toBeGreaterThan(3_000);
    const beside = await readSidecar(full);
    expect(beside).toMatchObject({ verifiedAt: expect.any(String), rowCounts: { 'public.orders': 2_000, 'public.ta*ble': 1 } });
    expect(await remains()).toEqual([]);
    expect(journal).not.toContain(scratch.password);
    expect(journal).not.toContain(encodeURIComponent(scratch.password));
  });

  it('restores one of data only into the tables that production has', async () => {
    const { run } = await verify({ file: data, connection: connection(), scratch: scratch.url() });
    expect(run).toMatchObject({ state: 'succeeded', result: { restored: true, differences: [], largeObjects: 6 } });
    expect(run.result).not.toHaveProperty('notes');
    expect(await remains()).toEqual([]);
  });

  it('opens an encrypted one with the key, and says what is not proven without', async () => {
    const opened = await verify({ file: locked, connection: connection(), scratch: scratch.url(), identity });
    expect(opened.run).toMatchObject({ state: 'succeeded', result: { restored: true, differences: [] } });
    expect(opened.journal).not.toContain(identity);

    const { run } = await verify({ file: locked, connection: connection(), scratch: scratch.url() });
    expect(run).toMatchObject({ state: 'succeeded', result: { sha256Matches: true, archiveReadable: false, restored: false } });
    expect(run.steps[1]).toMatchObject({ state: 'skipped', detail: expect.stringContaining('Only its checksum is proven') });

    const other = await verify({ file: locked, connection: connection(), identity: await generateIdentity() });
    expect(other.run).toMatchObject({ state: 'failed', error: { code: 'cannot-decrypt' } });
  });

  it('proves the archive alone without a scratch server', async () => {
    const { run } = await verify({ file: data, connection: connection() });
    expect(run).toMatchObject({
      state: 'succeeded',
      result: { archiveReadable: true, restored: false, notRestored: expect.any(String) },
    });
    expect(run.steps.map(({ state }) => state)).toEqual(['succeeded', 'succeeded', 'skipped', 'skipped', 'skipped']);
  });

  it('finds a file by its name in the folder of the dumps, and says when there is none', async () => {
    const directory = join(folder, 'data');
    const name = data.slice(directory.length + 1);
    expect((await verify({ file: name, directory, connection: connection() })).run.state).toBe('succeeded');
    const { run } = await verify({ file: 'other.dump', directory, connection: connection() });
    expect(run.error).toMatchObject({ code: 'no-such-dump', message: `There is no dump ${join(directory, 'other.dump')}.` });
  });

  it('notices a file that is shorter or other than it was made', async () => {
    const short = await copyOf(data, 'short');
    await truncate(short, 5_000);
    expect((await verify({ file: short, connection: connection() })).run.error?.message).toMatch(/5000 bytes, and \d+ when/);
    const other = await copyOf(data, 'other');
    const file = await open(other, 'r+');
    await file.write(Buffer.from([0x55]), 0, 1, 9_000);
    await file.close();
    expect((await verify({ file: other, connection: connection() })).run.error).toMatchObject({ code: 'dump-damaged' });
    expect((await listDumps(dirname(other)))[0]).toMatchObject({ verifiedAt: null, problem: expect.stringContaining('SHA-256') });
  });

  it('notices an archive without a sidecar that breaks off, or is none', async () => {
    const short = await copyOf(data, 'broken', false);
    const whole = await readFile(short);
    await truncate(short, whole.length - 3_000);
    expect((await verify({ file: short, connection: connection() })).run.error).toMatchObject({ code: 'dump-damaged' });
    await writeFile(short, 'not an archive');
    expect((await verify({ file: short, connection: connection() })).run.error).toMatchObject({ code: 'dump-damaged' });
    const good = await copyOf(full, 'bare', false);
    const { run } = await verify({ file: good, connection: connection(), scratch: scratch.url() });
    expect(run).toMatchObject({ state: 'succeeded', result: { sha256Matches: null, restored: true } });
  });

  it('notices an encrypted one that breaks off', async () => {
    const short = await copyOf(locked, 'locked', false);
    await truncate(short, (await readFile(short)).length - 1_000);
    const { run } = await verify({ file: short, connection: connection(), identity });
    expect(run.error).toMatchObject({ code: 'dump-damaged' });
  });

  it('says which rows did not come back, and why, without showing them', async () => {
    await source.query('create database changed');
    await buildHardDatabase(source.url({ database: 'changed' }), { rows: 30, bigValue: 100 });
    // Production moved on since the dump was made.
    await on(source, 'alter table public.people drop column boss cascade; drop table public."ta*ble"', 'changed');
    const { run, journal } = await verify({
      file: data,
      connection: source.url({ database: 'changed' }),
      scratch: scratch.url(),
    });
    expect(run).toMatchObject({ state: 'failed', error: { code: 'dump-differs' }, result: { restored: true } });
    expect(run.result?.differences).toEqual(
      expect.arrayContaining([
        'public.people has 0 rows restored; the dump has 200 rows.',
        'public.ta*ble is not there; the dump has 1 row of it.',
      ]),
    );
    expect(JSON.stringify(run.result?.notes)).toContain('column \\"boss\\" of relation \\"people\\" does not exist');
    expect(journal).not.toContain('Some.One@Example.com');
    expect(await remains()).toEqual([]);
  });

  it('refuses production itself as the scratch database, and warns of its server', async () => {
    const itself = await verify({ file: full, connection: connection(), scratch: connection() });
    expect(itself.run.error).toMatchObject({ code: 'scratch-is-production' });
    const deps = verifyDeps({ file: full, connection: connection(), scratch: source.url() });
    const looked = await makeDumpVerify({ action: 'dump', task: 'verify', file: full }, deps).prepare(
      new AbortController().signal,
    );
    expect(looked).toMatchObject({ refusal: null, changes: [expect.stringContaining('No other database is touched')] });
    expect(looked.findings).toContainEqual({ level: 'warning', text: expect.stringContaining('is the production server') });
  });

  it('says what it found before anything is done', async () => {
    const look = (file: string, more = {}) =>
      makeDumpVerify({ action: 'dump', task: 'verify', file }, verifyDeps({ file, connection: connection(), ...more })).prepare(
        new AbortController().signal,
      );
    expect((await look('/nowhere/x.dump')).refusal).toMatchObject({ code: 'no-such-dump' });
    expect((await look(locked)).findings.at(-1)?.text).toMatch(/only its checksum/);
    expect((await look(data)).findings.at(-1)?.text).toMatch(/No "dump.scratch" is set/);
  });

  it('proves the archive alone when the tables of a data-only dump cannot be had', async () => {
    const gone = source.url({ database: 'nowhere' });
    const { run } = await verify({ file: data, connection: gone, scratch: scratch.url() });
    expect(run).toMatchObject({ state: 'succeeded', result: { archiveReadable: true, restored: false } });
    expect(run.result?.notRestored).toMatch(/could not be taken from production/);
    // One of schema and data needs nobody.
    const whole = await verify({ file: full, connection: gone, scratch: scratch.url() });
    expect(whole.run).toMatchObject({ state: 'succeeded', result: { restored: true } });
  });

  it('says when the scratch server lets nobody in, or lets nobody make databases', async () => {
    const wrong = await verify({ file: full, connection: connection(), scratch: scratch.url({ password: 'wrong-password' }) });
    expect(wrong.run.error).toMatchObject({ code: 'scratch-unreachable' });
    expect(wrong.journal).not.toContain('wrong-password');
    await scratch.query("create role small login password 'small-password'");
    const url = scratch.url().replace(/\/\/[^@]+@/, '//small:small-password@');
    const small = await verify({ file: full, connection: connection(), scratch: url });
    expect(small.run.error).toMatchObject({ code: 'scratch-refused', next: expect.stringContaining('createdb') });
    await scratch.query('alter role small createdb');
    const allowed = await verify({ file: data, connection: connection(), scratch: url });
    expect(allowed.run.state).not.toBe('running');
    expect(await remains()).toEqual([]);
  });

  it('does not blame the dump when the scratch server breaks off', async () => {
    const pgDump = await slowProgram();
    const over = verify({ file: full, connection: connection(), scratch: scratch.url(), pgDump });
    await vi.waitUntil(async () => (await remains()).length > 0, { timeout: 20_000, interval: 20 });
    const place = dirname(pgDump);
    // The slow program is over; what a dying server makes the real one say stands in for it.
    await writeFile(
      join(place, 'said'),
      'pg_restore: error: could not execute query: server closed the connection unexpectedly\n',
    );
    const { run } = await over;
    expect(run.error).toMatchObject({ code: 'scratch-failed', next: expect.stringContaining('nothing about the dump') });
    expect(await remains()).toEqual([]);
  });

  it('leaves nothing when it is cancelled during the restore', async () => {
    const stop = new AbortController();
    // A pg_restore that takes its time as soon as there is a database to fill.
    const pgDump = await slowProgram();
    const over = verify({ file: full, connection: connection(), scratch: scratch.url(), signal: stop.signal, pgDump });
    await vi.waitUntil(async () => (await remains()).length > 0, { timeout: 20_000, interval: 20 });
    stop.abort(new Error('cancelled'));
    expect((await over).run.state).toBe('cancelled');
    expect(await remains()).toEqual([]);
  });

  async function slowProgram(): Promise<string> {
    const place = await mkdtemp(join(folder, 'slow-'));
    const real = { path: String(program?.path), restore: String(program?.restore) };
    await writeFile(join(place, 'pg_dump'), `#!/bin/sh\nexec '${real.path}' "$@"\n`, { mode: 0o755 });
    const script = `#!/bin/sh\ncase "$*" in *--dbname*) i=0; while [ $i -lt 200 ]; do [ -f '${place}/said' ] && { cat '${place}/said' >&2; exit 1; }; i=$((i+1)); sleep 0.1; done;; esac\nexec '${real.restore}' "$@"\n`;
    await writeFile(join(place, 'pg_restore'), script, { mode: 0o755 });
    return join(place, 'pg_dump');
  }

  it('goes on after a crash during the restore, with what that left', async () => {
    const asked = { file: full, connection: connection(), scratch: scratch.url() };
    const whole = await verify(asked);
    const begun = beginVerify(asked);
    const now = new Date().toISOString();
    const states = ['succeeded', 'succeeded', 'running', 'waiting', 'waiting'] as const;
    const steps = begun.run.steps.map((step, index) => ({
      ...step,
      state: states[index] ?? 'waiting',
      startedAt: index < 3 ? now : null,
    }));
    const memory = { ...whole.memory, scratchDatabase: 'signalbox_verify_run_1_abc', compared: false };
    await scratch.query('create database signalbox_verify_run_1_abc');
    const { run } = await verify({ ...asked, entry: { ...begun, run: { ...begun.run, steps }, memory } });
    expect(run).toMatchObject({ state: 'succeeded', result: { restored: true, differences: [] } });
    expect(await remains()).toEqual([]);
  });
});
