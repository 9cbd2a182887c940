// What users get, looked at from outside: pages, bundles and run-time documents served by real servers.
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type Seen, seesAddress, seesText, waitUntil } from '../../../main/actions/outside.ts';
import { buildFrontEnd } from '../../../simulator/front-end/build.ts';
import { type Reply, type StandIn, startStandIn, text } from '../../../simulator/http.ts';
import { startProduction } from '../../../simulator/production.ts';

const primary = 'https://api.example.com';
const standby = 'https://standby.example.com';
const { signal } = new AbortController();
/** What is served, by path with query. */
let site: Record<string, string | Reply>;
let server: StandIn;

beforeEach(async () => {
  site = {};
  server = await startStandIn(({ path }) => {
    const found = site[path];
    if (found === undefined) return text(404, 'not here');
    if (typeof found !== 'string') return found;
    const type = /\.js(\?|$)/.test(path)
      ? 'text/javascript'
      : /\.json/.test(path)
        ? 'application/json'
        : 'text/html; charset=utf-8';
    return { status: 200, body: found, headers: { 'content-type': type } };
  });
});
afterEach(() => server.stop());

const look = (address = standby, other: string | null = primary): Promise<Seen> =>
  seesAddress({ verifyUrl: `${server.url}/`, address, other, signal });
const page = (body: string): string => `<!doctype html><html><head>${body}</head><body></body></html>`;
const oneScript = page('<script type="module" crossorigin src="/a.js"></script>');
const asked = (): string[] => server.received.map((one) => one.path);

describe('the address that users are sent to', () => {
  it('is found in the bundle, and so is the other one', async () => {
    site = { '/': oneScript, '/a.js': `const root="${standby}/v5/panels";` };
    const where = `${server.url}/a.js`;
    expect(await look()).toEqual({ seen: true, otherSeen: false, where, runtime: null, problem: null });
    expect(await look(primary, standby)).toEqual({ seen: false, otherSeen: true, where, runtime: null, problem: null });
    expect(await look(primary, null)).toEqual({ seen: false, otherSeen: false, where: null, runtime: null, problem: null });
  });

  it.each([
    `"${standby}"`,
    `'${standby}/'`,
    `\`${standby}/v5/\${id}\``,
    String.raw`{"url":"https:\/\/standby.example.com\/v5"}`,
    `?api=${encodeURIComponent(standby)}%2Fv5`,
    `"https://STANDBY.example.com?x"`,
    `see ${standby}.`,
    `(${standby})`,
  ])('is recognised in %s', async (body) => {
    site = { '/': oneScript, '/a.js': body };
    expect((await look()).seen).toBe(true);
    expect((await look(`${standby}/`)).seen).toBe(true);
  });

  it.each([
    `"${standby}.evil.example"`,
    `"${standby}2"`,
    `"${standby}-old"`,
    `"${standby}:8443"`,
    `"${standby}@evil.example"`,
    `"${standby}:pw@evil.example"`,
    `"${standby}%2eevil.example"`,
    `"${encodeURIComponent(standby)}.evil.example"`,
    `"https://my.standby.example.com"`,
    `"standby.example.com"`,
    `"http://standby.example.com"`,
    `"xhttps://standby.example.com"`,
  ])('is not mistaken for %s', async (body) => {
    site = { '/': oneScript, '/a.js': body };
    expect(await look()).toMatchObject({ seen: false, problem: null });
  });

  it('is looked for in every script of the site, and in what those import', async () => {
    site = {
      '/': page(`
        <!-- <script src="/comment.js"></script> ${standby} -->
        <base href="/base/">
        <script src="https://cdn.elsewhere.example/x.js"></script>
        <script data-src="/lazy.js">import"./inline.js"</script>
        <LINK REL="modulepreload" HREF='pre.js?a=1&amp;b=2'>
        <link rel="preload" as="style" href="/style.js">
        <script src=/plain.js></script>`),
      '/base/pre.js?a=1&b=2': 'import{a}from"./deep.js";import("../later.js");Array.from("/no.js");x.import("/no.js")',
      '/plain.js': '',
      '/inline.js': '',
      '/base/deep.js': 'import "./deeper.js"',
      '/later.js': `export const root = '${standby}'`,
    };
    expect(await look()).toMatchObject({ seen: true, where: `${server.url}/later.js` });
    expect(asked().toSorted()).toEqual(['/', '/base/deep.js', '/base/pre.js?a=1&b=2', '/inline.js', '/later.js', '/plain.js']);
  });

  it('is found in the page itself, but not in a comment', async () => {
    site = { '/': page(`<meta name="api-base" content="${standby}">`) };
    expect(await look()).toMatchObject({ seen: true, where: `${server.url}/` });
    site = { '/': page(`<!-- ${standby} -->`) };
    expect((await look()).seen).toBe(false);
  });

  it('is asked for without cache, cookies or credentials', async () => {
    site = { '/': oneScript, '/a.js': '' };
    await look();
    for (const { headers } of server.received) {
      expect(headers['cache-control']).toBe('no-cache');
      expect(headers).not.toHaveProperty('cookie');
      expect(headers).not.toHaveProperty('authorization');
    }
  });

  it('is found behind redirects, and below the place they lead to', async () => {
    const to = (location: string): Reply => ({ status: 307, body: '', headers: { location } });
    site = { '/': to('/de'), '/de': to('/de/'), '/de/': page('<script src="a.js"></script>'), '/de/a.js': `"${standby}"` };
    expect(await look()).toMatchObject({ seen: true, where: `${server.url}/de/a.js` });
    site = { '/': to('/') };
    expect(await look()).toMatchObject({ seen: false, problem: `${server.url}/ redirects more than 5 times.` });
    site = { '/': to('file:///etc/passwd') };
    expect((await look()).problem).toBe(`${server.url}/ redirects to something that is no web address.`);
    const elsewhere = server.url.replace('127.0.0.1', 'localhost');
    site = { '/': to(`${elsewhere}/login`), '/login': page('Sign in') };
    expect((await look()).problem).toBe(
      `${server.url}/ leads to ${new URL(elsewhere).host}, as when visitors have to sign in first.`,
    );
  });
});

describe('an address that is read at run time', () => {
  const bundle = `const built = "${primary}"; fetch("./config.json"); fetch('/lib/package.json'); fetch("https://other.example/config.json")`;

  it('wins over what is built in', async () => {
    site = { '/': oneScript, '/a.js': bundle, '/config.json': JSON.stringify({ apiBase: `${standby}/` }) };
    const where = `${server.url}/config.json`;
    expect(await look()).toEqual({ seen: true, otherSeen: false, where, runtime: `${standby}/`, problem: null });
    expect(await look(primary, standby)).toMatchObject({ seen: false, otherSeen: true, runtime: `${standby}/`, problem: null });
    site['/config.json'] = JSON.stringify({ nested: [{ apiBase: primary }] });
    expect(await look()).toMatchObject({ seen: false, otherSeen: true, runtime: primary });
  });

  it.each(['{}', '{"apiBase":"https://standby.example.com/v5"}', '<!doctype html><title>catch-all</title>'])(
    'is not there when the document says %s: then the build counts',
    async (body) => {
      site = { '/': oneScript, '/a.js': bundle, '/config.json': body };
      expect(await look(primary, standby)).toMatchObject({ seen: true, runtime: null, where: `${server.url}/a.js` });
    },
  );

  it('is not there when the document is missing, and is unknown when it cannot be read', async () => {
    site = { '/': oneScript, '/a.js': bundle };
    expect(await look(primary, standby)).toMatchObject({ seen: true, problem: null });
    site['/config.json'] = text(503, '');
    expect(await look(primary, standby)).toEqual({
      ...{ seen: false, otherSeen: false, where: null, runtime: null, problem: `${server.url}/config.json answered 503.` },
    });
  });

  it('is both when the document has both', async () => {
    site = { '/': oneScript, '/a.js': bundle, '/config.json': JSON.stringify([primary, standby]) };
    expect(await look()).toMatchObject({ seen: true, otherSeen: true, runtime: null });
  });

  it('is taken from an address that is such a document itself', async () => {
    site = { '/': { status: 200, body: JSON.stringify({ api: standby }), headers: { 'content-type': 'application/json' } } };
    expect(await look()).toEqual({ seen: true, otherSeen: false, where: `${server.url}/`, runtime: standby, problem: null });
    site = {
      '/': { status: 200, body: '{"api":"https://standby.example.com.evil"}', headers: { 'content-type': 'application/json' } },
    };
    expect(await look()).toMatchObject({ seen: false, problem: null });
  });
});

describe('a page that cannot be looked at', () => {
  it('is a sentence', async () => {
    site = { '/': text(500, '') };
    expect((await look()).problem).toBe(`${server.url}/ answered 500.`);
    site = { '/': oneScript };
    expect((await look()).problem).toBe(`${server.url}/a.js answered 404.`);
    site = { '/': page('x'.repeat(2 * 1_048_576)) };
    expect((await look()).problem).toBe(`${server.url}/ is longer than 2048 KiB.`);
    site = { '/': oneScript, '/a.js': `${'x'.repeat(8 * 1_048_576)}"${standby}"` };
    expect((await look()).problem).toBe(`${server.url}/a.js is longer than 8192 KiB.`);
    await server.fail({ kind: 'drop' });
    expect((await look()).problem).toMatch(/\/ could not be fetched \(UND_ERR_SOCKET\)\.$/);
    await server.fail({ kind: 'refuse' });
    expect((await look()).problem).toMatch(/\/ could not be fetched \(ECONNREFUSED\)\.$/);
  });

  it('is one with more scripts than are read, if the address is not in those', async () => {
    const names = Array.from({ length: 31 }, (_, index) => `/${index}.js`);
    site = Object.fromEntries(names.map((name) => [name, '']));
    site['/'] = page(names.map((name) => `<script src="${name}"></script>`).join(''));
    expect((await look()).problem).toMatch(/more than 30 scripts/);
    site['/3.js'] = `"${standby}"`;
    expect(await look()).toMatchObject({ seen: true, problem: null });
  });

  it('ends with the reason of who called it off', async () => {
    await server.fail({ kind: 'hang', ms: 60_000 });
    const stop = new AbortController();
    const looking = seesAddress({ verifyUrl: server.url, address: standby, other: null, signal: stop.signal });
    const reason = new Error('cancelled');
    await server.waitFor(1);
    stop.abort(reason);
    await expect(looking).rejects.toBe(reason);
  });

  it('answers too late after five seconds', async () => {
    await server.fail({ kind: 'hang', ms: 60_000 });
    expect((await look()).problem).toBe(`${server.url}/ did not answer within 5 s.`);
  }, 10_000);

  it('does not take long over a page made to be slow', async () => {
    site = { '/': `${'<script<!--'.repeat(80_000)}<script src="/a.js"></script>`, '/a.js': '"/import('.repeat(100_000) };
    expect(await look()).toMatchObject({ seen: false });
  }, 5_000);
});

describe('a banner’s text', () => {
  const words = `We’re “down”:  it’s <5 min & that’s "all"`;
  const sees = (wanted = words): ReturnType<typeof seesText> => seesText({ url: server.url, text: wanted, signal });

  it.each([
    ['in the page', '/', `<p>We’re “down”: it’s\n   &lt;5 min &amp; that’s &quot;all&quot;</p>`],
    ['in the page, by number', '/', `<p>We&#8217;re &#x201c;down&#x201D;: it’s &lt;5 min &amp; that’s &#34;all&#34;</p>`],
    ['in a script', '/a.js', `const banner = ${JSON.stringify(words)}`],
    ['in a script for ASCII', '/a.js', String.raw`"We\u2019re \u201Cdown\u{201d}:  it\u2019s \x3C5 min & that\u2019s \"all\""`],
    ['in JSON within a script', '/a.js', `JSON.parse(${JSON.stringify(JSON.stringify({ words }))})`],
    ['in a named document', '/config.json', JSON.stringify({ banner: { text: words } })],
  ])('is seen %s', async (_place, path, body) => {
    site = { '/': oneScript, '/a.js': 'fetch("config.json")', [path]: path === '/' ? page(body) : body };
    expect(await sees()).toEqual({ seen: true, problem: null });
    expect(await sees('We’re “up”')).toEqual({ seen: false, problem: null });
    expect(await sees(`${words}!`)).toEqual({ seen: false, problem: null });
  });

  it('may be there when something could not be read', async () => {
    site = { '/': oneScript, '/a.js': 'fetch("/config.json")', '/config.json': text(500, '') };
    expect(await sees()).toEqual({ seen: false, problem: `${server.url}/config.json answered 500.` });
  });
});

describe('the rehearsal’s page', () => {
  it('is read as its visitors get it', async () => {
    const outDir = await mkdtemp(join(tmpdir(), 'signalbox-outside-'));
    const env = { VITE_SERVER_ROOT: 'http://127.0.0.1:4101', VITE_BANNER: 'Panels are slow today' };
    const { directory } = await buildFrontEnd({ env, outDir });
    let config: unknown = {};
    const production = await startProduction({ directory: () => directory, config: () => config });
    const [main, spare] = [env.VITE_SERVER_ROOT, 'http://127.0.0.1:4102'];
    const see = (address: string, other: string): Promise<Seen> =>
      seesAddress({ verifyUrl: production.url, address, other, signal });
    expect(await see(main, spare)).toMatchObject({ seen: true, otherSeen: false, runtime: null, problem: null });
    expect((await seesText({ url: production.url, text: env.VITE_BANNER, signal })).seen).toBe(true);
    config = { apiBase: spare, banner: { text: 'Back soon' } };
    expect(await see(main, spare)).toMatchObject({ seen: false, otherSeen: true, runtime: spare });
    expect(await see(spare, main)).toMatchObject({ seen: true, otherSeen: false, where: `${production.url}/config.json` });
    expect((await seesText({ url: production.url, text: 'Back soon', signal })).seen).toBe(true);
    await production.stop();
    await rm(outDir, { recursive: true });
  }, 30_000);
});

describe('waiting until something is seen', () => {
  it('looks at once and again until it is', async () => {
    const looks: number[] = [];
    let left = 3;
    const look = async (): Promise<boolean> => {
      left -= 1;
      return left === 0;
    };
    expect(await waitUntil(look, { everyMs: 5, limitMs: 5_000, signal, onLook: (count) => looks.push(count) })).toBe(true);
    expect(looks).toEqual([1, 2, 3]);
  });

  it('gives up at its limit, also in the middle of a look', async () => {
    expect(await waitUntil(async () => false, { everyMs: 5, limitMs: 60, signal })).toBe(false);
    await server.fail({ kind: 'hang', ms: 60_000 });
    const look = async (until: AbortSignal): Promise<boolean> =>
      (await seesAddress({ verifyUrl: server.url, address: standby, other: null, signal: until })).seen;
    expect(await waitUntil(look, { limitMs: 100, signal })).toBe(false);
  });

  it('ends with the reason of who called it off, and with what a look throws', async () => {
    const stop = new AbortController();
    const reason = new Error('cancelled');
    const waiting = waitUntil(async () => false, { limitMs: 60_000, signal: stop.signal, onLook: () => stop.abort(reason) });
    await expect(waiting).rejects.toBe(reason);
    await expect(waitUntil(() => Promise.reject(new Error('odd')), { limitMs: 1_000, signal })).rejects.toThrow('odd');
  });
});
