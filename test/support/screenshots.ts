// Pictures of the window in every state it has, for looking at: `node test/support/screenshots.ts FOLDER [NAME]`. With --docs
// small ones, the window as a popover only, and a page that shows them: `npm run screens`.
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Page } from 'playwright';
import { launchBrowser } from './browser.ts';
import { buildRenderer } from './build-renderer.ts';
import { startFakeEngine } from './fake-engine.ts';
import { type Scene, scenes } from './scenes.ts';

const isForDocs = process.argv.includes('--docs');
const all = {
  popover: { width: 420, height: 640 },
  narrow: { width: 360, height: 720 },
  wide: { width: 1280, height: 860 },
} as const;

const sizes = isForDocs ? { popover: all.popover } : all;

const [folder, only] = process.argv.slice(2).filter((argument) => !argument.startsWith('--'));
if (folder === undefined) throw new TypeError('name a folder for the pictures');
await mkdir(folder, { recursive: true });
const built = await mkdtemp(join(tmpdir(), 'signalbox-window-'));
const browser = await launchBrowser();
try {
  await buildRenderer(built);
  const chosen = scenes(Date.now()).filter(({ name }) => only === undefined || name.includes(only));
  for (const scene of chosen) await picture(scene);
  if (isForDocs) await writeFile(join(folder, 'README.md'), page(chosen.map(({ name }) => name)));
} finally {
  await browser.close();
  await rm(built, { recursive: true, force: true });
}

/** Every picture has an engine of its own: what one has done to it does not show in the next. */
async function picture(scene: Scene): Promise<void> {
  for (const scheme of ['light', 'dark'] as const) {
    for (const [size, viewport] of Object.entries(sizes)) {
      const engine = await startFakeEngine(built, scene.snapshot, scene.file);
      for (const [method, value] of Object.entries(scene.replies))
        engine.answer(method as never, () => ({ ok: true, value }) as never);
      const window = await browser.newPage({
        viewport,
        colorScheme: scheme,
        deviceScaleFactor: isForDocs ? 1 : 2,
        locale: 'en-GB',
      });
      window.on('console', (message) => message.type() === 'error' && console.error(scene.name, message.text()));
      await window.goto(scene.withoutKey === true ? engine.origin : engine.url);
      await window.waitForFunction(() => document.querySelector('h1') !== null);
      await scene.act?.(window, engine);
      await settle(window);
      const file = [scene.name, ...(isForDocs ? [] : [size]), scheme].join('-');
      const kind = isForDocs ? ({ type: 'jpeg', quality: 80 } as const) : ({ type: 'png' } as const);
      await window.screenshot({ path: join(String(folder), `${file}.${kind.type}`), ...kind, fullPage: true });
      await window.close();
      await engine.close();
    }
  }
}

/** Until every animation that ends has ended. */
async function settle(page: Page): Promise<void> {
  await page.evaluate(() => {
    const ending = document.getAnimations().filter(({ effect }) => effect?.getComputedTiming().iterations !== Infinity);
    return Promise.allSettled(ending.map((animation) => animation.finished));
  });
}

/** Every screen by its name, in both colour schemes. */
function page(names: readonly string[]): string {
  const rows = names.map((name) => `| ${name} | ![${name}, light](${name}-light.jpeg) | ![${name}, dark](${name}-dark.jpeg) |`);
  const head = ['# Every screen of the window', '', 'Made by `npm run screens` from the scenes that the tests use.', ''];
  return [...head, '| screen | light | dark |', '|---|---|---|', ...rows, ''].join('\n');
}
