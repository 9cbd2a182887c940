// The banner that is built into the page: every deployment made once, and put back when it does not show what it should.
import { describe, expect, it } from 'vitest';
import { makeBanner } from '../../../main/actions/banner.ts';
import { exitCodeOfRun } from '../../../shared/run.ts';
import { type BannerScene, interrupted, lost, requestOf, sceneForEach } from './banner-scene.ts';

const text = 'We are moving. “Back soon” & <well>.';
const second = 'Nearly there.';

let scene: BannerScene;
sceneForEach((next) => {
  scene = next;
});

const look = new AbortController().signal;

describe('the banner by a variable of the build', () => {
  it('is built into the page and out of it again', async () => {
    const deps = scene.deps('vercel-env');
    const on = await scene.run({ text }, deps);
    expect(on.run.error).toBeUndefined();
    expect(on.run.result).toMatchObject({ way: 'vercel-env', verified: true });
    expect((await scene.shown()).built).toBe(text);
    expect(scene.vercel.current()?.commit.sha).toBe(commitOf(scene));
    const off = await scene.run({ on: false }, deps);
    expect(off.run.result).toMatchObject({ on: false, verified: true });
    expect((await scene.shown()).built).toBe('');
    expect(scene.asked(scene.vercel, 'POST', '/v13/deployments')).toBe(2);
  });

  it('finds a deployment whose creation was not answered instead of making another', async () => {
    const deps = scene.deps('vercel-env');
    const run = await scene.run({ text }, { ...deps, vercel: lost(deps.vercel, 'create', scene.vercel) });
    expect(run.run.error).toBeUndefined();
    expect(scene.asked(scene.vercel, 'POST', '/v13/deployments')).toBe(1);
  });

  it('takes up the deployment of an attempt that was interrupted', async () => {
    const deps = scene.deps('vercel-env');
    const whole = await scene.run({ text }, deps);
    const again = await scene.run({ text }, deps, { entry: interrupted(whole, 2) });
    expect(again.run).toMatchObject({ state: 'succeeded', result: { verified: true } });
    expect(scene.asked(scene.vercel, 'POST', '/v13/deployments')).toBe(1);
  });

  it('puts variable and page back when the build fails, and shows the end of its log', async () => {
    const deps = scene.deps('vercel-env');
    await scene.run({ text }, deps);
    scene.breakBuilds('Rollup failed to resolve import "lodash"');
    const run = await scene.run({ text: second }, deps);
    expect(run.run.error?.code).toBe('provider-build-failed');
    expect(run.run.error?.message).toContain('Rollup failed to resolve import');
    expect(exitCodeOfRun(run.run)).toBe(3);
    expect(scene.vercel.env.find(({ key }) => key === 'VITE_BANNER')?.value).toBe(text);
    expect((await scene.shown()).built).toBe(text);
  });

  it('stops the build when it is cancelled', async () => {
    const run = await scene.run({ text }, scene.deps('vercel-env'), {
      cancelWhen: () => scene.vercel.deployments.some(({ meta }) => meta.signalboxRun !== undefined),
    });
    expect(run.run.state).toBe('cancelled');
    expect(scene.vercel.env.find(({ key }) => key === 'VITE_BANNER')?.value).toBe('');
    await expect.poll(async () => (await scene.shown()).built).toBe('');
  });

  it('promotes what was live before when the new page does not show it', async () => {
    const before = scene.vercel.current()?.id;
    const deps = scene.deps('vercel-env');
    await scene.production.fail({ kind: 'refuse' });
    const run = await scene.run({ text }, deps);
    expect(run.run.error?.code).toBe('deployment-not-right');
    expect(scene.vercel.current()?.id).toBe(before);
    expect(scene.vercel.autoAssignCustomDomains).toBe(true);
  });

  it('promotes its deployment itself where the project does not put new ones live', async () => {
    await fetch(`${scene.vercel.url}/v9/projects/web`, {
      method: 'PATCH',
      headers: { authorization: 'Bearer stand-in-token-0000', 'content-type': 'application/json' },
      body: JSON.stringify({ autoAssignCustomDomains: false }),
    });
    const run = await scene.run({ text }, scene.deps('vercel-env'));
    expect(run.run.result).toMatchObject({ verified: true });
    expect(scene.asked(scene.vercel, 'POST', '/promote/')).toBe(1);
  });

  it('is refused for a variable that cannot be read', async () => {
    scene.vercel.addEnv({ key: 'VITE_BANNER', value: 'x', type: 'sensitive' });
    const deps = scene.deps('vercel-env');
    const { refusal } = await makeBanner(requestOf({ text }), deps).prepare(look);
    expect(refusal?.code).toBe('variable-is-secret');
    expect((await scene.run({ text }, deps)).run.error?.code).toBe('variable-is-secret');
  });
});

function commitOf({ vercel }: BannerScene): string | undefined {
  return vercel.deployments[0]?.commit.sha;
}
