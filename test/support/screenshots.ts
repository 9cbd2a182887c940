// Pictures of the window in every state it has, for looking at: `node test/support/screenshots.ts FOLDER`.
import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Page } from 'playwright';
import { launchBrowser } from './browser.ts';
import { buildRenderer } from './build-renderer.ts';
import { startFakeEngine } from './fake-engine.ts';
import { type Scene, scenes } from './scenes.ts';

const sizes = {
  popover: { width: 420, height: 640 },
  narrow: { width: 360, height: 720 },
  wide: { width: 1280, height: 860 },
} as const;

const folder = process.argv[2];
const only = process.argv[3];
if (folder === undefined) throw new TypeError('name a folder for the pictures');
await mkdir(folder, { recursive: true });
const built = await mkdtemp(join(tmpdir(), 'signalbox-window-'));
const browser = await launchBrowser();
try {
  await buildRenderer(built);
  for (const scene of scenes(Date.now())) {
    if (only === undefined || scene.name.includes(only)) await picture(scene);
  }
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
      const page = await browser.newPage({ viewport, colorScheme: scheme, deviceScaleFactor: 2, locale: 'en-GB' });
      page.on('console', (message) => message.type() === 'error' && console.error(scene.name, message.text()));
      await page.goto(scene.withoutKey === true ? engine.origin : engine.url);
      await page.waitForFunction(() => document.querySelector('h1') !== null);
      await scene.act?.(page, engine);
      await settle(page);
      await page.screenshot({ path: join(String(folder), `${scene.name}-${size}-${scheme}.png`), fullPage: true });
      await page.close();
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
