// The banner in each of its ways, against the stand-ins: on, replaced, off, and what happens when something does not answer.
import { describe, expect, it } from 'vitest';
import { makeBanner } from '../../../main/actions/banner.ts';
import { bannerExpiry } from '../../../main/actions/banner-expiry.ts';
import { systemClock } from '../../../main/engine/clock.ts';
import { exitCodeOfRun, type Run } from '../../../shared/run.ts';
import { type BannerScene, interrupted, lost, requestOf, sceneForEach, states } from './banner-scene.ts';

const text = 'We are moving. “Back soon” & <well>.';
const second = 'Nearly there.';

let scene: BannerScene;
sceneForEach((next) => {
  scene = next;
});

const look = new AbortController().signal;

describe('the banner by Global Config', () => {
  it('is live only when users read it, and goes again', async () => {
    const deps = scene.deps('global-config');
    const on = await scene.run({ text, severity: 'critical', forMs: 3_600_000 }, deps);
    expect(on.run.error).toBeUndefined();
    expect(on.run.result).toMatchObject({ on: true, text, way: 'global-config', verified: true, severity: 'critical' });
    const { expiresAt } = on.run.result as { readonly expiresAt: string };
    expect((await scene.shown()).live).toEqual({ on: true, text, severity: 'critical', id: on.run.id, until: expiresAt });
    expect(scene.journal.recall('banner')).toMatchObject({
      on: true,
      text,
      expiresAt: Date.parse(expiresAt),
      way: 'global-config',
    });
    const off = await scene.run({ on: false }, deps);
    expect(off.run.result).toMatchObject({ on: false, text: null, verified: true });
    expect((await scene.shown()).live).toEqual({ on: false, text: null, severity: null, id: off.run.id, until: null });
    expect(scene.journal.recall('banner')).toMatchObject({ on: false, text: null, expiresAt: null });
  });

  it('says beforehand what users will read and what is on', async () => {
    const deps = scene.deps('global-config');
    await scene.run({ text }, deps);
    const { changes, findings, asks, refusal } = await makeBanner(requestOf({ text: second, forMs: 60_000 }), deps).prepare(look);
    expect(changes[0]).toBe(`Users of Nine Panels read, as warning: “${second}”`);
    expect(changes.join(' ')).toContain(`from “${text}” to “${second}”`);
    expect(changes[1]).toContain('taken down after 1 min');
    expect(findings.map((one) => one.text).join(' ')).toContain(`A banner is on: “${text}”`);
    expect({ asks, refusal }).toEqual({ asks: false, refusal: null });
    expect(scene.asked(scene.vercel, 'PATCH', 'items')).toBe(1);
  });

  it('replaces the text of one that is on', async () => {
    const deps = scene.deps('global-config');
    await scene.run({ text }, deps);
    const run = await scene.run({ text: second }, deps);
    expect(run.run.result).toMatchObject({ verified: true, text: second });
    expect((await scene.shown()).live).toMatchObject({ text: second });
  });

  it('that is off is off at once, without a request that changes anything', async () => {
    const run = await scene.run({ on: false }, scene.deps('global-config'));
    expect(run.run.state).toBe('succeeded');
    expect(scene.asked(scene.vercel, 'PATCH', 'items')).toBe(0);
  });

  it('is put back when users do not read it', async () => {
    const deps = scene.deps('global-config');
    await scene.run({ text }, deps);
    await scene.production.fail({ kind: 'refuse' });
    const run = await scene.run({ text: second }, deps);
    expect(run.run).toMatchObject({ state: 'failed', error: { code: 'banner-not-seen' }, result: { verified: false } });
    expect(exitCodeOfRun(run.run)).toBe(1);
    expect(states(run)).toContain('Write it to Global Config: undone');
    await scene.production.fail(null);
    await expect.poll(async () => (await scene.shown()).live, { timeout: 2_000 }).toMatchObject({ text });
    expect(scene.journal.recall('banner')).toMatchObject({ on: true, text });
  });

  it('that is taken down stays down when nobody can see whether it is gone', async () => {
    const deps = scene.deps('global-config');
    await scene.run({ text }, deps);
    await scene.production.fail({ kind: 'refuse' });
    const run = await scene.run({ on: false }, deps);
    expect(run.run.error).toMatchObject({ code: 'banner-still-seen' });
    expect(run.run.error?.message).toContain('stays down');
    await scene.production.fail(null);
    await expect.poll(async () => (await scene.shown()).live, { timeout: 2_000 }).toMatchObject({ on: false });
    expect(scene.journal.recall('banner')).toMatchObject({ on: false, verifiedAt: null });
  });

  it('without a place to look is said to be not verified', async () => {
    const { settings, ...rest } = scene.deps('global-config');
    if (!settings) throw new Error('there are settings');
    const { verifyUrl: _none, ...blind } = settings;
    const deps = { ...rest, settings: blind };
    const run = await scene.run({ text }, deps);
    expect(run.run).toMatchObject({ state: 'succeeded', result: { verified: false } });
    expect(run.run.steps.at(-1)).toMatchObject({ state: 'skipped', detail: expect.stringContaining('Not verified') });
    const { findings } = await makeBanner(requestOf({ text }), deps).prepare(look);
    expect(findings).toContainEqual({ level: 'warning', text: expect.stringContaining('banner.verifyUrl') });
  });

  it('looks before it writes again when the answer was lost', async () => {
    const deps = scene.deps('global-config');
    const vercel = lost(deps.vercel, 'writeConfigItem', scene.vercel);
    const run = await scene.run({ text }, { ...deps, vercel });
    expect(run.run).toMatchObject({ state: 'succeeded', result: { verified: true } });
    expect(scene.asked(scene.vercel, 'PATCH', 'items')).toBe(1);
  });

  it('fails with what Vercel said, and has nothing to put back', async () => {
    scene.vercel.token = 'another';
    const run = await scene.run({ text }, scene.deps('global-config'));
    expect(run.run.error?.code).toBe('provider-auth');
    expect(exitCodeOfRun(run.run)).toBe(3);
    expect(JSON.stringify(run)).not.toContain('stand-in-token');
  });

  it('is taken back when it is cancelled before users saw it', async () => {
    const deps = scene.deps('global-config');
    const run = await scene.run({ text }, deps, { cancelWhen: ({ steps }) => steps[1]?.state === 'succeeded' });
    expect(run.run.state).toBe('cancelled');
    await expect.poll(async () => (await scene.shown()).live, { timeout: 2_000 }).toBeUndefined();
    expect(scene.journal.recall('banner')).toBeNull();
  });

  it('goes on after a crash in the middle of writing', async () => {
    const deps = scene.deps('global-config');
    const whole = await scene.run({ text, forMs: 60_000 }, deps);
    const again = await scene.run({ text, forMs: 60_000 }, deps, { entry: interrupted(whole, 1) });
    expect(again.run).toMatchObject({ state: 'succeeded', result: { verified: true } });
    expect(again.run.result?.expiresAt).toBe(whole.run.result?.expiresAt);
  });
});

describe('a banner whose time is over', () => {
  it('is taken down by the next process, when the one that put it up is gone', async () => {
    const deps = scene.deps('global-config');
    await scene.run({ text, forMs: 1_000 }, deps);
    const runs: Promise<Run>[] = [];
    const expiry = bannerExpiry({
      ...{ journal: scene.journal, clock: systemClock, announce: (sentence) => expect.fail(sentence) },
      levers: {
        async start(request, how) {
          expect(how.by).toBe('expiry');
          if (request.action !== 'banner') throw new Error('only the banner');
          const finished = scene.run(request, scene.deps('global-config')).then(({ run }) => run);
          runs.push(finished);
          return { run: await finished, finished };
        },
      },
    });
    const ticking = setInterval(() => expiry.tick(), 50);
    try {
      await expect.poll(() => scene.journal.recall('banner')?.on, { timeout: 10_000 }).toBe(false);
    } finally {
      clearInterval(ticking);
      expiry.stop();
    }
    expect((await Promise.all(runs)).map(({ result }) => result)).toMatchObject([{ on: false, verified: true }]);
  });
});

describe('the banner on a status page', () => {
  it('opens one incident, replaces it and resolves it', async () => {
    const deps = scene.deps('statuspage');
    const on = await scene.run({ text, severity: 'critical' }, deps);
    expect(on.run).toMatchObject({ state: 'succeeded', result: { way: 'statuspage', verified: false } });
    expect(scene.statuspage.incidents).toMatchObject([{ name: text, status: 'investigating', impact: 'major' }]);
    await scene.run({ text: second }, deps);
    expect(scene.statuspage.incidents).toMatchObject([{ status: 'resolved' }, { name: second, status: 'investigating' }]);
    await scene.run({ on: false }, deps);
    expect(scene.statuspage.incidents.every(({ status }) => status === 'resolved')).toBe(true);
  });

  it('does not open a second one when the answer was lost', async () => {
    const deps = scene.deps('statuspage');
    const run = await scene.run({ text }, { ...deps, statuspage: lost(deps.statuspage, 'create', scene.statuspage) });
    expect(run.run.state).toBe('succeeded');
    expect(scene.statuspage.incidents).toHaveLength(1);
    expect(scene.asked(scene.statuspage, 'POST', '/incidents')).toBe(1);
  });

  it('withdraws it when users do not read it', async () => {
    const { settings, ...rest } = scene.deps('statuspage');
    if (!settings) throw new Error('there are settings');
    const run = await scene.run({ text }, { ...rest, settings: { ...settings, verifyUrl: `${scene.production.url}/` } });
    expect(run.run).toMatchObject({ state: 'failed', error: { code: 'banner-not-seen' } });
    expect(scene.statuspage.incidents).toMatchObject([{ status: 'resolved' }]);
  });

  it('adopts one of the same name that somebody has opened', async () => {
    const deps = scene.deps('statuspage');
    await deps.statuspage?.create({ name: text, body: text, impact: 'minor' }, look);
    const run = await scene.run({ text }, deps);
    expect(run.run.state).toBe('succeeded');
    expect(scene.statuspage.incidents).toHaveLength(1);
  });
});
