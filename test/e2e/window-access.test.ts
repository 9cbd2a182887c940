// The window for everybody and everything: screen readers, keyboards, many monitors, hostile text.
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import type { MonitorView, Snapshot } from '../../shared/snapshot.ts';
import { sceneOf } from '../support/scenes.ts';
import { incidentOf, iso, monitorOf, observationOf, snapshotOf } from '../support/view-fixtures.ts';
import { setStage, type WindowStage } from '../support/window.ts';

let stage: WindowStage;

beforeAll(async () => {
  stage = await setStage();
});
afterEach(() => stage.clear());
afterAll(() => stage?.close());

describe('the window', () => {
  it('can be worked by keyboard alone', async () => {
    const scene = sceneOf('red');
    const { page, engine, problems, text } = await stage.open(scene);
    await page.locator('.strip path.bar-down[d^=M]').first().waitFor({ state: 'attached' });
    const focused = (): Promise<string> =>
      page.evaluate(() => document.activeElement?.getAttribute('aria-label') ?? document.activeElement?.textContent ?? '');
    const reach = async (wanted: RegExp): Promise<void> => {
      for (let presses = 0; presses < 60; presses += 1) {
        await page.keyboard.press('Tab');
        if (wanted.test(await focused())) return;
      }
      throw new Error(`${wanted} was not reached with Tab`);
    };
    await reach(/^Acknowledge$/);
    await page.keyboard.press('Enter');
    await expect.poll(() => engine.calls.at(-1)?.method).toBe('incident.acknowledge');
    await page.keyboard.press('Tab');
    await page.keyboard.type('By hand');
    await page.keyboard.press('Enter');
    await expect.poll(() => engine.calls.at(-1)?.input).toEqual({ id: scene.snapshot.incidents[0]?.id, text: 'By hand' });
    await reach(/^API \(Frankfurt\)Down/);
    await page.keyboard.press('Enter');
    await page.locator('.uplot').waitFor();
    await reach(/^API \(Frankfurt\)\. Last 60 checks: 51 up, 9 down/);
    expect(await text('.tip')).toContain('The connection was refused.');
    await page.keyboard.press('Home');
    const spoken = (): Promise<string | null> => page.locator('.strip').first().getAttribute('aria-valuetext');
    expect(await spoken()).toMatch(/, up, \d+ ms$/);
    await page.keyboard.press('End');
    expect(await spoken()).toMatch(/, down: The connection was refused\.$/);
    await reach(/^Check now$/);
    expect(problems).toEqual([]);
  });

  it('finds a monitor among many', async () => {
    const { page } = await stage.open(sceneOf('many'));
    await page.getByLabel('Find a monitor').fill('service 17');
    await expect.poll(() => page.locator('.monitor').count()).toBe(1);
    await page.getByLabel('Find a monitor').fill('');
    await page.getByRole('button', { name: 'Not up (0)' }).click();
    await page.getByText('No monitor matches.').waitFor();
  });

  it('shows hostile text as text, wherever it comes from', async () => {
    const { page, problems, text } = await stage.open({ snapshot: hostile(), width: 360 });
    await page.locator('.row-open').first().click();
    await page.locator('.details').waitFor();
    for (const summary of await page.locator('summary').all()) await summary.click();
    expect(await page.locator('img, a, .window script').count()).toBe(0);
    expect(await text('.incident h2')).toContain('<script>');
    expect(await page.title()).toContain('· Signalbox');
    expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBe(360);
    expect(problems).toEqual([]);
  });
});

/** Every text that can come from outside is markup, direction tricks or endless. */
function hostile(): Snapshot {
  const html = '<img src=x onerror="document.title=1"><script>document.title=2</script>';
  const bidi = '\u202Egpj.exe\u2066 \u0000\u001b[31m';
  const long = 'x'.repeat(300);
  const provider = {
    page: html,
    format: 'statuspage' as const,
    severity: 'major' as const,
    components: [{ name: long, status: html.slice(0, 60) }],
    incidents: [
      {
        name: bidi,
        status: 'x',
        impact: 'y',
        url: 'javascript:alert(1)',
        startedAt: null,
        lastUpdate: html + long,
        concernsUs: true,
      },
    ],
  };
  const error = { code: 'internal' as const, message: html + long };
  const last = observationOf('api', { outcome: 'down', excerpt: html + long, provider, error });
  const sick: Partial<MonitorView> = { status: 'down', last, target: long, notices: [html, bidi] };
  const evidence = [{ source: html, text: bidi + long, at: iso(0) }];
  return snapshotOf(
    [
      monitorOf('api', { ...sick, name: html, role: 'api-primary' }),
      monitorOf('page', { ...sick, name: long.slice(0, 100), role: 'provider', status: 'degraded' }),
    ],
    {
      app: { name: html, environment: long },
      incidents: [
        incidentOf({
          title: html + long.slice(0, 200),
          diagnosis: {
            rule: 'x',
            sentence: html,
            confidence: 'low',
            evidence,
            against: evidence,
            suggestion: html,
            others: [{ rule: 'y', sentence: html, confidence: 'low' }],
            lever: null,
          },
          timeline: [{ at: iso(Date.now()), kind: 'note', text: html + bidi + long }],
        }),
      ],
      signal: { colour: 'red', reasons: [html], since: iso(0) },
      engine: { ...snapshotOf([]).engine, settingsProblem: html + long },
    },
  );
}
