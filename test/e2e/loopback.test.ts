// The loopback window in a real browser (SECURITY S-44): our own page works under the policy that is sent, and a page of
// another origin, with the user's cookie in the same browser, gets nothing and moves nothing.
import { writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import type { Browser, BrowserContext, Page } from 'playwright';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { EngineEvent } from '../../shared/events.ts';
import { type Served, serve, windowFiles } from '../integration/cli/served-window.ts';
import { launchBrowser } from '../support/browser.ts';
import { at } from '../unit/ipc/samples.ts';

/** Does what the window does: token for cookie, one call, then events. */
const ownScript = `
const show = (id, value) => { document.getElementById(id).textContent = JSON.stringify(value); };
const token = new URLSearchParams(location.hash.slice(1)).get('token');
const headers = { 'x-signalbox-token': token ?? '' };
show('session', (await fetch('/session', { method: 'POST', headers })).status);
const call = { method: 'POST', headers: { 'content-type': 'application/json' }, body: '{}' };
const answer = await fetch('/rpc/snapshot.get', call);
show('call', [answer.status, await answer.json()]);
const stream = new EventSource('/events');
stream.onopen = () => show('stream', 'open');
stream.onmessage = (message) => show('event', JSON.parse(message.data));
show('cookie', document.cookie);
`;
const parts = ['session', 'call', 'stream', 'event', 'cookie'];
const ownPage = `<!doctype html><title>ours</title><link rel="icon" href="data:,">${parts.map((id) => `<p id="${id}"></p>`).join('')}<script type="module" src="/own.js"></script>`;

let browser: Browser;
let context: BrowserContext;
let served: Served;
let elsewhere: Server;
let other: string;
const { files, remove } = windowFiles();

beforeAll(async () => {
  writeFileSync(join(files, 'index.html'), ownPage);
  writeFileSync(join(files, 'own.js'), ownScript);
  elsewhere = createServer((_request, response) => {
    response.setHeader('content-type', 'text/html');
    response.end('<!doctype html><title>elsewhere</title><p>hello</p>');
  });
  await new Promise<void>((resolve) => elsewhere.listen(0, '127.0.0.1', resolve));
  // Another port of the same host: same site, so that cookies are sent, and still another origin.
  other = `http://127.0.0.1:${(elsewhere.address() as AddressInfo).port}/`;
  browser = await launchBrowser();
});
afterAll(async () => {
  await browser.close();
  await new Promise((resolve) => elsewhere.close(resolve));
  remove();
});
beforeEach(async () => {
  served = await serve(files);
  context = await browser.newContext();
});
afterEach(async () => {
  await context.close();
  await served.window.close();
});

async function openOurs(): Promise<{ readonly page: Page; readonly problems: string[] }> {
  const page = await context.newPage();
  const problems: string[] = [];
  page.on('console', (message) => message.type() === 'error' && problems.push(message.text()));
  page.on('pageerror', (error) => problems.push(error.message));
  await page.goto(served.window.url);
  await page.getByText('"open"').waitFor();
  return { page, problems };
}
const read = async (page: Page, id: string): Promise<unknown> =>
  JSON.parse((await page.locator(`#${id}`).textContent()) ?? 'null');

describe('our own page in a browser', () => {
  it('is let in, calls and listens under the policy that is sent', async () => {
    const { page, problems } = await openOurs();
    expect(await read(page, 'session')).toBe(204);
    expect(await read(page, 'call')).toEqual([200, { ok: true, value: { method: 'snapshot.get' } }]);
    served.engine.publish({ event: 'engine.stopped', at, revision: 1 } satisfies EngineEvent);
    await page.getByText('"engine.stopped"').waitFor();
    expect(await read(page, 'cookie')).toBe('');
    expect(problems).toEqual([]);
  });

  it('may not reach anywhere else, nor run what is written into it', async () => {
    const { page } = await openOurs();
    const tried = await page.evaluate(async (url) => {
      const reached = await fetch(url, { mode: 'no-cors' }).then(
        () => true,
        () => false,
      );
      const inline = document.createElement('script');
      inline.textContent = 'document.title = "injected"';
      document.body.append(inline);
      return { reached, title: document.title };
    }, other);
    expect(tried).toEqual({ reached: false, title: 'ours' });
  });
});

describe('a page of another origin in the same browser', () => {
  it('gets nothing by fetch, event stream, script, frame or form, although the cookie is there', async () => {
    await openOurs();
    const callsBefore = served.engine.calls.length;
    const page = await context.newPage();
    await page.goto(other);
    const tried = await page.evaluate(async (ours) => {
      const outcome = (work: Promise<unknown>): Promise<string> =>
        work.then(
          (value) => `got ${String(value)}`,
          () => 'refused',
        );
      const json = { 'content-type': 'application/json' };
      const rpc = `${ours}/rpc/engine.pause`;
      const element = (tag: 'script' | 'img', src: string): Promise<unknown> =>
        new Promise((resolve, reject) => {
          const made = document.createElement(tag);
          made.onload = resolve;
          made.onerror = reject;
          made.src = src;
          document.body.append(made);
        });
      const stream = new Promise((resolve, reject) => {
        const source = new EventSource(`${ours}/events`, { withCredentials: true });
        source.onopen = resolve;
        source.onerror = () => {
          source.close();
          reject(new Error('closed'));
        };
      });
      const asText = (options: RequestInit): Promise<string> =>
        outcome(
          fetch(rpc, { method: 'POST', credentials: 'include', body: '{"forMs":60000}', ...options }).then((r) => r.text()),
        );
      return {
        cors: await asText({ headers: json }),
        // An opaque answer: sent, but by the server refused and by the page unreadable.
        simple: await asText({ mode: 'no-cors', headers: { 'content-type': 'text/plain' } }),
        page: await outcome(fetch(`${ours}/`, { credentials: 'include' }).then((r) => r.text())),
        stream: await outcome(stream),
        script: await outcome(element('script', `${ours}/own.js`)),
        image: await outcome(element('img', `${ours}/index.html`)),
      };
    }, served.origin);
    // Refused by the browser after the same-origin resource policy, or handed over as nothing at all.
    expect(['refused', 'got ']).toContain(tried.simple);
    expect({ ...tried, simple: '' }).toEqual({
      cors: 'refused',
      simple: '',
      page: 'refused',
      stream: 'refused',
      script: 'refused',
      image: 'refused',
    });
    expect(served.engine.calls).toHaveLength(callsBefore);
  });

  it('cannot show our page in a frame, nor send a form to it', async () => {
    await openOurs();
    const callsBefore = served.engine.calls.length;
    const page = await context.newPage();
    await page.goto(other);
    await page.evaluate((ours) => {
      const frame = document.createElement('iframe');
      frame.src = `${ours}/`;
      document.body.append(frame);
    }, served.origin);
    await expect.poll(() => page.frames().length).toBe(2);
    const framed = page.frames()[1];
    await framed?.waitForLoadState();
    expect(await framed?.locator('#session').count()).toBe(0);

    const answered = page.waitForResponse((response) => response.url().includes('/rpc/'));
    await page.evaluate((ours) => {
      const form = document.createElement('form');
      form.method = 'post';
      form.enctype = 'text/plain';
      form.action = `${ours}/rpc/engine.pause`;
      document.body.append(form);
      form.submit();
    }, served.origin);
    expect((await answered).status()).toBe(403);
    expect(served.engine.calls).toHaveLength(callsBefore);
  });
});
