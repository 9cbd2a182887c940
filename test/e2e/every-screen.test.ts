// Every screen of the window, for everybody: light and dark, narrow and wide, no accessibility violation, no horizontal
// scrolling, nothing in the console. Each is opened once and then changed, as a person changes a window.
import { AxeBuilder } from '@axe-core/playwright';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { sceneOf, scenes } from '../support/scenes.ts';
import { setStage, type WindowStage } from '../support/window.ts';

let stage: WindowStage;

beforeAll(async () => {
  stage = await setStage();
});
afterEach(() => stage.clear());
afterAll(() => stage?.close());

const names = scenes(0).map(({ name }) => name);
const withoutEngine = new Set(['lost', 'no-key']);
const looks = [
  { width: 360, colorScheme: 'light' },
  { width: 360, colorScheme: 'dark' },
  { width: 1200, colorScheme: 'dark' },
  { width: 1200, colorScheme: 'light' },
] as const;

describe('every screen', () => {
  it.each(names)('%s', async (name) => {
    const scene = sceneOf(name);
    const { page, engine, problems } = await stage.open({ ...scene, ...looks[0] });
    await scene.act?.(page, engine);
    for (const { width, colorScheme } of looks) {
      const look = `at ${width} px, ${colorScheme}`;
      await page.setViewportSize({ width, height: 640 });
      await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' });
      const { violations } = await new AxeBuilder({ page }).analyze();
      const told = violations.map(({ id, nodes }) => `${id}: ${nodes[0]?.html} ${nodes[0]?.failureSummary}`);
      expect(told, look).toEqual([]);
      expect(await page.evaluate(() => document.documentElement.scrollWidth), look).toBe(width);
    }
    // Where the engine is away or refuses, requests fail, and browsers tell the console.
    if (!withoutEngine.has(name)) expect(problems).toEqual([]);
  });
});
