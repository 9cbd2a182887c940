// The levers and their dumps for everybody: keyboards, hostile text.
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { sceneOf } from '../support/scenes.ts';
import { dumpOf, iso, leversOf, offerOf, runOf } from '../support/view-fixtures.ts';
import { asked, setStage, type WindowStage } from '../support/window.ts';

let stage: WindowStage;

beforeAll(async () => {
  stage = await setStage();
});
afterEach(() => stage.clear());
afterAll(() => stage?.close());

describe('the dumps', () => {
  it('are listed, verified, deleted after one question, and their folder opened', async () => {
    const { page, engine, text } = await stage.open({ snapshot: sceneOf('red').snapshot });
    let dumps = [
      dumpOf('a.dump', { encrypted: true, verifiedAt: iso(Date.now() - 5_400_000) }),
      dumpOf('b.dump', { problem: 'Cut off.' }),
    ];
    engine.answer('dump.list', () => ({ ok: true, value: dumps }));
    engine.answer('dump.delete', ({ name }) => {
      dumps = dumps.filter((dump) => dump.name !== name);
      return { ok: true, value: { ok: true } };
    });
    await page.reload();
    await page.locator('.dump').first().waitFor();
    expect(await text('.dump')).toMatch(/a\.dump[\s\S]*42 MB · 9 tables · encrypted · verified 1 h ago/);
    await page.getByText('Cut off.').waitFor();
    await page.getByRole('button', { name: 'Verify a.dump' }).click();
    await page.locator('[data-lever=dump] .lever-run[data-state=succeeded]').waitFor();
    expect(asked(engine, 'lever.prepare').at(-1)?.request).toEqual({ action: 'dump', task: 'verify', file: 'a.dump' });
    await page.getByRole('button', { name: 'Delete b.dump' }).click();
    await page.getByRole('button', { name: 'Keep it' }).click();
    expect(asked(engine, 'dump.delete')).toEqual([]);
    await page.getByRole('button', { name: 'Delete b.dump' }).click();
    await page.getByRole('button', { name: 'Delete it' }).click();
    await expect.poll(() => page.locator('.dump').count()).toBe(1);
    await page.getByRole('button', { name: 'Open folder' }).click();
    await expect.poll(() => asked(engine, 'dump.reveal').length).toBe(1);
  });
});

describe('the keyboard', () => {
  it('pulls a lever, confirms and cancels, and never loses its place', async () => {
    const { page, engine } = await stage.open({ snapshot: sceneOf('red').snapshot });
    const offer = { asks: true, title: 'Traffic to the standby' };
    engine.answer('lever.prepare', () => ({ ok: true, value: offerOf(offer) }));
    engine.answer('lever.start', () => {
      const run = runOf({ atMs: Date.now() });
      engine.emit({ event: 'run.started', run });
      return { ok: true, value: { run } };
    });
    const press = async (wanted: string): Promise<void> => {
      for (let presses = 0; presses < 30; presses += 1) {
        if ((await page.evaluate(() => document.activeElement?.textContent)) === wanted)
          return await page.keyboard.press('Enter');
        await page.keyboard.press('Tab');
      }
      throw new Error(`“${wanted}” was not reached with Tab`);
    };
    const place = (): Promise<string | null | undefined> =>
      page.evaluate(() => document.activeElement?.closest('article')?.getAttribute('data-lever'));
    await press('Move to the standby');
    await page.locator('.lever-offer').waitFor();
    expect(await place()).toBe('traffic');
    await press('Leave it');
    await page.locator('.lever-offer').waitFor({ state: 'detached' });
    expect(await place()).toBe('traffic');
    await press('Move to the standby');
    await page.locator('.lever-offer').waitFor();
    await press('Move to the standby');
    await page.locator('.lever-run').waitFor();
    expect(await place()).toBe('traffic');
    await press('Cancel');
    await page.locator('.lever-run[data-state=cancelled]').waitFor();
    expect(await place()).toBe('traffic');
  });
});

it('keeps hostile text in the levers as text', async () => {
  const html = `<img src=x onerror="document.title=1">\u202E${'x'.repeat(200)}`;
  const levers = leversOf(Date.now(), {
    traffic: { ...leversOf().traffic, primary: html, warning: html, twin: { state: 'stale', sentence: html } },
  });
  const run = runOf({ atMs: Date.now(), title: html.slice(0, 200), action: 'dump' });
  const { page, problems } = await stage.open({ snapshot: { ...sceneOf('red').snapshot, levers, runs: [run] }, width: 360 });
  await page.locator('.lever-run').waitFor();
  expect(await page.locator('img, .levers a').count()).toBe(0);
  expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBe(360);
  expect(problems).toEqual([]);
});
