import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { type Authority, makeAuthority, makeCertificate } from '../../support/certificates.ts';
import { check } from '../../support/check-ports.ts';
import { serveHttps, serveTcp, type TestServer } from '../../support/http-server.ts';

let folder: string;
let caFile: string;
let authority: Authority;
const servers: TestServer[] = [];

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'signalbox-tls-'));
  caFile = join(folder, 'ca.pem');
  authority = makeAuthority();
  await writeFile(caFile, authority.pem);
});
afterAll(() => rm(folder, { recursive: true, force: true }));
afterEach(async () => {
  await Promise.all(servers.splice(0).map((server) => server.close()));
});

async function serve(names: readonly string[], days: number): Promise<TestServer & { readonly heard: string[] }> {
  const heard: string[] = [];
  const server = await serveHttps(makeCertificate(authority, names, days), (request, response) => {
    heard.push(request.headers.authorization ?? '');
    response.end('ok');
  });
  servers.push(server);
  return { ...server, heard };
}

describe('an https check', () => {
  it('verifies against the named authority and tells the days left and the time of the handshake', async () => {
    const server = await serve(['localhost'], 9.5);
    const seen = await check({ kind: 'http', url: server.url, caFile });
    expect(seen).toMatchObject({ outcome: 'up', certificate: { host: 'localhost', daysLeft: 9 } });
    expect(seen.phases?.tlsMs).toBeGreaterThan(0);
    expect(Date.parse(seen.certificate?.expiresAt ?? '')).toBeGreaterThan(Date.now());
    await expect.poll(() => server.open.size).toBe(0);
  });

  it('makes a whole handshake each time', async () => {
    const server = await serve(['localhost'], 30);
    const first = await check({ kind: 'http', url: server.url, caFile });
    const second = await check({ kind: 'http', url: server.url, caFile });
    expect([first.certificate?.daysLeft, second.certificate?.daysLeft]).toEqual([29, 29]);
    expect(server.connections()).toBe(2);
  });

  it('is down with an expired certificate, tells its end, and sends no request', async () => {
    const server = await serve(['localhost'], -1.5);
    const seen = await check({ kind: 'http', url: server.url, caFile, headers: { Authorization: 'Bearer abcdefgh' } });
    expect(seen).toMatchObject({
      outcome: 'down',
      certificate: { daysLeft: -2 },
      error: { code: 'tls', message: `The certificate of localhost expired on ${seen.certificate?.expiresAt.slice(0, 10)}.` },
    });
    expect(server.heard).toEqual([]);
  });

  it.each([
    ['another name', ['elsewhere.example'], true, /issued for another name/],
    ['an unknown authority', ['localhost'], false, /does not (?:trust|send)/],
  ])('is down with %s', async (_, names, trusted, message) => {
    const server = await serve(names, 30);
    const seen = await check({ kind: 'http', url: server.url, ...(trusted ? { caFile } : {}) });
    expect(seen).toMatchObject({ outcome: 'down', error: { code: 'tls', message: expect.stringMatching(message) } });
    expect(server.heard).toEqual([]);
  });

  it('accepts anything with verifyTls off, and still tells the certificate', async () => {
    const server = await serve(['elsewhere.example'], -0.5);
    expect(await check({ kind: 'http', url: server.url, verifyTls: false })).toMatchObject({
      outcome: 'up',
      certificate: { daysLeft: -1 },
    });
  });

  it('tells a server that does not speak TLS', async () => {
    const server = await serveTcp((socket) => socket.once('data', () => socket.end('HTTP/1.1 400 Bad Request\r\n\r\n')));
    servers.push(server);
    expect(await check({ kind: 'http', url: `https://127.0.0.1:${server.port}/` })).toMatchObject({
      outcome: 'down',
      error: { code: 'tls', message: `127.0.0.1 does not speak TLS on port ${server.port}.` },
    });
  });

  it('tells a connection that is closed during the handshake', async () => {
    const server = await serveTcp((socket) => socket.once('data', () => socket.destroy()));
    servers.push(server);
    expect((await check({ kind: 'http', url: `https://127.0.0.1:${server.port}/` })).error).toMatchObject({
      code: 'tls',
      message: expect.stringContaining('closed the connection during the TLS handshake'),
    });
  });

  it('is unknown when the CA file cannot be read, and works as soon as it can', async () => {
    const server = await serve(['localhost'], 30);
    const late = join(folder, 'late.pem');
    expect(await check({ kind: 'http', url: server.url, caFile: late })).toMatchObject({
      outcome: 'unknown',
      error: { code: 'tls' },
    });
    await writeFile(late, authority.pem);
    expect((await check({ kind: 'http', url: server.url, caFile: late })).outcome).toBe('up');
  });
});
