// The rehearsal's database and the two ways to it: real Postgres, real sockets, each broken by itself.
import { spawn, spawnSync } from 'node:child_process';
import pg from 'pg';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { type SimulatedDatabase, startDatabase } from '../../../simulator/database.ts';

let database: SimulatedDatabase;
beforeAll(async () => {
  database = await startDatabase();
});
afterAll(() => database.stop());
afterEach(async () => {
  await Promise.all([database.direct.fail(null), database.pooler.fail(null)]);
  await database.direct.listenOn(['ipv4', 'ipv6']);
});

async function ask(url: string, sql: string): Promise<readonly Record<string, unknown>[]> {
  const client = new pg.Client({ connectionString: url, connectionTimeoutMillis: 700 });
  client.on('error', () => undefined);
  try {
    await client.connect();
    return (await client.query(sql)).rows;
  } finally {
    await client.end().catch(() => undefined);
  }
}

const tables = `select relname, n from (select c.relname, (xpath('/row/n/text()', query_to_xml(format('select count(*) as n from %I', c.relname),
  false, true, '')))[1]::text::int as n from pg_class c where relnamespace = 'public'::regnamespace and relkind = 'r') as t order by 1`;

describe('the simulated database', () => {
  it('holds the first user’s tables with rows in those that had some, on both ways', async () => {
    const rows = await ask(database.url('direct'), tables);
    expect(rows).toEqual([
      { relname: 'alembic_version', n: 1 },
      { relname: 'blacklisted_access_tokens', n: 0 },
      { relname: 'entries', n: 540 },
      { relname: 'panels', n: 18 },
      { relname: 'password_reset_tokens', n: 0 },
      { relname: 'timing_stats', n: 2 },
      { relname: 'timings', n: 2_000 },
      { relname: 'users', n: 3 },
    ]);
    expect(await ask(database.url('pooler'), tables)).toEqual(rows);
    expect(await ask(database.scratchUrl, tables)).toEqual([]);
  });

  it('refuses one way and not the other', async () => {
    await database.pooler.fail({ kind: 'refuse' });
    await expect(ask(database.url('pooler'), 'select 1')).rejects.toMatchObject({ code: 'ECONNREFUSED' });
    expect(await ask(database.url('direct'), 'select 1 as one')).toEqual([{ one: 1 }]);
    await database.pooler.fail(null);
    expect(await ask(database.url('pooler'), 'select 1 as one')).toEqual([{ one: 1 }]);
  });

  it('hangs', async () => {
    await database.direct.fail({ kind: 'hang' });
    await expect(ask(database.url('direct'), 'select 1')).rejects.toThrow(/timeout/);
  });

  it('slows every piece down', async () => {
    await database.direct.fail({ kind: 'slow', ms: 60 });
    const started = performance.now();
    await ask(database.url('direct'), 'select 1');
    // At least: challenge, final, ready, answer.
    expect(performance.now() - started).toBeGreaterThan(180);
  });

  it('cuts a long answer and not a short one', async () => {
    await database.direct.fail({ kind: 'drop', bytes: 48 * 1_024 });
    expect(await ask(database.url('direct'), 'select 1 as one')).toEqual([{ one: 1 }]);
    await expect(ask(database.url('direct'), "select repeat('x', 1000000)")).rejects.toThrow();
  });

  it('is reached over IPv6 only, when its address has lost IPv4', async ({ skip }) => {
    if (!database.direct.available.includes('ipv6')) {
      console.warn('LEFT OUT: this machine has no IPv6 on its loopback, so an IPv6-only address cannot be shown.');
      skip();
    }
    await database.direct.listenOn(['ipv6']);
    await expect(ask(database.url('direct'), 'select 1')).rejects.toMatchObject({ code: 'ECONNREFUSED' });
    expect(await ask(database.url('direct', '[::1]'), 'select 1 as one')).toEqual([{ one: 1 }]);
    expect(await ask(database.url('pooler'), 'select 1 as one')).toEqual([{ one: 1 }]);
  });

  it('ends the connections that are open, when told to', async () => {
    const client = new pg.Client({ connectionString: database.url('direct') });
    const ended = new Promise((resolve) => client.once('error', resolve));
    await client.connect();
    database.direct.cut();
    expect(await ended).toBeInstanceOf(Error);
  });

  it('changes its password for real, also while it is stopped', async () => {
    await database.setPassword('another');
    await expect(ask(database.url('direct'), 'select 1')).rejects.toMatchObject({ code: '28P01' });
    await database.setRunning(false);
    await database.setPassword(null);
    await expect(ask(database.url('direct'), 'select 1')).rejects.toThrow();
    await database.setRunning(true);
    expect(await ask(database.url('pooler'), 'select 1 as one')).toEqual([{ one: 1 }]);
  });

  const hasDump = spawnSync('pg_dump', ['--version']).status === 0;
  if (!hasDump) console.warn('LEFT OUT: pg_dump is not installed, so a cut dump is not shown with the real program.');
  it.skipIf(!hasDump)('cuts pg_dump in the middle', async () => {
    await database.direct.fail({ kind: 'drop', bytes: 48 * 1_024 });
    // The proxy lives in this process, which must not wait idly for the program.
    const child = spawn('pg_dump', ['--data-only', '--dbname', database.url('direct')], { stdio: ['ignore', 'ignore', 'pipe'] });
    let said = '';
    child.stderr.on('data', (chunk) => {
      said += chunk;
    });
    const code = await new Promise((resolve) => child.once('close', resolve));
    expect(code).not.toBe(0);
    expect(said).toMatch(/server closed the connection unexpectedly|lost synchronization/);
  });
});
