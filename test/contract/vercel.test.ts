// The Vercel stand-in's project, variables, Global Config, access and limits against the published document and samples.
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { missingFrom, objections, sample, samplesAbsent } from './ask.ts';
import { redeployBody, type VercelScene, vercelScene } from './vercel.ts';

let scene: VercelScene;
/** What the document is to reject in this test. */
let rejected: unknown[];
beforeEach(async () => {
  rejected = [];
  scene = await vercelScene();
});
afterEach(async () => {
  await scene.vercel.stop();
  expect(scene.faults, 'answers that the document does not allow').toEqual([]);
  if (scene.contract) expect(scene.vercel.violations, 'requests that the document rejects').toEqual(rejected);
});

describe('access to the Vercel stand-in', () => {
  it('knows who asks', async () => {
    const { status, body } = await scene.ask('GET', '/v2/user');
    expect(status).toBe(200);
    expect(body.user).toMatchObject({ username: 'simulated' });
  });

  it('refuses an unknown token with 401 and forgets the old one when it is replaced', async () => {
    expect((await scene.ask('GET', '/v2/user', undefined, { authorization: 'Bearer other' })).status).toBe(401);
    scene.vercel.token = 'token-2';
    expect((await scene.ask('GET', '/v2/user')).status).toBe(401);
    expect((await scene.ask('GET', '/v2/user', undefined, { authorization: 'Bearer token-2' })).status).toBe(200);
  });

  it('refuses a call outside its team with 403', async () => {
    const team = await vercelScene({ teamId: 'team_1' });
    expect(await team.ask('GET', '/v9/projects/web')).toMatchObject({ status: 403, body: { error: { code: 'forbidden' } } });
    expect((await team.ask('GET', '/v9/projects/web?teamId=team_2')).status).toBe(403);
    expect((await team.ask('GET', '/v9/projects/web?teamId=team_1')).body.accountId).toBe('team_1');
    expect((await team.ask('GET', '/v2/user')).status).toBe(200);
    await team.vercel.stop();
    expect(team.faults).toEqual([]);
  });

  it('answers 404 for another project and 500 when told to', async () => {
    expect((await scene.ask('GET', '/v9/projects/other')).body.error).toEqual({
      code: 'not_found',
      message: 'Could not find the project: other',
    });
    const body = JSON.stringify({ error: { code: 'internal_server_error', message: 'An unexpected error' } });
    await scene.vercel.fail({ kind: 'answer', reply: { status: 500, body } }, 1);
    expect((await scene.ask('GET', '/v9/projects/web')).status).toBe(500);
    expect((await scene.ask('GET', '/v9/projects/web')).status).toBe(200);
  });

  it('notes and refuses what the document rejects, naming the field', async () => {
    const { ask, vercel, contract } = scene;
    const [row] = vercel.env;
    expect((await ask('PATCH', `/v9/projects/web/env/${row?.id}`, { valeu: 'x' })).status).toBe(400);
    expect((await ask('POST', '/v13/deployments?forceNew=yes', { target: 'production', meta: { tries: 1 } })).status).toBe(400);
    // Without the document the stand-in takes a strange query as the real service does.
    expect((await ask('GET', '/v7/deployments?limit=ten&team=x')).status).toBe(contract ? 400 : 200);
    rejected = [
      expect.stringMatching(/^PATCH \/v9\/projects\/web\/env\/env\w+: body\.valeu: /),
      'POST /v13/deployments: query.forceNew: must be equal to one of the allowed values',
      'POST /v13/deployments: body.name: is required',
      'POST /v13/deployments: body.meta.tries: must be string',
      'GET /v7/deployments: query.limit: must be number',
      'GET /v7/deployments: query.team: the document does not know it',
    ];
  });
});

describe('variables of the Vercel stand-in', () => {
  const list = '/v10/projects/web/env';
  it('lists several rows of a key, filtered by target', async () => {
    scene.vercel.addEnv({ key: 'VITE_SERVER_ROOT', value: 'https://staging.example.com', target: ['preview', 'development'] });
    const all = (await scene.ask('GET', `${list}?decrypt=true`)).body.envs;
    const production = (await scene.ask('GET', `${list}?decrypt=true&target=production`)).body.envs;
    expect(all).toHaveLength(2);
    expect(production).toHaveLength(1);
    expect(production[0]).toMatchObject({ value: 'https://api.example.com', target: ['production'], decrypted: true });
    if (!samplesAbsent) expect(missingFrom(production[0], { ...Object(sample('vercel/env-patch-200.json')) })).toEqual([]);
  });

  it('never tells a sensitive value, and an encrypted one only when asked to decrypt', async () => {
    const secret = scene.vercel.addEnv({ key: 'S', value: 'canary', type: 'sensitive' });
    const encrypted = scene.vercel.addEnv({ key: 'E', value: 'hidden', type: 'encrypted' });
    const plain = JSON.stringify((await scene.ask('GET', list)).body);
    expect(plain).not.toMatch(/canary|hidden/);
    const open = JSON.stringify((await scene.ask('GET', `${list}?decrypt=true`)).body);
    expect(open).toContain('hidden');
    expect(open).not.toContain('canary');
    expect((await scene.ask('GET', `/v1/projects/web/env/${secret.id}`)).body.value).toBe('');
    expect((await scene.ask('GET', `/v1/projects/web/env/${encrypted.id}`)).body.value).toBe('hidden');
    expect((await scene.ask('PATCH', `/v9/projects/web/env/${secret.id}`, { type: 'plain' })).status).toBe(400);
  });

  it('changes a value without touching what is built', async () => {
    const [row] = scene.vercel.env;
    const changed = await scene.ask('PATCH', `/v9/projects/web/env/${row?.id}`, { value: 'https://new.example.com' });
    expect(changed).toMatchObject({ status: 200, body: { id: row?.id, value: 'https://new.example.com' } });
    expect(scene.vercel.env[0]?.value).toBe('https://new.example.com');
    expect(scene.vercel.current()?.env).toEqual({ VITE_SERVER_ROOT: 'https://api.example.com' });
    expect((await scene.ask('PATCH', '/v9/projects/web/env/none', { value: 'x' })).status).toBe(404);
  });

  it('refuses a variable that exists, unless it is an upsert of the same targets', async () => {
    const row = { key: 'VITE_SERVER_ROOT', value: 'b', type: 'plain', target: ['production'] };
    expect(await scene.ask('POST', list, row)).toMatchObject({ status: 403, body: { error: { code: 'ENV_CONFLICT' } } });
    const upserted = await scene.ask('POST', `${list}?upsert=true`, row);
    expect(upserted).toMatchObject({ status: 201, body: { created: { value: 'b' }, failed: [] } });
    expect(scene.vercel.env).toHaveLength(1);
  });

  it('answers 201 with what failed when only some of a list could be made', async () => {
    const fresh = { key: 'NEW', value: '1', type: 'encrypted', target: ['production'] };
    const wider = { key: 'VITE_SERVER_ROOT', value: 'b', type: 'plain', target: ['production', 'preview'] };
    const { status, body } = await scene.ask('POST', `${list}?upsert=true`, [fresh, wider]);
    expect(status).toBe(201);
    expect(body.created.map((one: { key: string }) => one.key)).toEqual(['NEW']);
    expect(body.failed[0].error).toMatchObject({ code: 'ENV_CONFLICT', key: 'VITE_SERVER_ROOT' });
  });

  it('deletes a row once', async () => {
    const path = `/v9/projects/web/env/${scene.vercel.env[0]?.id}`;
    expect((await scene.ask('DELETE', path)).status).toBe(200);
    expect((await scene.ask('DELETE', path)).status).toBe(404);
    expect(scene.vercel.env).toEqual([]);
  });
});

describe('the project of the Vercel stand-in', () => {
  it('shows what production is, by id and by name', async () => {
    const current = scene.vercel.current();
    const byName = (await scene.ask('GET', '/v9/projects/web')).body;
    const byId = (await scene.ask('GET', `/v9/projects/${scene.vercel.projectId}`)).body;
    expect(byId).toEqual(byName);
    expect(byName).toMatchObject({
      autoAssignCustomDomains: true,
      lastAliasRequest: null,
      targets: { production: { id: current?.id, readyState: 'READY', readySubstate: 'PROMOTED' } },
      link: { type: 'github', repoId: scene.vercel.repoId, productionBranch: 'main' },
    });
  });

  it('turns automatic domains off and on', async () => {
    const off = await scene.ask('PATCH', '/v9/projects/web', { autoAssignCustomDomains: false });
    expect(off.body.autoAssignCustomDomains).toBe(false);
    scene.vercel.push('b'.repeat(40));
    await scene.live();
    expect(scene.vercel.deployments.at(-1)).toMatchObject({ readyState: 'READY', readySubstate: 'STAGED', aliasAssigned: false });
  });
});

describe.each(['/v1/global-config', '/v1/edge-config'])('Global Config at %s', (path) => {
  it('reads its newest version at once while the CDN follows', async () => {
    const { ask, vercel, clock } = scene;
    vercel.seedConfig({ banner: null });
    const items = [{ operation: 'upsert', key: 'banner', value: { text: 'Down' }, description: 'by Signalbox' }];
    expect(await ask('PATCH', `${path}/${vercel.globalConfigId}/items`, { items })).toMatchObject({
      status: 200,
      body: { status: 'ok' },
    });
    expect((await ask('GET', `${path}/${vercel.globalConfigId}/item/banner`)).body.value).toEqual({ text: 'Down' });
    await clock.pass(1_999);
    expect(vercel.cdnItem('banner')).toBeNull();
    await clock.pass(1);
    expect(vercel.cdnItem('banner')).toEqual({ text: 'Down' });
    expect((await ask('GET', `${path}/${vercel.globalConfigId}/items`)).body).toHaveLength(1);
  });

  it('does all of a batch or nothing', async () => {
    const { ask, vercel } = scene;
    const items = [
      { operation: 'create', key: 'a', value: 1 },
      { operation: 'update', key: 'missing', value: 1 },
    ];
    const patch = (batch: unknown): Promise<{ status: number }> =>
      ask('PATCH', `${path}/${vercel.globalConfigId}/items`, { items: batch });
    expect((await patch(items)).status).toBe(404);
    expect((await ask('GET', `${path}/${vercel.globalConfigId}/items`)).body).toEqual([]);
    expect((await patch(items.slice(0, 1))).status).toBe(200);
    expect((await patch(items.slice(0, 1))).status).toBe(409);
    expect((await patch([{ operation: 'delete', key: 'a' }])).status).toBe(200);
    expect((await patch([{ operation: 'upsert', key: 'not a key', value: 1 }])).status).toBe(400);
    rejected = [`PATCH ${path}/${vercel.globalConfigId}/items: body.items.0.key: must match pattern "^[\\w-]+$"`];
    expect((await ask('GET', `${path}/ecfg_other/items`)).status).toBe(404);
  });
});

describe('rate limits of the Vercel stand-in', () => {
  it('answers one endpoint with 429 and Retry-After while another goes on, until the window ends', async () => {
    const limited = await vercelScene({ limits: { 'api-env-update': [{ total: 2, windowMs: 60_000 }] } });
    const path = `/v9/projects/web/env/${limited.vercel.env[0]?.id}`;
    for (const value of ['1', '2']) expect((await limited.ask('PATCH', path, { value })).status).toBe(200);
    await limited.clock.pass(30_000);
    const refused = await limited.ask('PATCH', path, { value: '3' });
    expect(refused.status).toBe(429);
    expect(refused.headers.get('retry-after')).toBe('30');
    expect(refused.body.error).toMatchObject({
      code: 'rate_limited',
      message: "The rate limit of 2 exceeded for 'api-env-update'. Try again in 30 seconds",
      limit: { remaining: 0, total: 2, resetMs: limited.clock.now() + 30_000 },
    });
    if (!samplesAbsent) expect(missingFrom(refused.body, sample('vercel/error-429.json'))).toEqual([]);
    expect((await limited.ask('GET', '/v10/projects/web/env')).status).toBe(200);
    await limited.clock.pass(30_000);
    expect((await limited.ask('PATCH', path, { value: '3' })).status).toBe(200);
    await limited.vercel.stop();
    expect(limited.faults).toEqual([]);
  });

  it("says that a day's builds are used up with a code of its own", async () => {
    const limited = await vercelScene({ limits: { 'api-deployments-create': [{ total: 0, windowMs: 86_400_000 }] } });
    const { body } = await limited.ask('POST', '/v13/deployments?forceNew=1', redeployBody('dpl_any'));
    expect(body.error.code).toBe('builds_rate_limited');
    await limited.vercel.stop();
  });
});

describe.skipIf(samplesAbsent)('published Vercel samples', () => {
  it.each([
    ['GET', '/v13/deployments/x', 200, 'vercel/deployment-queued.json'],
    ['GET', '/v13/deployments/x', 200, 'vercel/deployment-building.json'],
    ['GET', '/v13/deployments/x', 200, 'vercel/deployment-error.json'],
    ['GET', '/v13/deployments/x', 200, 'vercel/deployment-ready-staged.json'],
    ['GET', '/v13/deployments/x', 200, 'vercel/deployment-ready-promoted.json'],
    ['GET', '/v10/projects/x/env', 200, 'vercel/env-list.json'],
    ['PATCH', '/v9/projects/x/env/y', 200, 'vercel/env-patch-200.json'],
    ['GET', '/v9/projects/x', 200, 'vercel/project-lastAliasRequest-inprogress.json'],
    ['GET', '/v9/projects/x', 200, 'vercel/project-lastAliasRequest-succeeded.json'],
  ])('%s %s %d: the document allows %3$s', (method, path, status, name) => {
    expect(objections(scene.contract, method, path, status, name)).toEqual([]);
  });

  it('has every field of the error samples', async () => {
    const missing = (await scene.ask('GET', '/v13/deployments/dpl_none')).body;
    expect(missingFrom(missing, sample('vercel/error-404.json'))).toEqual([]);
    const denied = (await scene.ask('GET', '/v9/projects/web?teamId=team_other')).body;
    expect(denied).toEqual(sample('vercel/error-403.json'));
  });
});
