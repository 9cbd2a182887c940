import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeEach, describe, expect, it } from 'vitest';
import { contentSecurityPolicy, respond } from '../../../main/electron/protocol.ts';
import { runningShell, temporaryFolder } from '../../support/fake-electron/run-shell.ts';
import { snapshotOf } from '../../support/view-fixtures.ts';

let folder: string;

/** A built page, with a secret next to its folder and ways out of it. */
beforeEach(() => {
  const root = temporaryFolder();
  folder = join(root, 'renderer');
  mkdirSync(join(folder, 'assets'), { recursive: true });
  mkdirSync(join(root, 'renderer-private'));
  writeFileSync(join(folder, 'index.html'), '<!doctype html>');
  writeFileSync(join(folder, 'assets', 'index-a1.js'), 'export {};');
  writeFileSync(join(folder, 'assets', 'with space.css'), 'p {}');
  writeFileSync(join(folder, 'assets', 'data.bin'), 'x');
  writeFileSync(join(root, 'secret.txt'), 'canary');
  writeFileSync(join(root, 'renderer-private', 'secret.txt'), 'canary');
  symlinkSync(join(root, 'secret.txt'), join(folder, 'link.txt'));
  symlinkSync(join(root, 'renderer-private'), join(folder, 'linked'));
  symlinkSync(join(folder, 'index.html'), join(folder, 'inner-link.html'));
});

const get = (url: string, method = 'GET') => respond(folder, { url, method });

describe('app://signalbox/', () => {
  it.each([
    ['app://signalbox/', 'text/html; charset=utf-8'],
    ['app://signalbox/index.html', 'text/html; charset=utf-8'],
    ['app://signalbox/index.html?x=1#incident=inc-1', 'text/html; charset=utf-8'],
    ['app://signalbox/assets/index-a1.js', 'text/javascript; charset=utf-8'],
    ['app://signalbox/assets/with%20space.css', 'text/css; charset=utf-8'],
    ['app://signalbox/assets/data.bin', 'application/octet-stream'],
  ])('serves %s as %s, with the policy and nosniff', async (url, type) => {
    const response = await get(url);
    expect(response.status).toBe(200);
    expect(response.headers.get('content-type')).toBe(type);
    expect(response.headers.get('content-security-policy')).toBe(contentSecurityPolicy);
    expect(response.headers.get('x-content-type-options')).toBe('nosniff');
    expect(await response.text()).not.toBe('');
  });

  it.each([
    ['another host', 'app://evil/index.html'],
    ['credentials', 'app://user:pass@signalbox/index.html'],
    ['our name as credentials', 'app://signalbox@evil/index.html'],
    ['a port', 'app://signalbox:1/index.html'],
    ['another scheme', 'https://signalbox/index.html'],
    ['no address', 'index.html'],
    ['a missing file', 'app://signalbox/missing.js'],
    ['a folder', 'app://signalbox/assets'],
    ['a folder with a slash', 'app://signalbox/assets/'],
    ['a file as a folder', 'app://signalbox/index.html/x'],
    ['dots', 'app://signalbox/../secret.txt'],
    ['encoded dots', 'app://signalbox/%2e%2e/secret.txt'],
    ['encoded slashes', 'app://signalbox/assets/..%2f..%2fsecret.txt'],
    ['encoded dots and slashes', 'app://signalbox/assets/%2e%2e%2f%2e%2e%2fsecret.txt'],
    ['twice encoded', 'app://signalbox/%252e%252e/secret.txt'],
    ['backslashes', 'app://signalbox/..%5csecret.txt'],
    ['a neighbour whose name begins like ours', 'app://signalbox/..%2frenderer-private%2fsecret.txt'],
    ['an absolute path', 'app://signalbox//etc/passwd'],
    ['an encoded absolute path', 'app://signalbox/%2fetc%2fpasswd'],
    ['a zero byte', 'app://signalbox/index.html%00.js'],
    ['bad encoding', 'app://signalbox/%zz'],
    ['a name longer than the disk takes', `app://signalbox/${'x'.repeat(5_000)}`],
    ['a link out of the folder', 'app://signalbox/link.txt'],
    ['a linked folder', 'app://signalbox/linked/secret.txt'],
    ['a link inside the folder', 'app://signalbox/inner-link.html'],
  ])('answers 404 to %s', async (_name, url) => {
    const response = await get(url);
    expect(response.status).toBe(404);
    expect(response.headers.get('content-security-policy')).toBe(contentSecurityPolicy);
    expect(await response.text()).toBe('Not found');
  });

  it.each(['POST', 'PUT', 'HEAD', 'OPTIONS'])('answers 404 to %s', async (method) => {
    expect((await get('app://signalbox/index.html', method)).status).toBe(404);
  });

  it('has exactly the policy of SECURITY S-07', () => {
    expect(contentSecurityPolicy).toBe(
      "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; connect-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
    );
  });

  it('is what the shell serves, and the only scheme it serves', async () => {
    const { electron } = await runningShell(snapshotOf([]), { page: folder });
    expect([...electron.protocol.serving.keys()]).toEqual(['app']);
    const response = await electron.protocol.serving.get('app')?.(new Request('app://signalbox/index.html'));
    expect(response?.status).toBe(200);
    expect(electron.window?.loaded).toEqual(['app://signalbox/index.html']);
  });
});
