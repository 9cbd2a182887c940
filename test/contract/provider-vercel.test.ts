// Our Vercel client against the stand-in and, through it, against the published document.
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { ProviderError } from '../../main/providers/call.ts';
import { makeVercel } from '../../main/providers/vercel.ts';
import type { VercelClient } from '../../main/providers/vercel-model.ts';
import { json, text } from '../../simulator/http.ts';
import { refusedBy } from '../support/provider-error.ts';
import { type VercelScene, vercelScene } from './vercel.ts';

const standby = 'https://standby.example.com';
const { signal } = new AbortController();
let scene: VercelScene;
let client: VercelClient;

beforeEach(async () => {
  scene = await vercelScene({ teamId: 'team_1', token: 'canary-token-1' });
  client = clientOf(scene.vercel.url);
});
afterEach(async () => {
  await scene.vercel.stop();
  expect(scene.vercel.violations, 'requests that the document rejects').toEqual([]);
});

function clientOf(apiUrl: string, token = 'canary-token-1'): VercelClient {
  return makeVercel({ apiUrl, teamId: 'team_1', project: 'web', token: async () => token, userAgent: 'signalbox/test' });
}

const refused = (promise: Promise<unknown>): Promise<ProviderError> => refusedBy(promise, 'canary');

/** The bodies that were sent, parsed. */
const bodies = (): unknown[] => scene.vercel.received.filter((one) => one.body !== '').map((one) => JSON.parse(one.body));
const paths = (): string[] => scene.vercel.received.map((one) => `${one.method} ${one.path}`);

describe('the Vercel client', () => {
  it('knows whose token it has, whatever the team', async () => {
    expect(await client.whoami(signal)).toEqual({ name: 'simulated' });
    expect(paths()).toEqual(['GET /v2/user']);
  });

  it('reads the project: what is live, where it comes from, how it goes live', async () => {
    expect(await client.project(signal)).toEqual({
      id: scene.vercel.projectId,
      name: 'web',
      autoAssignCustomDomains: true,
      liveDeploymentId: scene.vercel.current()?.id,
      lastAliasRequest: null,
      link: { type: 'github', repoId: scene.vercel.repoId, productionBranch: 'main' },
      rollingRelease: false,
    });
    expect(paths()).toEqual(['GET /v9/projects/web?teamId=team_1']);
  });

  it('reads, edits and creates variables', async () => {
    scene.vercel.addEnv({ key: 'SECRET', value: 'hidden', type: 'sensitive' });
    scene.vercel.addEnv({ key: 'URL', value: 'https://a.example', type: 'encrypted', target: ['production', 'preview'] });
    const rows = await client.env(signal);
    expect(rows.map(({ key, value, target }) => [key, value, target])).toEqual([
      ['VITE_SERVER_ROOT', 'https://api.example.com', ['production']],
      ['SECRET', null, ['production']],
      ['URL', 'https://a.example', ['production', 'preview']],
    ]);
    expect(paths()).toEqual(['GET /v10/projects/web/env?teamId=team_1&decrypt=true&target=production']);
    const encrypted = rows[2]?.id ?? '';
    expect(await client.editEnv(encrypted, standby, signal)).toMatchObject({ id: encrypted, value: standby, type: 'encrypted' });
    expect(await client.createEnv('BANNER', 'Hello', signal)).toMatchObject({ key: 'BANNER', value: 'Hello', type: 'plain' });
    // Again does no harm: it is an upsert.
    expect(await client.createEnv('BANNER', 'Bye', signal)).toMatchObject({ value: 'Bye' });
    expect(scene.vercel.env.map((row) => row.value)).toEqual(['https://api.example.com', 'hidden', standby, 'Bye']);
  });

  it('says why a variable was not created although the answer was 201', async () => {
    scene.vercel.addEnv({ key: 'URL', value: 'x', target: ['production', 'preview'] });
    const error = await refused(client.createEnv('URL', 'y', signal));
    expect(error).toMatchObject({ code: 'provider-refused', status: 201, providerCode: 'ENV_CONFLICT', sent: 'no' });
    expect(error.message).toMatch(/already exists for the target/);
  });

  it('deploys again, lists, follows and reads the log', async () => {
    const [live] = await client.deployments({ state: 'READY', limit: 1 }, signal);
    const meta = { signalboxRun: 'run-1' };
    const from = { deploymentId: live?.id ?? '' };
    const made = await client.create({ name: 'web', meta, goLive: true, from }, signal);
    expect(made).toMatchObject({ readyState: 'QUEUED', target: 'production', aliasAssigned: false, meta });
    expect(bodies()).toEqual([{ name: 'web', project: 'web', target: 'production', meta, ...from }]);
    expect(paths().at(-1)).toBe('POST /v13/deployments?teamId=team_1&forceNew=1&skipAutoDetectionConfirmation=1');
    await scene.live();
    expect(await client.deployment(made.id, signal)).toMatchObject({
      readyState: 'READY',
      readySubstate: 'PROMOTED',
      aliasAssigned: true,
      aliasError: null,
      gitSource: { type: 'github', repoId: scene.vercel.repoId, ref: 'main', sha: 'a'.repeat(40) },
    });
    const listed = await client.deployments({ limit: 10 }, signal);
    expect(listed[0]).toMatchObject({ id: made.id, meta, readyState: 'READY', aliasAssigned: true });
    const log = scene.vercel.deployments.at(-1)?.log.map((line) => line.text) ?? [];
    expect(log.length).toBeGreaterThan(1);
    expect(await client.buildLog(made.id, 100, signal)).toEqual(log);
    expect(await client.buildLog(made.id, 1, signal)).toEqual(log.slice(-1));
  });

  it('makes a deployment from Git that stays staged, and cancels one', async () => {
    const git = { type: 'github', repoId: scene.vercel.repoId, ref: 'main', sha: 'a'.repeat(40) };
    const before = scene.vercel.current()?.id;
    const staged = await client.create({ name: 'web', meta: {}, goLive: false, from: { git } }, signal);
    expect(bodies()).toEqual([
      { name: 'web', project: 'web', target: 'production', meta: {}, gitSource: git, autoAssignCustomDomains: false },
    ]);
    await scene.live();
    expect(await client.deployment(staged.id, signal)).toMatchObject({ readySubstate: 'STAGED', aliasAssigned: false });
    expect(scene.vercel.current()?.id).toBe(before);
    const other = await client.create({ name: 'web', meta: {}, goLive: true, from: { git: { ...git, sha: null } } }, signal);
    await client.cancel(other.id, signal);
    expect((await client.deployment(other.id, signal)).readyState).toBe('CANCELED');
  });

  it('promotes, also when it waits behind a rolling release or is done already', async () => {
    const twin = scene.vercel.deployments.at(-1)?.id ?? '';
    scene.vercel.switches.rollingRelease = true;
    expect(await client.promote(twin, signal)).toBe('queued');
    scene.vercel.endRollingRelease();
    await scene.live();
    expect(await client.promote(twin, signal)).toBe('current');
    expect((await client.project(signal)).lastAliasRequest).toMatchObject({
      ...{ toDeploymentId: twin, type: 'promote', jobStatus: 'succeeded', requestedAt: expect.any(Number) },
    });
    const first = scene.vercel.deployments[0]?.id ?? '';
    expect(await client.promote(first, signal)).toBe('accepted');
    const at = `/v10/projects/${scene.vercel.projectId}/promote`;
    // The name is looked up once.
    expect(paths().filter((one) => one.startsWith('POST'))).toEqual(
      [twin, twin, first].map((id) => `POST ${at}/${id}?teamId=team_1`),
    );
    await scene.vercel.fail({ kind: 'answer', reply: json(409, { error: { code: 'conflict', message: 'busy' } }) }, 1);
    expect(await refused(client.promote(first, signal))).toMatchObject({ code: 'provider-conflict', sent: 'no' });
  });

  it('reads, writes and deletes items of Global Config', async () => {
    const id = scene.vercel.globalConfigId;
    expect(await client.configItem(id, 'banner', signal)).toBeUndefined();
    await client.writeConfigItem(id, 'banner', undefined, signal);
    await client.writeConfigItem(id, 'banner', { text: 'Hello' }, signal);
    expect(await client.configItem(id, 'banner', signal)).toEqual({ text: 'Hello' });
    await client.writeConfigItem(id, 'banner', null, signal);
    expect(await client.configItem(id, 'banner', signal)).toBeNull();
    await client.writeConfigItem(id, 'banner', undefined, signal);
    expect(await client.configItem(id, 'banner', signal)).toBeUndefined();
    expect(new Set(paths())).toEqual(
      new Set(['GET', 'PATCH'].map((method) => `${method} /v1/global-config/${id}/items?teamId=team_1`)),
    );
    expect(await refused(client.configItem('ecfg_other', 'banner', signal))).toMatchObject({ code: 'provider-not-found' });
  });

  it('falls back to the older name of Global Config and remembers it', async () => {
    const id = scene.vercel.globalConfigId;
    const unknown = json(404, { error: { code: 'method_unknown', message: 'Nothing answers this.' } });
    const isNew = ({ path }: { readonly path: string }): boolean => path.includes('/global-config/');
    await scene.vercel.fail({ kind: 'answer', reply: unknown }, undefined, isNew);
    await client.writeConfigItem(id, 'apiBase', standby, signal);
    expect(await client.configItem(id, 'apiBase', signal)).toBe(standby);
    expect(paths().map((one) => one.replace(/\/ecfg.*/, ''))).toEqual([
      'GET /v1/global-config',
      'GET /v1/edge-config',
      'PATCH /v1/edge-config',
      'GET /v1/edge-config',
    ]);
    expect(await refused(client.configItem('ecfg_other', 'a', signal))).toMatchObject({ code: 'provider-not-found' });
  });
});

describe('a failure at Vercel', () => {
  const create = (): Promise<unknown> =>
    client.create({ name: 'web', meta: {}, goLive: true, from: { deploymentId: 'dpl_1' } }, signal);

  it('by a token that is wrong tells how to set another', async () => {
    const error = await refused(clientOf(scene.vercel.url, 'canary-other').project(signal));
    expect(error).toMatchObject({ code: 'provider-auth', status: 401, exitCode: 3 });
    expect(error.message).toBe('Vercel does not accept the token (401: “Not authorized”).');
    expect(error.next).toContain('signalbox secret set vercel-token');
    const body = json(403, { error: { code: 'challenge_required', message: 'Prove it' } });
    await scene.vercel.fail({ kind: 'answer', reply: body }, 1);
    expect((await refused(client.env(signal))).message).toContain('it needs re-authentication (challenge_required)');
  });

  it('by a team that is wrong tells where to look', async () => {
    const options = { apiUrl: scene.vercel.url, teamId: 'team_2', project: 'web', token: async () => 'canary-token-1' };
    const error = await refused(makeVercel(options).project(signal));
    expect(error).toMatchObject({ code: 'provider-forbidden', status: 403 });
    expect(error.next).toContain('`providers.vercel.teamId`');
  });

  it('by what does not exist is told from one that is not allowed', async () => {
    expect(await refused(client.deployment('dpl_none', signal))).toMatchObject({ code: 'provider-not-found', status: 404 });
    expect(await refused(create())).toMatchObject({ code: 'provider-not-found', sent: 'no' });
  });

  it('by used-up builds is not waited for', async () => {
    const scarce = await vercelScene({
      teamId: 'team_1',
      token: 'canary-token-1',
      limits: { 'api-deployments-create': [{ total: 0, windowMs: 24 * 3_600_000 }] },
    });
    const limited = clientOf(scarce.vercel.url);
    const error = await refused(limited.create({ name: 'web', meta: {}, goLive: true, from: { deploymentId: 'x' } }, signal));
    expect(error).toMatchObject({ code: 'provider-rate-limited', providerCode: 'builds_rate_limited', retryAfterMs: 86_400_000 });
    expect(error.message).toContain('for another 24 h');
    expect(scarce.vercel.received).toHaveLength(1);
    await scarce.vercel.stop();
  });

  it('in the middle of a creation may have made the deployment', async () => {
    const from = { deploymentId: scene.vercel.current()?.id ?? '' };
    await scene.vercel.fail({ kind: 'drop' }, 1);
    const creating = client.create({ name: 'web', meta: { signalboxRun: 'run-9' }, goLive: true, from }, signal);
    expect(await refused(creating)).toMatchObject({ code: 'provider-unreachable', sent: 'maybe' });
    // It was: this is how a lever finds out.
    const [newest] = await client.deployments({ limit: 1 }, signal);
    expect(newest?.meta.signalboxRun).toBe('run-9');
    await scene.vercel.fail({ kind: 'answer', reply: text(500, 'oops') }, 1);
    expect(await refused(create())).toMatchObject({ code: 'provider-failed', sent: 'maybe' });
    await scene.vercel.fail({ kind: 'answer', reply: text(200, '<html>') }, 1);
    expect(await refused(create())).toMatchObject({ code: 'provider-bad-answer', sent: 'maybe' });
    await scene.vercel.fail({ kind: 'refuse' });
    expect(await refused(create())).toMatchObject({ code: 'provider-unreachable', sent: 'no' });
  });

  it('that wants money says so', async () => {
    const body = json(402, { error: { code: 'payment_required', message: 'Upgrade' } });
    await scene.vercel.fail({ kind: 'answer', reply: body }, 1);
    expect((await refused(create())).message).toBe('Vercel wants to be paid before it does that (402: “Upgrade”).');
  });
});
