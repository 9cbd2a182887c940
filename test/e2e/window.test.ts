// The window in a real browser, built as it ships and under the exact production policy, shown by a scripted engine.
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import type { Incident } from '../../shared/incident.ts';
import type { FakeEngine } from '../support/fake-engine.ts';
import { scenes } from '../support/scenes.ts';
import { downMonitorOf, incidentOf, iso, monitorOf, ninePanels, observationOf, snapshotOf } from '../support/view-fixtures.ts';
import { setStage, type WindowStage } from '../support/window.ts';

let stage: WindowStage;

beforeAll(async () => {
  stage = await setStage();
});
afterEach(() => stage.clear());
afterAll(() => stage?.close());

const green = snapshotOf(ninePanels());

/** The API fails: what the engine would send, in its order. */
function outage(engine: FakeEngine): Incident {
  const now = Date.now();
  const error = { code: 'refused', message: 'Refused.' } as const;
  const last = observationOf('api', { atMs: now, outcome: 'down', latencyMs: null, error });
  const monitor = downMonitorOf('api', { name: 'API (Frankfurt)', role: 'api-primary', since: iso(now), last });
  const incident = incidentOf({ openedAt: iso(now), detectedAt: iso(now + 5_000) });
  const signal = { colour: 'red' as const, reasons: ['API (Frankfurt) is down'], since: iso(now + 5_000) };
  engine.emit({ event: 'observation.recorded', observation: last, monitor });
  engine.emit({ event: 'monitor.changed', monitorId: 'api', from: 'verifying', to: 'down', monitor });
  engine.emit({ event: 'incident.opened', incident });
  engine.emit({ event: 'signal.changed', from: 'green', to: 'red', signal });
  return incident;
}

describe('the window', () => {
  it('is clear when all is clear, and forgets the key in its address', async () => {
    const { page, engine, problems, text } = await stage.open({ snapshot: green });
    expect(await text('.word b')).toBe('Clear');
    expect(await text('.sentence')).toMatch(/^All clear\. 6 monitors, last check/);
    expect(await page.title()).toBe('Clear · Nine Panels · Signalbox');
    expect(await page.locator('.monitor').count()).toBe(6);
    expect(page.url()).toBe(`${engine.origin}/`);
    await page.reload();
    expect(await text('.word b')).toBe('Clear');
    expect(problems).toEqual([]);
  });

  it('goes to the incident that a clicked notification names', async () => {
    const { page, engine } = await stage.open({ snapshot: green });
    const incident = outage(engine);
    await page.locator('.incident').waitFor();
    await page.evaluate((id) => {
      location.hash = `incident=${id}`;
    }, incident.id);
    await page.locator('.incident:focus').waitFor();
  });

  it('turns to stop and shows the incident as the events arrive, and clears again', async () => {
    const { page, engine, problems, text } = await stage.open({ snapshot: green });
    const incident = outage(engine);
    await page.locator('.incident').waitFor();
    expect(await text('.word b')).toBe('Stop');
    expect(await text('.sentence')).toMatch(/^API \(Frankfurt\) is down since \d\d:\d\d:\d\d\.$/);
    expect(await text('.incident h2')).toBe('API (Frankfurt) is down');
    expect(await page.locator('#line-state').textContent()).toContain('1 of 2 down');
    expect(await page.title()).toContain('Stop');
    expect(await page.locator('#icon').getAttribute('href')).toContain('red');
    expect(await page.locator('[role=status]').first().textContent()).toContain('API (Frankfurt) is down');

    const now = Date.now();
    const [api = monitorOf('api')] = ninePanels();
    const signal = { colour: 'green' as const, reasons: [], since: iso(now) };
    engine.emit({ event: 'monitor.changed', monitorId: 'api', from: 'down', to: 'up', monitor: api });
    engine.emit({
      event: 'incident.resolved',
      incident: { ...incident, state: 'resolved', resolvedAt: iso(now), durationMs: 60_000 },
    });
    engine.emit({ event: 'signal.changed', from: 'red', to: 'green', signal });
    await page.locator('.incident[data-state=resolved]').waitFor();
    expect(await text('.word b')).toBe('Clear');
    expect(problems).toEqual([]);
  });

  it('never polls: events alone bring the news', async () => {
    const { page, engine } = await stage.open({ snapshot: green });
    const begun = expect.arrayContaining(['history.runs', 'digest.get']);
    await expect.poll(() => engine.calls.map(({ method }) => method)).toEqual(begun);
    const before = engine.calls.length;
    const news = { latencyMs: 777 };
    engine.emit({ event: 'observation.recorded', observation: observationOf('api', news), monitor: monitorOf('api', news) });
    await page.getByText('777 ms').first().waitFor();
    expect(engine.calls.length).toBe(before);
  });

  it('adds a note with Enter, keeps it when that fails, and acknowledges', async () => {
    const { page, engine, problems, text } = await stage.open({ snapshot: green });
    const incident = outage(engine);
    const field = page.getByLabel('Note for the timeline');
    const error = { code: 'unreachable', message: 'The history cannot be written.', next: 'Free some disk space.' };
    engine.answer('incident.note', () => ({ ok: false, error }));
    await field.fill('Opened a ticket with Render');
    await field.press('Enter');
    await page.getByText('The history cannot be written. Free some disk space.').waitFor();
    expect(await field.inputValue()).toBe('Opened a ticket with Render');

    engine.answer('incident.note', (input) => {
      const entry = { at: iso(Date.now()), kind: 'note' as const, text: input.text };
      engine.emit({ event: 'incident.updated', incident: { ...incident, timeline: [...incident.timeline, entry] } });
      return { ok: true, value: { ok: true } };
    });
    await field.press('Enter');
    await expect.poll(() => field.inputValue()).toBe('');
    await expect.poll(() => text('.timeline li')).toContain('Opened a ticket with Render');

    engine.answer('incident.acknowledge', () => {
      engine.emit({ event: 'incident.updated', incident: { ...incident, acknowledgedAt: iso(Date.now()) } });
      return { ok: true, value: { ok: true } };
    });
    await page.getByRole('button', { name: 'Acknowledge' }).click();
    await page.getByText('no more reminders').waitFor();
    const asked = engine.calls.filter(({ method }) => method === 'incident.acknowledge');
    expect(asked).toEqual([{ method: 'incident.acknowledge', input: { id: incident.id } }]);
    expect(problems).toEqual([]);
  });

  it('opens a monitor to its chart, phases and facts, checks it now and pauses it', async () => {
    const replies = scenes(Date.now()).find(({ name }) => name === 'details')?.replies ?? {};
    const { page, engine, problems, text } = await stage.open({ snapshot: green, replies });
    await page.locator('.row-open').first().click();
    await page.locator('.uplot canvas').waitFor();
    expect(await text('.chart figcaption')).toMatch(/^Median \d+ ms, .* 2 of 120 checks failed\.$/);
    expect(await text('.phases')).toMatch(/DNS\s*3\.1 ms[\s\S]*First byte\s*45 ms/);
    expect(await text('.facts')).toMatch(/99\.95 % of the 97 % we watched[\s\S]*61 days left/);

    await page.locator('.periods').getByText('24 h').click();
    await expect.poll(() => engine.calls.at(-1)).toEqual({ method: 'history.latency', input: { id: 'api', period: '24h' } });

    await page.getByRole('button', { name: 'Check now' }).click();
    await page.getByText('Just checked: up in 84 ms.').waitFor();
    await page.getByRole('button', { name: 'Pause 1 h' }).click();
    await expect.poll(() => engine.calls.at(-1)).toEqual({ method: 'monitor.pause', input: { id: 'api', forMs: 3_600_000 } });
    const paused = { status: 'paused', pausedUntil: iso(Date.now() + 3_600_000) } as const;
    engine.emit({ event: 'view.changed', monitors: ninePanels().map((monitor) => ({ ...monitor, ...paused })) });
    await page.getByRole('button', { name: 'Resume' }).click();
    await expect.poll(() => engine.calls.at(-1)).toEqual({ method: 'monitor.pause', input: { id: 'api', forMs: null } });
    expect(problems).toEqual([]);
  });

  it('turns dark when the engine is gone, and live again with what it missed', async () => {
    const { page, engine, text } = await stage.open({ snapshot: green });
    await page.locator('.window[data-live=true]').waitFor();
    engine.is('away');
    await page.locator('.sentence').getByText('Signalbox is not answering since').waitFor();
    expect(await text('.word b')).toBe('Dark');
    expect(await page.locator('.monitor[data-colour=green]').count()).toBe(0);
    engine.become({ ...engine.snapshot(), revision: 3, app: { name: 'Ten Panels', environment: 'production' } });
    engine.is('present');
    await page.locator('.window[data-live=true]').waitFor();
    expect(await text('.app b')).toBe('Ten Panels');
    expect(await text('.word b')).toBe('Clear');
  });

  it('says so when the engine was stopped', async () => {
    const { page, engine, text } = await stage.open({ snapshot: green });
    engine.emit({ event: 'engine.stopped' });
    await page.locator('.sentence').getByText('Signalbox was stopped at').waitFor();
    expect(await text('.word b')).toBe('Dark');
  });

  it('shows how to get the key to whoever has none', async () => {
    const { page, engine } = await stage.open({ snapshot: green, withoutKey: true });
    await page.getByText('This page needs its key').waitFor();
    await page.goto('about:blank');
    await page.goto(`${engine.origin}/#token=wrong`);
    await page.getByText('This page needs its key').waitFor();
    expect(page.url()).toBe(`${engine.origin}/`);
    expect(engine.calls).toEqual([]);
  });

  it('pages through past incidents and opens their story', async () => {
    const all = Array.from({ length: 14 }, (_, index) => {
      const openedAt = iso(Date.parse('2023-06-30T10:00:00Z') - index * 86_400_000);
      const id = `inc-202306${String(30 - index).padStart(2, '0')}-100000`;
      return incidentOf({ id, openedAt, title: `Outage ${index + 1}`, state: 'resolved', resolvedAt: openedAt });
    });
    const { page, engine } = await stage.open({ snapshot: green });
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
