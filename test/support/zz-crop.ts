// Temporary.
import { mkdtemp } from 'node:fs/promises';
import { join } from 'node:path';
import { tmpdir } from 'node:os';
import { launchBrowser } from './browser.ts';
import { buildRenderer } from './build-renderer.ts';
import { startFakeEngine } from './fake-engine.ts';
import { sceneOf } from './scenes.ts';
const built = await mkdtemp(join(tmpdir(), 'signalbox-window-'));
await buildRenderer(built);
const browser = await launchBrowser();
for (const spec of process.argv.slice(2)) {
  const [name = '', width = '900', colorScheme = 'light', selector = '.levers-section'] = spec.split(',');
  const scene = sceneOf(name);
  const engine = await startFakeEngine(built, scene.snapshot);
  for (const [m, v] of Object.entries(scene.replies)) engine.answer(m as never, () => ({ ok: true, value: v }) as never);
  const page = await browser.newPage({ viewport: { width: Number(width), height: 700 }, colorScheme: colorScheme as 'light', deviceScaleFactor: 2, reducedMotion: 'reduce' });
  await page.goto(engine.url);
  await page.locator('h1').waitFor();
  await scene.act?.(page, engine);
  await page.locator(selector).first().screenshot({ path: `/tmp/g-crop/${name}-${width}-${colorScheme}.png` });
  await page.close();
  await engine.close();
}
await browser.close();
