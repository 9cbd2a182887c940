// Traffic there and back against Vercel's stand-in, in every way, judged by what production really serves.
import { describe, expect, it } from 'vitest';
import type { VercelClient } from '../../../main/providers/vercel-model.ts';
import { detail, type Scene, sceneForEach, states, variable } from './traffic-scene.ts';

let scene: Scene;
const given = sceneForEach((next) => {
  scene = next;
});

describe('traffic by promotion', () => {
  it('moves to the standby and back in seconds, with the variable right for the next build', async () => {
    const { run, serves, row, memory, standby, primary, twinId, liveId, asked } = await given();
    const there = await run({ to: 'standby' });
    expect(there.run).toMatchObject({ state: 'succeeded' });
    expect(there.run.result).toMatchObject({ from: 'primary', to: 'standby', way: 'promote-twin', verified: true });
    expect(await serves()).toBe('standby');
    expect(row()).toBe(standby.url);
    expect(states(there).slice(-2)).toEqual([
      `Build a new deployment with ${variable}: skipped`,
      'See the standby from outside: succeeded',
    ]);
    expect(memory.traffic).toMatchObject({ target: 'standby', way: 'promote-twin', formerDeploymentId: liveId });
    expect(memory.twin).toMatchObject({ deploymentId: twinId });

    const back = await run({ to: 'primary' });
    expect(back.run.result).toMatchObject({ from: 'standby', to: 'primary', way: 'promote-twin', verified: true });
    expect(await serves()).toBe('primary');
    expect(row()).toBe(primary.url);
    expect(scene.vercel.current()?.id).toBe(liveId);
    expect(memory.traffic).toMatchObject({ target: 'primary', formerDeploymentId: twinId });
    expect(memory.twin).toMatchObject({ deploymentId: twinId });
    expect(asked('POST', '/v13/deployments')).toBe(0);
    expect(asked('POST', '/rollback/')).toBe(0);
  });

  it('ends at once where traffic is there already', async () => {
    const { run, asked } = await given();
    const again = await run({ to: 'primary' });
    expect(again.run).toMatchObject({ state: 'succeeded', result: { way: null, verified: true, from: 'primary' } });
    expect(detail(again, 'Look')).toContain('already');
    expect(asked('PATCH', '/env/') + asked('POST', '/')).toBe(0);
  });

  it('only sets the variable when production is right and the next build would not be', async () => {
    const { run, row, vercel, standby, primary, memory } = await given();
    await run({ to: 'standby' });
    const [wrong] = vercel.env;
    await scene.deps.vercel?.editEnv(wrong?.id ?? '', primary.url, AbortSignal.timeout(5_000));
    const current = vercel.current()?.id;
    const mended = await run({ to: 'standby' });
    expect(mended.run).toMatchObject({ state: 'succeeded', result: { way: null, verified: true } });
    expect(row()).toBe(standby.url);
    expect(vercel.current()?.id).toBe(current);
    expect(memory.traffic).toMatchObject({ target: 'standby', way: 'promote-twin' });
  });

  it('refuses a twin of another commit, says so, and builds instead', async () => {
    const { run, vercel, serves } = await given();
    vercel.push('b'.repeat(40));
    await expect.poll(() => vercel.current()?.commit.sha).toBe('b'.repeat(40));
    const there = await run({ to: 'standby' });
    expect(there.run.result).toMatchObject({ way: 'vercel-env', verified: true });
    expect(detail(there, 'Promote the twin')).toMatch(/is of aaaaaaa, and bbbbbbb is live\. Trying a new deployment\./);
    expect(vercel.current()?.commit.sha).toBe('b'.repeat(40));
    expect(await serves()).toBe('standby');
  });

  it('takes a drifted twin with force', async () => {
    const { run, vercel, twinId } = await given();
    vercel.push('b'.repeat(40));
    await expect.poll(() => vercel.current()?.commit.sha).toBe('b'.repeat(40));
    const there = await run({ to: 'standby' }, { force: true });
    expect(there.run.result).toMatchObject({ way: 'promote-twin', verified: true });
    expect(vercel.current()?.id).toBe(twinId);
  });

  it('puts back a staged deployment that turns out to hold the wrong address, and builds', async () => {
    const { run, vercel, primary, liveId } = await given({ twin: false });
    scene.buildCache(primary.url);
    await scene.deps.vercel?.create(
      { name: 'web', meta: {}, goLive: false, from: { deploymentId: liveId } },
      AbortSignal.timeout(5_000),
    );
    await expect.poll(() => vercel.deployments.at(-1)?.readyState).toBe('READY');
    scene.buildCache(null);
    const there = await run({ to: 'standby' });
    expect(there.run.result).toMatchObject({ way: 'vercel-env', verified: true });
    expect(detail(there, 'Promote the twin')).toContain('was promoted, but production still serves the primary');
  });

  it('falls back with its reason when Vercel fails the promotion', async () => {
    const { run, vercel, serves } = await given();
    vercel.switches.promotionsFail = true;
    const there = await run({ to: 'standby' });
    expect(there.run.result).toMatchObject({ way: 'vercel-env', verified: true });
    expect(detail(there, 'Promote the twin')).toMatch(
      /^Promotion of dpl_\w+ failed: Vercel could not move the domains to it\. Trying a new deployment\.$/,
    );
    expect(await serves()).toBe('standby');
  });

  it('gives up a promotion that a rolling release holds back, names it, and says what stays queued', async () => {
    const { run, vercel, memory } = await given({ via: ['promote-twin'] });
    vercel.switches.rollingRelease = true;
    const there = await run({ to: 'standby' });
    expect(there.run.state).toBe('failed');
    expect(there.run.error?.message).toContain('rolling release');
    expect(there.run.error?.next).toContain('It stays queued behind a rolling release');
    expect(memory.traffic?.target).not.toBe('standby');
  });

  it('takes a deployment that somebody else promoted a moment before as success', async () => {
    const { run, vercel, deps } = await given();
    const answers: string[] = [];
    const client = deps.vercel as VercelClient;
    const promote: VercelClient['promote'] = async (id, signal) => {
      await client.promote(id, signal);
      await expect.poll(() => vercel.current()?.id).toBe(id);
      const answer = await client.promote(id, signal);
      answers.push(answer);
      return answer;
    };
    Object.assign(deps, { vercel: { ...client, promote } });
    const there = await run({ to: 'standby' });
    expect(answers).toEqual(['current']);
    expect(there.run).toMatchObject({ state: 'succeeded', result: { way: 'promote-twin', verified: true } });
  });

  it('warns when new deployments no longer go live by themselves', async () => {
    const { run, vercel } = await given();
    await fetch(`${vercel.url}/v9/projects/web`, {
      method: 'PATCH',
      headers: { authorization: `Bearer ${vercel.token}`, 'content-type': 'application/json' },
      body: JSON.stringify({ autoAssignCustomDomains: false }),
    });
    const there = await run({ to: 'standby' });
    expect(there.run.result?.warnings).toEqual([expect.stringContaining('autoAssignCustomDomains is off')]);
    expect(detail(there, 'Promote the twin')).toContain('autoAssignCustomDomains is off');
  });
});

describe.each(['inherit', 'fresh'] as const)('traffic by a new deployment, redeploys being %s', (redeployEnv) => {
  it('moves there and back, of the live commit', async () => {
    const { run, serves, row, vercel, primary, standby } = await given({
      via: ['vercel-env'],
      twin: false,
      vercel: { redeployEnv },
    });
    const there = await run({ to: 'standby' });
    expect(there.run.result).toMatchObject({ way: 'vercel-env', verified: true });
    expect([await serves(), row()]).toEqual(['standby', standby.url]);
    const back = await run({ to: 'primary' });
    expect(back.run.result).toMatchObject({ way: 'vercel-env', verified: true });
    expect([await serves(), row()]).toEqual(['primary', primary.url]);
    expect(new Set(vercel.deployments.map((one) => one.commit.sha)).size).toBe(1);
  });
});

describe('traffic by Global Config', () => {
  it('moves there and back in seconds', async () => {
    const { run, serves, asked } = await given({ via: ['global-config', 'promote-twin', 'vercel-env'] });
    const there = await run({ to: 'standby' });
    expect(there.run.result).toMatchObject({ way: 'global-config', verified: true });
    expect(await serves()).toBe('standby');
    const back = await run({ to: 'primary' });
    expect(back.run.result).toMatchObject({ way: 'global-config', verified: true });
    expect(await serves()).toBe('primary');
    expect(asked('POST', '/promote/') + asked('POST', '/v13/')).toBe(0);
  });

  it('puts the item back and goes on when production does not read it in time', async () => {
    const { run, vercel, serves } = await given({
      via: ['global-config', 'promote-twin'],
      vercel: { timing: { propagationMs: 60_000, promotionMs: 30 } },
    });
    const there = await run({ to: 'standby' });
    expect(there.run.result).toMatchObject({ way: 'promote-twin', verified: true });
    expect(detail(there, 'Global Config')).toContain('item apiBase was written, but production still serves the primary');
    expect(await scene.deps.vercel?.configItem(vercel.globalConfigId, 'apiBase', AbortSignal.timeout(5_000))).toBeUndefined();
    expect(await serves()).toBe('standby');
  });
});
