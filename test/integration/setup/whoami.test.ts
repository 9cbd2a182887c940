// What each provider is asked to prove its token, at stand-ins that are held to the published documents, and what a person is
// told when it does not work.
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { settings as settingsFormat } from '../../../main/checks/registry.ts';
import { type ProviderName, whoami } from '../../../main/compose-whoami.ts';
import { json, type Reply, type StandIn, startStandIn } from '../../../simulator/http.ts';
import { startRender } from '../../../simulator/render.ts';
import { startStatuspage } from '../../../simulator/statuspage-management.ts';
import { startSupabase } from '../../../simulator/supabase.ts';
import { startVercel } from '../../../simulator/vercel.ts';
import { contractOr } from '../../contract/ask.ts';

const token = 'canary_token_0123456789';
const ref = 'abcdefghijklmnopqrst';
const started: StandIn[] = [];
afterEach(async () => {
  for (const one of started.splice(0)) await one.stop();
});

async function begun<T extends StandIn>(standIn: Promise<T>): Promise<T> {
  const one = await standIn;
  started.push(one);
  return one;
}

const vercelStandIn = (teamId?: string) =>
  begun(
    startVercel({
      ...{ token, projectName: 'web', contract: contractOr('vercel'), build: async () => ({ directory: '/nowhere' }) },
      ...(teamId === undefined ? {} : { teamId }),
    }),
  );
const renderStandIn = () =>
  begun(
    startRender({
      ...{ token, contract: contractOr('render') },
      services: [
        { id: 'srv-eu', name: 'nine', region: 'frankfurt', url: 'https://nine.onrender.com' },
        { id: 'srv-us', name: 'nine-us', region: 'oregon', plan: 'free', url: 'https://nine-us.onrender.com' },
      ],
    }),
  );

type Given = { readonly stored?: string | null; readonly ms?: number };

/** The provider's settings with the token from the keychain. */
async function ask(provider: ProviderName, own: object, { stored = token, ms = 5_000 }: Given = {}) {
  const settings = settingsFormat.parse({ providers: { [provider]: { token: `\${secret:${provider}-token}`, ...own } } });
  const secrets = { get: async () => (stored === null ? null : { value: stored, source: 'keychain' as const }) };
  const result = await whoami({ provider, settings, secrets, signal: AbortSignal.timeout(ms), userAgent: 'signalbox/test' });
  expect(result.message).not.toContain('0123456789');
  expect(result.message.length).toBeLessThanOrEqual(1_000);
  return result;
}

describe('a token that works', () => {
  it('is told with the project and its branch at Vercel', async () => {
    const vercel = await vercelStandIn();
    expect(await ask('vercel', { apiUrl: vercel.url, project: 'web' })).toEqual({
      ok: true,
      message: expect.stringMatching(/^The token is \S+’s; the project web is there, its production branch is main\.$/),
    });
    expect(vercel.violations).toEqual([]);
  });

  it('is told with the team that owns the project', async () => {
    const vercel = await vercelStandIn('team_nine');
    const own = { apiUrl: vercel.url, project: 'web' };
    expect((await ask('vercel', { ...own, teamId: 'team_nine' })).message).toContain('is there in the team team_nine');
    expect(await ask('vercel', own)).toMatchObject({ ok: false, message: expect.stringContaining('teamId') });
  });

  it('needs not say whose it is: a token for one project alone may not', async () => {
    const answers = (path: string): Reply =>
      path.startsWith('/v2/user')
        ? json(403, { error: { code: 'forbidden', message: 'Not authorized' } })
        : json(200, { id: 'prj_1', name: 'web' });
    const server = await begun(startStandIn(({ path }) => answers(path)));
    expect(await ask('vercel', { apiUrl: server.url, project: 'web' })).toEqual({
      ok: true,
      message: 'The token works; the project web is there.',
    });
  });

  it('is told with the services at Render, the suspended ones too', async () => {
    const render = await renderStandIn();
    render.suspend('srv-us', 'billing');
    const own = { apiUrl: render.url, services: ['srv-eu', 'srv-us'] };
    expect(await ask('render', own)).toEqual({
      ok: true,
      message: 'The key is Operator’s; it sees nine (srv-eu), nine-us (srv-us, suspended).',
    });
    expect((await ask('render', { apiUrl: render.url })).message).toContain('Name those to read from');
    expect(render.violations).toEqual([]);
  });

  it('is told with the project’s region and state at Supabase', async () => {
    const supabase = await begun(startSupabase({ token, ref, contract: contractOr('supabase') }));
    supabase.status = 'INACTIVE';
    expect(await ask('supabase', { apiUrl: supabase.url, ref })).toEqual({
      ok: true,
      message: 'The token works; it sees the project prod in eu-central-1, which is inactive.',
    });
    expect(supabase.violations).toEqual([]);
  });

  it('is told with the page at Statuspage', async () => {
    const page = await begun(startStatuspage({ token, contract: contractOr('statuspage') }));
    expect(await ask('statuspage', { apiUrl: page.url, pageId: 'simulatedpage' })).toEqual({
      ok: true,
      message: 'The key works; it reads the page simulatedpage, and no incident is open there.',
    });
    expect(page.violations).toEqual([]);
  });
});

describe('a token that does not work', () => {
  it('is refused in plain words with the next step, whoever refuses', async () => {
    const places: readonly (readonly [ProviderName, StandIn, object, RegExp])[] = [
      ['vercel', await vercelStandIn(), { project: 'web' }, /new token in Vercel/],
      ['render', await renderStandIn(), {}, /Make a key at Render/],
      ['supabase', await begun(startSupabase({ token, ref })), { ref }, /Make an access token at Supabase/],
      ['statuspage', await begun(startStatuspage({ token })), { pageId: 'simulatedpage' }, /Copy the API key from Statuspage/],
    ];
    for (const [provider, { url }, own, next] of places) {
      const { ok, message } = await ask(provider, { apiUrl: url, ...own }, { stored: 'wrong_0123456789' });
      expect(ok).toBe(false);
      expect(message).toMatch(/does not accept the token|does not let this token/);
      expect(message).toMatch(next);
    }
  });

  it('is told apart from a project, a service or a page that is not there', async () => {
    const [vercel, render] = [await vercelStandIn(), await renderStandIn()];
    const supabase = await begun(startSupabase({ token, ref }));
    const page = await begun(startStatuspage({ token }));
    const places: readonly (readonly [ProviderName, object, string])[] = [
      ['vercel', { apiUrl: vercel.url, project: 'other' }, 'Check `project` and `teamId`'],
      ['render', { apiUrl: render.url, services: ['srv-eu', 'srv-no'] }, 'it does not see srv-no: it sees nine (srv-eu)'],
      ['supabase', { apiUrl: supabase.url, ref: 'tsrqponmlkjihgfedcba' }, 'Compare `providers.supabase.ref`'],
      ['statuspage', { apiUrl: page.url, pageId: 'nopage' }, '`providers.statuspage.pageId`'],
    ];
    for (const [provider, own, next] of places)
      expect(await ask(provider, own)).toEqual({ ok: false, message: expect.stringContaining(next) });
  });

  it('is missing, or is no token at all', async () => {
    const render = await renderStandIn();
    expect(await ask('render', { apiUrl: render.url }, { stored: null })).toEqual({
      ok: false,
      message: 'The secret "render-token" is not set. Set it with: signalbox secret set render-token',
    });
    expect((await ask('render', { apiUrl: render.url }, { stored: 'two\nlines' })).ok).toBe(false);
    expect(render.received).toEqual([]);
  });
});

describe('a provider that', () => {
  const providers: readonly (readonly [ProviderName, object])[] = [
    ['vercel', { project: 'web' }],
    ['render', { services: ['srv-eu'] }],
    ['supabase', { ref }],
    ['statuspage', { pageId: 'simulatedpage' }],
  ];

  it.each(providers)('limits requests is not waited for: %s', async (provider, own) => {
    const server = await begun(startStandIn(() => json(429, { message: 'rate limit exceeded' }, { 'retry-after': '61' })));
    const { ok, message } = await ask(provider, { ...own, apiUrl: server.url });
    expect([ok, message]).toEqual([false, expect.stringMatching(/too many requests.* Try again in 61 s\.$/)]);
    expect(server.received.length).toBeLessThanOrEqual(2);
  });

  it.each(providers)('fails, echoes the token or answers nonsense is quoted without it: %s', async (provider, own) => {
    const replies: Reply[] = [
      json(500, { message: `no such token: ${token}` }),
      json(403, { error: { code: 'forbidden', message: token } }),
      json(200, { id: token, name: token, user: { username: token }, region: token, status: token }),
      { status: 200, body: '<html>a proxy</html>' },
      { status: 302, body: '', headers: { location: `https://example.com/?token=${token}` } },
    ];
    for (const reply of replies) {
      const server = await begun(startStandIn(() => reply));
      const { message } = await ask(provider, { ...own, apiUrl: server.url });
      expect(message).toMatch(/\.$/);
      expect(message).not.toContain('may have been done');
    }
  });

  it.each(providers)('cannot be reached, or says nothing, is named: %s', async (provider, own) => {
    const server = await startStandIn(() => json(200, {}));
    await server.stop();
    const { ok, message } = await ask(provider, { ...own, apiUrl: server.url });
    expect([ok, message]).toEqual([false, expect.stringMatching(/refuses the connection.*network/)]);
    const silent = createServer(() => undefined);
    await new Promise<void>((listening) => silent.listen(0, '127.0.0.1', listening));
    const { port } = silent.address() as AddressInfo;
    const given = await ask(provider, { ...own, apiUrl: `http://127.0.0.1:${port}` }, { ms: 200 });
    expect(given).toEqual({ ok: false, message: expect.stringContaining('did not answer in time') });
    silent.closeAllConnections();
    await new Promise((closed) => silent.close(closed));
  });

  it('is not set up is told as that', async () => {
    const settings = settingsFormat.parse({});
    const secrets = { get: async () => null };
    const { signal } = new AbortController();
    expect(await whoami({ provider: 'vercel', settings, secrets, signal, userAgent: 'signalbox/test' })).toEqual({
      ok: false,
      message: 'Vercel is not set up: add providers.vercel to the settings and save them.',
    });
  });
});
