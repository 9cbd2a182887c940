import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { makeWitnesses } from '../../../main/checks/witnesses.ts';
import { systemClock } from '../../../main/engine/clock.ts';
import type { Witness } from '../../../shared/settings.ts';
import { type Authority, makeAuthority, makeCertificate } from '../../support/certificates.ts';
import { closedPort, type Handler, serveHttp, serveHttps, serveTcp, type TestServer } from '../../support/http-server.ts';

let folder: string;
let caFile: string;
let authority: Authority;
const servers: TestServer[] = [];

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'signalbox-witness-'));
  caFile = join(folder, 'ca.pem');
  authority = makeAuthority();
  await writeFile(caFile, authority.pem);
});
afterAll(() => rm(folder, { recursive: true, force: true }));
afterEach(async () => {
  await Promise.all(servers.splice(0).map((server) => server.close()));
});

async function plain(handler: Handler): Promise<string> {
  const server = await serveHttp(handler);
  servers.push(server);
  return server.url;
}

async function secure(handler: Handler, name = 'localhost'): Promise<string> {
  const server = await serveHttps(makeCertificate(authority, [name], 30), handler);
  servers.push(server);
  return server.url;
}

async function silent(): Promise<string> {
  const server = await serveTcp((socket) => void socket.resume());
  servers.push(server);
  return server.url;
}

const ask = (...list: Witness[]): Promise<string> =>
  makeWitnesses(list, { clock: systemClock, caFile })(new AbortController().signal);
const answer =
  (status: number, body = '', headers: Record<string, string> = {}): Handler =>
  (_, response) =>
    void response.writeHead(status, headers).end(body);
const refused = async (): Promise<string> => `http://127.0.0.1:${await closedPort()}`;

describe('witnesses', () => {
  it('say online when one of them gives the expected answer, whatever the others do', async () => {
    const good = { url: await plain(answer(204)), status: 204 };
    expect(await ask(good)).toBe('online');
    expect(await ask(await refused(), good)).toBe('online');
    expect(await ask(await silent(), good)).toBe('online');
    expect(await ask({ url: await plain(answer(200, '<html>Please log in')), status: 204 }, good)).toBe('online');
  });

  it('say online for any verified answer over https, also a redirect', async () => {
    expect(await ask(await secure(answer(200)))).toBe('online');
    expect(await ask(await secure(answer(302, '', { location: '/' })))).toBe('online');
    expect(await ask({ url: await secure(answer(200)), status: 204 })).toBe('online');
  });

  it('say online for a plain 2xx when nobody saw a portal', async () => {
    expect(await ask(await plain(answer(200)), await refused())).toBe('online');
  });

  it('say captive for a redirect, for other content, for 511 and for a stranger’s certificate', async () => {
    expect(await ask(await plain(answer(302, '', { location: 'http://portal.test/' })))).toBe('captive');
    expect(await ask({ url: await plain(answer(200, '<html>Please log in')), status: 204 })).toBe('captive');
    expect(await ask({ url: await plain(answer(200, 'welcome')), text: 'signalbox' })).toBe('captive');
    expect(await ask(await plain(answer(511)))).toBe('captive');
    expect(await ask(await secure(answer(204), 'portal.test'))).toBe('captive');
  });

  it('believe a stranger’s certificate more than a plain 200', async () => {
    expect(await ask(await plain(answer(200)), await secure(answer(204), 'portal.test'))).toBe('captive');
  });

  it('say offline when nobody answers, or only with 5xx', async () => {
    expect(await ask(await refused(), await refused())).toBe('offline');
    expect(await ask(await plain(answer(503)))).toBe('offline');
  });

  it('say offline within their limit when all are silent', async () => {
    expect(await ask(await silent(), await silent())).toBe('offline');
  });

  it('say online when there are none: the guard is off', async () => {
    expect(await ask()).toBe('online');
  });

  it('leave no connection behind when the first answer decides', async () => {
    const slow = await serveTcp((socket) => void socket.resume());
    servers.push(slow);
    expect(await ask(slow.url, { url: await plain(answer(204)), status: 204 })).toBe('online');
    await expect.poll(() => slow.open.size).toBe(0);
  });

  it('end at once when nobody wants to know any more', async () => {
    const server = await serveTcp((socket) => void socket.resume());
    servers.push(server);
    const controller = new AbortController();
    const running = makeWitnesses([server.url], { clock: systemClock })(controller.signal);
    await expect.poll(() => server.open.size).toBe(1);
    controller.abort();
    expect(await running).toBe('offline');
    await expect.poll(() => server.open.size).toBe(0);
  });
});
