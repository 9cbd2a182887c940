// The loopback server over real sockets (SECURITY S-44): who gets in, what is answered, and that nothing else is.
import { connect } from 'node:net';
import { networkInterfaces } from 'node:os';
import { afterAll, afterEach, beforeEach, describe, expect, it } from 'vitest';
import { contentPolicy, serveWindow } from '../../../main/cli/loopback.ts';
import { type Served, serve, windowFiles } from './served-window.ts';

const { files, remove } = windowFiles();
let served: Served;
beforeEach(async () => {
  served = await serve(files);
});
afterEach(() => served.window.close());
afterAll(remove);

describe('the address', () => {
  it('is on loopback with 256 random bits in the fragment', () => {
    expect(served.window.url).toMatch(/^http:\/\/127\.0\.0\.1:\d+\/#token=[\w-]{43}$/);
  });

  it('answers on both loopback families and on no other address of this machine', async () => {
    expect((await served.ask('GET', '/')).status).toBe(200);
    const interfaces = Object.values(networkInterfaces()).flatMap((list) => list ?? []);
    if (interfaces.some(({ address }) => address === '::1')) {
      expect((await served.ask('GET', '/', { at: '::1', host: `[::1]:${served.port}` })).status).toBe(200);
    } else {
      console.warn('Left out: ::1, because this machine has no IPv6 loopback.');
    }
    for (const { address, internal, family } of interfaces) {
      if (internal || family !== 'IPv4') continue;
      await expect(served.ask('GET', '/', { at: address })).rejects.toMatchObject({ code: 'ECONNREFUSED' });
    }
  });

  it('is refused with a fault when its port is taken', async () => {
    const again = serveWindow({ engine: served.engine, port: served.port, files });
    await expect(again).rejects.toMatchObject({ code: 'port-in-use', exitCode: 2 });
  });

  it('gives the port back', async () => {
    await served.window.close();
    const again = await serveWindow({ engine: served.engine, port: served.port, files });
    expect(new URL(again.url).port).toBe(String(served.port));
    await again.close();
  });
});

describe('Host and Origin', () => {
  it.each(['127.0.0.1', 'localhost', 'LOCALHOST', '[::1]'])('takes %s with our port', async (name) => {
    expect((await served.ask('GET', '/', { host: `${name}:${served.port}` })).status).toBe(200);
  });

  it.each([
    ['another name', 'signalbox.example.com'],
    ['another name with our port', 'rebound.example.com:PORT'],
    ['no port', '127.0.0.1'],
    ['another port', '127.0.0.1:1'],
    ['a name that starts like ours', '127.0.0.1:PORT.example.com'],
    ['a user in front', 'x@127.0.0.1:PORT'],
    ['nothing', ''],
  ])('refuses a Host that is %s', async (_what, host) => {
    const answer = await served.ask('GET', '/', { host: host.replace('PORT', String(served.port)) });
    expect(answer.status).toBe(403);
    expect(answer.body).not.toContain('<!doctype');
  });

  it('refuses a request without Host', async () => {
    expect((await served.ask('GET', '/', { host: null })).status).toBe(400);
  });

  it.each([
    ['another site', 'https://example.com'],
    ['another port', 'http://127.0.0.1:1'],
    ['a sandboxed page', 'null'],
    ['https', 'https://127.0.0.1:PORT'],
    ['our other name', 'http://localhost:PORT'],
    ['none', undefined],
  ])('refuses a call from %s', async (_what, origin) => {
    const headers = {
      'content-type': 'application/json',
      cookie: await served.cookie(),
      ...(origin === undefined ? {} : { origin: origin.replace('PORT', String(served.port)) }),
    };
    const answer = await served.ask('POST', '/rpc/snapshot.get', { headers, body: '{}' });
    expect(answer.status).toBe(403);
    expect(served.engine.calls).toEqual([]);
    expect(answer.headers).not.toHaveProperty('access-control-allow-origin');
  });

  it('refuses a session for another origin without counting it', async () => {
    for (let index = 0; index < 25; index += 1) {
      await served.ask('POST', '/session', { headers: { origin: 'https://example.com', 'x-signalbox-token': 'wrong' } });
    }
    expect((await served.session()).status).toBe(204);
  });

  it('refuses reading with another origin, and reads without one', async () => {
    expect((await served.ask('GET', '/', { headers: { origin: 'https://example.com' } })).status).toBe(403);
    expect((await served.ask('GET', '/', { headers: { origin: served.origin } })).status).toBe(200);
  });
});

describe('the token', () => {
  it('is exchanged for a cookie that scripts cannot read and other sites do not send', async () => {
    const answer = await served.session();
    expect(answer.headers['set-cookie']?.[0]).toMatch(
      new RegExp(`^signalbox-${served.port}=[\\w-]{43}; HttpOnly; SameSite=Strict; Path=/$`),
    );
    expect(answer.headers['set-cookie']?.[0]).not.toContain(served.token);
  });

  it.each([
    ['none', null],
    ['an empty one', ''],
    ['a wrong one', 'x'.repeat(43)],
    ['a shorter one', 'x'],
  ])('refuses %s', async (_what, offered) => {
    const answer = await served.session(offered);
    expect(answer.status).toBe(401);
    expect(answer.headers).not.toHaveProperty('set-cookie');
  });

  it('shuts the door for a minute after 20 wrong ones, for the right one too', async () => {
    for (let index = 0; index < 20; index += 1) expect((await served.session('wrong')).status).toBe(401);
    const answer = await served.session();
    expect(answer.status).toBe(429);
    expect(Number(answer.headers['retry-after'])).toBeGreaterThan(50);
  });

  it('may be a ticket, which works once', async () => {
    const ticket = new URL(served.window.ticketUrl()).hash.slice('#token='.length);
    expect(ticket).not.toBe(served.token);
    expect((await served.session(ticket)).status).toBe(204);
    expect((await served.session(ticket)).status).toBe(401);
  });

  it.each([
    ['no cookie', {}],
    ['the token as a cookie', { cookie: 'signalbox=TOKEN' }],
    ['a wrong session', { cookie: 'signalbox-PORT=wrong' }],
    ['the token as a header only', { 'x-signalbox-token': 'TOKEN' }],
  ])('calls and events need the session: %s', async (_what, headers) => {
    const filled = Object.fromEntries(
      Object.entries(headers).map(([name, value]) => [
        name,
        value.replace('TOKEN', served.token).replace('PORT', String(served.port)),
      ]),
    );
    const json = { origin: served.origin, 'content-type': 'application/json' };
    expect((await served.ask('POST', '/rpc/snapshot.get', { headers: { ...json, ...filled }, body: '{}' })).status).toBe(401);
    expect((await served.ask('GET', '/events', { headers: filled })).status).toBe(401);
    expect(served.engine.calls).toEqual([]);
  });
});

describe('a call', () => {
  it('reaches the engine and comes back as a reply', async () => {
    const answer = await served.call({}, '{"limit":3}', '/rpc/history.strips');
    expect(answer.status).toBe(200);
    expect(JSON.parse(answer.body)).toEqual({ ok: true, value: { method: 'history.strips' } });
    expect(served.engine.calls).toEqual([{ method: 'history.strips', input: { limit: 3 } }]);
  });

  it.each([
    ['not JSON', {}, '{', 400],
    ['empty', {}, '', 400],
    ['of a type that plain forms send', { 'content-type': 'text/plain' }, '{}', 415],
    ['of a type that only looks right', { 'content-type': 'application/jsonp' }, '{}', 415],
    ['larger than 64 kB', {}, JSON.stringify('x'.repeat(65_536)), 413],
    ['larger than 64 kB and sent in pieces', { 'transfer-encoding': 'chunked' }, JSON.stringify('x'.repeat(200_000)), 413],
  ])('is refused when its body is %s', async (_what, headers, body, status) => {
    const answer = await served.call(headers, body);
    expect(answer.status).toBe(status);
    expect(JSON.parse(answer.body)).toMatchObject({ ok: false, error: { code: 'bad-input' } });
    expect(served.engine.calls).toEqual([]);
  });
});

describe('files', () => {
  it('are served with their type, and HEAD without a body', async () => {
    expect(await served.ask('GET', '/')).toMatchObject({ status: 200, body: expect.stringContaining('<title>Signalbox') });
    expect((await served.ask('GET', '/assets/app.js?v=1')).headers['content-type']).toBe('text/javascript; charset=utf-8');
    const head = await served.ask('HEAD', '/');
    expect(head).toMatchObject({ status: 200, body: '' });
    expect(Number(head.headers['content-length'])).toBeGreaterThan(10);
  });

  it.each([
    '/../secret.txt',
    '/%2e%2e/secret.txt',
    '/..%2fsecret.txt',
    '/assets/../../secret.txt',
    '/assets/%2e%2e%2f%2e%2e%2fsecret.txt',
    '/..\\secret.txt',
    '/%5c..%5csecret.txt',
    '/../renderer-old/index.html',
    '/leak.txt',
    '/up/secret.txt',
    '/index.html%00.png',
    '/.hidden.json',
    '/notes.md',
    '/assets',
    '/assets/',
    '/%zz',
    '//secret.txt',
    '/C:/secret.txt',
    '/nothing.html',
    `/${'a'.repeat(5_000)}.js`,
  ])('are not found at %s', async (path) => {
    const answer = await served.ask('GET', path);
    expect(answer.status).toBe(404);
    expect(answer.body).not.toContain('canary');
  });

  it('refuses an absolute target', async () => {
    expect((await served.ask('GET', 'http://example.com/secret.txt')).status).toBe(404);
  });
});

describe('everything else', () => {
  it.each([
    ['PUT', '/'],
    ['POST', '/'],
    ['DELETE', '/index.html'],
    ['OPTIONS', '/rpc/snapshot.get'],
    ['GET', '/rpc/snapshot.get'],
    ['GET', '/session'],
    ['PUT', '/session'],
    ['POST', '/events'],
    ['HEAD', '/events'],
  ])('%s %s is not allowed', async (method, path) => {
    const answer = await served.ask(method, path, { headers: { origin: served.origin, cookie: await served.cookie() } });
    expect(answer.status).toBe(405);
    expect(answer.headers.allow).toBeTypeOf('string');
    expect(answer.headers).not.toHaveProperty('access-control-allow-methods');
    expect(served.engine.calls).toEqual([]);
  });

  it('carries the same headers whatever the answer', async () => {
    const answers = [
      await served.ask('GET', '/'),
      await served.ask('GET', '/none'),
      await served.ask('GET', '/', { host: 'x' }),
      await served.session(),
      await served.call(),
    ];
    for (const { headers } of answers) {
      expect(headers).toMatchObject({
        'content-security-policy': contentPolicy,
        'x-content-type-options': 'nosniff',
        'referrer-policy': 'no-referrer',
        'cross-origin-opener-policy': 'same-origin',
        'cross-origin-resource-policy': 'same-origin',
        'cache-control': 'no-store',
      });
    }
    expect(contentPolicy).not.toMatch(/unsafe/);
  });

  it('ends a connection that is no HTTP', async () => {
    const answer = await new Promise<string>((resolve, reject) => {
      const socket = connect(served.port, '127.0.0.1', () => socket.write('\u0000\u0001hello\r\n\r\n'));
      let text = '';
      socket.on('data', (chunk) => {
        text += chunk.toString('latin1');
      });
      socket.on('close', () => resolve(text));
      socket.on('error', reject);
    });
    expect(answer).toMatch(/^(HTTP\/1\.1 400|$)/);
  });
});
