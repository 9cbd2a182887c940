// The three levers in a real browser: one click each, what is asked and refused, what runs, ends, and was interrupted.
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import type { Snapshot } from '../../shared/snapshot.ts';
import { sceneOf } from '../support/scenes.ts';
import { iso, offerOf, runOf } from '../support/view-fixtures.ts';
import { asked, type OpenWindow, setStage, type WindowStage } from '../support/window.ts';

let stage: WindowStage;

beforeAll(async () => {
  stage = await setStage();
});
afterEach(() => stage.clear());
afterAll(() => stage?.close());

/** The outage, with the levers played by the engine instead of scripted. */
async function duringOutage(change: Partial<Snapshot> = {}): Promise<OpenWindow> {
  return await stage.open({ snapshot: { ...sceneOf('red').snapshot, ...change } });
}

describe('a lever that the address asks for', () => {
  it('comes into view and focus, as the tray asks it to', async () => {
    const { page } = await stage.open({ snapshot: sceneOf('red').snapshot });
    const isThere = (name: string) =>
      page.waitForFunction((lever) => document.activeElement?.getAttribute('data-lever') === lever, name);
    for (const name of ['dump', 'banner']) {
      await page.evaluate((lever) => {
        location.hash = `lever=${lever}`;
      }, name);
      await isThere(name);
    }
  });
});

describe('three clicks in an outage', () => {
  it('put the banner up, move traffic and take a dump', async () => {
    const { page, engine, problems, text } = await duringOutage();
    await page.getByRole('button', { name: 'Put the banner up' }).click();
    await page.getByRole('button', { name: 'Move to the standby' }).click();
    await page.getByRole('button', { name: 'Dump now' }).click();

    await page.locator('[data-lever=banner] .lever-run[data-state=succeeded]').waitFor();
    expect(await text('[data-lever=banner] .lever-position')).toBe('On\nseen just now · until taken down');
    expect(await text('[data-lever=banner] .banner-preview')).toBe(
      'We are having trouble and are working on it. Your data is safe.',
    );
    await page.locator('[data-lever=traffic] .lever-run[data-state=succeeded]').waitFor();
    expect(await text('[data-lever=traffic] .lever-position')).toMatch(/^On the standby\nstandby\.example\.com · seen \d\d:/);
    expect(await text('[data-lever=traffic] .lever-run')).toContain('Seen from outside after 8.40 s, by promotion of the twin.');
    expect(await page.locator('#line-state').textContent()).toContain('Traffic goes from the front end to the standby');
    await page.locator('[data-lever=dump] .lever-run[data-state=succeeded]').waitFor();
    expect(await text('[data-lever=dump] .lever-position')).toBe('Last dump just now, 42 MB');
    await page.locator('.dump').getByText('nine-panels-now.dump').waitFor();
    expect(await page.locator('.runs summary').allInnerTexts()).toHaveLength(3);

    expect(asked(engine, 'lever.prepare').map(({ request }) => request)).toEqual([
      {
        action: 'banner',
        on: true,
        severity: 'warning',
        forMs: null,
        text: 'We are having trouble and are working on it. Your data is safe.',
      },
      { action: 'traffic', to: 'standby', force: false },
      { action: 'dump', task: 'create', full: false, directory: null },
    ]);
    expect(asked(engine, 'lever.start').map(({ force }) => force)).toEqual([false, false, false]);
    expect(problems).toEqual([]);
  });
});

describe('the banner lever', () => {
  it('takes text, severity and time, is changed and taken down', async () => {
    const { page, engine, text } = await duringOutage();
    const card = page.locator('article[data-lever=banner]');
    await card.getByLabel('As users will see it').fill('Logging in\nfails.');
    await card.getByLabel('Critical').check();
    await card.getByLabel('How long').selectOption('For 2 h');
    expect(await card.locator('.banner-preview').getAttribute('data-severity')).toBe('critical');
    await card.getByRole('button', { name: 'Put the banner up' }).click();
    await card.getByText('comes down in 1 h').waitFor();
    await card.getByRole('button', { name: 'Change' }).click();
    expect(await card.getByLabel('As users will see it').inputValue()).toBe('Logging in fails.');
    await card.getByLabel('As users will see it').fill('Fixed soon.');
    await card.getByRole('button', { name: 'Put the new text up' }).click();
    await expect.poll(() => text('[data-lever=banner] p.banner-preview')).toBe('Fixed soon.');
    await card.getByRole('button', { name: 'Take down' }).click();
    await card.getByText('Off', { exact: true }).waitFor();
    await card.getByRole('button', { name: 'Put the banner up' }).waitFor();
    expect(asked(engine, 'lever.prepare').map(({ request }) => request)).toMatchObject([
      { on: true, text: 'Logging in fails.', severity: 'critical', forMs: 7_200_000 },
      { on: true, text: 'Fixed soon.', severity: 'critical', forMs: null },
      { on: false },
    ]);
  });

  it('cannot put up nothing', async () => {
    const { page } = await duringOutage();
    await page.getByLabel('As users will see it').fill('  ');
    expect(await page.getByRole('button', { name: 'Put the banner up' }).isDisabled()).toBe(true);
  });
});

describe('a click', () => {
  it('is refused in place with its next step, and may be forced', async () => {
    const { page, engine, text } = await stage.open(sceneOf('levers-refusal'));
    const card = page.locator('article[data-lever=traffic]');
    await card.getByRole('button', { name: 'Move to the standby' }).click();
    await card.locator('.lever-refusal').waitFor();
    expect(await text('.lever-refusal')).toMatch(/^The database is the cause: .* Put the banner up and ask Supabase/);
    expect(await card.locator('[role=status]').textContent()).toContain('Refused. The database is the cause');
    await card.getByRole('button', { name: 'Do it anyway' }).click();
    await expect.poll(() => asked(engine, 'lever.start')).toEqual([{ token: 'offer-1', force: true }]);
  });

  it('offers no force where there is none', async () => {
    const { page, engine } = await duringOutage();
    const refusal = { code: 'busy', message: 'A drill is under way.', next: 'Wait for it.' };
    engine.answer('lever.prepare', () => ({ ok: true, value: offerOf({ refusal, asks: false }) }));
    await page.getByRole('button', { name: 'Move to the standby' }).click();
    await page.getByText('A drill is under way. Wait for it.').first().waitFor();
    expect(await page.getByRole('button', { name: 'Do it anyway' }).count()).toBe(0);
    await page.getByRole('button', { name: 'Leave it' }).click();
    await page.getByRole('button', { name: 'Move to the standby' }).waitFor();
  });

  it('asks once, in place, where the engine says so', async () => {
    const { page, engine, text } = await stage.open(sceneOf('levers-question'));
    const card = page.locator('article[data-lever=traffic]');
    await card.getByRole('button', { name: 'Move to the standby' }).click();
    await card.locator('.changes').waitFor();
    expect(await text('.changes')).toContain('VITE_SERVER_ROOT (production) becomes https://standby.example.com');
    expect(await text('.findings')).toContain('The standby answered in 1.20 s.');
    expect(asked(engine, 'lever.start')).toEqual([]);
    await card.getByRole('button', { name: 'Leave it' }).click();
    await card.getByRole('button', { name: 'Move to the standby' }).click();
    await card.locator('.changes').waitFor();
    await card.getByRole('button', { name: 'Move to the standby' }).click();
    await expect.poll(() => asked(engine, 'lever.start')).toEqual([{ token: 'offer-1', force: false }]);
  });

  it('looks again when the offer has grown old', async () => {
    const { page, engine } = await duringOutage();
    engine.answer('lever.prepare', () => ({ ok: true, value: offerOf({ expiresAt: iso(Date.now() - 1) }) }));
    await page.getByRole('button', { name: 'Move to the standby' }).click();
    await page.locator('.lever-offer').waitFor();
    await page.locator('.lever-offer').getByRole('button', { name: 'Move to the standby' }).click();
    await expect.poll(() => asked(engine, 'lever.prepare').length).toBe(2);
    expect(asked(engine, 'lever.start')).toEqual([]);
  });

  it('can be taken back while it looks', async () => {
    const { page, engine } = await duringOutage();
    let answer: () => void = () => undefined;
    const held = new Promise<void>((resolve) => {
      answer = resolve;
    });
    engine.answer('lever.prepare', async () => {
      await held;
      return { ok: true, value: offerOf({ asks: false }) };
    });
    await page.getByRole('button', { name: 'Move to the standby' }).click();
    await page.getByText('Looking…').waitFor();
    await page.getByRole('button', { name: 'Cancel' }).click();
    await page.getByRole('button', { name: 'Move to the standby' }).waitFor();
    answer();
    engine.answer('lever.prepare', () => ({ ok: true, value: offerOf({ title: 'Second look' }) }));
    await page.getByRole('button', { name: 'Move to the standby' }).click();
    await page.getByText('Second look', { exact: true }).waitFor();
    expect(asked(engine, 'lever.start')).toEqual([]);
  });

  it('that cannot be looked at says why and can be tried again', async () => {
    const { page, engine } = await duringOutage();
    const error = { code: 'provider', message: 'Vercel answered 503.', next: 'Wait a minute.' };
    engine.answer('lever.prepare', () => ({ ok: false, error }));
    await page.getByRole('button', { name: 'Dump now' }).click();
    await page.getByText('Vercel answered 503. Wait a minute.').waitFor();
    await page.getByRole('button', { name: 'Try again' }).click();
    await expect.poll(() => asked(engine, 'lever.prepare').length).toBe(2);
  });
});

describe('a run', () => {
  it('is cancelled by a click and says what was taken back', async () => {
    const { page, engine, text } = await duringOutage();
    engine.levers.pace(null);
    await page.getByRole('button', { name: 'Move to the standby' }).click();
    await page.locator('.steps li[data-state=running]').waitFor();
    expect(await page.locator('.line').getAttribute('data-moving')).toBe('true');
    expect(await page.locator('article[data-lever=traffic]').getAttribute('data-stance')).toBe('moving');
    await page.locator('article[data-lever=traffic]').getByRole('button', { name: 'Cancel' }).click();
    await page.locator('.lever-run[data-state=cancelled]').waitFor();
    expect(await text('.lever-run')).toContain('Traffic to the standby: cancelled');
    await page.getByRole('button', { name: 'Dismiss' }).click();
    await page.getByRole('button', { name: 'Move to the standby' }).waitFor();
    expect(await page.locator('.lever-run').count()).toBe(0);
    expect(await page.locator('.line').getAttribute('data-moving')).toBe('false');
  });

  it('of another face appears as it goes, with who began it', async () => {
    const { page, engine, text } = await duringOutage();
    const now = Date.now();
    const step = { name: 'Dump', state: 'running', startedAt: iso(now), finishedAt: null } as const;
    const run = runOf({ id: 'cli', action: 'dump', title: 'Dump', by: 'command', atMs: now, steps: [step] });
    engine.emit({ event: 'run.started', run });
    await page.getByText('Started from the command line.').waitFor();
    const progress = { done: 21_000_000, total: 42_000_000, unit: 'bytes' } as const;
    engine.emit({ event: 'run.step', run: { ...run, steps: [{ ...step, progress }] } });
    await page.getByText('21 MB of 42 MB').waitFor();
    expect(await page.locator('progress').getAttribute('value')).toBe('21000000');
    engine.emit({ event: 'run.step', run: { ...run, steps: [{ ...step, progress: { ...progress, total: null } }] } });
    await expect.poll(() => page.locator('progress').count()).toBe(0);
    expect(await text('.step-progress')).toBe('21 MB');
    const error = { code: 'disk-full', message: 'The disk is full.', next: 'Free 2 GB.' };
    engine.emit({ event: 'run.finished', run: { ...run, state: 'failed', finishedAt: iso(Date.now()), error } });
    await page.locator('.lever-run[data-state=failed]').getByText('The disk is full. Free 2 GB.').waitFor();
    await page.getByRole('button', { name: 'Dump now' }).waitFor();
  });

  it('that was interrupted can be resumed', async () => {
    const { page, engine, text } = await stage.open(sceneOf('levers-interrupted'));
    expect(await text('[data-state=interrupted]')).toMatch(
      /Traffic to the standby was interrupted[\s\S]*under way was “Promote the twin”/,
    );
    await page.getByRole('button', { name: 'Resume' }).click();
    await page.locator('[data-lever=traffic] .lever-run[data-state=succeeded]').waitFor();
    expect(asked(engine, 'lever.resume')).toHaveLength(1);
  });

  it('that was interrupted can be taken back', async () => {
    const { page, engine } = await stage.open(sceneOf('levers-interrupted'));
    await page.getByRole('button', { name: 'Take back' }).click();
    await page.locator('[data-lever=traffic] .lever-run[data-state=cancelled]').waitFor();
    expect(asked(engine, 'lever.undo')).toHaveLength(1);
  });
});

describe('a lever', () => {
  it('that is not set up says so and only leads to its settings', async () => {
    const { page, text } = await stage.open(sceneOf('levers-spare'));
    expect(await text('[data-lever=traffic] .lever-problem')).toContain('The Vercel token is missing');
    expect(await text('[data-lever=banner] .lever-problem')).toContain('Not set up yet');
    const buttons = page.locator('[data-stance=spare] button');
    expect(await buttons.allTextContents()).toEqual(['Set up', 'Set up']);
  });

  it('gives its warning, its suggestion, its twin and its drill', async () => {
    const levers = sceneOf('levers-advice').snapshot.levers;
    const warning = 'the database is the cause.';
    const { page, engine, text } = await duringOutage({ levers: { ...levers, traffic: { ...levers.traffic, warning } } });
    expect(await text('.lever-remark')).toBe('Would not help now: the database is the cause.');
    await page.getByText('Suggested:').waitFor();
    await page.getByText('Last drill 41 d ago, overdue').waitFor();
    await page.getByRole('button', { name: 'Rebuild twin' }).click();
    await page.locator('.lever-run[data-state=succeeded]').waitFor();
    await page.getByRole('button', { name: 'Rehearse' }).click();
    await page.locator('.drill').getByText('standby woke in 38 s · switched in 8.40 s · back in 7.90 s').waitFor();
    expect(asked(engine, 'lever.prepare').map(({ request }) => request)).toMatchObject([{ to: 'prepare' }, { action: 'drill' }]);
  });

  it('cannot be pulled without contact', async () => {
    const { page, engine } = await duringOutage();
    await page.locator('.window[data-live=true]').waitFor();
    engine.is('away');
    await page.locator('.window[data-live=false]').waitFor();
    expect(await page.getByRole('button', { name: 'Move to the standby' }).isDisabled()).toBe(true);
  });
});
