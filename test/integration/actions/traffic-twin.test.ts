// Building the twin, with the variable borrowed for it and put back whatever happens; and what is told before traffic moves.
import { describe, expect, it } from 'vitest';
import { twinView } from '../../../main/actions/traffic.ts';
import { commit, detail, type Scene, sceneForEach, variable } from './traffic-scene.ts';

let scene: Scene;
const given = sceneForEach((next) => {
  scene = next;
});

describe('traffic prepare', () => {
  it('builds a staged twin of the live commit, and the next switch takes it', async () => {
    const { run, vercel, memory, primary, standby, serves, liveId } = await given({ twin: false });
    const prepared = await run({ to: 'prepare' });
    expect(prepared.run).toMatchObject({ state: 'succeeded' });
    const twin = vercel.deployments.at(-1);
    expect(twin).toMatchObject({ readySubstate: 'STAGED', autoAssign: false, commit: { sha: commit } });
    expect(twin?.env[variable]).toBe(standby.url);
    expect(scene.row()).toBe(primary.url);
    expect([vercel.current()?.id, await serves()]).toEqual([liveId, 'primary']);
    expect(prepared.run.result).toMatchObject({ deploymentId: twin?.id, commit });
    expect(memory.twin).toMatchObject({ deploymentId: twin?.id, commit, liveCommit: commit });
    expect(twinView(memory.twin ?? null, Date.now())).toMatchObject({ state: 'fresh' });

    const there = await run({ to: 'standby' });
    expect(there.run.result).toMatchObject({ way: 'promote-twin', verified: true });
    expect(vercel.current()?.id).toBe(twin?.id);
  });

  it('puts the variable back when the build fails', async () => {
    const { run, primary, memory } = await given({ twin: false });
    scene.breakBuilds('no builds today');
    const prepared = await run({ to: 'prepare' });
    expect(prepared.run).toMatchObject({ state: 'failed', error: { code: expect.stringContaining('build-failed') } });
    expect(scene.row()).toBe(primary.url);
    expect(memory.twin).toBeUndefined();
  });

  it('puts the variable back and stops the build when it is cancelled', async () => {
    const { run, primary, vercel } = await given({ twin: false, vercel: { timing: { queuedMs: 1_500 } } });
    const prepared = await run({ to: 'prepare' }, { cancelWhen: () => vercel.deployments.length > 1 });
    expect(prepared.run.state).toBe('cancelled');
    expect(scene.row()).toBe(primary.url);
    expect(vercel.deployments.at(-1)?.readyState).toBe('CANCELED');
  });

  it('closes the window after a crash, on resuming and on taking back', async () => {
    const { run, primary, standby, stored, deps, vercel } = await given({ twin: false });
    await run({ to: 'prepare' });
    const open = stored.findLast(({ run: one }) => one.steps[2]?.state === 'running');
    if (!open) throw new Error('no such state');
    const [row] = vercel.env;
    for (const direction of ['forward', 'back'] as const) {
      await deps.vercel?.editEnv(row?.id ?? '', standby.url, AbortSignal.timeout(5_000));
      await run({ to: 'prepare' }, { entry: { ...open, direction } });
      expect(scene.row()).toBe(primary.url);
    }
    expect(vercel.deployments).toHaveLength(2);
  });

  it('names a release that was begun while the variable was borrowed', async () => {
    const { run, vercel } = await given({ twin: false, vercel: { timing: { queuedMs: 200 } } });
    let pushed = '';
    const prepared = await run(
      { to: 'prepare' },
      {
        cancelWhen() {
          if (pushed === '' && vercel.deployments.length === 2) pushed = vercel.push('c'.repeat(40)).id;
          return false;
        },
      },
    );
    expect(prepared.run.state).toBe('succeeded');
    expect(prepared.run.result?.warnings).toEqual([expect.stringContaining(`${pushed} was begun while the variable held`)]);
    expect(detail(prepared, 'Put ')).toContain(pushed);
  });

  it.each([
    ['deployment-under-way', async () => void scene.vercel.push('c'.repeat(40))],
    ['traffic-on-standby', async () => void (await scene.run({ to: 'standby' }))],
    ['no-variable', async () => void (await fetchDelete())],
  ])('refuses with %s', async (code, cause) => {
    const { run, action } = await given({ vercel: { timing: { queuedMs: 2_000, promotionMs: 30 } } });
    await cause();
    const { refusal } = await action({ to: 'prepare' }).prepare(AbortSignal.timeout(10_000));
    expect(refusal).toMatchObject({ code });
    expect((await run({ to: 'prepare' })).run).toMatchObject({ state: 'failed', error: { code } });
  });

  const fetchDelete = (): Promise<Response> =>
    fetch(`${scene.vercel.url}/v9/projects/web/env/${scene.vercel.env[0]?.id}`, {
      method: 'DELETE',
      headers: { authorization: `Bearer ${scene.vercel.token}` },
    });
});

describe('what is told beforehand', () => {
  it('names every change, and nothing is changed', async () => {
    const { action, asked, primary, standby, twinId } = await given({ wakeMs: 6_000 });
    const told = await action({ to: 'standby' }).prepare(AbortSignal.timeout(20_000));
    expect(told).toMatchObject({ refusal: null, asks: true });
    expect(told.changes).toEqual([
      `Vercel project web: ${variable} (production) from ${primary.url} to ${standby.url}`,
      `Promote deployment ${twinId} (aaaaaaa; seconds)`,
      `If that does not work: Build the live commit again with ${variable} = ${standby.url} and put it live (minutes)`,
    ]);
    expect(told.findings).toContainEqual({ level: 'good', text: 'Production serves the primary now.' });
    expect(told.findings).toContainEqual({ level: 'note', text: expect.stringContaining('It may be asleep') });
    expect(asked('PATCH', '/') + asked('POST', '/')).toBe(0);
  });

  it('tells of drift, of a build under way and of a frozen project', async () => {
    const { action, vercel } = await given({ vercel: { timing: { queuedMs: 30_000 } } });
    const building = vercel.push('b'.repeat(40)).id;
    await fetch(`${vercel.url}/v9/projects/web`, {
      method: 'PATCH',
      headers: { authorization: `Bearer ${vercel.token}`, 'content-type': 'application/json' },
      body: JSON.stringify({ autoAssignCustomDomains: false }),
    });
    const { findings } = await action({ to: 'standby' }).prepare(AbortSignal.timeout(20_000));
    const warnings = findings.filter(({ level }) => level === 'warning').map(({ text }) => text);
    expect(warnings).toEqual([
      expect.stringContaining('autoAssignCustomDomains is off'),
      expect.stringContaining(`${building} is QUEUED`),
    ]);
  });

  it('refuses the way back to a primary that is down, unless forced', async () => {
    const { run, action, primary } = await given();
    await run({ to: 'standby' });
    await primary.fail({ kind: 'refuse' });
    const { refusal, forceable } = await action({ to: 'primary' }).prepare(AbortSignal.timeout(20_000));
    expect(refusal).toMatchObject({ code: 'primary-not-healthy' });
    expect(forceable).toBe(true);
    expect(await scene.serves()).toBe('standby');
  });

  it('does not ask while the primary is down', async () => {
    const { action } = await given({ deps: { urgent: () => true } });
    expect((await action({ to: 'standby' }).prepare(AbortSignal.timeout(20_000))).asks).toBe(false);
  });
});
