// The built tray app over the fake Electron with its real page in a real Chromium: the page comes from the app's own protocol
// handler with its own headers, and speaks through the built preload.
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { Browser, BrowserContext, Page } from 'playwright';
import type { Desktop, Launch } from '../journeys/desktop.ts';
import { BuiltShell } from './built-shell.ts';
import type { Seen } from './run-built.ts';

/** Stands for app://signalbox, which Chromium alone does not know. Every request to it is answered by the app. */
const shownAt = 'https://signalbox.invalid';
const preload = fileURLToPath(new URL('../../../dist/preload/preload.cjs', import.meta.url));

/** What Electron gives a sandboxed preload, in the page itself: the isolation of worlds is Electron's and is left to it. */
const electronInPage = `(() => {
  const listeners = new Map();
  const ipcRenderer = {
    invoke: (channel, ...values) => window.fakeInvoke(channel, values),
    on: (channel, listener) => listeners.set(channel, [...(listeners.get(channel) ?? []), listener]),
    removeListener: (channel, gone) => listeners.set(channel, (listeners.get(channel) ?? []).filter((one) => one !== gone)),
  };
  const contextBridge = {
    exposeInMainWorld: (name, api) => Object.defineProperty(window, name, { value: Object.freeze(api) }),
  };
  window.fakeReceive = (channel, values) => {
    for (const listener of listeners.get(channel) ?? []) listener({}, ...values);
  };
  const require = () => ({ contextBridge, ipcRenderer });
  const exports = {};
  const module = { exports };
  PRELOAD
})();`;

/** Launches on `browser`; the caller closes that. */
export function builtLauncher(browser: Browser): Launch {
  return async ({ args, env }) => {
    const shell = new BuiltShell(args, env);
    const context = await browser.newContext({ viewport: { width: 420, height: 640 }, reducedMotion: 'reduce' });
    return await desktopOf(shell, context);
  };
}

async function desktopOf(shell: BuiltShell, context: BrowserContext): Promise<Desktop> {
  const problems: string[] = [];
  const page = await context.newPage();
  page.on('console', (message) => message.type() === 'error' && problems.push(message.text()));
  page.on('pageerror', (error) => problems.push(String(error)));
  await page.exposeFunction('fakeInvoke', (channel: string, values: unknown[]) => shell.do('fromPage', channel, ...values));
  await page.addInitScript({ content: electronInPage.replace('PRELOAD', () => readFileSync(preload, 'utf8')) });
  await page.route('**/*', async (route) => {
    const url = route.request().url();
    const answer = url.startsWith(`${shownAt}/`) ? await shell.do('fetch', url.replace(shownAt, 'app://signalbox')) : null;
    if (answer === null) return await route.abort();
    const { status, headers, text } = answer as { status: number; headers: Record<string, string>; text: string };
    await route.fulfill({ status, headers, body: text });
  });
  const inTurn = follow(shell, page);
  const seen = (): Promise<Seen> => shell.until(() => true);
  return {
    problems,
    async page() {
      await inTurn();
      return page;
    },
    trayColour: async () => (await seen()).icon?.replace(/-.*/, '') ?? null,
    tooltip: async () => (await seen()).tooltip,
    menu: async () => (await seen()).menu,
    clickMenu: async (label) => {
      // Quitting ends the process before it can answer.
      await shell.do('click', label).catch((error: unknown) => {
        if (!label.startsWith('Quit')) throw error;
      });
    },
    isVisible: async () => (await seen()).visible,
    closeWindow: async () => void (await shell.do('closeWindow')),
    crashWindow: async () => void (await shell.do('crashWindow')),
    power: async (event) => void (await shell.do('power', event)),
    secondStart: async () => void (await shell.do('secondInstance')),
    processes: async () => [shell.pid, ...((await shell.do('helpers')) as number[])],
    ended: async () => (await shell.ended()).code,
    async [Symbol.asyncDispose]() {
      await context.close();
      await shell[Symbol.asyncDispose]();
    },
  };
}

/** Shows in `page` what the app loads into its window, and brings it what the app says. Returns the way to wait until it does. */
function follow(shell: BuiltShell, page: Page): () => Promise<unknown> {
  let shown = 0;
  let last: Promise<unknown> = Promise.resolve();
  shell.onSeen = ({ page: address, loads }) => {
    if (loads === shown || address === null) return;
    shown = loads;
    last = last.then(() => page.goto(address.replace('app://signalbox', shownAt))).catch(ifOpen);
  };
  const ifOpen = (error: unknown): void => {
    // The app or the test has ended while a page was on its way.
    if (!page.isClosed()) console.warn(`The page could not follow the app: ${String(error)}`);
  };
  shell.onSent = ({ channel, values }) => {
    last = last
      .then(() =>
        page.evaluate(
          ([name, given]) => (Reflect.get(window, 'fakeReceive') as (channel: unknown, values: unknown) => void)(name, given),
          [channel, values] as const,
        ),
      )
      .catch(ifOpen);
  };
  return () => last;
}
