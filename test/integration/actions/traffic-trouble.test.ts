// What can be wrong with the variable, the standby, Vercel and our own process while traffic moves; afterwards either it has moved
// or everything is as it was.
import { describe, expect, it } from 'vitest';
import { detail, type Scene, type SceneOptions, sceneForEach, variable } from './traffic-scene.ts';

let scene: Scene;
const given = sceneForEach((next) => {
  scene = next;
});

const dashboard = (method: string, path: string, body: object): Promise<Response> =>
  fetch(`${scene.vercel.url}${path}`, {
    method,
    headers: { authorization: `Bearer ${scene.vercel.token}`, 'content-type': 'application/json' },
    body: JSON.stringify(body),
  });

describe('the variable', () => {
  it('as a secret is refused before anything changes', async () => {
    const { run, action, asked, vercel } = await given({ withVariable: false });
    vercel.addEnv({ key: variable, value: 'hidden', type: 'sensitive' });
    const { refusal, forceable } = await action({ to: 'standby' }).prepare(AbortSignal.timeout(10_000));
    expect(refusal).toMatchObject({ code: 'variable-is-secret' });
    expect(forceable).toBe(false);
    const there = await run({ to: 'standby' }, { force: true });
    expect(there.run).toMatchObject({ state: 'failed', error: { code: 'variable-is-secret' } });
    expect(asked('PATCH', '/') + asked('POST', '/')).toBe(0);
  });

  it('shared with previews is changed, after saying so', async () => {
    const { run, action, vercel, standby, primary } = await given({ withVariable: false });
    vercel.addEnv({ key: variable, value: primary.url, target: ['production', 'preview', 'development'] });
    const { findings } = await action({ to: 'standby' }).prepare(AbortSignal.timeout(10_000));
    expect(findings).toContainEqual({ level: 'warning', text: expect.stringContaining('production and preview, development') });
    expect((await run({ to: 'standby' })).run.state).toBe('succeeded');
    expect(scene.row()).toBe(standby.url);
  });

  it('with several rows is changed in the row that production reads', async () => {
    const { run, vercel, standby } = await given();
    vercel.addEnv({ key: variable, value: 'preview value', target: ['preview'] });
    vercel.addEnv({ key: variable, value: 'branch value', target: ['production'], gitBranch: 'try-out' });
    await run({ to: 'standby' });
    expect(vercel.env.map(({ value }) => value)).toEqual([standby.url, 'preview value', 'branch value']);
  });

  it('without a row is added, and after a failure holds the address of before', async () => {
    const { run, vercel, primary } = await given({ withVariable: false, twin: false });
    scene.breakBuilds('no builds today');
    const there = await run({ to: 'standby' });
    expect(there.run).toMatchObject({ state: 'failed', error: { code: 'traffic-not-switched' } });
    expect(there.run.error?.message).toContain('no builds today');
    expect(vercel.env.map(({ key, value, type }) => ({ key, value, type }))).toEqual([
      { key: variable, value: primary.url, type: 'plain' },
    ]);
  });

  it('that settings do not name is left alone, with a warning', async () => {
    const { deps, run, row, primary } = await given();
    Object.assign(deps, { settings: { ...deps.settings, variable: undefined } });
    const there = await run({ to: 'standby' });
    expect(there.run.result).toMatchObject({ way: 'promote-twin', warnings: [expect.stringContaining('next build')] });
    expect(row()).toBe(primary.url);
  });

  it('that somebody changes while we fail is not overwritten', async () => {
    const { run, row } = await given({ twin: false });
    scene.breakBuilds('no builds today');
    const entry = await run(
      { to: 'standby' },
      {
        cancelWhen: () => {
          const [first] = scene.vercel.env;
          if (first?.value === scene.standby.url)
            void dashboard('PATCH', `/v9/projects/web/env/${first.id}`, { value: 'https://somebody.example' });
          return false;
        },
      },
    );
    expect(entry.run.state).toBe('failed');
    expect(row()).toBe('https://somebody.example');
  });
});

describe('the standby', () => {
  it('asleep is woken first, and the time is told', async () => {
    const { run, standby } = await given({ wakeMs: 1_200 });
    expect(standby.state).toBe('asleep');
    const there = await run({ to: 'standby' });
    expect(there.run.state).toBe('succeeded');
    expect(detail(there, 'Wake')).toMatch(/^Answered after 1\.\d\d s\.$/);
  });

  it('down stops everything before anything changed', async () => {
    const { run, standby, asked } = await given({ deps: { times: { wakeTry: 500, wakeBudget: 1_500 } } });
    await standby.fail({ kind: 'answer', reply: { status: 503, body: '' } });
    const there = await run({ to: 'standby' });
    expect(there.run).toMatchObject({ state: 'failed', error: { code: 'standby-not-healthy' } });
    expect(there.run.error?.message).toContain('status 503');
    expect(asked('PATCH', '/') + asked('POST', '/')).toBe(0);
  });

  it('down is gone to with force, loudly', async () => {
    const { run, standby, serves } = await given({
      deps: { times: { wakeTry: 500, wakeBudget: 1_000, see: 2_000, promote: 5_000 } },
    });
    await standby.fail({ kind: 'refuse' });
    const there = await run({ to: 'standby' }, { force: true });
    expect(there.run.state).toBe('succeeded');
    expect(there.run.result?.warnings).toEqual([expect.stringMatching(/^FORCED TO A SERVER THAT IS NOT WELL/)]);
    expect(await serves()).toBe('standby');
  });

  it('that would not help is refused with the reason, unless forced', async () => {
    const { run, action, asked } = await given({ deps: { openFault: () => 'the database is down, and both servers use it.' } });
    const { refusal, forceable } = await action({ to: 'standby' }).prepare(AbortSignal.timeout(10_000));
    expect(refusal?.message).toBe('Moving traffic would not help: the database is down, and both servers use it.');
    expect(forceable).toBe(true);
    expect((await run({ to: 'standby' })).run).toMatchObject({ state: 'failed', error: { code: 'would-not-help' } });
    expect(asked('PATCH', '/') + asked('POST', '/')).toBe(0);
    expect((await run({ to: 'standby' }, { force: true })).run.state).toBe('succeeded');
  });
});

describe('Vercel', () => {
  it('failing to assign the address leaves everything as it was', async () => {
    const { run, vercel, serves, row, primary } = await given({ twin: false });
    vercel.switches.aliasFailure = 'no certificate for the domain';
    const there = await run({ to: 'standby' });
    expect(there.run).toMatchObject({ state: 'failed', error: { code: 'traffic-not-switched' } });
    expect(there.run.error?.message).toContain('no certificate for the domain');
    expect([await serves(), row()]).toEqual(['primary', primary.url]);
  });

  it('with automatic domains off gets its new deployment promoted', async () => {
    const { run, serves } = await given({ twin: false });
    await dashboard('PATCH', '/v9/projects/web', { autoAssignCustomDomains: false });
    const there = await run({ to: 'standby' });
    expect(there.run.result).toMatchObject({ way: 'vercel-env', verified: true });
    expect(await serves()).toBe('standby');
  });

  it('is not asked twice for a deployment whose answer was lost', async () => {
    const { run, vercel, deps, asked } = await given({ twin: false });
    const client = deps.vercel;
    if (!client) throw new Error('no client');
    const create: typeof client.create = async (wanted, signal) => {
      await vercel.fail({ kind: 'drop' }, 1);
      return client.create(wanted, signal);
    };
    Object.assign(deps, { vercel: { ...client, create } });
    const before = vercel.deployments.length;
    const there = await run({ to: 'standby' });
    expect(there.run.result).toMatchObject({ way: 'vercel-env', verified: true });
    expect(asked('POST', '/v13/deployments')).toBe(1);
    expect(vercel.deployments).toHaveLength(before + 1);
  });

  it.each(['promote', 'editEnv'] as const)('may lose the answer to %s', async (call) => {
    const { run, vercel, deps, serves, standby, row } = await given();
    const client = deps.vercel;
    if (!client) throw new Error('no client');
    const dropped = async (...values: readonly unknown[]): Promise<unknown> => {
      await vercel.fail({ kind: 'drop' }, 1);
      return Reflect.apply(client[call], client, [...values]);
    };
    Object.assign(deps, { vercel: { ...client, [call]: dropped } });
    // The project is asked for its id before the first promotion: that answer is not the one to be lost.
    await client.promote(scene.liveId, AbortSignal.timeout(5_000));
    const there = await run({ to: 'standby' });
    expect(there.run.result).toMatchObject({ way: 'promote-twin', verified: true });
    expect([await serves(), row()]).toEqual(['standby', standby.url]);
    expect(scene.asked('POST', `/promote/${scene.twinId}`)).toBe(1);
  });

  it('refusing the token ends the run at its first look', async () => {
    const { run, vercel } = await given();
    vercel.token = 'another-token-0000';
    const there = await run({ to: 'standby' });
    expect(there.run).toMatchObject({ state: 'failed', error: { code: 'provider-auth' } });
  });
});

describe('cancelling', () => {
  it.each([
    ['Wake the standby', 1_500],
    ['Set VITE_SERVER_ROOT for the next build', 50],
    ['Promote the twin', 50],
    ['See the standby from outside', 50],
  ])('in “%s” puts everything back', async (name, wakeMs) => {
    const { run, serves, row, primary, vercel, liveId, memory } = await given({ wakeMs });
    const entry = await run(
      { to: 'standby' },
      { cancelWhen: (now) => now.steps.some((step) => step.name === name && step.state === 'running') },
    );
    expect(entry.run.state).toBe('cancelled');
    expect([await serves(), row()]).toEqual(['primary', primary.url]);
    expect(vercel.current()?.id).toBe(liveId);
    expect(memory.traffic).toBeUndefined();
  });

  it.each(['QUEUED', 'BUILDING', 'READY'] as const)('while the new deployment is %s puts everything back', async (state) => {
    const { run, serves, row, primary, vercel, liveId } = await given({
      twin: false,
      vercel: { timing: { queuedMs: 300, initializingMs: 300, aliasMs: 800 } },
    });
    const entry = await run(
      { to: 'standby' },
      {
        cancelWhen: () =>
          vercel.deployments.length > 1 &&
          vercel.deployments.at(-1)?.readyState === (state === 'BUILDING' ? 'INITIALIZING' : state),
      },
    );
    expect(entry.run.state).toBe('cancelled');
    expect([await serves(), row()]).toEqual(['primary', primary.url]);
    expect(vercel.current()?.id).toBe(liveId);
    // Nothing is left that could go live later.
    const pending = vercel.deployments.filter(
      (one) =>
        !['READY', 'CANCELED', 'ERROR'].includes(one.readyState) ||
        (one.readyState === 'READY' && one.id !== liveId && !one.aliasAssigned),
    );
    expect(pending.map(({ id, readyState }) => `${id} ${readyState}`)).toEqual([]);
  });
});

describe('a crash', () => {
  /** Every state in which the journal could have been found, as if the process had died right after. */
  async function interruptions(options: SceneOptions, part: string): Promise<Scene['stored']> {
    await given(options);
    await scene.run({ to: 'standby' });
    const found = scene.stored.filter(({ run }) =>
      run.steps.some((step) => step.name.includes(part) && step.state === 'running'),
    );
    return found;
  }

  it.each([
    [{ via: ['promote-twin'] } as const, 'Set '],
    [{ via: ['promote-twin'] } as const, 'Promote'],
    [{ via: ['vercel-env'], twin: false } as const, 'Build'],
    [{ via: ['global-config'] } as const, 'Global Config'],
  ])('in %j “%s” is gone on with, and nothing is done twice', async (options, part) => {
    const entries = await interruptions(options, part);
    const deployments = scene.vercel.deployments.length;
    // Before a deployment is asked for, the journal says that it will be; what was stored before that is no crash after it.
    const asked = entries.findIndex(({ memory }) => part !== 'Build' || memory['trafficDeployment-gitAsked'] === true);
    for (const entry of [entries[asked], entries.at(-1)]) {
      if (!entry) throw new Error('no such state');
      const again = await scene.run({ to: 'standby' }, { entry });
      expect(again.run).toMatchObject({ state: 'succeeded', result: { verified: true } });
      expect(scene.vercel.deployments).toHaveLength(deployments);
      expect(await scene.serves()).toBe('standby');
    }
  });

  it.each([
    [{ via: ['promote-twin'] } as const, 'Promote'],
    [{ via: ['vercel-env'], twin: false } as const, 'Build'],
    [{ via: ['global-config'] } as const, 'Global Config'],
  ])('in %j “%s” is taken back', async (options, part) => {
    const last = (await interruptions(options, part)).at(-1);
    if (!last) throw new Error('no such state');
    const back = await scene.run({ to: 'standby' }, { entry: { ...last, direction: 'back' } });
    expect(back.run.error?.code).not.toBe('not-put-back');
    expect(scene.row()).toBe(scene.primary.url);
    await expect.poll(() => scene.serves()).toBe('primary');
  });
});

describe('makeTraffic', () => {
  it('refuses settings with which no way could work', async () => {
    const { action, deps } = await given();
    Object.assign(deps, { vercel: null });
    expect(() => action({ to: 'standby' })).toThrow(expect.objectContaining({ code: 'not-set-up' }));
  });
});
