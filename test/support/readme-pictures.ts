// The pictures in README, taken from the real demo: `npm run screenshots`. Written to docs/images.
import { mkdir, mkdtemp, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Browser, Page } from 'playwright';
import { launchBrowser } from './browser.ts';
import { buildRenderer } from './build-renderer.ts';
import { type RunningDemo, startDemo } from './demo.ts';

const folder = fileURLToPath(new URL('../../docs/images/', import.meta.url));
const schemes = ['light', 'dark'] as const;
const sizes = {
  popover: { width: 420, height: 880, scale: 2 },
  wide: { width: 1280, height: 860, scale: 1 },
} as const;
const mostBytes = 300_000;

type Open = { readonly page: Page; readonly name: string };

/** Every picture's page, opened before anything happens so that it has its history. */
async function openAll(browser: Browser, demo: RunningDemo): Promise<{ readonly windows: Open[]; readonly panels: Open[] }> {
  const [windows, panels]: [Open[], Open[]] = [[], []];
  for (const colorScheme of schemes) {
    for (const [size, { width, height, scale }] of Object.entries(sizes)) {
      const page = await browser.newPage({ viewport: { width, height }, colorScheme, deviceScaleFactor: scale, locale: 'en-GB' });
      await page.goto(demo.windowUrl);
      await page.locator('h1').waitFor();
      windows.push({ page, name: `${size}-${colorScheme}` });
    }
    const page = await browser.newPage({
      viewport: { width: 1280, height: 860 },
      colorScheme,
      deviceScaleFactor: 1,
      locale: 'en-GB',
    });
    await page.goto(demo.panelUrl);
    await page.locator('.switch').first().waitFor();
    panels.push({ page, name: `panel-${colorScheme}` });
  }
  return { windows, panels };
}

async function take(opened: readonly Open[], nameOf: (name: string) => string): Promise<void> {
  for (const { page, name } of opened) {
    await page.evaluate(() => {
      const ending = document.getAnimations().filter(({ effect }) => effect?.getComputedTiming().iterations !== Infinity);
      return Promise.allSettled(ending.map((animation) => animation.finished));
    });
    const path = join(folder, `${nameOf(name)}.png`);
    await page.screenshot({ path });
    const { size } = await stat(path);
    if (size > mostBytes) throw new Error(`${path} has ${size} bytes; README's pictures stay below ${mostBytes}.`);
    console.log(`${path.slice(folder.length)}  ${Math.round(size / 1_000)} kB`);
  }
}

/** Resolves when every page shows it. */
const all = (opened: readonly Open[], selector: string, text: string | RegExp): Promise<unknown> =>
  Promise.all(opened.map(({ page }) => page.locator(selector).filter({ hasText: text }).first().waitFor()));

await mkdir(folder, { recursive: true });
const built = await mkdtemp(join(tmpdir(), 'signalbox-window-'));
const browser = await launchBrowser();
let demo: RunningDemo | null = null;
try {
  await buildRenderer(built);
  demo = await startDemo(built);
  const { windows, panels } = await openAll(browser, demo);
  await all(windows, 'body', 'All clear');
  // Some history for the strips and the chart.
  await new Promise((resolve) => setTimeout(resolve, 40_000));
  await take(windows, (name) => `green-${name}`);
  await panels[0]?.page.locator('#play-frankfurt').click();
  await all(windows, 'body', /outage in Frankfurt/);
  await all(panels, '#slack', 'Outage');
  await all(panels, '#signal-sentence', /outage in Frankfurt/);
  await take(windows, (name) => `frankfurt-${name}`);
  await take(panels, (name) => name);
  await all(windows, '[data-lever=traffic] .lever-run', 'Seen from outside');
  await all(windows, '[data-lever=dump] .lever-run', /tables/);
  await take(windows, (name) => `levers-${name}`);
} finally {
  await demo?.stop();
  await browser.close();
  await rm(built, { recursive: true, force: true });
}
