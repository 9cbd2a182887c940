// The settings window's other side, on a real engine with a real file: what it shows, what it saves, what it never tells.
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { startEngine } from '../../main/compose.ts';
import type { Engine } from '../../main/ipc/face.ts';
import type { Input, MethodName, Output } from '../../shared/ipc.ts';
import { serversPerTest } from '../support/http-server.ts';

const canary = 'canary-7f3a9b2c1d';
const { serve } = serversPerTest();
let folder: string;
let file: string;
let engine: Engine | null;
let keychain: Map<string, string>;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'signalbox-desk-'));
  file = join(folder, 'settings.json');
  engine = null;
  keychain = new Map([['stored', canary]]);
});
afterEach(async () => {
  await engine?.stop();
  vi.unstubAllEnvs();
  rmSync(folder, { recursive: true, force: true });
});

async function start(settings: object | string | null, named = true): Promise<void> {
  if (settings !== null) writeFileSync(file, typeof settings === 'string' ? settings : JSON.stringify(settings));
  engine = await startEngine({
    ...{ face: 'headless', settingsFile: named ? file : null, dataFolder: join(folder, 'data') },
    async askKeychain(asked) {
      if (asked.operation === 'get') return keychain.get(asked.name) ?? null;
      if (asked.operation === 'delete') return keychain.delete(asked.name);
      keychain.set(asked.name, asked.value);
      return null;
    },
  });
}

async function call<M extends MethodName>(method: M, input: Input<M>): Promise<Output<M>> {
  const reply = await engine?.dispatch(method, input);
  if (!reply?.ok) throw new Error(JSON.stringify(reply));
  expect(JSON.stringify(reply)).not.toContain(canary);
  return reply.value as Output<M>;
}

const problemOf = async (method: MethodName, input: unknown) => {
  const reply = await engine?.dispatch(method, input);
  return reply?.ok === false ? reply.error : null;
};

const api = (url: string) => ({ id: 'api', kind: 'http', url, interval: '1h' });

describe('what the window sees', () => {
  it('is the file as it is written, with references, and which secrets are set', async () => {
    vi.stubEnv('SIGNALBOX_SECRET_FROM_ENV', canary);
    const document = {
      monitors: [
        { ...api('http://127.0.0.1:9/'), headers: { authorization: 'Bearer ${secret:from-env}' }, body: '${secret:nowhere}' },
      ],
    };
    await start(document);
    await call('secret.set', { name: 'unused', value: canary });
    const view = await call('settings.get', {});
    expect(view).toMatchObject({ file, document, can: { reveal: false, rehearse: true } });
    expect(view.keychain.problem).toBeNull();
    expect(view.secrets.map(({ name, source, usedBy }) => [name, source, usedBy])).toEqual([
      ['from-env', 'environment', ['monitors[0].headers.authorization']],
      ['nowhere', null, ['monitors[0].body']],
      ['unused', 'keychain', []],
    ]);
    expect(view.schema).toMatchObject({ title: 'Signalbox settings' });
  });

  it('hides what is written out, and keeps it when the rest is saved', async () => {
    const secret = { ...api('http://127.0.0.1:9/'), headers: { authorization: `Bearer ${canary}` } };
    const second = { ...secret, id: 'two', headers: { authorization: 'Bearer other-4d5e6f7a8b' } };
    await start({ monitors: [secret, second] });
    const { document, version } = await call('settings.get', {});
    const monitors = document.monitors as { id: string; name?: string }[];
    expect(JSON.stringify(monitors)).toContain('•••');
    const [first, other] = monitors;
    const saved = await call('settings.save', { document: { monitors: [other, { ...first, name: 'API' }] }, version });
    expect(saved).toMatchObject({ outcome: 'saved', problems: [] });
    const written = JSON.parse(readFileSync(file, 'utf8')) as { monitors: unknown[] };
    expect(written.monitors).toEqual([second, { ...secret, name: 'API' }]);
  });

  it('refuses to guess what a hidden text was', async () => {
    await start({ monitors: [{ ...api('http://127.0.0.1:9/'), headers: { authorization: `Bearer ${canary}` } }] });
    const { version } = await call('settings.get', {});
    const document = { monitors: [{ ...api('http://127.0.0.1:9/'), headers: { cookie: 'session=••• and more' } }] };
    const { outcome, problems } = await call('settings.save', { document, version });
    expect(outcome).toBe('invalid');
    expect(problems[0]?.path).toBe('monitors[0].headers.cookie');
    expect(readFileSync(file, 'utf8')).toContain(canary);
  });
});

describe('saving', () => {
  it('takes effect at once', async () => {
    const { url } = await serve((_request, response) => response.end('ok'));
    await start({ monitors: [] });
    const { version } = await call('settings.get', {});
    await call('settings.save', { document: { monitors: [api(`${url}/`)] }, version });
    expect(engine?.snapshot().monitors.map(({ id }) => id)).toEqual(['api']);
    expect(await call('monitor.checkNow', { id: 'api' })).toMatchObject({ outcome: 'up' });
  });

  it('tells every problem at its place, and writes nothing', async () => {
    await start({ monitors: [] });
    const before = readFileSync(file, 'utf8');
    const { version } = await call('settings.get', {});
    const document = { monitors: [{ id: 'api', kind: 'http', url: 'nonsense', intervall: '1s' }], aler: {} };
    const { outcome, problems } = await call('settings.save', { document, version });
    expect(outcome).toBe('invalid');
    expect(problems.map(({ path }) => path)).toEqual(expect.arrayContaining(['monitors[0].url', 'monitors[0]', '']));
    expect(readFileSync(file, 'utf8')).toBe(before);
  });

  it('does not overwrite what somebody else has written meanwhile', async () => {
    await start({ monitors: [] });
    const { version } = await call('settings.get', {});
    expect((await call('settings.save', { document: { monitors: [], app: { name: 'Mine' } }, version })).outcome).toBe('saved');
    const late = await call('settings.save', { document: { monitors: [], app: { name: 'Theirs' } }, version });
    expect(late.outcome).toBe('changed');
    expect((await call('settings.save', { document: { monitors: [] }, version: late.version })).outcome).toBe('saved');
  });

  it('survives documents made to hurt', async () => {
    await start({ monitors: [] });
    const { version } = await call('settings.get', {});
    let deep: Record<string, unknown> = {};
    for (let level = 0; level < 5_000; level += 1) deep = { deep };
    expect((await call('settings.save', { document: deep, version })).outcome).toBe('invalid');
    const proto = JSON.parse('{"monitors":[],"__proto__":{"polluted":true}}') as Record<string, unknown>;
    await call('settings.save', { document: proto, version });
    expect(readFileSync(file, 'utf8')).not.toContain('polluted');
    expect(({} as { polluted?: boolean }).polluted).toBeUndefined();
  });

  it('mends a file that a person has broken, and keeps the broken one', async () => {
    await start({ monitors: [], app: { name: 'Good' } });
    writeFileSync(file, '{ "monitors": [ // half an edit');
    const view = await call('settings.get', {});
    expect(view.document).toEqual({ monitors: [], app: { name: 'Good' } });
    expect((await call('settings.save', { document: view.document, version: view.version })).outcome).toBe('saved');
    expect(JSON.parse(readFileSync(file, 'utf8'))).toEqual(view.document);
    expect(readdirSync(folder).some((name) => name.includes('.bad-'))).toBe(true);
  });
});

describe('importing', () => {
  it('reads comments, tells problems, and saves what was hidden on the way', async () => {
    await start({ monitors: [] });
    const text = `{ // mine\n "monitors": [{ "id": "api", "kind": "http", "url": "http://127.0.0.1:9/", "headers": { "x-api-key": "${canary}" } }] }`;
    const { document, problems } = await call('settings.parse', { text });
    expect(problems).toEqual([]);
    const { version } = await call('settings.get', {});
    expect((await call('settings.save', { document: document ?? {}, version })).outcome).toBe('saved');
    expect(readFileSync(file, 'utf8')).toContain(canary);
  });

  it.each([
    ['{', 'ends too early'],
    ['[]', 'one JSON object'],
    [`{"a":${'['.repeat(200)}${']'.repeat(200)}}`, 'levels deep'],
    ['{"monitors": [{ "id": "api" }]}', 'kind'],
  ])('%s', async (text, expected) => {
    await start({ monitors: [] });
    const { problems } = await call('settings.parse', { text });
    expect(JSON.stringify(problems)).toContain(expected);
  });
});

describe('trying things out', () => {
  it('runs a monitor as it stands in the form', async () => {
    const { url } = await serve((_request, response) => response.end('ok'));
    await start({ monitors: [] });
    const tried = (monitor: Record<string, unknown>) => call('settings.test', { test: { what: 'monitor', monitor } });
    expect(await tried(api(`${url}/`))).toMatchObject({ ok: true, message: expect.stringMatching(/^Up in \d/) });
    expect(await tried({ ...api(`${url}/`), expect: { status: [418] } })).toMatchObject({ ok: false });
    expect(await tried({ id: 'api', kind: 'http' })).toEqual({ ok: false, message: 'url is missing.' });
    expect((await tried({ ...api(`${url}/`), body: '${secret:nowhere}' })).message).toContain('nowhere');
    expect(engine?.snapshot().monitors).toEqual([]);
  });

  it('says what is not set up', async () => {
    await start({ monitors: [] });
    const provider = await call('settings.test', { test: { what: 'provider', provider: 'vercel' } });
    expect(provider).toMatchObject({ ok: false, message: expect.stringContaining('providers.vercel') });
    const alert = await call('settings.test', { test: { what: 'alert', channel: 'slack' } });
    expect(alert).toMatchObject({ ok: false, message: expect.stringContaining('alerts.slack') });
  });
});

describe('secrets', () => {
  it('go into the keychain and are used at the next check', async () => {
    const { url } = await serve((request, response) => {
      response.statusCode = request.headers.authorization === `Bearer ${canary}` ? 200 : 401;
      response.end();
    });
    await start({ monitors: [{ ...api(`${url}/`), headers: { authorization: 'Bearer ${secret:probe}' } }] });
    await call('secret.set', { name: 'probe', value: 'a wrong one' });
    expect(await call('monitor.checkNow', { id: 'api' })).toMatchObject({ outcome: 'down', status: 401 });
    await call('secret.set', { name: 'probe', value: canary });
    expect(await call('monitor.checkNow', { id: 'api' })).toMatchObject({ outcome: 'up' });
    await call('secret.delete', { name: 'probe' });
    expect(keychain.has('probe')).toBe(false);
  });

  it('are never what stands for a hidden one', async () => {
    await start({ monitors: [] });
    expect(await problemOf('secret.set', { name: 'probe', value: '•••' })).toMatchObject({ code: 'secret-masked' });
  });
});

describe('the first run', () => {
  it('begins with an empty file of its own, readable by its owner only', async () => {
    for (const name of ['XDG_CONFIG_HOME', 'HOME', 'APPDATA']) vi.stubEnv(name, folder);
    await start(null, false);
    expect(engine?.snapshot().monitors).toEqual([]);
    const { file: made, version } = await call('settings.get', {});
    expect(existsSync(made)).toBe(true);
    if (process.platform !== 'win32') expect(statSync(made).mode & 0o077).toBe(0);
    const found = await call('setup.suggest', { address: 'api.example.com' });
    const monitors = found?.parts.map(({ value }) => value) ?? [];
    expect((await call('settings.save', { document: { monitors }, version })).outcome).toBe('saved');
    expect(engine?.snapshot().monitors.map(({ id }) => id)).toEqual(['api']);
  });

  it('is none where a file was named that is not there', async () => {
    await expect(start(null)).rejects.toMatchObject({ code: 'settings-missing' });
  });
});
