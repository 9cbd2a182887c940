import { describe, expect, it } from 'vitest';
import { dumpArguments, dumpEnvironment } from '../../../main/actions/pg-dump-command.ts';
import { choose, findPgDumps, type Machine, noPgDump, type PgDump } from '../../../main/actions/pg-dump-find.ts';
import { parsePostgresUrl } from '../../../main/providers/postgres-url.ts';

/** A machine with these programs: path to what `--version` prints, or to the path that it is a link to. */
function machineWith(
  platform: NodeJS.Platform,
  programs: Readonly<Record<string, string>>,
  env: Readonly<Record<string, string>> = {},
): Machine {
  const sep = platform === 'win32' ? '\\' : '/';
  const final = (path: string): string => {
    const to = programs[path];
    return to !== undefined && to in programs ? final(to) : path;
  };
  return {
    platform,
    env,
    home: platform === 'win32' ? 'C:\\Users\\ada' : '/home/ada',
    list: async (folder) => {
      const inside = folder.endsWith(sep) ? folder : `${folder}${sep}`;
      const below = Object.keys(programs).filter((path) => path.startsWith(inside));
      return [...new Set(below.map((path) => path.slice(inside.length).split(sep)[0] ?? ''))];
    },
    executable: async (path) => (path in programs ? final(path) : null),
    version: async (path) => {
      const said = programs[final(path)] ?? '';
      return said === '' ? null : said;
    },
  };
}

/** A folder with a pg_dump of this version and its pg_restore. */
function both(folder: string, version: string, end = ''): Record<string, string> {
  const sep = folder.includes('\\') ? '\\' : '/';
  const said = `pg_dump (PostgreSQL) ${version}\n`;
  return { [`${folder}${sep}pg_dump${end}`]: said, [`${folder}${sep}pg_restore${end}`]: said };
}

const debian = {
  ...both('/usr/lib/postgresql/15/bin', '15.18 (Debian 15.18-0+deb12u1)'),
  ...both('/usr/lib/postgresql/17/bin', '17.6 (Debian 17.6-1.pgdg12+1)'),
  '/usr/share/postgresql-common/pg_wrapper': 'pg_dump (PostgreSQL) 17.6 (Debian 17.6-1.pgdg12+1)',
  '/usr/bin/pg_dump': '/usr/share/postgresql-common/pg_wrapper',
  '/usr/bin/pg_restore': '/usr/share/postgresql-common/pg_wrapper',
};

describe('the search for pg_dump', () => {
  const bare = { PATH: '/usr/bin:/bin' };

  it.each<[string, Machine, number, string | null]>([
    [
      'Homebrew on Apple silicon',
      machineWith('darwin', both('/opt/homebrew/bin', '17.5 (Homebrew)'), bare),
      17,
      '/opt/homebrew/bin/pg_dump',
    ],
    [
      'keg-only libpq',
      machineWith('darwin', both('/opt/homebrew/opt/libpq/bin', '18.0'), bare),
      17,
      '/opt/homebrew/opt/libpq/bin/pg_dump',
    ],
    [
      'a versioned formula on Intel',
      machineWith('darwin', both('/usr/local/opt/postgresql@15/bin', '15.8 (Homebrew)'), bare),
      15,
      '/usr/local/opt/postgresql@15/bin/pg_dump',
    ],
    [
      'the Cellar',
      machineWith('darwin', both('/opt/homebrew/Cellar/postgresql@16/16.4_1/bin', '16.4'), bare),
      16,
      '/opt/homebrew/Cellar/postgresql@16/16.4_1/bin/pg_dump',
    ],
    [
      'Postgres.app',
      machineWith('darwin', both('/Applications/Postgres.app/Contents/Versions/17/bin', '17.2 (Postgres.app)'), bare),
      17,
      '/Applications/Postgres.app/Contents/Versions/17/bin/pg_dump',
    ],
    [
      'MacPorts',
      machineWith('darwin', both('/opt/local/lib/postgresql16/bin', '16.1'), bare),
      15,
      '/opt/local/lib/postgresql16/bin/pg_dump',
    ],
    ['Debian, an older server', machineWith('linux', debian, bare), 15, '/usr/lib/postgresql/15/bin/pg_dump'],
    ['Debian, a server between', machineWith('linux', debian, bare), 16, '/usr/lib/postgresql/17/bin/pg_dump'],
    ['Debian, a newer server', machineWith('linux', debian, bare), 18, null],
    ['RHEL', machineWith('linux', both('/usr/pgsql-17/bin', '17.4'), bare), 17, '/usr/pgsql-17/bin/pg_dump'],
    ['Nix', machineWith('linux', both('/home/ada/.nix-profile/bin', '17.0'), bare), 17, '/home/ada/.nix-profile/bin/pg_dump'],
    ['PATH', machineWith('linux', both('/opt/pg/bin', '17.0'), { PATH: '/opt/pg/bin' }), 17, '/opt/pg/bin/pg_dump'],
    ['a relative folder in PATH', machineWith('linux', both('bin', '17.0'), { PATH: 'bin:.' }), 17, null],
    [
      'Windows',
      machineWith('win32', both('C:\\Program Files\\PostgreSQL\\17\\bin', '17.4', '.exe'), {
        ProgramFiles: 'C:\\Program Files',
        Path: 'C:\\Windows',
      }),
      17,
      'C:\\Program Files\\PostgreSQL\\17\\bin\\pg_dump.exe',
    ],
    ['a beta', machineWith('linux', both('/usr/local/bin', '19beta1'), bare), 18, '/usr/local/bin/pg_dump'],
    ['one that does not answer', machineWith('linux', { '/usr/bin/pg_dump': '' }, bare), 15, null],
    ['nothing', machineWith('darwin', {}, bare), 15, null],
  ])('%s', async (_, machine, server, expected) => {
    expect(choose(await findPgDumps(machine), server)?.path ?? null).toBe(expected);
  });

  it('counts a program once, however many links lead to it', async () => {
    const linked = {
      ...both('/opt/homebrew/Cellar/libpq/17.5/bin', '17.5'),
      '/opt/homebrew/opt/libpq/bin/pg_dump': '/opt/homebrew/Cellar/libpq/17.5/bin/pg_dump',
    };
    expect(await findPgDumps(machineWith('darwin', linked))).toHaveLength(1);
  });
});

describe('the choice among several', () => {
  const at = (version: string, more: Partial<PgDump> = {}): PgDump => ({
    path: `/${version}`,
    restore: '/pg_restore',
    version,
    major: Number.parseInt(version, 10),
    isWrapper: false,
    ...more,
  });

  it.each<[string, readonly PgDump[], number, string | null]>([
    ["the server's own major", [at('18.1'), at('17.2'), at('16.9')], 17, '17.2'],
    ['its newest minor', [at('17.2'), at('17.10'), at('17.9')], 17, '17.10'],
    ['the newest when none is the same', [at('16.9'), at('18.1')], 15, '18.1'],
    ['none that is older', [at('16.9'), at('15.9')], 17, null],
    ['none without pg_restore', [at('17.1', { restore: null }), at('18.0')], 17, '18.0'],
    ['a wrapper only when nothing else fits', [at('17.1', { isWrapper: true }), at('18.0')], 17, '18.0'],
    ['a wrapper then', [at('17.1', { isWrapper: true }), at('16.0')], 17, '17.1'],
    ['the first of equals', [at('17.1', { path: '/a' }), at('17.1', { path: '/b' })], 17, '17.1'],
  ])('%s', (_, found, server, expected) => {
    expect(choose(found, server)?.version ?? null).toBe(expected);
  });

  it.each<[NodeJS.Platform, string]>([
    ['darwin', 'brew install postgresql@17'],
    ['linux', 'apt install postgresql-client-17'],
    ['win32', 'winget install PostgreSQL.PostgreSQL.17'],
  ])('how to install one on %s', (platform, words) => {
    expect(noPgDump([], 17, platform)).toMatchObject({ code: 'pg-dump-missing', next: expect.stringContaining(words) });
  });

  it('names what was found when it is too old', () => {
    expect(noPgDump([at('15.8', { path: '/usr/bin/pg_dump' })], 17, 'linux')).toMatchObject({
      code: 'pg-dump-too-old',
      message: 'The server is Postgres 17, and pg_dump cannot read a server newer than itself; found 15.8 in /usr/bin/pg_dump.',
    });
    expect(noPgDump([at('17.8', { restore: null })], 17, 'linux')).toMatchObject({ code: 'pg-restore-missing' });
  });
});

describe('what pg_dump is told', () => {
  const order = { full: false, tables: null, schemas: ['public', 'a"b, *'], extensions: ['citext'], largeObjects: false };
  const target = (url: string) => {
    const parsed = parsePostgresUrl(url);
    if ('problem' in parsed) throw new Error(parsed.problem);
    return parsed;
  };

  it('quotes names so that nothing in them is a wildcard', () => {
    expect(dumpArguments(order, '/f', { major: 15 })).toEqual(
      expect.arrayContaining(['--data-only', '--schema="public"', '--schema="a""b, *"', '--file=/f']),
    );
    const tables = [{ schema: 'a.b', name: 'c"d?' }];
    const named = dumpArguments({ ...order, tables }, '/f', { major: 15 });
    expect(named).toContain('--table="a.b"."c""d?"');
    expect(named.join(' ')).not.toContain('--schema');
  });

  it('takes extensions with the schema only, and where pg_dump can', () => {
    const full = { ...order, full: true, largeObjects: true };
    expect(dumpArguments(full, '/f', { major: 14 })).toEqual(expect.arrayContaining(['--extension="citext"', '--blobs']));
    expect(dumpArguments(full, '/f', { major: 14 })).not.toContain('--data-only');
    expect(dumpArguments(full, '/f', { major: 13 }).join(' ')).not.toContain('extension');
    expect(dumpArguments(order, '/f', { major: 15 }).join(' ')).not.toMatch(/extension|blobs/);
  });

  it('gives the connection through the environment alone, and nothing of ours', () => {
    const env = {
      PATH: '/bin',
      HOME: '/home/ada',
      PGHOST: 'mine',
      PGPASSFILE: '/x',
      LANG: 'de_DE',
      LC_ALL: 'de_DE',
      LD_LIBRARY_PATH: '/x',
      TOKEN: 'x',
    };
    const way = {
      target: target('postgres://u:p%40ss@db.example.com/d?sslmode=require&options=-c%20a%3Db'),
      parameters: { channel_binding: 'require', nonsense: '1' },
    };
    expect(dumpEnvironment(way, env, { major: 15 })).toEqual({
      PATH: '/bin',
      HOME: '/home/ada',
      LC_ALL: 'C',
      PGHOST: 'db.example.com',
      PGPORT: '5432',
      PGUSER: 'u',
      PGPASSWORD: 'p@ss',
      PGDATABASE: 'd',
      PGSSLMODE: 'require',
      PGOPTIONS: '-c a=b',
      PGCHANNELBINDING: 'require',
      PGCONNECT_TIMEOUT: '10',
      PGAPPNAME: 'signalbox',
    });
  });

  it("verifies with the system's authorities where libpq can", () => {
    const full = { target: target('postgres://u:p@db.example.com/d?sslmode=verify-full'), parameters: {} };
    expect(dumpEnvironment({ ...full, address: '203.0.113.7' }, {}, { major: 16 }).PGHOSTADDR).toBe('203.0.113.7');
    expect(dumpEnvironment(full, {}, { major: 16 })).not.toHaveProperty('PGHOSTADDR');
    expect(dumpEnvironment(full, {}, { major: 16 }).PGSSLROOTCERT).toBe('system');
    expect(dumpEnvironment(full, {}, { major: 15 }).PGSSLROOTCERT).toBeUndefined();
  });
});
