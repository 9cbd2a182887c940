// The window in a real browser, built as it ships and under the exact production policy, shown by a scripted engine.
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { AxeBuilder } from '@axe-core/playwright';
import type { Browser, BrowserContext, Page } from 'playwright';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { Incident } from '../../shared/incident.ts';
import type { Snapshot } from '../../shared/snapshot.ts';
import { launchBrowser } from '../support/browser.ts';
import { buildRenderer } from '../support/build-renderer.ts';
import { type FakeEngine, startFakeEngine } from '../support/fake-engine.ts';
import { scenes } from '../support/scenes.ts';
import { downMonitorOf, incidentOf, iso, monitorOf, ninePanels, observationOf, snapshotOf } from '../support/view-fixtures.ts';

let built: string;
let browser: Browser;
let context: BrowserContext;
let page: Page;
let engine: FakeEngine;
let problems: string[];

beforeAll(async () => {
  built = await mkdtemp(join(tmpdir(), 'signalbox-window-'));
  await buildRenderer(built);
  browser = await launchBrowser();
});

afterAll(async () => {
  await browser?.close();
  await rm(built, { recursive: true, force: true });
});

beforeEach(async () => {
  problems = [];
  context = await browser.newContext({ viewport: { width: 420, height: 640 } });
  page = await context.newPage();
  page.on('console', (message) => message.type() === 'error' && problems.push(message.text()));
  page.on('pageerror', (error) => problems.push(String(error)));
});

afterEach(async () => {
  console.log(problems, await page.locator('.monitor').first().innerHTML().catch(String));
  await context.close();
  await engine.close();
});

async function open(snapshot: Snapshot, replies: Readonly<Record<string, unknown>> = {}): Promise<void> {
  engine = await startFakeEngine(built, snapshot);
  for (const [method, value] of Object.entries(replies)) engine.answer(method as never, () => ({ ok: true, value }) as never);
  await page.goto(engine.url);
  await page.locator('.head').waitFor();
}

/** The API fails: what the engine would send, in its order. */
function outage(): Incident {
  const now = Date.now();
  const monitor = downMonitorOf('api', { name: 'API (Frankfurt)', role: 'api-primary', since: iso(now) });
  const last = observationOf('api', {
    atMs: now,
    outcome: 'down',
    latencyMs: null,
    error: { code: 'refused', message: 'Refused.' },
  });
  const opened = incidentOf({ openedAt: iso(now), detectedAt: iso(now + 5_000) });
  engine.emit({ event: 'observation.recorded', observation: last, monitor: { ...monitor, last } });
  engine.emit({ event: 'monitor.changed', monitorId: 'api', from: 'verifying', to: 'down', monitor: { ...monitor, last } });
  engine.emit({ event: 'incident.opened', incident: opened });
  engine.emit({
    event: 'signal.changed',
    from: 'green',
    to: 'red',
    signal: { colour: 'red', reasons: ['API (Frankfurt) is down'], since: iso(now + 5_000) },
  });
  return opened;
}

const text = (selector: string): Promise<string> => page.locator(selector).first().innerText();
const green = () => snapshotOf(ninePanels());

describe('the window', () => {
  it('is clear when all is clear, and forgets the key in its address', async () => {
    await open(green());
    expect(await text('.word b')).toBe('Clear');
    expect(await text('.sentence')).toMatch(/^All clear\. 6 monitors, last check/);
    expect(await page.title()).toBe('Clear · Nine Panels · Signalbox');
    expect(await page.locator('.monitor').count()).toBe(6);
    expect(page.url()).toBe(`${engine.origin}/`);
    await page.reload();
    expect(await text('.word b')).toBe('Clear');
    expect(problems).toEqual([]);
  });

  it('turns to stop and shows the incident as the events arrive, and clears again', async () => {
    await open(green());
    const opened = outage();
    await page.locator('.incident').waitFor();
    expect(await text('.word b')).toBe('Stop');
    expect(await text('.sentence')).toMatch(/^API \(Frankfurt\) is down since \d\d:\d\d:\d\d\.$/);
    expect(await text('.incident h2')).toBe('API (Frankfurt) is down');
    expect(await text('.line desc').catch(() => page.locator('#line-state').textContent())).toContain('1 of 2 down');
    expect(await page.title()).toContain('Stop');
    expect(await page.locator('#icon').getAttribute('href')).toContain('red');
    expect(await page.locator('[role=status]').first().textContent()).toContain('API (Frankfurt) is down');

    const now = Date.now();
    const resolved = { ...opened, state: 'resolved', resolvedAt: iso(now), durationMs: 60_000 } as const;
    engine.emit({
      event: 'monitor.changed',
      monitorId: 'api',
      from: 'down',
      to: 'up',
      monitor: ninePanels()[0] ?? monitorOf('api'),
    });
    engine.emit({ event: 'incident.resolved', incident: resolved });
    engine.emit({ event: 'signal.changed', from: 'red', to: 'green', signal: { colour: 'green', reasons: [], since: iso(now) } });
    await page.locator('.incident[data-state=resolved]').waitFor();
    expect(await text('.word b')).toBe('Clear');
    expect(problems).toEqual([]);
  });

  it('never polls: without events it asks nothing more', async () => {
    await open(green());
    await page.locator('.history').waitFor();
    await expect.poll(() => engine.calls.map(({ method }) => method)).toContain('history.runs');
    const before = engine.calls.length;
    engine.emit({
      event: 'observation.recorded',
      observation: observationOf('api', { latencyMs: 777 }),
      monitor: monitorOf('api', { latencyMs: 777 }),
    });
    await page.getByText('777 ms').first().waitFor();
    expect(engine.calls.length).toBe(before);
  });

  it('adds a note with Enter, keeps it when that fails, and acknowledges', async () => {
    await open(green());
    const opened = outage();
    const field = page.getByLabel('Note for the timeline');
    const fault = { code: 'unreachable', message: 'The history cannot be written.', next: 'Free some disk space.' };
    engine.answer('incident.note', () => ({ ok: false, error: fault }));
    await field.fill('Opened a ticket with Render');
    await field.press('Enter');
    await page.getByText('The history cannot be written. Free some disk space.').waitFor();
    expect(await field.inputValue()).toBe('Opened a ticket with Render');

    engine.answer('incident.note', ({ text: note }) => {
      const entry = { at: iso(Date.now()), kind: 'note' as const, text: note };
      engine.emit({ event: 'incident.updated', incident: { ...opened, timeline: [...opened.timeline, entry] } });
      return { ok: true, value: { ok: true } };
    });
    await field.press('Enter');
    await expect.poll(() => field.inputValue()).toBe('');
    expect(await text('.timeline li')).toContain('Opened a ticket with Render');

    engine.answer('incident.acknowledge', () => {
      engine.emit({ event: 'incident.updated', incident: { ...opened, acknowledgedAt: iso(Date.now()) } });
      return { ok: true, value: { ok: true } };
    });
    await page.getByRole('button', { name: 'Acknowledge' }).click();
    await page.getByText('no more reminders').waitFor();
    expect(engine.calls.filter(({ method }) => method === 'incident.acknowledge')).toEqual([
      { method: 'incident.acknowledge', input: { id: opened.id } },
    ]);
    expect(problems).toEqual([]);
  });

  it('opens a monitor to its chart, phases and facts, checks it now and pauses it', async () => {
    const scene = scenes(Date.now()).find(({ name }) => name === 'details');
    await open(green(), scene?.replies);
    await page.getByRole('button', { name: /^API \(Frankfurt\)/ }).click();
    await page.locator('.uplot canvas').waitFor();
    expect(await text('.chart figcaption')).toMatch(/^Median \d+ ms, .* 2 of 120 checks failed\.$/);
    expect(await text('.phases')).toMatch(/DNS\s*3\.1 ms[\s\S]*First byte\s*45 ms/);
    expect(await text('.facts')).toMatch(/99\.95 % of the 97 % we watched[\s\S]*61 days left/);

    await page.getByText('24 h', { exact: true }).last().click();
    await expect.poll(() => engine.calls.at(-1)).toEqual({ method: 'history.latency', input: { id: 'api', period: '24h' } });

    await page.getByRole('button', { name: 'Check now' }).click();
    await page.getByText('Just checked: up in 84 ms.').waitFor();
    await page.getByRole('button', { name: 'Pause 1 h' }).click();
    await expect.poll(() => engine.calls.at(-1)).toEqual({ method: 'monitor.pause', input: { id: 'api', forMs: 3_600_000 } });
    const pausedUntil = iso(Date.now() + 3_600_000);
    engine.emit({
      event: 'view.changed',
      monitors: ninePanels().map((monitor) => ({ ...monitor, status: 'paused', pausedUntil })),
    });
    await page.getByRole('button', { name: 'Resume' }).click();
    await expect.poll(() => engine.calls.at(-1)).toEqual({ method: 'monitor.pause', input: { id: 'api', forMs: null } });
    expect(problems).toEqual([]);
  });

  it('turns dark when the engine is gone, and live again with what it missed', async () => {
    await open(green());
    engine.is('away');
    await page.getByText(/Signalbox is not answering since/).waitFor();
    expect(await text('.word b')).toBe('Dark');
    expect(await page.locator('.monitor[data-colour=green]').count()).toBe(0);
    engine.become({ ...engine.snapshot(), revision: 3, app: { name: 'Ten Panels', environment: 'production' } });
    engine.is('present');
    await page.locator('.window[data-live=true]').waitFor();
    expect(await text('.app b')).toBe('Ten Panels');
    expect(await text('.word b')).toBe('Clear');
  });

  it('says so when the engine was stopped', async () => {
    await open(green());
    engine.emit({ event: 'engine.stopped' });
    await page.getByText(/Signalbox was stopped at/).waitFor();
    expect(await text('.word b')).toBe('Dark');
  });

  it('shows how to get the key to whoever has none', async () => {
    engine = await startFakeEngine(built, green());
    for (const address of [engine.origin, `${engine.origin}/#token=wrong`]) {
      await page.goto(address);
      await page.getByText('This page needs its key').waitFor();
      await page.goto('about:blank');
    }
    expect(engine.calls).toEqual([]);
  });

  it('pages through past incidents and opens their story', async () => {
    const all = Array.from({ length: 14 }, (_, index) => {
      const openedAt = iso(Date.parse('2023-06-30T10:00:00Z') - index * 86_400_000);
      const id = `inc-202306${String(30 - index).padStart(2, '0')}-100000`;
      return incidentOf({ id, openedAt, title: `Outage ${index + 1}`, state: 'resolved', resolvedAt: openedAt });
    });
    await open(green());
    engine.answer('history.incidents', ({ before, limit }) => ({
      ok: true,
      value: all.filter((incident) => before === null || incident.openedAt < before).slice(0, limit),
    }));
    await page.reload();
    await page.getByRole('button', { name: 'Show earlier' }).click();
    await expect.poll(() => page.locator('.past').count()).toBe(14);
    expect(await page.getByRole('button', { name: 'Show earlier' }).count()).toBe(0);
    await page.getByRole('button', { name: /^Outage 14/ }).click();
    expect(await page.locator('.past .timeline li').count()).toBe(3);
  });
});

describe('the window for everybody', () => {
  it.each(['light', 'dark'] as const)('has no accessibility violations in any state, %s', async (colorScheme) => {
    await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' });
    for (const scene of scenes(Date.now())) {
      await page.goto('about:blank');
      await context.clearCookies();
      engine = await startFakeEngine(built, scene.snapshot);
      for (const [method, value] of Object.entries(scene.replies))
        engine.answer(method as never, () => ({ ok: true, value }) as never);
      await page.goto(scene.withoutKey === true ? engine.origin : engine.url);
      await page.locator('h1').waitFor();
      await scene.act?.(page, engine);
      const { violations } = await new AxeBuilder({ page }).analyze();
      expect(violations.map(({ id, nodes }) => `${scene.name}: ${id}: ${nodes[0]?.html}`)).toEqual([]);
      if (scene !== scenes(0).at(-1)) await engine.close();
    }
    engine = await startFakeEngine(built, green());
  });

  it('needs no horizontal scrolling at 360 px in any state', async () => {
    await page.setViewportSize({ width: 360, height: 640 });
    for (const scene of scenes(Date.now())) {
      await page.goto('about:blank');
      await open(scene.snapshot, scene.replies);
      await scene.act?.(page, engine);
      const width = await page.evaluate(() => document.documentElement.scrollWidth);
      expect(`${scene.name} ${width}`).toBe(`${scene.name} 360`);
      await engine.close();
    }
    engine = await startFakeEngine(built, green());
  });

  it('can be worked by keyboard alone', async () => {
    const scene = scenes(Date.now()).find(({ name }) => name === 'red');
    if (!scene) throw new Error('there is no red scene');
    await open(scene.snapshot, scene.replies);
    await page.locator('.strip path.bar-down[d^=M]').first().waitFor({ state: 'attached' });
    const focused = () =>
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
    const spoken = () => page.locator('.strip').first().getAttribute('aria-valuetext');
    expect(await spoken()).toMatch(/, up, \d+ ms$/);
    await page.keyboard.press('End');
    expect(await spoken()).toMatch(/, down: The connection was refused\.$/);
    await reach(/^Check now$/);
    expect(problems).toEqual([]);
  });

  it('finds a monitor among many', async () => {
    const scene = scenes(Date.now()).find(({ name }) => name === 'many');
    if (!scene) throw new Error('there is no scene with many');
    await open(scene.snapshot, scene.replies);
    await page.getByLabel('Find a monitor').fill('service 17');
    await expect.poll(() => page.locator('.monitor').count()).toBe(1);
    await page.getByLabel('Find a monitor').fill('');
    await page.getByRole('button', { name: 'Not up (0)' }).click();
    await page.getByText('No monitor matches.').waitFor();
  });

  it('shows hostile text as text, wherever it comes from', async () => {
    await page.setViewportSize({ width: 360, height: 640 });
    const html = '<img src=x onerror="document.title=1"><script>document.title=2</script>';
    const bidi = '\u202Egpj.exe\u2066 \u0000\u001b[31m';
    const long = 'x'.repeat(300);
    const monitor = monitorOf('api', { name: `${html}`.slice(0, 100), role: 'api-primary', target: long, notices: [html, bidi] });
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
    const sick = {
      ...monitor,
      status: 'down' as const,
      last: observationOf('api', { outcome: 'down', excerpt: html, provider, error: { code: 'internal', message: html + long } }),
    };
    const incident = incidentOf({
      title: html + long.slice(0, 200),
      diagnosis: {
        rule: 'x',
        sentence: html,
        confidence: 'low',
        evidence: [{ source: html, text: bidi + long, at: iso(0) }],
        lever: null,
      },
      timeline: [{ at: iso(Date.now()), kind: 'note', text: html + bidi + long }],
    });
    const page2 = monitorOf('page', { name: long.slice(0, 100), role: 'provider', status: 'degraded', last: sick.last });
    await open(
      snapshotOf([sick, page2], {
        app: { name: html, environment: long },
        incidents: [incident],
        signal: { colour: 'red', reasons: [html], since: iso(0) },
        engine: { ...green().engine, settingsProblem: html + long },
      }),
    );
    await page.locator('.row-open').first().click();
    await page.locator('.details').waitFor();
    for (const summary of await page.locator('summary').all()) await summary.click();
    expect(await page.locator('img, a, .window script').count()).toBe(0);
    expect(await text('.incident h2')).toContain('<script>');
    expect(await page.title()).toContain('Signalbox');
    expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBe(360);
    expect(problems).toEqual([]);
  });
});
