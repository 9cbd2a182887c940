import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import type { Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { makeAuthority, makeCertificate } from '../../support/certificates.ts';
import { check } from '../../support/check-ports.ts';
import { serveTcp } from '../../support/http-server.ts';
import { startPostgres, type TestPostgres } from '../../support/postgres.ts';

const authority = makeAuthority('Database CA');

describe('a postgres check', () => {
  let database: TestPostgres;
  beforeAll(async () => {
    database = await startPostgres();
  });
  afterAll(() => database.close());

  it('logs in, asks, and times each phase', async () => {
    const seen = await check({ kind: 'postgres', connection: database.url({ host: 'localhost' }) });
    expect(seen).toMatchObject({
      outcome: 'up',
      address: '127.0.0.1',
      families: { ipv4: true },
      serverVersion: expect.stringMatching(/^\d+\.\d+/),
    });
    for (const phase of ['dnsMs', 'tcpMs', 'loginMs', 'queryMs'] as const) expect(seen.phases?.[phase]).toBeGreaterThan(0);
    expect(seen.phases).not.toHaveProperty('tlsMs');
    expect(seen.latencyMs).toBeGreaterThan(seen.phases?.loginMs ?? Number.POSITIVE_INFINITY);
  });

  it('takes its connection from a secret', async () => {
    const seen = await check({ kind: 'postgres', connection: '${secret:url}' }, { secrets: { url: database.url() } });
    expect(seen).toMatchObject({ outcome: 'up', families: { ipv4: true, ipv6: null } });
  });

  it('leaves no session behind', async () => {
    for (let round = 0; round < 5; round += 1) await check({ kind: 'postgres', connection: database.url() });
    const sessions = "select count(*) from pg_stat_activity where application_name = 'signalbox'";
    await expect
      .poll(async () => {
        await database.query(`do $$ begin if (${sessions}) > 0 then raise 'sessions are left'; end if; end $$`);
        return 'none';
      })
      .toBe('none');
  });

  it('names a wrong password as auth, and shows neither it nor the right one', async () => {
    const connection = database.url({ password: 'wrong-secret-word' });
    const seen = await check({ kind: 'postgres', connection: '${secret:url}' }, { secrets: { url: connection } });
    expect(seen).toMatchObject({
      outcome: 'down',
      error: { code: 'auth', message: '127.0.0.1 does not accept the password of user "signalbox".' },
    });
    expect(JSON.stringify(seen)).not.toContain('wrong-secret-word');
  });

  it('asks for a password that the connection lacks', async () => {
    const seen = await check({ kind: 'postgres', connection: `postgres://signalbox@127.0.0.1:${database.port}/postgres` });
    expect(seen.error).toEqual({
      code: 'auth',
      message: '127.0.0.1 asks for a password of user "signalbox", and the connection has none.',
    });
  });

  it('names a database that does not exist, and a path that was forgotten', async () => {
    expect((await check({ kind: 'postgres', connection: database.url({ database: 'nowhere' }) })).error).toEqual({
      code: 'auth',
      message: '127.0.0.1 has no database "nowhere".',
    });
    expect((await check({ kind: 'postgres', connection: database.url({ database: '' }) })).error).toMatchObject({
      code: 'auth',
      message: expect.stringContaining('names no database'),
    });
  });

  it('insists on TLS when told to', async () => {
    const seen = await check({ kind: 'postgres', connection: database.url({ query: '?sslmode=require' }) });
    expect(seen).toMatchObject({
      outcome: 'down',
      error: { code: 'tls', message: expect.stringContaining('does not offer TLS') },
    });
  });

  it('tells when all connections are taken', async () => {
    const limited = database.url().replace('signalbox:', 'limited:');
    await database.query(`create role limited login password '${database.password}' connection limit 0`);
    expect((await check({ kind: 'postgres', connection: limited })).error).toMatchObject({
      code: 'rate-limited',
      message: expect.stringContaining('no free connection'),
    });
  });

  it('is down while the server is stopped, and up again after', async () => {
    await database.stop();
    expect(await check({ kind: 'postgres', connection: database.url() })).toMatchObject({
      outcome: 'down',
      latencyMs: null,
      families: { ipv4: false, ipv6: null },
      error: { code: 'refused', message: `127.0.0.1 refused the connection on port ${database.port}.` },
    });
    await database.start();
    expect((await check({ kind: 'postgres', connection: database.url() })).outcome).toBe('up');
  });
});

describe('a postgres check over IPv6', () => {
  let database: TestPostgres;
  beforeAll(async () => {
    database = await startPostgres({ listen: '::1' });
  });
  afterAll(() => database.close());

  it('is up where any family will do', async () => {
    const seen = await check({ kind: 'postgres', connection: database.url({ host: '[::1]' }) });
    expect(seen).toMatchObject({ outcome: 'up', address: '::1', families: { ipv4: null, ipv6: true } });
  });

  it('is down where IPv4 is needed, though this machine reaches it, and says why', async () => {
    const seen = await check({ kind: 'postgres', connection: database.url({ host: '[::1]' }), reachableFrom: 'ipv4' });
    expect(seen).toMatchObject({
      outcome: 'down',
      families: { ipv4: null, ipv6: true },
      error: { code: 'unreachable', message: expect.stringMatching(/^::1 has no IPv4 address, only IPv6/) },
    });
  });
});

describe('a postgres check with TLS', () => {
  let database: TestPostgres;
  let folder: string;
  let root: string;
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'signalbox-root-'));
    root = join(folder, 'root.pem');
    await writeFile(root, authority.pem);
    database = await startPostgres({ tls: makeCertificate(authority, ['db.test'], 20) });
  });
  afterAll(async () => {
    await database.close();
    await rm(folder, { recursive: true, force: true });
  });

  const ask = (query: string): ReturnType<typeof check> => check({ kind: 'postgres', connection: database.url({ query }) });

  it('uses it by default, unverified on this network, and times it', async () => {
    const seen = await ask('');
    expect(seen.outcome).toBe('up');
    expect(seen.phases?.tlsMs).toBeGreaterThan(0);
    expect(seen).not.toHaveProperty('certificate');
  });

  it('follows libpq: disable, require, verify-ca, verify-full', async () => {
    expect((await ask('?sslmode=disable')).phases).not.toHaveProperty('tlsMs');
    expect((await ask('?sslmode=require')).outcome).toBe('up');
    expect(await ask(`?sslmode=verify-ca&sslrootcert=${root}`)).toMatchObject({ outcome: 'up', certificate: { daysLeft: 19 } });
    expect((await ask('?sslmode=verify-ca')).error?.code).toBe('tls');
    expect(await ask(`?sslmode=verify-full&sslrootcert=${root}`)).toMatchObject({
      outcome: 'down',
      error: { code: 'tls', message: 'The certificate of 127.0.0.1 was issued for another name.' },
    });
    expect(await ask('?sslmode=require&sslrootcert=/nowhere.pem')).toMatchObject({ outcome: 'unknown', error: { code: 'tls' } });
  });
});

describe('a postgres check of something else', () => {
  it('gives up on a server that never answers, within its limit', async () => {
    const server = await serveTcp((socket) => void socket.resume());
    const seen = await check({ kind: 'postgres', connection: `postgres://u:p@127.0.0.1:${server.port}/d`, timeout: '200ms' });
    expect(seen).toMatchObject({ outcome: 'down', families: { ipv4: true }, error: { code: 'timeout' } });
    await expect.poll(() => server.open.size).toBe(0);
    await server.close();
  });

  it('gives up on a login that never ends', async () => {
    const server = await serveTcp((socket) => void socket.resume());
    const seen = await check({
      kind: 'postgres',
      connection: `postgres://u:p@127.0.0.1:${server.port}/d?sslmode=disable`,
      timeout: '200ms',
    });
    expect(seen.error).toEqual({ code: 'timeout', message: '127.0.0.1 did not accept the login within 200 ms.' });
    await expect.poll(() => server.open.size).toBe(0);
    await server.close();
  });

  it.each([
    [
      'another protocol',
      (socket: Socket) => socket.write('HTTP/1.1 400 Bad Request\r\n\r\n'),
      /does not speak the Postgres protocol/,
    ],
    ['a closed door', (socket: Socket) => socket.destroy(), /closed the connection/],
  ])('tells %s', async (_, answer, message) => {
    const server = await serveTcp((socket) => void socket.once('data', () => answer(socket)));
    const seen = await check({ kind: 'postgres', connection: `postgres://u:p@127.0.0.1:${server.port}/d` });
    expect(seen).toMatchObject({ outcome: 'down', error: { code: 'protocol', message: expect.stringMatching(message) } });
    await server.close();
  });

  it('is unknown with an unusable connection, and does not show it', async () => {
    const secrets = { url: 'postgres://u:top-secret-pass@/d?host=/var/run' };
    const seen = await check({ kind: 'postgres', connection: '${secret:url}' }, { secrets });
    expect(seen).toMatchObject({
      outcome: 'unknown',
      error: { code: 'protocol', message: expect.stringContaining('Unix socket') },
    });
  });

  it('can be cancelled', async () => {
    const server = await serveTcp((socket) => void socket.resume());
    const controller = new AbortController();
    const running = check(
      { kind: 'postgres', connection: `postgres://u:p@127.0.0.1:${server.port}/d` },
      { signal: controller.signal },
    );
    await expect.poll(() => server.open.size).toBe(1);
    controller.abort();
    expect(await running).toMatchObject({ outcome: 'unknown', error: { code: 'cancelled' } });
    await expect.poll(() => server.open.size).toBe(0);
    await server.close();
  });

  it('refuses link-local addresses', async () => {
    expect(await check({ kind: 'postgres', connection: 'postgres://u:p@169.254.169.254/d' })).toMatchObject({
      outcome: 'unknown',
      error: { code: 'unreachable' },
    });
  });
});
