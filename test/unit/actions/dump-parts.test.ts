import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { dumpName } from '../../../main/actions/dump-name.ts';
import { compare } from '../../../main/actions/dump-prove.ts';
import { candidates } from '../../../main/actions/dump-route.ts';
import { folderPath, inBytes, spaceNeeded } from '../../../main/actions/dump-space.ts';
import { otherParameters } from '../../../main/providers/postgres-url.ts';

const ref = 'abcdefghijklmnopqrst';
const pooler = 'aws-1-eu-central-1.pooler.supabase.com';

describe('the ways to a database', () => {
  const ways = (connection: string): unknown =>
    candidates(connection).map(({ name, target: { host, port, user }, note }) => [
      name,
      `${user}@${host}:${port}`,
      note !== null,
    ]);

  it.each([
    ['postgres://u:p@db.example.com/d', [['direct', 'u@db.example.com:5432', false]]],
    ['postgres://u:p@db.example.com:7000/d', [['direct', 'u@db.example.com:7000', false]]],
    [`postgres://postgres:p@db.${ref}.supabase.co:6543/postgres`, [['direct', `postgres@db.${ref}.supabase.co:5432`, true]]],
    [
      `postgres://postgres.${ref}:p@${pooler}:5432/postgres`,
      [
        ['direct', `postgres@db.${ref}.supabase.co:5432`, false],
        ['pooler', `postgres.${ref}@${pooler}:5432`, false],
      ],
    ],
    [
      `postgres://postgres.${ref}:p@${pooler}:6543/postgres`,
      [
        ['direct', `postgres@db.${ref}.supabase.co:5432`, false],
        ['pooler', `postgres.${ref}@${pooler}:5432`, true],
      ],
    ],
    [`postgres://postgres:p@${pooler}/postgres`, [['pooler', `postgres@${pooler}:5432`, false]]],
  ])('%s', (connection, expected) => {
    expect(ways(connection)).toEqual(expected);
  });

  it('are none when the connection cannot be read, and the password is not told', () => {
    expect(() => candidates('postgres://u:sesame@a:1,b:2/d')).toThrow(
      expect.objectContaining({ code: 'bad-connection', message: expect.not.stringContaining('sesame') }),
    );
  });

  it('keep what the URL says beside the address, but no password', () => {
    expect(
      otherParameters('postgresql+x://u:p@h:1,g/d?sslmode=require&channel_binding=require&sslpassword=x&passfile=y'),
    ).toEqual({
      channel_binding: 'require',
    });
    expect(otherParameters('postgres://u:p@h/d')).toEqual({});
  });
});

describe('room for a dump', () => {
  it('is six tenths of the size and some to spare, twice that when it is encrypted', () => {
    const spare = 64 * 1_048_576;
    expect(spaceNeeded(0, false)).toBe(spare);
    expect(spaceNeeded(1_000_000, false)).toBe(600_000 + spare);
    expect(spaceNeeded(1_000_000, true)).toBe(1_200_000 + spare);
  });

  it.each([
    ['~/dumps', '/home/ada/dumps'],
    ['~', '/home/ada'],
    ['~ada', '/base/~ada'],
    ['dumps/x', '/base/dumps/x'],
    ['/srv/../dumps/', '/dumps'],
  ])('%s is %s', (text, path) => {
    expect(folderPath(text, '/home/ada', '/base')).toBe(path);
  });

  it.each([
    [0, '0 bytes'],
    [999, '999 bytes'],
    [1_000, '1 kB'],
    [12_440_000, '12.4 MB'],
    [999_999, '1 MB'],
    [123_456_789, '123 MB'],
    [5_000_000_000_000, '5 TB'],
  ])('%d is %s', (bytes, words) => {
    expect(inBytes(bytes)).toBe(words);
  });
});

describe('the name of a dump', () => {
  const at = Date.parse('2026-11-23T14:05:09.876Z');

  it.each([
    ['production', 'data-only', '20261123140509_PRODUCTION_data_only.dump'],
    ['Größe/../1', 'full', '20261123140509_GROSSE-1_full.dump'],
    ['…', 'full', '20261123140509_APP_full.dump'],
  ] as const)('of %s, %s', async (environment, mode, name) => {
    expect(await dumpName('/nowhere', { at, environment, mode })).toBe(name);
  });

  it('is one that nothing in the folder has, finished or not', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'signalbox-name-'));
    const named = { at, environment: 'x', mode: 'full' } as const;
    const first = await dumpName(folder, named);
    await writeFile(join(folder, `${first}.age`), '');
    const second = await dumpName(folder, named);
    await writeFile(join(folder, `${second}.partial`), '');
    expect([second, await dumpName(folder, named)]).toEqual(['20261123140509_X_full-2.dump', '20261123140509_X_full-3.dump']);
    await rm(folder, { recursive: true });
  });
});

describe('an archive beside the tables that there are', () => {
  const archive = (...oids: number[]) => ({ tables: new Set(oids), largeObjects: false });
  const expected = [
    { oid: 1, name: 'a' },
    { oid: 2, name: 'b' },
  ];

  it('holds all, lacks some, or has more', () => {
    expect(compare(archive(1, 2), expected)).toEqual({ missing: [], added: 0 });
    expect(compare(archive(2, 3, 4), expected)).toEqual({ missing: [{ oid: 1, name: 'a' }], added: 2 });
  });
});
