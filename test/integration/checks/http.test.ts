import { describe, expect, it } from 'vitest';
import { check } from '../../support/check-ports.ts';
import { closedPort, serversPerTest } from '../../support/http-server.ts';

const { serve, serveRaw } = serversPerTest();

describe('an http check of a healthy server', () => {
  it('is up, with phases, address and status, on a connection that it closes', async () => {
    const server = await serve((_, response) => void response.end('hello'));
    const seen = await check({ kind: 'http', url: `${server.url}/health` });
    expect(seen).toMatchObject({ monitorId: 'm', outcome: 'up', status: 200, address: '127.0.0.1' });
    expect(seen.error).toBeUndefined();
    expect(seen.phases?.tcpMs).toBeGreaterThan(0);
    expect(seen.phases?.firstByteMs).toBeGreaterThan(0);
    expect(seen.phases).not.toHaveProperty('dnsMs');
    expect(seen.latencyMs).toBeGreaterThanOrEqual((seen.phases?.tcpMs ?? 0) + (seen.phases?.firstByteMs ?? 0));
    await expect.poll(() => server.open.size).toBe(0);
  });

  it('times the lookup of a name', async () => {
    const server = await serve((_, response) => void response.end());
    const seen = await check({ kind: 'http', url: `http://localhost:${server.port}/` });
    expect(seen.outcome).toBe('up');
    expect(seen.phases?.dnsMs).toBeGreaterThanOrEqual(0);
  });

  it('uses a new connection each time', async () => {
    const server = await serve((_, response) => void response.end());
    await check({ kind: 'http', url: server.url });
    await check({ kind: 'http', url: server.url });
    expect(server.connections()).toBe(2);
  });

  it('sends method, headers and an introduction, and asks for no compression', async () => {
    const heard: unknown[] = [];
    const server = await serve((request, response) => {
      heard.push(request.method, request.url, request.headers);
      response.end();
    });
    await check({
      kind: 'http',
      url: `${server.url}/a?b=c`,
      method: 'DELETE',
      headers: { 'X-Probe': 'yes', 'User-Agent': 'mine' },
    });
    await check({ kind: 'http', url: server.url });
    expect(heard.slice(0, 2)).toEqual(['DELETE', '/a?b=c']);
    expect(heard[2]).toMatchObject({
      'x-probe': 'yes',
      'user-agent': 'mine',
      'accept-encoding': 'identity',
      connection: 'close',
    });
    expect(heard[5]).toMatchObject({ 'user-agent': expect.stringMatching(/^signalbox\/\d+\.\d+\.\d+$/) });
  });

  it.each([
    ['json', { a: ['${secret:s}'] }, 'application/json', '{"a":["p&w"]}'],
    ['form', { user: 'x', password: '${secret:s}' }, 'application/x-www-form-urlencoded', 'user=x&password=p%26w'],
    ['body', 'raw ${secret:s}', undefined, 'raw p&w'],
  ])('POSTs a %s body with its secrets', async (field, body, type, text) => {
    let got = '';
    let contentType: string | undefined;
    let method: string | undefined;
    const server = await serve((request, response) => {
      contentType = request.headers['content-type'];
      method = request.method;
      request.on('data', (chunk: Buffer) => {
        got += chunk.toString();
      });
      request.on('end', () => response.end());
    });
    const seen = await check({ kind: 'http', url: server.url, [field]: body }, { secrets: { s: 'p&w' } });
    expect({ outcome: seen.outcome, got, contentType, method }).toEqual({
      outcome: 'up',
      got: text,
      contentType: type,
      method: 'POST',
    });
  });

  it('reads no more than 64 KiB of an endless answer', async () => {
    const server = await serve((_, response) => {
      const chunk = Buffer.alloc(16_384, 'x');
      const more = (): void =>
        void (response.destroyed || (response.write(chunk) ? setImmediate(more) : response.once('drain', more)));
      more();
    });
    expect((await check({ kind: 'http', url: server.url })).outcome).toBe('up');
    expect(await check({ kind: 'http', url: server.url, expect: { json: [{ path: '$', exists: true }] } })).toMatchObject({
      outcome: 'down',
      error: { code: 'assertion', message: expect.stringContaining('64 KiB') },
    });
  });
});

describe('an http check of an answer that is not as expected', () => {
  it.each([
    [500, 'http-status', /answered 500 Internal Server Error; expected 200-299/],
    [404, 'http-status', /answered 404/],
    [401, 'http-status', /answered 401/],
    [429, 'rate-limited', /asked more often/],
  ])('maps status %i to %s', async (status, code, message) => {
    const server = await serve((_, response) => void response.writeHead(status).end('{"why":"database"}'));
    const seen = await check({ kind: 'http', url: server.url });
    expect(seen).toMatchObject({ outcome: 'down', status, error: { code, message: expect.stringMatching(message) } });
    expect(seen.latencyMs).toBeGreaterThan(0);
    expect(seen.excerpt).toBe('{"why":"database"}');
  });

  it('calls 401 an auth failure when the check logs in', async () => {
    const server = await serve((_, response) => void response.writeHead(401).end());
    const seen = await check({ kind: 'http', url: server.url, form: { username: 'probe' } });
    expect(seen.error?.code).toBe('auth');
  });

  it('keeps secrets and control characters out of the excerpt, and caps it', async () => {
    const server = await serve((request, response) => {
      response.writeHead(500).end(`\u001b[31mbad key ${request.headers['x-api-key']} ${'x'.repeat(5_000)}`);
    });
    const seen = await check(
      { kind: 'http', url: server.url, headers: { 'X-Api-Key': '${secret:k}' } },
      { secrets: { k: 'hunter2hunter2' } },
    );
    expect(seen.excerpt).toMatch(/^bad key ••• x+…$/);
    expect(seen.excerpt).toHaveLength(2_048);
  });

  it('judges text and JSON', async () => {
    const server = await serve((_, response) => void response.end('{"data":{"branch":"staging"}}'));
    const judged = async (expectations: unknown) =>
      (await check({ kind: 'http', url: server.url, expect: expectations })).error?.message ?? 'up';
    expect(await judged({ json: [{ path: '$.data.branch', equals: 'staging' }] })).toBe('up');
    expect(await judged({ json: [{ path: '$.data.branch', equals: 'main' }] })).toBe(
      '127.0.0.1: $.data.branch is "staging", expected "main".',
    );
    expect(await judged({ text: 'nowhere' })).toContain('without the expected text "nowhere"');
  });

  it('explains a compressed answer that nobody asked for', async () => {
    const server = await serve((_, response) => void response.writeHead(200, { 'content-encoding': 'gzip' }).end('??'));
    expect(await check({ kind: 'http', url: server.url, expect: { text: 'ok' } })).toMatchObject({
      error: { code: 'assertion', message: expect.stringContaining('gzip-compressed') },
    });
  });
});

describe('an http check of a server that misbehaves', () => {
  it('names a refused connection and its port', async () => {
    const port = await closedPort();
    expect(await check({ kind: 'http', url: `http://127.0.0.1:${port}/` })).toMatchObject({
      outcome: 'down',
      latencyMs: null,
      error: { code: 'refused', message: `127.0.0.1 refused the connection on port ${port}.` },
    });
  });

  it('names a name that does not exist', async () => {
    // The machine answers for ".invalid" itself or not at all; both are DNS (RFC 6761, section 6.4).
    const seen = await check({ kind: 'http', url: 'http://nothing.invalid/' });
    expect(seen).toMatchObject({ outcome: 'down', error: { message: expect.stringContaining('nothing.invalid') } });
    expect(['dns', 'timeout']).toContain(seen.error?.code);
  });

  it('gives up on a server that accepts and says nothing', async () => {
    const server = await serve(() => undefined);
    expect(await check({ kind: 'http', url: server.url, timeout: '150ms' })).toMatchObject({
      outcome: 'down',
      latencyMs: null,
      error: { code: 'timeout', message: '127.0.0.1 did not answer within 150 ms.' },
    });
    await expect.poll(() => server.open.size).toBe(0);
  });

  it('gives up on an answer that does not end', async () => {
    const server = await serve((_, response) => void response.writeHead(200).write('one'));
    expect(await check({ kind: 'http', url: server.url, timeout: '150ms' })).toMatchObject({
      outcome: 'down',
      error: { code: 'timeout', message: '127.0.0.1 did not finish its answer within 150 ms.' },
    });
  });

  it.each([
    ['garbage', 'SSH-2.0-OpenSSH_9.6\r\n', /not HTTP/],
    ['a cut-off answer', 'HTTP/1.1 200 OK\r\ncontent-length: 100\r\n\r\nabc', /in the middle of its answer/],
    [
      'an upgrade',
      'HTTP/1.1 101 Switching Protocols\r\nconnection: upgrade\r\nupgrade: x\r\n\r\n',
      /closed the connection before/,
    ],
    ['nothing at all', '', /closed the connection before its answer/],
  ])('calls %s a protocol failure', async (_, text, message) => {
    const server = await serveRaw((socket) => socket.once('data', () => socket.end(text)));
    expect(await check({ kind: 'http', url: server.url })).toMatchObject({
      outcome: 'down',
      error: { code: 'protocol', message: expect.stringMatching(message) },
    });
  });

  it('takes a reset in mid-talk for a protocol failure', async () => {
    const server = await serveRaw((socket) => socket.once('data', () => socket.resetAndDestroy()));
    expect((await check({ kind: 'http', url: server.url })).error?.code).toBe('protocol');
  });

  it('refuses a header value that cannot be sent, without showing it', async () => {
    const server = await serve((_, response) => void response.end());
    const seen = await check({ kind: 'http', url: server.url, headers: { a: '${secret:s}' } }, { secrets: { s: 'line\nbreak' } });
    expect(seen.error).toMatchObject({ code: 'protocol', message: expect.stringContaining('cannot be sent') });
    expect(seen.error?.message).not.toContain('break');
    await expect.poll(() => server.open.size).toBe(0);
  });
});
