// The settings window in a real browser over a scripted engine that keeps one file and checks it by the real schema.
import { gzipSync } from 'node:zlib';
import type { Page } from 'playwright';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { sceneOf } from '../support/scenes.ts';
import { ninePanelsFile, ninePanelsSettings } from '../support/settings-scenes.ts';
import { asked, type OpenWindow, setStage, type WindowStage } from '../support/window.ts';

let stage: WindowStage;

beforeAll(async () => {
  stage = await setStage();
});
afterEach(() => stage.clear());
afterAll(() => stage?.close());

const open = (section: string, width = 1000): Promise<OpenWindow> =>
  stage.open({ snapshot: sceneOf('green').snapshot, file: ninePanelsSettings(Date.now()), hash: `settings=${section}`, width });
/** The scripts that the page has loaded so far, and their size as a server would compress them. */
async function scriptsOf(page: Page): Promise<{ readonly count: number; readonly gzipped: number }> {
  const texts = await page.evaluate(() => {
    const scripts = performance.getEntriesByType('resource').filter(({ name }) => name.endsWith('.js'));
    return Promise.all(scripts.map(async ({ name }) => await (await fetch(name)).text()));
  });
  return { count: texts.length, gzipped: texts.reduce((sum, text) => sum + gzipSync(text).length, 0) };
}

const save = ({ page }: OpenWindow) => page.getByRole('button', { name: 'Save', exact: true });

describe('the settings', () => {
  it('open from the head, list every section, and lead back', async () => {
    const { page, problems, text } = await stage.open({ snapshot: sceneOf('green').snapshot, width: 420 });
    const first = await scriptsOf(page);
    expect(first.gzipped).toBeLessThan(150_000);
    await page.getByRole('button', { name: 'Settings' }).click();
    await page.getByRole('link', { name: /^Dump/ }).click();
    await expect.poll(() => text('.section-title h2')).toBe('Dump');
    expect((await scriptsOf(page)).count).toBeGreaterThan(first.count);
    expect(await page.evaluate(() => location.hash)).toBe('#settings=dump');
    await page.goBack();
    await page.getByRole('link', { name: /^Monitors/ }).waitFor();
    await page.getByRole('button', { name: 'Back to the line' }).click();
    await page.locator('.line').waitFor();
    expect(problems).toEqual([]);
  });

  it('save what was changed and nothing else', async () => {
    const window = await open('app');
    const { page, engine, problems } = window;
    await page.getByLabel('Name of the product').fill('Ten Panels');
    await page.getByRole('link', { name: /^App.*unsaved/ }).waitFor();
    await page.getByRole('link', { name: /^Monitors/ }).click();
    await page.getByRole('button', { name: /^API \(Frankfurt\)/ }).click();
    await page.getByLabel('Check every').fill('45s');
    await page.keyboard.press('Control+s');
    await page.locator('.saved').waitFor();
    const [first, ...rest] = ninePanelsFile.monitors;
    const expected = { ...ninePanelsFile, app: { name: 'Ten Panels' }, monitors: [{ ...first, interval: '45s' }, ...rest] };
    expect(engine.settings.document()).toEqual(expected);
    expect(asked(engine, 'settings.save').length).toBe(1);
    await page.getByLabel('Check every').fill('');
    await save(window).click();
    await expect.poll(() => engine.settings.document()).toEqual({ ...expected, monitors: ninePanelsFile.monitors });
    expect(problems).toEqual([]);
  });

  it('tell what is wrong at its place, and lead there from the summary', async () => {
    const window = await open('monitors');
    const { page, engine, text } = window;
    await page.getByRole('button', { name: /^API \(Frankfurt\)/ }).click();
    await page.getByRole('button', { name: 'More' }).click();
    await page.getByLabel('Failures until down').fill('many');
    await page.getByRole('button', { name: 'Less' }).click();
    await page.getByRole('button', { name: /^API \(Frankfurt\)/ }).click();
    await page.getByRole('link', { name: /^Dump/ }).click();
    await page.getByLabel('Dumps to keep').fill('0');
    await save(window).click();
    await page.locator('.problem-summary:focus').waitFor();
    expect(await text('.problem-summary h2')).toBe('2 problems: nothing was saved');
    const keep = page.getByLabel('Dumps to keep');
    expect(await keep.getAttribute('aria-invalid')).toBe('true');
    const described = (await keep.getAttribute('aria-describedby'))?.split(' ') ?? [];
    expect(await page.locator(`[id="${described.at(-1)}"]`).textContent()).toMatch(/too small|at least|>=/i);

    await page.getByRole('button', { name: /^API \(Frankfurt\) › Failures until down/ }).click();
    await expect
      .poll(() => page.evaluate(() => document.activeElement?.getAttribute('data-path')))
      .toBe('monitors[0].failureThreshold');
    await page.keyboard.press('Control+a');
    await page.keyboard.type('3');
    expect(await text('.problem-summary h2')).toBe('1 problem: nothing was saved');
    await page.getByRole('button', { name: /^Dump › Dumps to keep/ }).click();
    await page.keyboard.press('Control+a');
    await page.keyboard.type('5');
    await save(window).click();
    await page.locator('.saved').waitFor();
    expect(engine.settings.document()).toMatchObject({
      dump: { keep: 5 },
      monitors: [{ failureThreshold: 3 }, {}, {}, {}, {}, {}],
    });
  });

  it('notice that the file was changed elsewhere, and lose neither version', async () => {
    const window = await open('app');
    const { page, engine } = window;
    const name = page.getByLabel('Name of the product');
    await name.fill('Mine');
    engine.settings.writeElsewhere({ ...ninePanelsFile, app: { name: 'Theirs' } });
    await save(window).click();
    await page.getByText('The file was changed elsewhere').waitFor();
    expect(engine.settings.document()).toMatchObject({ app: { name: 'Theirs' } });
    await page.getByRole('button', { name: 'Load theirs' }).click();
    await expect.poll(() => name.inputValue()).toBe('Theirs');
    await page.getByRole('button', { name: 'Bring them back' }).click();
    expect(await name.inputValue()).toBe('Mine');
    engine.settings.writeElsewhere({ ...ninePanelsFile, app: { name: 'Theirs again' } });
    await save(window).click();
    await page.getByRole('button', { name: 'Save mine over it' }).click();
    await page.locator('.saved').waitFor();
    expect(engine.settings.document()).toMatchObject({ app: { name: 'Mine' } });
  });

  it('ask before unsaved changes are left, by button and by address', async () => {
    const window = await open('app');
    const { page, engine } = window;
    await page.getByLabel('Name of the product').fill('Ten Panels');
    await page.getByRole('button', { name: 'Back to the line' }).click();
    await page.getByText('Leave with unsaved changes?').waitFor();
    await page.getByRole('button', { name: 'Stay here' }).click();
    await page.evaluate(() => {
      location.hash = 'incident=inc-1';
    });
    await page.getByText('Leave with unsaved changes?').waitFor();
    expect(await page.evaluate(() => location.hash)).toBe('#settings=app');
    expect(await page.getByLabel('Name of the product').inputValue()).toBe('Ten Panels');
    await page.getByRole('button', { name: 'Save and leave' }).click();
    await page.locator('.line').waitFor();
    expect(engine.settings.document()).toMatchObject({ app: { name: 'Ten Panels' } });
    expect(await page.evaluate(() => location.hash)).toBe('#incident=inc-1');
  });

  it('bring back what was discarded', async () => {
    const { page } = await open('app');
    const name = page.getByLabel('Name of the product');
    await name.fill('Ten Panels');
    await page.getByRole('button', { name: 'Discard' }).click();
    expect(await name.inputValue()).toBe('Nine Panels');
    await page.getByRole('button', { name: 'Bring them back' }).click();
    expect(await name.inputValue()).toBe('Ten Panels');
  });

  it('say why they cannot be read or saved', async () => {
    const window = await open('app');
    const { page, engine } = window;
    const fault = { code: 'settings-unwritable', message: 'The disk is full.', next: 'Free some space.' };
    engine.answer('settings.save', () => ({ ok: false, error: fault }));
    await page.getByLabel('Name of the product').fill('Ten Panels');
    await save(window).click();
    await page.getByText('The disk is full. Free some space.').waitFor();
    expect(await page.getByLabel('Name of the product').inputValue()).toBe('Ten Panels');
    engine.answer('settings.get', () => ({ ok: false, error: fault }));
    await page.getByRole('button', { name: 'Discard' }).click();
    await page.reload();
    await page.getByRole('button', { name: 'Try again' }).waitFor();
  });
});

describe('monitors', () => {
  it('are added by kind, duplicated, moved, removed and put back', async () => {
    const window = await open('monitors');
    const { page, engine } = window;
    const ids = (): unknown => (engine.settings.document().monitors as { id: string }[]).map(({ id }) => id);
    await page.getByRole('button', { name: 'Add TCP port' }).click();
    await expect.poll(() => page.evaluate(() => document.activeElement?.getAttribute('data-path'))).toBe('monitors[6].name');
    await page.keyboard.type('Redis');
    await page.getByLabel('Host').fill('redis.example.com');
    await page.getByLabel('Port', { exact: false }).first().fill('6379');
    await page.getByRole('button', { name: 'Duplicate Redis' }).click();
    await page.getByRole('button', { name: 'Move Redis (copy) up' }).click();
    await page.getByRole('button', { name: 'Remove Redis (copy)' }).click();
    await page.locator('button[data-path=removed]:focus').waitFor();
    await page.getByRole('button', { name: 'Put it back' }).click();
    await save(window).click();
    await page.locator('.saved').waitFor();
    expect(ids()).toEqual(['api', 'login', 'standby', 'db', 'web', 'render', 'port-2', 'port']);
    expect(engine.settings.document().monitors).toContainEqual({
      id: 'port',
      kind: 'tcp',
      name: 'Redis',
      host: 'redis.example.com',
      port: 6379,
    });
  });

  it('are tested as they stand in the form', async () => {
    const { page, engine } = await open('monitors');
    let answer: (result: { ok: boolean; message: string }) => void = () => undefined;
    engine.settings.testing(() => new Promise((resolve) => (answer = resolve)));
    await page.getByRole('button', { name: /^Front end/ }).click();
    await page.getByLabel('Address').fill('https://example.org/');
    await page.getByRole('button', { name: 'Test Front end' }).click();
    await page.locator('.test-clock').waitFor();
    await expect.poll(() => asked(engine, 'settings.test').length).toBe(1);
    answer({ ok: true, message: 'Answered in 47 ms.' });
    await page.getByText('Works. Answered in 47 ms.').waitFor();
    expect(asked(engine, 'settings.test')[0]?.test).toMatchObject({ what: 'monitor', monitor: { url: 'https://example.org/' } });
    await page.getByLabel('Address').fill('https://example.net/');
    expect(await page.getByText('Works.').count()).toBe(0);
  });

  it('keep what no control can show', async () => {
    const odd = { id: 'odd', kind: 'http', url: 'https://a/', json: { deep: [1, { a: null }] }, interval: 5, mystery: { x: 1 } };
    const window = await stage.open({
      snapshot: sceneOf('green').snapshot,
      file: { document: { monitors: [odd] } },
      hash: 'settings=monitors',
    });
    const { page, engine } = window;
    await page.getByRole('button', { name: /^odd/ }).click();
    await page.getByRole('button', { name: /^More/ }).click();
    expect(await page.getByLabel('Mystery').inputValue()).toBe('{\n  "x": 1\n}');
    await page.getByLabel('JSON body').fill('{ "deep": [');
    await save(window).click();
    await page.locator('.problem-summary:focus').waitFor();
    expect(asked(engine, 'settings.save')).toEqual([]);
    await page.getByLabel('JSON body').fill('{ "deep": [2] }');
    await page.getByLabel('Mystery').fill('');
    await page.getByLabel('Check every').fill('"5s"');
    await save(window).click();
    await page.locator('.saved').waitFor();
    const { mystery: _, ...rest } = odd;
    expect(engine.settings.document()).toEqual({ monitors: [{ ...rest, json: { deep: [2] }, interval: '5s' }] });
  });
});
