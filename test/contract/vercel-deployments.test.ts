// The life of a deployment in the Vercel stand-in, and what puts one live: alias, promotion, rollback, deploy hook.
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Answer } from './ask.ts';
import { missingFrom, sample, samplesAbsent } from './ask.ts';
import { redeployBody, type VercelScene, vercelScene } from './vercel.ts';

let scene: VercelScene;
beforeEach(async () => {
  scene = await vercelScene();
});
afterEach(async () => {
  await scene.vercel.stop();
  expect(scene.faults, 'answers that the document does not allow').toEqual([]);
  expect(scene.vercel.violations, 'requests that the document rejects').toEqual([]);
});

const fromGit = (meta: object = {}): object => ({
  name: 'web',
  target: 'production',
  meta,
  gitSource: { type: 'github', repoId: 123_456_789, ref: 'main', sha: 'a'.repeat(40) },
});
const create = (body: object): Promise<Answer> => scene.ask('POST', '/v13/deployments?forceNew=1', body);
const get = async (id: string): Promise<Answer['body']> => (await scene.ask('GET', `/v13/deployments/${id}`)).body;
const production = async (): Promise<Answer['body']> => (await scene.ask('GET', '/v9/projects/web')).body;
const setEnv = (value: string): Promise<Answer> =>
  scene.ask('PATCH', `/v9/projects/web/env/${scene.vercel.env[0]?.id}`, { value });

describe('a deployment', () => {
  it('goes QUEUED, INITIALIZING, BUILDING, READY, and is live only when its alias is assigned', async () => {
    let finish: () => void = () => undefined;
    const held = await vercelScene({
      build: (env) =>
        env.SLOW === undefined
          ? Promise.resolve({ directory: '/built/seed' })
          : new Promise((resolve) => {
              finish = () => resolve({ directory: '/built/slow' });
            }),
    });
    held.vercel.addEnv({ key: 'SLOW', value: '1' });
    const before = held.vercel.current()?.id;
    const created = (await held.ask('POST', '/v13/deployments?forceNew=1', fromGit({ signalboxRun: 'run-1' }))).body;
    const now = async (): Promise<Answer['body']> => (await held.ask('GET', `/v13/deployments/${created.id}`)).body;
    expect(created).toMatchObject({ readyState: 'QUEUED', aliasAssigned: false, meta: { signalboxRun: 'run-1' } });
    await held.clock.pass(100);
    expect((await now()).readyState).toBe('INITIALIZING');
    await held.clock.pass(100);
    expect((await now()).readyState).toBe('BUILDING');
    finish();
    await held.clock.pass(0);
    expect(await now()).toMatchObject({ readyState: 'READY', readySubstate: 'STAGED', aliasAssigned: false });
    expect(held.vercel.current()?.id).toBe(before);
    await held.clock.pass(500);
    expect(await now()).toMatchObject({ readySubstate: 'PROMOTED', aliasAssigned: held.clock.now(), aliasError: null });
    expect(held.vercel.currentDirectory()).toBe('/built/slow');
    await held.vercel.stop();
    expect(held.faults).toEqual([]);
  });

  it('ends in ERROR with the reason when its build fails, and production stays', async () => {
    const before = scene.vercel.currentDirectory();
    scene.breakBuilds('Command "npm run build" exited with 1');
    const { id } = (await create(fromGit({ action: 'redeploy' }))).body;
    await scene.live();
    const failed = await get(id);
    expect(failed).toMatchObject({ readyState: 'ERROR', errorCode: 'BUILD_FAILED', aliasAssigned: false });
    expect(failed.errorMessage).toContain('exited with 1');
    expect(scene.vercel.currentDirectory()).toBe(before);
    const events = (await scene.ask('GET', `/v3/deployments/${id}/events?follow=0&limit=-1`)).body;
    expect(events.at(-1)).toMatchObject({ type: 'stderr', payload: { text: 'Command "npm run build" exited with 1' } });
    if (!samplesAbsent) expect(missingFrom(failed, sample('vercel/deployment-error.json'))).toEqual([]);
  });

  it('is READY without being live when the alias fails', async () => {
    scene.vercel.switches.aliasFailure = 'The domain is in use.';
    const { id } = (await create(fromGit())).body;
    await scene.live();
    expect(await get(id)).toMatchObject({ readyState: 'READY', aliasAssigned: false, aliasError: { code: 'alias_failed' } });
  });

  it('waits for the one build machine', async () => {
    const [first, second] = [(await create(fromGit())).body.id, (await create(fromGit())).body.id];
    await scene.clock.pass(100);
    expect([(await get(first)).readyState, (await get(second)).readyState]).toEqual(['INITIALIZING', 'QUEUED']);
    expect((await get(second)).isInConcurrentBuildsQueue).toBe(true);
    await scene.clock.pass(100);
    expect([(await get(first)).readyState, (await get(second)).readyState]).toEqual(['READY', 'INITIALIZING']);
  });

  it('can be canceled until it is built', async () => {
    const { id } = (await create(fromGit())).body;
    await scene.clock.pass(100);
    expect((await scene.ask('PATCH', `/v12/deployments/${id}/cancel`)).body.readyState).toBe('CANCELED');
    await scene.live();
    expect((await get(id)).readyState).toBe('CANCELED');
    expect((await scene.ask('PATCH', `/v12/deployments/${id}/cancel`)).status).toBe(400);
    expect(scene.builds).toHaveLength(2);
  });

  it('stays staged when it was made so', async () => {
    const { id } = (await create({ ...fromGit({ action: 'redeploy' }), autoAssignCustomDomains: false })).body;
    await scene.live();
    const staged = await get(id);
    expect(staged).toMatchObject({ readyState: 'READY', readySubstate: 'STAGED', aliasAssigned: false });
    if (!samplesAbsent) expect(missingFrom(staged, sample('vercel/deployment-ready-staged.json'))).toEqual([]);
  });

  it('is not built twice without forceNew', async () => {
    const again = await scene.ask('POST', '/v13/deployments', fromGit());
    expect(again.body.id).toBe(scene.vercel.current()?.id);
    await scene.live();
    expect(scene.builds).toHaveLength(2);
  });

  it('is refused for sources that are not there', async () => {
    expect((await create(redeployBody('dpl_none'))).status).toBe(404);
    expect((await create({ name: 'web', target: 'production' })).status).toBe(400);
    const stranger = { ...fromGit(), gitSource: { type: 'github', repoId: 1, ref: 'main' } };
    expect((await create(stranger)).status).toBe(400);
  });

  it('is found in lists by target, state and commit, page by page', async () => {
    const run = (await create(fromGit({ signalboxRun: 'run-7' }))).body;
    const list = async (query: string): Promise<Answer['body']> => (await scene.ask('GET', `/v7/deployments?${query}`)).body;
    const { projectId } = scene.vercel;
    const all = await list(`projectId=${projectId}&target=production`);
    expect(all.deployments[0]).toMatchObject({ uid: run.id, state: 'QUEUED', meta: { signalboxRun: 'run-7' } });
    expect((await list('state=READY')).deployments).toHaveLength(2);
    expect((await list(`sha=${'b'.repeat(40)}`)).deployments).toEqual([]);
    const seen: string[] = [];
    let until: number | null = null;
    do {
      const page: Answer['body'] = await list(`limit=1${until === null ? '' : `&until=${until}`}`);
      seen.push(page.deployments[0].uid);
      until = page.pagination.next;
    } while (until !== null);
    expect(seen).toEqual(all.deployments.map((one: { uid: string }) => one.uid));
    expect(seen).toHaveLength(3);
  });
});

describe('a redeploy by deploymentId after the variable was changed', () => {
  it.each([
    ['inherit', 'https://api.example.com'],
    ['fresh', 'https://standby.example.com'],
  ] as const)('builds with the %s environment', async (semantics, expected) => {
    scene.vercel.switches.redeployEnv = semantics;
    await setEnv('https://standby.example.com');
    const { id } = (await create(redeployBody(scene.vercel.current()?.id ?? ''))).body;
    await scene.live();
    expect(scene.builds.at(-1)).toEqual({ VITE_SERVER_ROOT: expected });
    expect(scene.vercel.current()?.id).toBe(id);
    expect(await get(id)).toMatchObject({ source: 'redeploy', meta: { action: 'redeploy', githubCommitSha: 'a'.repeat(40) } });
  });

  it('builds from Git with the new value under both', async () => {
    await setEnv('https://standby.example.com');
    await create(fromGit());
    await scene.live();
    expect(scene.builds.at(-1)).toEqual({ VITE_SERVER_ROOT: 'https://standby.example.com' });
  });
});

describe('promotion', () => {
  const promote = (id: string): Promise<Answer> => scene.ask('POST', `/v10/projects/${scene.vercel.projectId}/promote/${id}`, {});
  const twin = (): string => scene.vercel.deployments[1]?.id ?? '';
  const live = (): string => scene.vercel.deployments[0]?.id ?? '';

  it('switches to the twin without a build, and says how far it is', async () => {
    expect((await promote(twin())).status).toBe(201);
    const steps: string[] = [(await production()).lastAliasRequest.jobStatus];
    const aliases = `/v1/projects/${scene.vercel.projectId}/promote/aliases`;
    await scene.clock.pass(200);
    const midway = await production();
    steps.push(midway.lastAliasRequest.jobStatus);
    expect((await scene.ask('GET', `${aliases}?limit=20`)).body.aliases[0].status).toBe('in-progress');
    expect(midway.targets.production.id).toBe(live());
    await scene.clock.pass(200);
    const done = await production();
    steps.push(done.lastAliasRequest.jobStatus);
    expect(steps).toEqual(['pending', 'in-progress', 'succeeded']);
    expect(done.lastAliasRequest).toMatchObject({ fromDeploymentId: live(), toDeploymentId: twin(), type: 'promote' });
    expect(done.targets.production.id).toBe(twin());
    expect((await scene.ask('GET', aliases)).body.aliases[0].status).toBe('completed');
    expect((await scene.ask('GET', `${aliases}?failedOnly=true`)).body.aliases).toEqual([]);
    expect(scene.builds).toHaveLength(2);
    expect(scene.vercel.currentDirectory()).toBe('/built/2');
    if (!samplesAbsent) expect(missingFrom(done, sample('vercel/project-lastAliasRequest-succeeded.json'))).toEqual([]);
  });

  it('is 409 with the well-known sentence for what is live already', async () => {
    const { status, body } = await promote(live());
    expect(status).toBe(409);
    expect(body).toEqual({
      error: {
        code: 'conflict',
        message: `The provided deploymentId (${live()}) is already the current production deployment.`,
      },
    });
    if (!samplesAbsent) expect(missingFrom(body, sample('vercel/error-409-already-current.json'))).toEqual([]);
  });

  it('is 202 behind a rolling release and goes on afterwards', async () => {
    scene.vercel.switches.rollingRelease = true;
    expect((await promote(twin())).status).toBe(202);
    await scene.clock.pass(10_000);
    expect((await production()).lastAliasRequest.jobStatus).toBe('pending');
    scene.vercel.endRollingRelease();
    await scene.clock.pass(400);
    expect(scene.vercel.current()?.id).toBe(twin());
  });

  it('can fail, and then nothing has moved', async () => {
    scene.vercel.switches.promotionsFail = true;
    await promote(twin());
    await scene.clock.pass(400);
    expect((await production()).lastAliasRequest.jobStatus).toBe('failed');
    expect(scene.vercel.current()?.id).toBe(live());
  });

  it('is refused for what is unknown, unfinished or not for production', async () => {
    expect((await promote('dpl_none')).status).toBe(404);
    const unfinished = (await create(fromGit())).body.id;
    expect((await promote(unfinished)).status).toBe(422);
    const preview = (await create({ ...fromGit(), target: 'preview' })).body.id;
    await scene.live();
    expect((await promote(preview)).status).toBe(400);
  });
});

describe('an instant rollback', () => {
  const rollback = (id: string, version = 'v1'): Promise<Answer> =>
    scene.ask('POST', `/${version}/projects/${scene.vercel.projectId}/rollback/${id}`, {});

  it('freezes production: later pushes build and do not go live until somebody promotes', async () => {
    const first = scene.vercel.current()?.id ?? '';
    const second = scene.vercel.push('b'.repeat(40)).id;
    await scene.live();
    expect(scene.vercel.current()?.id).toBe(second);
    expect((await rollback(second)).status).toBe(422);
    expect((await rollback(first, 'v9')).status).toBe(201);
    await scene.clock.pass(400);
    expect(await production()).toMatchObject({ autoAssignCustomDomains: false, lastAliasRequest: { type: 'rollback' } });
    const third = scene.vercel.push('c'.repeat(40)).id;
    await scene.live();
    expect(await get(third)).toMatchObject({ readyState: 'READY', readySubstate: 'STAGED' });
    expect(scene.vercel.current()?.id).toBe(first);
    await scene.ask('POST', `/v10/projects/${scene.vercel.projectId}/promote/${third}`, {});
    await scene.clock.pass(400);
    expect(await production()).toMatchObject({ autoAssignCustomDomains: true, targets: { production: { id: third } } });
  });

  it('does not go to what was never live', async () => {
    expect((await rollback(scene.vercel.deployments[1]?.id ?? '')).status).toBe(400);
  });
});

describe('the deploy hook', () => {
  it('builds the head of the branch without a token; a second call replaces the first', async () => {
    const call = async (): Promise<Answer['body']> => (await fetch(scene.vercel.deployHook, { method: 'POST' })).json();
    const body = await call();
    if (!samplesAbsent) expect(missingFrom(body, sample('vercel/deploy-hook-200.json'))).toEqual([]);
    await call();
    const [first, second] = scene.vercel.deployments.slice(-2);
    expect([first?.readyState, second?.readyState]).toEqual(['CANCELED', 'QUEUED']);
    await scene.live();
    expect(scene.vercel.current()?.id).toBe(second?.id);
    expect((await fetch(`${scene.vercel.deployHook}x`, { method: 'POST' })).status).toBe(404);
  });
});

describe('stopping', () => {
  it('ends builds under way and leaves no timer', async () => {
    let given: AbortSignal | undefined;
    const held = await vercelScene({
      build: (env, _deployment, signal) => {
        if (env.SLOW === undefined) return Promise.resolve({ directory: '/built' });
        given = signal;
        return new Promise((_resolve, reject) => signal.addEventListener('abort', () => reject(signal.reason)));
      },
    });
    held.vercel.addEnv({ key: 'SLOW', value: '1' });
    await held.ask('POST', '/v13/deployments?forceNew=1', fromGit());
    await held.clock.pass(200);
    await held.ask('POST', '/v13/deployments?forceNew=1', fromGit());
    await held.vercel.stop();
    expect(given?.aborted).toBe(true);
    await expect(fetch(held.vercel.url)).rejects.toThrow('fetch failed');
  });
});
