// The drill against Vercel's stand-in: there and back, and back whatever fails on the way.
import { describe, expect, it } from 'vitest';
import { type Scene, sceneForEach } from './traffic-scene.ts';

let scene: Scene;
const given = sceneForEach((next) => {
  scene = next;
});

const drill = { action: 'drill' } as const;

async function onPrimary(): Promise<void> {
  expect([await scene.serves(), scene.row()]).toEqual(['primary', scene.primary.url]);
}

describe('a drill', () => {
  it.each([
    { way: 'promote-twin', options: {} },
    { way: 'global-config', options: { via: ['global-config'] } },
    { way: 'vercel-env', options: { via: ['vercel-env'], twin: false } },
  ] as const)('by $way goes there and back, and reports', async ({ way, options }) => {
    const { run, memory, vercel, asked } = await given(options);
    const held = await run(drill);
    expect(held.run).toMatchObject({ state: 'succeeded' });
    expect(held.run.result).toMatchObject({ way, wayBack: way, verified: true, backOnPrimary: true });
    for (const measured of ['standbyWokeMs', 'switchedMs', 'backMs']) expect(held.run.result?.[measured]).toBeTypeOf('number');
    expect(held.run.steps.every(({ state }) => state === 'succeeded' || state === 'skipped')).toBe(true);
    await onPrimary();
    expect(memory.drill).toMatchObject({ succeeded: true, runId: held.run.id });
    expect(memory.traffic).toMatchObject({ target: 'primary' });
    expect(asked('POST', '/rollback/')).toBe(0);
    expect(vercel.autoAssignCustomDomains).toBe(true);
  });

  it('leaves the twin ready for the real thing', async () => {
    const { run, twinId, memory } = await given();
    await run(drill);
    expect(memory.twin).toMatchObject({ deploymentId: twinId });
    expect((await run({ to: 'standby' })).run.result).toMatchObject({ way: 'promote-twin' });
  });

  it('is not held during an outage, unless forced', async () => {
    const { run, action, asked, memory } = await given({ deps: { outage: () => 'the API is down' } });
    const told = await action(drill).prepare(AbortSignal.timeout(20_000));
    expect(told).toMatchObject({ refusal: { code: 'outage-open' }, forceable: true, asks: true });
    expect((await run(drill)).run).toMatchObject({ state: 'failed', error: { code: 'outage-open' } });
    expect(asked('PATCH', '/') + asked('POST', '/')).toBe(0);
    expect(memory.drill).toBeUndefined();
    expect((await run(drill, { force: true })).run.state).toBe('succeeded');
    await onPrimary();
  });

  it('is not held while traffic is on the standby, forced or not', async () => {
    const { run, action } = await given();
    await run({ to: 'standby' });
    const told = await action(drill).prepare(AbortSignal.timeout(20_000));
    expect(told).toMatchObject({ refusal: { code: 'not-on-primary' }, forceable: false });
    expect((await run(drill, { force: true })).run).toMatchObject({ state: 'failed', error: { code: 'not-on-primary' } });
  });

  it('stops at a standby that is not well', async () => {
    const { run, standby, asked } = await given({ deps: { times: { wakeTry: 300, wakeBudget: 1_000 } } });
    await standby.fail({ kind: 'answer', reply: { status: 500, body: '' } });
    expect((await run(drill)).run).toMatchObject({ state: 'failed', error: { code: 'standby-not-healthy' } });
    expect(asked('POST', '/')).toBe(0);
    await onPrimary();
  });

  it.each([
    'Wake the standby',
    'Promote the twin',
    'See the standby from outside',
    'Look before the way back',
    'Promote the former deployment',
    'See the primary from outside',
  ])('cancelled in “%s” ends on the primary', async (name) => {
    const { run, vercel, liveId } = await given();
    const held = await run(drill, {
      cancelWhen: (now) => now.steps.some((step) => step.name === name && step.state === 'running'),
    });
    expect(held.run.state).toBe('cancelled');
    expect(held.run.result).toMatchObject({ backOnPrimary: true });
    await onPrimary();
    expect(vercel.current()?.id).toBe(liveId);
  });

  it('whose promotion back fails comes back by a new deployment', async () => {
    const { run, vercel } = await given();
    const held = await run(drill, {
      cancelWhen(now) {
        if (now.steps.some((step) => step.name === 'Look before the way back' && step.state === 'running'))
          vercel.switches.promotionsFail = true;
        return false;
      },
    });
    expect(held.run).toMatchObject({
      state: 'succeeded',
      result: { way: 'promote-twin', wayBack: 'vercel-env', backOnPrimary: true },
    });
    await onPrimary();
  });

  it('that cannot come back says so first, and is remembered as failed', async () => {
    const { run, vercel, memory } = await given();
    const held = await run(drill, {
      cancelWhen(now) {
        if (!now.steps.some((step) => step.name === 'Look before the way back' && step.state === 'running')) return false;
        vercel.switches.promotionsFail = true;
        scene.breakBuilds('no builds today');
        return false;
      },
    });
    expect(await scene.serves()).toBe('standby');
    expect(held.run).toMatchObject({ state: 'failed', result: { backOnPrimary: false } });
    expect(held.run.error?.next).toContain('TRAFFIC IS STILL ON THE STANDBY: ');
    expect(memory.drill).toMatchObject({ succeeded: false });
    expect(memory.traffic).toMatchObject({ target: 'unknown' });
    // The variable at least is right for whatever is built next.
    expect(scene.row()).toBe(scene.primary.url);
  });

  it('interrupted on the standby is taken back', async () => {
    const { run, stored } = await given();
    await run(drill);
    const away = stored.findLast(({ run: one }) =>
      one.steps.some((step) => step.name === 'Look before the way back' && step.state === 'running'),
    );
    if (!away) throw new Error('no such state');
    await run({ to: 'standby' });
    expect(await scene.serves()).toBe('standby');
    const back = await run(drill, { entry: { ...away, direction: 'back' } });
    expect(back.run.result).toMatchObject({ backOnPrimary: true });
    await onPrimary();
  });
});
