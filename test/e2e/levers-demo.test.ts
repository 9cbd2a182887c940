// The outage of REPLAYS A handled by three clicks: the real window, the real engine, the yard's production, a real pg_dump.
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Browser, Page } from 'playwright';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { launchBrowser } from '../support/browser.ts';
import { buildRenderer } from '../support/build-renderer.ts';
import { type RunningDemo, startDemo } from '../support/demo.ts';

let built: string;
let browser: Browser;
let demo: RunningDemo;
beforeAll(async () => {
  built = await mkdtemp(join(tmpdir(), 'signalbox-window-'));
  await buildRenderer(built);
  browser = await launchBrowser();
  demo = await startDemo(built);
});
afterAll(async () => {
  await browser?.close();
  await demo?.stop();
  await rm(built, { recursive: true, force: true });
});

const ended = (page: Page, lever: string, state: string) =>
  page.locator(`[data-lever=${lever}] .lever-run[data-state=${state}]`).waitFor({ timeout: 40_000 });

describe('the outage of Frankfurt', () => {
  it('is handled by three clicks, and undone by two', async () => {
    const { yard, story } = demo.rehearsal;
    const page = await browser.newPage({ viewport: { width: 1280, height: 900 }, reducedMotion: 'reduce' });
    await page.goto(demo.windowUrl);
    await page.locator('.word b', { hasText: 'Clear' }).waitFor();
    await yard.switch('api-refuse', true);
    await page.locator('.word b', { hasText: 'Stop' }).waitFor();

    await page.getByRole('button', { name: 'Put the banner up' }).click();
    await page.getByRole('button', { name: 'Move to the standby' }).click();
    await page.getByRole('button', { name: 'Dump now' }).click();
    await Promise.all(['banner', 'traffic', 'dump'].map((lever) => ended(page, lever, 'succeeded')));

    // What a user's browser gets, not what Signalbox says.
    const config = (await (await fetch(`${yard.production.url}/config.json`)).json()) as {
      readonly banner: { readonly on: boolean };
    };
    expect(config.banner.on).toBe(true);
    expect(yard.vercel.current()?.env.VITE_SERVER_ROOT).toBe(yard.standby.url);
    await page
      .getByText(/_PRODUCTION_data_only\.dump/)
      .first()
      .waitFor();
    const [outage] = story.snapshot?.incidents ?? [];
    expect(outage?.mitigatedAt).not.toBeNull();
    expect(outage?.timeline.filter(({ kind }) => kind === 'action').length).toBeGreaterThanOrEqual(6);

    await yard.switch('api-refuse', false);
    await page.locator('.word b', { hasText: 'Clear' }).waitFor({ timeout: 30_000 });
    await page.getByRole('button', { name: 'Take down' }).click();
    const traffic = page.locator('[data-lever=traffic]');
    await traffic.getByRole('button', { name: 'Move back to the primary' }).click();
    // The way back is asked about, in place.
    await traffic.getByRole('heading', { name: 'What will change' }).waitFor();
    await traffic.getByRole('button', { name: 'Move back to the primary' }).click();
    await page.locator('[data-lever=traffic] .lever-position', { hasText: 'On the primary' }).waitFor({ timeout: 30_000 });
    await page.locator('[data-lever=banner] .lever-position', { hasText: 'Off' }).waitFor({ timeout: 30_000 });
    expect(yard.vercel.current()?.env.VITE_SERVER_ROOT).toBe(yard.api.url);
  }, 120_000);
});
