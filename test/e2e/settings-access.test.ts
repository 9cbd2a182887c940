// The settings and the first run for everybody and everything: screen readers, keyboards, small screens, hostile text.
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { sceneOf } from '../support/scenes.ts';
import { ninePanelsSettings } from '../support/settings-scenes.ts';
import { setStage, type WindowStage } from '../support/window.ts';

let stage: WindowStage;

beforeAll(async () => {
  stage = await setStage();
});
afterEach(() => stage.clear());
afterAll(() => stage?.close());

describe('the settings', () => {
  it('can be worked by keyboard alone', async () => {
    const file = ninePanelsSettings(Date.now());
    const { page, engine, problems } = await stage.open({ snapshot: sceneOf('green').snapshot, file, width: 1000 });
    const name = (): Promise<string> =>
      page.evaluate(() => {
        const element = document.activeElement as HTMLInputElement | null;
        return element?.getAttribute('aria-label') ?? element?.labels?.[0]?.textContent ?? element?.textContent ?? '';
      });
    const reach = async (wanted: RegExp): Promise<void> => {
      for (let presses = 0; presses < 80; presses += 1) {
        if (wanted.test(await name())) return;
        await page.keyboard.press('Tab');
      }
      throw new Error(`${wanted} was not reached with Tab`);
    };
    await reach(/^Settings$/);
    await page.keyboard.press('Enter');
    await page.locator('.settings-nav').waitFor();
    await reach(/^Traffic/);
    await page.keyboard.press('Enter');
    await page.locator('h2:focus').waitFor();
    await reach(/^Try Vercel variable and redeploy earlier$/);
    await page.keyboard.press('Enter');
    await reach(/^On its own/);
    await page.keyboard.type('Sug');
    await reach(/^Replace vercel-token$/);
    await page.keyboard.press('Enter');
    await reach(/^Value of vercel-token$/);
    await page.keyboard.type('a-new-token');
    await page.keyboard.press('Enter');
    await expect.poll(() => engine.settings.stored.get('vercel-token')).toBe('a-new-token');
    await reach(/^Save$/);
    await page.keyboard.press('Enter');
    await page.locator('.saved').waitFor();
    expect(engine.settings.document()).toMatchObject({ traffic: { via: ['vercel-env', 'promote-twin'], automation: 'suggest' } });
    expect(problems).toEqual([]);
  });

  it('show hostile text as text, however long', async () => {
    const html = '<img src=x onerror="document.title=1"><script>document.title=2</script>';
    const long = 'x'.repeat(10_000);
    const hostile = {
      app: { name: html, environment: long },
      monitors: [
        {
          id: html,
          name: html + long,
          kind: 'http',
          url: `https://${long}/`,
          headers: { [html]: long },
          mystery: { [html]: long },
        },
        { id: 'javascript:alert(1)', kind: html },
      ],
      dump: { directory: long, connection: '${secret:x}' },
      [html]: long,
    };
    const snapshot = sceneOf('green').snapshot;
    const file = { document: hostile, keychainProblem: html + 'y'.repeat(400) };
    const { page, engine, problems } = await stage.open({ snapshot, file, hash: 'settings=monitors', width: 360 });
    engine.answer('settings.save', () => ({
      ok: true,
      value: {
        outcome: 'invalid',
        problems: [
          { path: 'monitors[0].name', message: html + 'z'.repeat(900) },
          { path: html, message: html },
        ],
        version: '1',
      },
    }));
    await page.locator('.monitor-head').first().click();
    await page.getByRole('button', { name: /^More/ }).first().click();
    await page.getByLabel('Check every').first().fill('5s');
    await page.getByRole('button', { name: 'Save', exact: true }).click();
    await page.locator('.problem-summary').waitFor();
    const width = (): Promise<number> => page.evaluate(() => document.documentElement.scrollWidth);
    expect(await width()).toBe(360);
    for (const section of ['', 'app', 'dump', 'credentials', 'file']) {
      await page.evaluate((hash) => {
        location.hash = hash;
      }, `settings=${section}`);
      await page.locator('.settings-body').waitFor();
      expect(await width()).toBe(360);
    }
    expect(await page.locator('img, .window script').count()).toBe(0);
    expect(await page.title()).toContain('· Signalbox');
    expect(problems).toEqual([]);
  });
});
