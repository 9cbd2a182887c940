import { execFileSync } from 'node:child_process';
import { chmod, mkdir, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import pg from 'pg';
import { afterEach, describe, expect, it } from 'vitest';
import { realPgDump, rehearseWithDatabase } from './dump-database.ts';
import { depsFor, makeOne, settingsFor, wrapped } from './dump-rehearsal.ts';

const real = await realPgDump();
const yard = rehearseWithDatabase();

describe.skipIf(!real)('a dump that cannot be made leaves no file and says why', () => {
  const nothingIn = (files: readonly string[]): void => expect(files).toEqual([]);

  it('the connection breaks in the middle', async () => {
    const begun = new AbortController();
    const whole = makeOne(depsFor(yard.database.url('direct'), settingsFor(yard.folder, { schemas: ['big'] })), {
      onRun: ({ steps }) => {
        if (steps[3]?.state !== 'running' || begun.signal.aborted) return;
        begun.abort();
        void yard.database.direct.fail({ kind: 'drop', bytes: 3_000_000 });
      },
    });
    const { run, files, remembered } = await whole;
    expect(run).toMatchObject({ state: 'failed', error: { code: 'connection-lost' } });
    expect(run.error?.message).toContain('broke off');
    expect(remembered).toBeNull();
    nothingIn(files);
  });

  it('it is cancelled in the middle, and pg_dump is gone with it', async () => {
    await yard.database.direct.fail({ kind: 'slow', ms: 15 });
    const cancel = new AbortController();
    let pid = 0;
    const { run, files, entry } = await makeOne(
      depsFor(yard.database.url('direct'), settingsFor(yard.folder, { schemas: ['big'] })),
      {
        signal: cancel.signal,
        onRun: ({ steps }) => {
          if ((steps[3]?.progress?.total ?? 0) > 0) cancel.abort();
        },
      },
    );
    pid = Number(entry.memory.pid);
    expect(run).toMatchObject({ state: 'cancelled', error: { code: 'cancelled' } });
    expect(pid).toBeGreaterThan(0);
    expect(() => process.kill(pid, 0)).toThrow('ESRCH');
    nothingIn(files);
  });

  it('the password is wrong', async () => {
    await yard.database.setPassword('another');
    const { run, files, journal } = await makeOne(depsFor(yard.database.url('direct'), settingsFor(yard.folder)));
    expect(run).toMatchObject({ state: 'failed', error: { code: 'login-refused' } });
    expect(run.error?.message).toBe('127.0.0.1 does not accept the password of user "postgres".');
    expect(journal).not.toContain(yard.database.password);
    nothingIn(files);
  });

  it('nothing answers', async () => {
    await Promise.all([yard.database.direct.fail({ kind: 'refuse' }), yard.database.pooler.fail({ kind: 'refuse' })]);
    const deps = depsFor(yard.database.url('direct'), settingsFor(yard.folder), {
      poolerConnection: async () => yard.database.url('pooler'),
    });
    const { run, files } = await makeOne(deps);
    expect(run).toMatchObject({ state: 'failed', error: { code: 'database-unreachable' } });
    expect(run.error?.message.match(/refused the connection/g)).toHaveLength(2);
    nothingIn(files);
  });

  it('the server is newer than pg_dump', async () => {
    const program = join(yard.folder, 'pg_dump');
    for (const name of ['pg_dump', 'pg_restore']) {
      await writeFile(join(yard.folder, name), '#!/bin/sh\necho "pg_dump (PostgreSQL) 14.9"\n');
      await chmod(join(yard.folder, name), 0o755);
    }
    const directory = join(yard.folder, 'dumps');
    const { run, files } = await makeOne(depsFor(yard.database.url('direct'), settingsFor(directory, { pgDump: program })));
    expect(run).toMatchObject({ state: 'failed', error: { code: 'pg-dump-too-old' } });
    expect(run.error?.message).toContain(`found 14.9 in ${program}`);
    nothingIn(files);
  });

  it('there is no pg_dump', async () => {
    const settings = settingsFor(yard.folder, { pgDump: join(yard.folder, 'nowhere') });
    const { run, files } = await makeOne(depsFor(yard.database.url('direct'), settings));
    expect(run).toMatchObject({ state: 'failed', error: { code: 'pg-dump-missing' } });
    nothingIn(files);
  });

  it('the folder is a file', async () => {
    const file = join(yard.folder, 'file');
    await writeFile(file, '');
    for (const directory of [file, join(file, 'below')]) {
      const { run } = await makeOne(depsFor(yard.database.url('direct'), settingsFor(directory)));
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
    const { run, files } = await makeOne(depsFor(yard.database.url('direct'), settingsFor(yard.folder, more)));
    expect(run).toMatchObject({ state: 'failed', error: { code } });
    expect(run.error?.message).toMatch(message);
    expect(run.steps[0]?.state).toBe('failed');
    nothingIn(files);
  });

  it('the user may not read a table, or not all its rows', async () => {
    await yard.database.query(`
      create role reader login password 'reader-pass'; grant usage on schema public to reader; grant select on all tables in schema public to reader;
      revoke select on public.users from reader;`);
    const url = yard.database.url('direct').replace(/\/\/[^@]+@/, '//reader:reader-pass@');
    try {
      const denied = await makeOne(depsFor(url, settingsFor(yard.folder)));
      expect(denied.run.error).toMatchObject({ code: 'permission-denied', message: expect.stringContaining('public.users') });
      await yard.database.query('grant select on public.users to reader; alter table public.users enable row level security');
      const hidden = await makeOne(depsFor(url, settingsFor(yard.folder)));
      expect(hidden.run.error).toMatchObject({ code: 'row-security', message: expect.stringContaining('public.users') });
      nothingIn(hidden.files);
    } finally {
      await yard.database.query('alter table public.users disable row level security; drop owned by reader; drop role reader');
    }
  });

  it('somebody holds a lock already', { timeout: 30_000 }, async () => {
    const release = await lock('users');
    const { run, files } = await makeOne(depsFor(yard.database.url('direct'), settingsFor(yard.folder, { tables: ['users'] })));
    await release();
    expect(run).toMatchObject({ state: 'failed', error: { code: 'locked' } });
    expect(run.error?.message).toMatch(/^The user "postgres" in migration \(process \d+ of the server\), .*public\.users/);
    nothingIn(files);
  });

  it('somebody takes a lock before pg_dump does', { timeout: 30_000 }, async () => {
    const program = await wrapped(yard.folder, real, '[ "$1" = --version ] || sleep 1');
    const directory = join(yard.folder, 'dumps');
    let locking: ReturnType<typeof lock> | null = null;
    const settings = settingsFor(directory, { tables: ['users'], pgDump: program });
    const { run, files } = await makeOne(depsFor(yard.database.url('direct'), settings), {
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
    const client = new pg.Client({ connectionString: yard.database.url('direct'), application_name: 'migration' });
    await client.connect();
    await client.query(`begin; lock table ${table} in access exclusive mode`);
    return () => client.end();
  }

  it('the archive lacks a table that there is', async () => {
    const leave = '[ "$1" = --version ] || set -- --exclude-table=public.panels "$@"';
    const settings = settingsFor(join(yard.folder, 'dumps'), { pgDump: await wrapped(yard.folder, real, leave) });
    const { run, files } = await makeOne(depsFor(yard.database.url('direct'), settings));
    expect(run).toMatchObject({ state: 'failed', error: { code: 'dump-incomplete' } });
    expect(run.error?.message).toContain('public.panels');
    expect(run.steps[3]?.state).toBe('undone');
    nothingIn(files);
  });

  it('the archive cannot be read', async () => {
    const program = await wrapped(yard.folder, real, '');
    await writeFile(
      join(yard.folder, 'pg_restore'),
      '#!/bin/sh\necho "pg_restore: error: did not find magic string" >&2; exit 1\n',
    );
    const { run, files } = await makeOne(
      depsFor(yard.database.url('direct'), settingsFor(join(yard.folder, 'dumps'), { pgDump: program })),
    );
    expect(run).toMatchObject({ state: 'failed', error: { code: 'dump-unreadable' } });
    expect(run.error?.message).toContain('did not find magic string');
    nothingIn(files);
  });
});

const canMount = process.platform === 'linux' && tryMount();
if (!canMount) console.warn('A small tmpfs cannot be mounted here: the full disk and the read-only one are not rehearsed.');

/** In a namespace of its own, so that nothing of it stays. */
function tryMount(): boolean {
  try {
    execFileSync('unshare', ['--mount', 'mount', '-t', 'tmpfs', 'tmpfs', '/mnt'], { stdio: 'pipe' });
    return true;
  } catch {
    return false;
  }
}

describe.skipIf(!real || !canMount)('a disk that has no room', () => {
  let disk: string;
  const mount = async (options: string): Promise<void> => {
    disk = join(yard.folder, 'disk');
    await mkdir(disk);
    execFileSync('mount', ['-t', 'tmpfs', '-o', options, 'tmpfs', disk]);
  };
  afterEach(() => execFileSync('umount', [disk]));

  it('is refused before anything is written', async () => {
    await mount('size=8m');
    const { run, files } = await makeOne(depsFor(yard.database.url('direct'), settingsFor(disk)));
    expect(run).toMatchObject({ state: 'failed', error: { code: 'disk-full' } });
    expect(run.error?.message).toMatch(/may need [\d.]+ MB, and only [\d.]+ MB are free/);
    expect(run.steps[2]?.state).toBe('failed');
    expect(files).toEqual([]);
  });

  it('is told when it becomes full meanwhile', async () => {
    await mount('size=110m');
    const ballast = join(disk, 'ballast');
    const { run, files } = await makeOne(depsFor(yard.database.url('direct'), settingsFor(disk, { schemas: ['big'] })), {
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
    const { run } = await makeOne(depsFor(yard.database.url('direct'), settingsFor(disk)));
    expect(run).toMatchObject({ state: 'failed', error: { code: 'cannot-write' } });
  });
});
