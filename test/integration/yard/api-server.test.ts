// The simulated API over real sockets: the first user's shapes, every fault, and the words in which its database fails.
import { request } from 'node:https';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import type { DatabaseTarget } from '../../../simulator/api-database.ts';
import { type ApiServer, startApiServer } from '../../../simulator/api-server.ts';
import { type SimulatedDatabase, startDatabase } from '../../../simulator/database.ts';
import { probeAccount, visitorAccount } from '../../../simulator/schema.ts';

let database: SimulatedDatabase;
let api: ApiServer;
let target: DatabaseTarget;
const origin = 'http://front.example.test';

beforeAll(async () => {
  database = await startDatabase();
  api = await startApiServer({ database: () => target, origins: () => [origin] });
});
afterAll(async () => {
  await api.stop();
  await database.stop();
});
const direct = (): DatabaseTarget => ({ url: database.url('direct'), name: database.names.direct, families: ['ipv4', 'ipv6'] });
beforeAll(() => {
  target = direct();
});
afterEach(async () => {
  target = direct();
  await Promise.all([api.fail(null), database.direct.fail(null)]);
  api.setExpired(false);
});

type Wrapped = { readonly data: Record<string, unknown>; readonly is_error: boolean; readonly error_message: string | null };

// A connection of its own per request, so that none is left over from before a fault.
const ask = (path: string, options: RequestInit = {}): Promise<Response> =>
  fetch(api.url + path, {
    ...options,
    headers: { connection: 'close', ...options.headers },
    signal: AbortSignal.timeout(1_000),
  });

const logIn = ({ email, password } = probeAccount): Promise<Response> =>
  ask('/token', { method: 'POST', body: new URLSearchParams({ username: email, password }) });

describe('the simulated API', () => {
  it('answers its index wrapped, without the database', async () => {
    target = { ...direct(), url: 'postgres://nobody@127.0.0.1:1/none' };
    const response = await ask('/');
    expect(response.status).toBe(200);
    expect(await response.json()).toEqual({
      data: { branch: 'main', release_date: '07 February' },
      status_code: 200,
      is_error: false,
      error_message: null,
      meta: null,
    });
  });

  it('logs in against the rows of the database, and shows what belongs to whom', async () => {
    expect((await logIn({ ...probeAccount, password: 'wrong' })).status).toBe(401);
    const { data } = (await (await logIn(visitorAccount)).json()) as Wrapped;
    const headers = { authorization: `Bearer ${data.access_token}` };
    const list = (await (await ask('/v5/panels', { headers })).json()) as { data: { title: string; completed: number }[] };
    expect(list.data).toHaveLength(9);
    expect(list.data[0]).toMatchObject({ title: 'Read' });
    expect((await ask('/v5/panels', { headers: { authorization: 'Bearer 1.forged' } })).status).toBe(401);
    await database.query(
      `insert into blacklisted_access_tokens (access_token, expires_at) values ('${data.access_token}', now())`,
    );
    expect((await ask('/v5/panels', { headers })).status).toBe(401);
    await database.query('truncate blacklisted_access_tokens');
  });

  it.each([
    ['refuses', () => database.direct.fail({ kind: 'refuse' }), /\(18\.157\.0\.10\), port 5432 failed: Connection refused/],
    ['wants another password', () => database.setPassword('x'), /FATAL: {2}password authentication failed for user "postgres"/],
    ['drops connections', () => database.direct.fail({ kind: 'drop', bytes: 20 }), /server closed the connection unexpectedly/],
  ])('says in psycopg2’s words that the database %s', async (_what, breakIt, words) => {
    await breakIt();
    const response = await logIn();
    await database.setPassword(null);
    expect(response.status).toBe(500);
    const { error_message, is_error } = (await response.json()) as Wrapped;
    expect(is_error).toBe(true);
    expect(error_message).toMatch(words);
    expect(api.log.findLast((line) => line.level === 'error')?.message).toBe(error_message);
    expect(api.log.at(-1)?.message).toBe('"POST /token HTTP/1.1" 500');
  });

  it('says the line of the real outage when the database has an IPv6 address only, and works over the pooler', async () => {
    target = { ...direct(), families: ['ipv6'] };
    const { error_message } = (await (await logIn()).json()) as Wrapped;
    expect(error_message).toMatch(
      /^BlacklistedAccessTokenException: problem reading blacklist table \(psycopg2\.OperationalError\) connection to server at "db\.[a-z]{20}\.supabase\.co" \(2a05:[0-9a-f:]+\), port 5432 failed: Network unreachable$/,
    );
    target = { url: database.url('pooler'), name: database.names.pooler, families: ['ipv4'] };
    expect((await logIn()).status).toBe(200);
  });

  it('lets only known origins read its answers', async () => {
    const allowed = (response: Response): string | null => response.headers.get('access-control-allow-origin');
    expect(allowed(await ask('/', { headers: { origin } }))).toBe(origin);
    expect(allowed(await ask('/', { headers: { origin: 'http://other.example.test' } }))).toBeNull();
    expect((await ask('/v5/panels', { method: 'OPTIONS', headers: { origin } })).status).toBe(204);
  });

  it('keeps the last 500 lines of its log', async () => {
    for (let n = 0; n < 510; n += 1) await fetch(`${api.url}/nowhere`);
    expect(api.log).toHaveLength(500);
  });
});

describe('a fault of the simulated API', () => {
  it('refuses, and comes back on the same port', async () => {
    await api.fail({ kind: 'refuse' });
    await expect(ask('/')).rejects.toMatchObject({ cause: { code: 'ECONNREFUSED' } });
    await api.fail(null);
    expect((await ask('/')).status).toBe(200);
  });

  it('hangs', async () => {
    await api.fail({ kind: 'hang' });
    await expect(ask('/')).rejects.toMatchObject({ name: 'TimeoutError' });
  });

  it('is slow', async () => {
    await api.fail({ kind: 'slow', ms: 150 });
    const started = performance.now();
    expect((await ask('/')).status).toBe(200);
    expect(performance.now() - started).toBeGreaterThanOrEqual(145);
  });

  it('answers what it is told, with headers', async () => {
    await api.fail({ kind: 'answer', reply: { status: 429, body: 'slow down', headers: { 'retry-after': '30' } } });
    const response = await ask('/');
    expect([response.status, response.headers.get('retry-after'), await response.text()]).toEqual([429, '30', 'slow down']);
  });

  it('answers 200 with somebody else’s page', async () => {
    await api.fail({ kind: 'wrong-body' });
    const response = await ask('/');
    expect(response.status).toBe(200);
    expect(await response.text()).toContain('Welcome to nginx');
  });

  it('ends an answer half-way', async () => {
    await api.fail({ kind: 'truncate' });
    await expect(ask('/').then((response) => response.text())).rejects.toThrow();
  });

  it('goes away and comes back by itself', async () => {
    await api.fail({ kind: 'flap', everyMs: 60 });
    const seen = new Set<boolean>();
    const deadline = performance.now() + 10_000;
    while (seen.size < 2 && performance.now() < deadline) {
      seen.add(
        await ask('/').then(
          () => true,
          () => false,
        ),
      );
    }
    expect(seen.size).toBe(2);
    await api.fail(null);
    await new Promise((resolve) => setTimeout(resolve, 150));
    expect((await ask('/')).status).toBe(200);
  });

  it('shows a certificate that has ended, and a good one again', async () => {
    const outcome = (): Promise<string> =>
      new Promise((resolve) => {
        const url = new URL(api.secureUrl);
        request(url, { ca: api.authority, agent: false }, (response) => {
          response.resume();
          resolve(String(response.statusCode));
        })
          .on('error', (error: NodeJS.ErrnoException) => resolve(error.code ?? error.message))
          .end();
      });
    expect(await outcome()).toBe('200');
    api.setExpired(true);
    expect(await outcome()).toBe('CERT_HAS_EXPIRED');
    api.setExpired(false);
    expect(await outcome()).toBe('200');
  });
});
