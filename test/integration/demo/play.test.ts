// The rehearsal as a newcomer sees it, in a real browser: scenarios played from detection to recovery against the real engine
// and its window, and the panel's own buttons.
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { AxeBuilder } from '@axe-core/playwright';
import type { Browser, Page } from 'playwright';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { launchBrowser } from '../../support/browser.ts';
import { buildRenderer } from '../../support/build-renderer.ts';
import { type RunningDemo, startDemo } from '../../support/demo.ts';

let built: string;
let browser: Browser;
let demo: RunningDemo;
beforeAll(async () => {
  built = await mkdtemp(join(tmpdir(), 'signalbox-window-'));
  await buildRenderer(built);
  browser = await launchBrowser();
});
afterAll(async () => {
  await browser?.close();
  await rm(built, { recursive: true, force: true });
});
// An engine that remembers no outage judges without the caution of one that does: each test has its own.
beforeEach(async () => {
  demo = await startDemo(built);
});
afterEach(async () => {
  for (const context of browser.contexts()) await context.close();
  await demo.stop();
});

async function open(
  url: string,
  colorScheme: 'light' | 'dark' = 'light',
  width = 1280,
): Promise<{ page: Page; problems: string[] }> {
  const context = await browser.newContext({ viewport: { width, height: 900 }, colorScheme, reducedMotion: 'reduce' });
  const page = await context.newPage();
  const problems: string[] = [];
  page.on('pageerror', (error) => problems.push(String(error)));
  page.on('console', (message) => {
    // The production page in the panel's frame meets the outage as any user's browser does, and says so.
    const isProduction = message.location().url.startsWith(demo.rehearsal.yard.api.url);
    if (message.type() === 'error' && !isProduction && !message.text().includes('/v5/')) problems.push(message.text());
  });
  await page.goto(url);
  await page.locator('h1').waitFor();
  return { page, problems };
}

const openWindow = () => open(demo.windowUrl);
async function openPanel(colorScheme?: 'light' | 'dark', width?: number) {
  const opened = await open(demo.panelUrl, colorScheme, width);
  await opened.page.locator('.switch').first().waitFor();
  return opened;
}
const shows = (page: Page, text: string | RegExp): Promise<void> =>
  page.locator('body').filter({ hasText: text }).waitFor({ timeout: 15_000 });

describe('the scenario “frankfurt”', () => {
  it('turns the window red with one incident, tells each channel once, and ends with everything resolved', async () => {
    const { page, problems } = await openWindow();
    await shows(page, 'All clear');
    const playing = demo.rehearsal.play('frankfurt', new AbortController().signal);

    await page.locator('.word b', { hasText: 'Stop' }).waitFor();
    expect(await page.locator('.incident').count()).toBe(1);
    await shows(page, /Render reports a \w+ outage in Frankfurt/);
    const { slack, rollbar } = demo.rehearsal.yard;
    expect(slack.posts.map(({ text }) => text)).toEqual([expect.stringMatching(/^Outage: /)]);
    expect(rollbar.items.map(({ status }) => status)).toEqual(['active']);

    await page.locator('.word b', { hasText: 'Clear' }).waitFor({ timeout: 30_000 });
    await shows(page, 'Resolved');
    expect(slack.posts.map(({ text }) => text)).toEqual([
      expect.stringMatching(/^Outage: /),
      expect.stringMatching(/^Resolved: /),
    ]);
    expect(rollbar.items.map(({ status, occurrences }) => [status, occurrences.length])).toEqual([['resolved', 1]]);
    const { asExpected, verdict } = await playing;
    expect(verdict.filter((line) => line.includes('✗'))).toEqual([]);
    expect(asExpected).toBe(true);
    expect(problems).toEqual([]);
  });
});

describe('the scenario “false-alarms”', () => {
  it('goes dark while this machine is offline, never red, and says nothing to anybody', async () => {
    const { page } = await openWindow();
    await shows(page, 'All clear');
    // Every word that the signal ever shows, as a person watching would read it.
    await page.evaluate(() => {
      const seen: string[] = [];
      const read = (): void => {
        const word = document.querySelector('.word b')?.textContent ?? '';
        if (seen.at(-1) !== word) seen.push(word);
      };
      read();
      new MutationObserver(read).observe(document.body, { subtree: true, childList: true, characterData: true });
      Object.assign(window, { seenWords: seen });
    });
    const { asExpected, verdict } = await demo.rehearsal.play('false-alarms', new AbortController().signal);
    expect(verdict.filter((line) => line.includes('✗'))).toEqual([]);
    expect(asExpected).toBe(true);

    const words = await page.evaluate(() => (window as unknown as { seenWords: string[] }).seenWords);
    expect(words.join(' ')).toContain('Dark');
    expect(words.join(' ')).not.toContain('Stop');
    await page.locator('.word b', { hasText: 'Clear' }).waitFor();
    expect(await page.locator('.incident').count()).toBe(0);
    expect(demo.rehearsal.yard.slack.posts).toEqual([]);
    expect(demo.rehearsal.yard.rollbar.items).toEqual([]);
  });
});

describe('the panel', () => {
  it('breaks the API at the press of a key, and the window answers; it mends it again', async () => {
    const { page: window } = await openWindow();
    const { page: panel, problems } = await openPanel();
    const lever = panel.getByRole('button', { name: 'The API refuses connections' });
    await lever.focus();
    await panel.keyboard.press('Enter');
    await expect.poll(() => lever.getAttribute('aria-pressed')).toBe('true');
    await window.locator('.word b', { hasText: 'Stop' }).waitFor();
    await panel.locator('#slack', { hasText: 'Outage:' }).waitFor();
    await panel.locator('#rollbar .active').waitFor();
    await panel.frameLocator('#production').getByText('Server unreachable').waitFor();
    await panel.locator('#signal[data-colour=red]').waitFor();

    await panel.getByRole('button', { name: 'Mend everything' }).press('Enter');
    await window.locator('.word b', { hasText: 'Clear' }).waitFor();
    await panel.locator('#rollbar .resolved').waitFor();
    await panel.locator('#slack', { hasText: 'Resolved:' }).waitFor();
    expect(await lever.getAttribute('aria-pressed')).toBe('false');
    expect(problems).toEqual([]);
  });

  it('plays a scenario, stops it on demand, and leaves nothing broken', async () => {
    const { page } = await openPanel();
    await page.getByRole('button', { name: 'Play: A release breaks the API' }).click();
    await page.locator('#verdict', { hasText: 'Playing' }).waitFor();
    await expect.poll(() => [...demo.rehearsal.yard.switched]).toEqual(['api-5xx']);
    await page.getByRole('button', { name: 'Stop', exact: true }).click();
    await expect.poll(() => demo.rehearsal.yard.switched.size).toBe(0);
    await expect.poll(() => page.locator('#verdict').textContent()).toBe('');
  });

  it.each([
    ['light', 1280],
    ['dark', 1280],
    ['light', 360],
  ] as const)('has no accessibility violation in the %s at %i px, and does not scroll sideways', async (colorScheme, width) => {
    const { page } = await openPanel(colorScheme, width);
    await page.getByRole('button', { name: 'The API answers 502' }).click();
    await page.locator('#slack', { hasText: 'Outage:' }).waitFor();
    const { violations } = await new AxeBuilder({ page }).exclude('iframe').analyze();
    expect(violations.map(({ id, nodes }) => `${id}: ${nodes[0]?.html} ${nodes[0]?.failureSummary}`)).toEqual([]);
    expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBe(width);
  });
});
