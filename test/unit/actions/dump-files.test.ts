import { mkdir, mkdtemp, readdir, readFile, rm, stat, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { applyRetention, deleteDump, listDumps } from '../../../main/actions/dump-files.ts';
import { readSidecar, type Sidecar, writeSidecar } from '../../../main/actions/dump-sidecar.ts';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'signalbox-files-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

const describing = (file: string, day: number, more: Partial<Sidecar> = {}): Sidecar => ({
  version: 1,
  file,
  bytes: 4,
  sha256: 'a'.repeat(64),
  at: `2026-11-${String(day).padStart(2, '0')}T10:00:00.000Z`,
  app: 'Nine Panels',
  environment: 'production',
  mode: 'data-only',
  schemas: ['public'],
  tables: [{ schema: 'public', name: 'users', rows: null }],
  serverVersion: '17.6',
  pgDumpVersion: '17.6',
  route: 'direct',
  encryptedTo: null,
  verifiedAt: null,
  rowCounts: null,
  ...more,
});

/** A dump of four bytes with its sidecar, made on that day of November. */
async function made(day: number, more: Partial<Sidecar> = {}): Promise<string> {
  const name = `202611${String(day).padStart(2, '0')}100000_${more.environment ?? 'PRODUCTION'}.dump`;
  await writeFile(join(folder, name), 'dump');
  await writeSidecar(join(folder, name), describing(name, day, more));
  return name;
}

const names = async (): Promise<string[]> => (await listDumps(folder)).map(({ name }) => name);

describe('a sidecar', () => {
  it('comes back as it was written, for its owner alone, with a line for sha256sum (S-47)', async () => {
    const name = await made(1);
    expect(await readSidecar(join(folder, name))).toEqual(describing(name, 1));
    expect((await stat(join(folder, `${name}.json`))).mode & 0o777).toBe(0o600);
    expect(await readFile(join(folder, `${name}.sha256`), 'utf8')).toBe(`${'a'.repeat(64)}  ${name}\n`);
    expect((await readdir(folder)).filter((file) => file.endsWith('.partial'))).toEqual([]);
  });

  it.each([
    ['no JSON', '{"version": 1,', 'damaged'],
    ['another form', '{"version": 2}', 'newer Signalbox'],
    ['another file', JSON.stringify(describing('other.dump', 1)), 'other.dump'],
  ])('is a problem with %s in it', async (_what, text, word) => {
    await writeFile(join(folder, 'x.dump.json'), text);
    expect(await readSidecar(join(folder, 'x.dump'))).toMatchObject({ problem: expect.stringContaining(word) });
  });

  it('is null where there is none', async () => {
    expect(await readSidecar(join(folder, 'x.dump'))).toBeNull();
  });
});

describe('the list of dumps', () => {
  it('is newest first and has what the sidecars say', async () => {
    const [first, third, second] = [
      await made(1),
      await made(3),
      await made(2, { mode: 'full', verifiedAt: '2026-11-04T00:00:00.000Z' }),
    ];
    const list = await listDumps(folder);
    expect(list.map(({ name }) => name)).toEqual([third, second, first]);
    expect(list[1]).toEqual({
      name: second,
      path: join(folder, second),
      at: '2026-11-02T10:00:00.000Z',
      bytes: 4,
      sha256: 'a'.repeat(64),
      tables: 1,
      mode: 'full',
      encrypted: false,
      verifiedAt: '2026-11-04T00:00:00.000Z',
      problem: null,
    });
  });

  it('has files of others that look like dumps, with nulls, and nothing else', async () => {
    for (const name of ['hand.dump', 'old.backup.age', 'notes.txt', 'x.dump.json', 'x.dump.partial', 'dump']) {
      await writeFile(join(folder, name), '?');
    }
    await mkdir(join(folder, 'folder.dump'));
    const list = await listDumps(folder);
    expect(list.map(({ name, encrypted, sha256, tables }) => ({ name, encrypted, sha256, tables }))).toEqual(
      expect.arrayContaining([
        { name: 'hand.dump', encrypted: false, sha256: null, tables: null },
        { name: 'old.backup.age', encrypted: true, sha256: null, tables: null },
      ]),
    );
    expect(list).toHaveLength(2);
  });

  it('says when a file is not as long as it was', async () => {
    const name = await made(1);
    await writeFile(join(folder, name), 'dum');
    expect((await listDumps(folder))[0]?.problem).toMatch(/3 bytes, and 4 when it was made/);
  });

  it('says when a sidecar cannot be used', async () => {
    await writeFile(join(folder, await made(1)), 'dump');
    await writeFile(join(folder, `${(await names())[0]}.json`), '{');
    expect((await listDumps(folder))[0]).toMatchObject({ sha256: null, problem: expect.stringContaining('damaged') });
  });

  it('is empty where there is no folder, and a sentence where it cannot be read', async () => {
    expect(await listDumps(join(folder, 'none'))).toEqual([]);
    await writeFile(join(folder, 'file'), '');
    await expect(listDumps(join(folder, 'file'))).rejects.toMatchObject({ code: 'cannot-read-folder' });
  });
});

describe('deleting a dump', () => {
  it('takes what stands beside it along, and nothing else', async () => {
    const [first, second] = [await made(1), await made(2)];
    await deleteDump(folder, first);
    expect((await readdir(folder)).sort()).toEqual([second, `${second}.json`, `${second}.sha256`]);
  });

  it('may take the last one', async () => {
    await deleteDump(folder, await made(1));
    expect(await readdir(folder)).toEqual([]);
  });

  it.each([
    '../outside.dump',
    'sub/x.dump',
    '..\\outside.dump',
    'C:x.dump',
    '.',
    '..',
    '',
    'missing.dump',
    'notes.txt',
    'folder.dump',
    'x\0.dump',
  ])('refuses %j', async (name) => {
    await mkdir(join(folder, 'in'));
    await mkdir(join(folder, 'in', 'sub'));
    await mkdir(join(folder, 'in', 'folder.dump'));
    const others = [join(folder, 'outside.dump'), join(folder, 'in', 'sub', 'x.dump'), join(folder, 'in', 'notes.txt')];
    for (const path of others) await writeFile(path, 'precious');
    await expect(deleteDump(join(folder, 'in'), name)).rejects.toMatchObject({ code: 'no-such-dump' });
    for (const path of others) expect(await readFile(path, 'utf8')).toBe('precious');
  });
});

describe('retention', () => {
  it('keeps the newest, the one just made among them', async () => {
    for (const day of [1, 2, 3, 4]) await made(day);
    const justMade = await made(5);
    expect((await applyRetention(folder, 3, justMade)).toSorted()).toEqual([
      '20261101100000_PRODUCTION.dump',
      '20261102100000_PRODUCTION.dump',
    ]);
    expect((await readdir(folder)).filter((name) => name.startsWith('20261101') || name.startsWith('20261102'))).toEqual([]);
    expect(await names()).toHaveLength(3);
  });

  it('never deletes the one just made, though a clock that was wrong made others newer', async () => {
    const [, , justMade] = [await made(20), await made(21), await made(5)];
    expect(await applyRetention(folder, 1, justMade)).toHaveLength(2);
    expect(await names()).toEqual([justMade]);
  });

  it('counts only good ones and deletes only what is its own', async () => {
    await writeFile(join(folder, 'by-hand.dump'), 'precious');
    const broken = await made(1);
    await writeFile(join(folder, broken), 'longer than it was');
    const staging = await made(2, { environment: 'staging' });
    const other = await made(3, { app: 'Other' });
    const old = await made(4);
    const justMade = await made(5);
    expect(await applyRetention(folder, 1, justMade)).toEqual([old]);
    expect((await names()).toSorted()).toEqual(['by-hand.dump', broken, staging, other, justMade].toSorted());
  });

  it('does not count on one that a verification found damaged', async () => {
    const good = await made(1);
    const damaged = await made(2, { damage: 'Its SHA-256 is another one.' });
    const justMade = await made(3);
    expect(await applyRetention(folder, 2, justMade)).toEqual([]);
    expect(await names()).toEqual([justMade, damaged, good]);
  });

  it('deletes nothing while the one just made is not good', async () => {
    await made(1);
    await made(2);
    const justMade = await made(3);
    await writeFile(join(folder, justMade), '');
    expect(await applyRetention(folder, 1, justMade)).toEqual([]);
    expect(await applyRetention(folder, 1, 'missing.dump')).toEqual([]);
    expect(await names()).toHaveLength(3);
  });

  it('removes what dead runs left a day ago, and nothing that is being written', async () => {
    const justMade = await made(3);
    const old = [
      '20261101100000_PRODUCTION_full.dump.partial',
      '20261101100000_X_full.dump.age.partial',
      '20261101100000_X_full-2.dump.json.partial',
    ];
    const kept = ['20261103100000_PRODUCTION_full.dump.partial', 'video.mp4.partial', 'theirs.dump.partial'];
    for (const name of [...old, ...kept]) await writeFile(join(folder, name), '');
    const yesterday = new Date(Date.now() - 25 * 3_600_000);
    for (const name of [...old, 'video.mp4.partial', 'theirs.dump.partial'])
      await utimes(join(folder, name), yesterday, yesterday);
    await applyRetention(folder, 5, justMade);
    expect((await readdir(folder)).filter((name) => name.endsWith('.partial')).toSorted()).toEqual(kept.toSorted());
  });
});
