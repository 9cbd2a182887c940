// The built window in a real browser with a scripted engine behind it: what the end-to-end tests of the page share.
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Browser, BrowserContext, Page } from 'playwright';
import type { Input, MethodName } from '../../shared/ipc.ts';
import type { Snapshot } from '../../shared/snapshot.ts';
import { launchBrowser } from './browser.ts';
import { buildRenderer } from './build-renderer.ts';
import { type FakeEngine, startFakeEngine } from './fake-engine.ts';
import type { SettingsStart } from './fake-settings.ts';

/** What `history.*` would answer, by method. */
export type Replies = Readonly<Record<string, unknown>>;

export type OpenWindow = {
  readonly page: Page;
  readonly engine: FakeEngine;
  /** Errors on the console and uncaught ones in the page: violations of the policy show here. */
  readonly problems: string[];
  /** Visible text of the first match. */
  text(selector: string): Promise<string>;
};

export type WindowOptions = {
  readonly snapshot: Snapshot;
  readonly replies?: Replies;
  readonly file?: SettingsStart;
  /** Fragment to open with, such as `#settings=dump`. */
  readonly hash?: string;
  readonly width?: number;
  readonly colorScheme?: 'light' | 'dark';
  /** Open the bare address instead of the one with the key. */
  readonly withoutKey?: boolean;
};

export type WindowStage = {
  open(options: WindowOptions): Promise<OpenWindow>;
  /** Closes every window and engine opened so far. */
  clear(): Promise<void>;
  close(): Promise<void>;
};

/** Builds the page and starts a browser, once for a test file. */
export async function setStage(): Promise<WindowStage> {
  const built = await mkdtemp(join(tmpdir(), 'signalbox-window-'));
  await buildRenderer(built);
  const browser: Browser = await launchBrowser();
  const opened: { context: BrowserContext; engine: FakeEngine }[] = [];
  const clear = async (): Promise<void> => {
    for (const { context, engine } of opened.splice(0)) {
      await context.close();
      await engine.close();
    }
  };
  return {
    clear,
    open: async ({ snapshot, replies = {}, file = {}, hash = '', width = 420, colorScheme = 'light', withoutKey = false }) => {
      const engine = await startFakeEngine(built, snapshot, file);
      for (const [method, value] of Object.entries(replies)) engine.answer(method as never, () => ({ ok: true, value }) as never);
      const context = await browser.newContext({ viewport: { width, height: 640 }, colorScheme, reducedMotion: 'reduce' });
      opened.push({ context, engine });
      const page = await context.newPage();
      const problems: string[] = [];
      page.on('console', (message) => message.type() === 'error' && problems.push(message.text()));
      page.on('pageerror', (error) => problems.push(String(error)));
      await page.goto(withoutKey ? engine.origin : engine.url);
      await page.locator('h1').waitFor();
      if (hash !== '') {
        await page.evaluate((wanted) => {
          location.hash = wanted;
        }, hash);
        await page.locator('.settings-body').waitFor();
      }
      // biome-ignore lint/performance/useDomNodeTextContent: what a person can see is the point
      return { page, engine, problems, text: (selector) => page.locator(selector).first().innerText() };
    },
    close: async () => {
      await clear();
      await browser.close();
      await rm(built, { recursive: true, force: true });
    },
  };
}

/** Inputs of every call of `method` so far. */
export function asked<M extends MethodName>(engine: FakeEngine, method: M): Input<M>[] {
  return engine.calls.filter((call) => call.method === method).map(({ input }) => input as Input<M>);
}
