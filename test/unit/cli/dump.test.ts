import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import type { DumpFile } from '../../../shared/lever.ts';
import { run as runSchema } from '../../../shared/run.ts';
import { fakeDesk, fakeRun, type LeverStory } from '../../support/fake-levers.ts';
import { at } from '../ipc/samples.ts';
import { type Surrounding, signalbox } from './harness.ts';

const result = { file: '/d/a.dump', bytes: 340_000_000, sha256: 'f'.repeat(64), tables: 8, mode: 'data-only', route: 'direct' };
const dumpRun = fakeRun({ action: 'dump', title: 'Dump', steps: [], result });

const dump = async (argv: readonly string[], story: LeverStory = {}, around: Omit<Surrounding, 'services'> = {}) => {
  const desk = fakeDesk({ finished: dumpRun, ...story });
  const answer = await signalbox(['dump', ...argv], { ...around, services: { levers: async () => desk } });
  return { ...answer, desk };
};

const file = (name: string, change: Partial<DumpFile> = {}): DumpFile => ({
  name,
  path: `/d/${name}`,
  at,
  bytes: 340_000_000,
  sha256: 'f'.repeat(64),
  tables: 8,
  mode: 'data-only',
  encrypted: false,
  verifiedAt: null,
  problem: null,
  ...change,
});

describe('dump', () => {
  it('needs no confirmation, even where the lever would ask', async () => {
    const { code, stdout, desk } = await dump([], { preflight: { asks: true } });
    expect(code).toBe(0);
    expect(stdout).toBe('Dumped to /d/a.dump (8 tables, 340 MB).\n');
    expect(desk.requests[1]).toEqual({ action: 'dump', task: 'create', full: false, directory: null });
  });

  it('prints the finished run with --json', async () => {
    const { json } = await dump(['--json']);
    expect(runSchema.parse(json())).toEqual(dumpRun);
  });

  it('takes --full and a folder that counts from where one stands', async () => {
    expect((await dump(['--full', '--out', 'backup'])).desk.requests[1]).toMatchObject({
      full: true,
      directory: '/somewhere/backup',
    });
    expect((await dump(['--out', '/mnt/x'])).desk.requests[1]).toMatchObject({ full: false, directory: '/mnt/x' });
  });

  it('writes nothing with --dry-run', async () => {
    const { code, stdout, desk } = await dump(['--dry-run']);
    expect(code).toBe(0);
    expect(stdout).toContain('nothing was changed');
    expect(desk.asked).toEqual(['prepare']);
  });

  it('does not take a stray word for a folder', async () => {
    expect(await dump(['somewhere', '--json'])).toMatchObject({ code: 2, desk: { asked: [] } });
  });
});

describe('dump list', () => {
  const old = file('old.dump', { at: '2025-12-31T00:00:00.000Z', verifiedAt: at, encrypted: true });
  const broken = file('new.dump', { problem: 'Its checksum differs.', tables: 1 });

  it('lists them newest first', async () => {
    const { code, json, stderr } = await dump(['list', '--json'], { dumps: [old, broken] });
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(json()).toEqual([broken, old]);
  });

  it('tells people what is wrong with a file and what was proven', async () => {
    const { stdout } = await dump(['list'], { dumps: [old, broken] });
    expect(stdout).toMatch(/^new\.dump .* 340 MB {2}1 table +data-only +! Its checksum differs\.$/m);
    expect(stdout).toMatch(/^old\.dump .* 8 tables {2}data-only, encrypted {2}verified \S+/m);
    expect((await dump(['list'])).stdout).toBe('No dumps so far.\n');
  });
});

describe('dump verify', () => {
  it('passes a bare name on, and a path from where one stands', async () => {
    const asked = async (given: string): Promise<unknown> => (await dump(['verify', given])).desk.requests[0];
    expect(await asked('a.dump')).toEqual({ action: 'dump', task: 'verify', file: 'a.dump' });
    expect(await asked('./a.dump')).toMatchObject({ file: '/somewhere/a.dump' });
    expect(await asked('/x/a.dump')).toMatchObject({ file: '/x/a.dump' });
  });

  it('means the file in the working folder where there is one of that name', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'signalbox-'));
    onTestFinished(() => rmSync(folder, { recursive: true }));
    writeFileSync(join(folder, 'a.dump'), '');
    const { desk } = await dump(['verify', 'a.dump'], {}, { cwd: folder });
    expect(desk.requests[0]).toMatchObject({ file: join(folder, 'a.dump') });
  });

  it('asks nobody, looks only with --dry-run, and ends with 1 when rows differ', async () => {
    expect((await dump(['verify', 'a.dump', '--dry-run'])).desk.asked).toEqual(['prepare']);
    expect((await dump(['verify', '--dry-run', 'a.dump'])).desk.asked).toEqual(['prepare']);
    const error = { code: 'rows-differ', message: 'users: 3 rows instead of 4.', next: 'Make another dump.' };
    const { code, json } = await dump(['verify', 'a.dump', '--json'], {
      finished: fakeRun({ action: 'dump', state: 'failed', error }),
    });
    expect(code).toBe(1);
    expect(json()).toMatchObject({ state: 'failed', error });
  });

  it('knows no dump of a name that none can have', async () => {
    const { code, json } = await dump(['verify', 'x'.repeat(2_001), '--json']);
    expect(code).toBe(2);
    expect(json()).toMatchObject({ error: { code: 'no-such-dump' } });
  });
});

describe('dump delete', () => {
  const dumps = [file('a.dump'), file('b.dump')];

  it('deletes after a yes, or with --yes', async () => {
    const person = await dump(['delete', 'a.dump'], { dumps }, { typed: 'y\n' });
    expect(person).toMatchObject({ code: 0, stdout: 'Deleted a.dump.\n' });
    expect(person.stderr).toMatch(/^Delete a\.dump \(340 MB, of \S+\)\.$/m);
    const program = await dump(['delete', 'a.dump', '--yes', '--json'], { dumps });
    expect(program).toMatchObject({ code: 0, stderr: '' });
    expect(program.json()).toEqual({ name: 'a.dump', deleted: true });
    expect(program.desk.asked).toEqual(['delete a.dump']);
  });

  it('says so when it is the last good one', async () => {
    const story = { dumps: [file('a.dump'), file('b.dump', { problem: 'Its checksum differs.' })] };
    expect((await dump(['delete', 'a.dump'], story, { typed: 'n\n' })).stderr).toContain('It is the last good one.');
    expect((await dump(['delete', 'b.dump'], story, { typed: 'n\n' })).stderr).not.toContain('last good');
  });

  it.each([
    [['delete', 'a.dump'], 'confirmation-needed', 2],
    [['delete', 'c.dump', '--yes'], 'no-such-dump', 2],
    [['delete', '../a.dump', '--yes'], 'no-such-dump', 2],
  ])('%j deletes nothing and ends as %s with %i', async (argv, code, exit) => {
    const answer = await dump([...argv, '--json'], { dumps });
    expect(answer.code).toBe(exit);
    expect(answer.json()).toMatchObject({ error: { code } });
    expect(answer.desk.asked).toEqual([]);
  });

  it('keeps it after a no', async () => {
    const answer = await dump(['delete', 'a.dump'], { dumps }, { typed: 'n\n' });
    expect(answer).toMatchObject({ code: 130, stdout: '', desk: { asked: [] } });
  });
});
