import type { IncomingHttpHeaders } from 'node:http';
import { afterEach, describe, expect, it } from 'vitest';
import { check } from '../../support/check-ports.ts';
import { type Handler, serveHttp, type TestServer } from '../../support/http-server.ts';

const servers: TestServer[] = [];
afterEach(async () => {
  await Promise.all(servers.splice(0).map((server) => server.close()));
});

type Heard = { method: string | undefined; path: string | undefined; headers: IncomingHttpHeaders; body: string };

async function serve(handler: Handler): Promise<TestServer & { readonly heard: Heard[] }> {
  const heard: Heard[] = [];
  const server = await serveHttp((request, response) => {
    const entry: Heard = { method: request.method, path: request.url, headers: request.headers, body: '' };
    heard.push(entry);
    request.on('data', (chunk: Buffer) => {
      entry.body += chunk.toString();
    });
    request.on('end', () => handler(request, response));
  });
  servers.push(server);
  return { ...server, heard };
}

const redirect =
  (status: number, to: () => string): Handler =>
  (_, response) =>
    void response.writeHead(status, { location: to() }).end();

describe('redirects', () => {
  it('are off: a redirect is an unexpected status, and the message says what to do', async () => {
    const server = await serve(redirect(302, () => '/login'));
    expect(await check({ kind: 'http', url: server.url })).toMatchObject({
      outcome: 'down',
      status: 302,
      error: { code: 'http-status', message: expect.stringMatching(/points to \/login; set "followRedirects"/) },
    });
    expect((await check({ kind: 'http', url: server.url, expect: { status: [302] } })).outcome).toBe('up');
  });

  it('are followed within the origin with all headers, each hop on its own connection, phases summed', async () => {
    const server = await serve((request, response) => {
      if (request.url === '/end') response.end('done');
      else response.writeHead(301, { location: 'end' }).end();
    });
    const seen = await check({
      kind: 'http',
      url: `${server.url}/start`,
      headers: { Authorization: 'Bearer abc' },
      followRedirects: 3,
      expect: { text: 'done' },
    });
    expect(seen).toMatchObject({ outcome: 'up', status: 200 });
    expect(server.heard.map((one) => [one.path, one.headers.authorization])).toEqual([
      ['/start', 'Bearer abc'],
      ['/end', 'Bearer abc'],
    ]);
    expect(server.connections()).toBe(2);
  });

  it('carry no credential, cookie or unknown header to another origin, not even back', async () => {
    const first: TestServer & { heard: Heard[] } = await serve((request, response) => {
      if (request.url === '/back') response.end();
      else response.writeHead(302, { location: `${other.url}/there` }).end();
    });
    const other = await serve(redirect(302, () => `${first.url}/back`));
    const headers = { Authorization: 'Bearer abc', Cookie: 'a=b', apikey: 'k', Accept: 'text/html' };
    const seen = await check({ kind: 'http', url: `${first.url}/`, headers, followRedirects: 3 });
    expect(seen.outcome).toBe('up');
    const [there] = other.heard;
    expect(there?.headers).toMatchObject({ accept: 'text/html', host: `127.0.0.1:${other.port}` });
    for (const one of [there, first.heard[1]]) {
      expect(one?.headers).not.toHaveProperty('authorization');
      expect(one?.headers).not.toHaveProperty('cookie');
      expect(one?.headers).not.toHaveProperty('apikey');
    }
  });

  it('turn a POST into a GET after 302, and keep it after 307', async () => {
    const server = await serve((request, response) => {
      if (request.url === '/end') response.end();
      else response.writeHead(request.url === '/302' ? 302 : 307, { location: '/end' }).end();
    });
    for (const path of ['/302', '/307']) {
      const seen = await check({ kind: 'http', url: `${server.url}${path}`, form: { a: 'b' }, followRedirects: 1 });
      expect(seen.outcome).toBe('up');
    }
    expect(server.heard.map((one) => [one.method, one.path, one.body])).toEqual([
      ['POST', '/302', 'a=b'],
      ['GET', '/end', ''],
      ['POST', '/307', 'a=b'],
      ['POST', '/end', 'a=b'],
    ]);
    expect(server.heard[1]?.headers).not.toHaveProperty('content-length');
  });

  it('do not take a body to another origin', async () => {
    const other = await serve((_, response) => void response.end());
    const server = await serve(redirect(307, () => other.url));
    const seen = await check({ kind: 'http', url: server.url, form: { password: 'x' }, followRedirects: 1 });
    expect(seen.error).toMatchObject({ code: 'protocol', message: expect.stringContaining('not sent to another origin') });
    expect(other.heard).toEqual([]);
  });

  it('end at the limit, at other schemes, and at link-local addresses', async () => {
    const loop = await serve(redirect(302, () => '/again'));
    expect((await check({ kind: 'http', url: loop.url, followRedirects: 2 })).error).toMatchObject({
      code: 'protocol',
      message: '127.0.0.1 redirected more than 2 times.',
    });
    const file = await serve(redirect(302, () => 'file:///etc/passwd'));
    expect((await check({ kind: 'http', url: file.url, followRedirects: 2 })).error?.code).toBe('protocol');
    const metadata = await serve(redirect(302, () => 'http://169.254.169.254/'));
    expect(await check({ kind: 'http', url: metadata.url, followRedirects: 2, allowLinkLocal: true })).toMatchObject({
      outcome: 'unknown',
      error: { code: 'unreachable' },
    });
  });
});
