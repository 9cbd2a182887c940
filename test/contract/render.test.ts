// The Render stand-in against the published document and samples.
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Contract } from '../../simulator/contract.ts';
import { type RenderStandIn, startRender } from '../../simulator/render.ts';
import type { LogLine } from '../../simulator/render-logs.ts';
import { FakeClock } from '../support/fake-clock.ts';
import { type Ask, asker, contractOr, missingFrom, objections, sample, samplesAbsent } from './ask.ts';

const owner = 'tea-simulated00000000';
let clock: FakeClock;
let contract: Contract | null;
let render: RenderStandIn;
let ask: Ask;
let faults: string[];
let lines: LogLine[];
/** What the document is to reject in this test. */
let rejected: string[];

beforeEach(async () => {
  clock = new FakeClock();
  contract = contractOr('render');
  lines = [];
  rejected = [];
  render = await startRender({
    token: 'rnd_1',
    services: [
      { id: 'srv-eu', name: 'api-eu', region: 'frankfurt', url: 'https://api-eu.onrender.com', env: { A: '1', B: '2' } },
      { id: 'srv-us', name: 'api-us', region: 'oregon', plan: 'free', url: 'https://api-us.onrender.com' },
    ],
    logs: () => lines,
    clock,
    contract,
  });
  const checked = asker(render.url, 'Bearer rnd_1', contract);
  faults = checked.faults;
  ask = (method, path, body, headers) => checked.ask(method, `/v1${path}`, body, headers);
});
afterEach(async () => {
  await render.stop();
  expect(faults, 'answers that the document does not allow').toEqual([]);
  if (contract) expect(render.violations, 'requests that the document rejects').toEqual(rejected);
});

describe('services of the Render stand-in', () => {
  it('are listed page by page and filtered', async () => {
    const first = (await ask('GET', '/services?limit=1')).body;
    expect(first[0].service.name).toBe('api-eu');
    expect((await ask('GET', `/services?limit=1&cursor=${first[0].cursor}`)).body[0].service.name).toBe('api-us');
    expect((await ask('GET', '/services?region=oregon,ohio')).body).toHaveLength(1);
    if (!samplesAbsent) expect(missingFrom(first, sample('render/services-200.json'))).toEqual([]);
  });

  it('say that they are suspended, and by whom', async () => {
    render.suspend('srv-us', 'billing');
    expect((await ask('GET', '/services/srv-us')).body).toMatchObject({ suspended: 'suspended', suspenders: ['billing'] });
    expect((await ask('GET', '/services?suspended=suspended')).body).toHaveLength(1);
    expect((await ask('POST', '/services/srv-us/deploys', {})).status).toBe(409);
    expect((await ask('GET', '/services/srv-none')).status).toBe(404);
  });
});

describe('deploys of the Render stand-in', () => {
  const latest = async (): Promise<string> => (await ask('GET', '/services/srv-eu/deploys?limit=1')).body[0].deploy.status;

  it('build, update and go live in place of the one before; the next one waits', async () => {
    expect((await ask('POST', '/services/srv-eu/deploys', { commitId: 'abc' })).status).toBe(201);
    expect((await ask('POST', '/services/srv-eu/deploys', {})).status).toBe(202);
    const seen = [await latest()];
    for (let step = 0; step < 4; step += 1) {
      await clock.pass(200);
      seen.push(await latest());
    }
    expect(seen).toEqual(['queued', 'queued', 'build_in_progress', 'update_in_progress', 'live']);
    const all = (await ask('GET', '/services/srv-eu/deploys')).body;
    expect(all.map((one: { deploy: { status: string } }) => one.deploy.status)).toEqual(['live', 'deactivated', 'deactivated']);
    if (!samplesAbsent) expect(missingFrom(all, sample('render/deploys-200.json'))).toEqual([]);
    expect((await ask('GET', `/services/srv-eu/deploys/${all[0].deploy.id}`)).body).toEqual(all[0].deploy);
  });

  it('can fail, and what was live stays', async () => {
    render.deploysFail = true;
    await ask('POST', '/services/srv-eu/deploys', {});
    await clock.pass(400);
    expect(await latest()).toBe('build_failed');
    expect((await ask('GET', '/services/srv-eu/deploys?status=live')).body).toHaveLength(1);
  });

  it('made elsewhere are seen', async () => {
    render.addDeploy('srv-eu', { status: 'live', commit: { id: 'bad', message: 'Break it' } });
    expect((await ask('GET', '/services/srv-eu/deploys?status=live')).body[0].deploy.commit.id).toBe('bad');
  });
});

describe('logs of the Render stand-in', () => {
  const search = async (query: string, resource = 'srv-eu'): Promise<{ status: number; body: ReturnType<typeof JSON.parse> }> =>
    ask('GET', `/logs?ownerId=${owner}&resource=${resource}${query}`);
  const messages = async (query: string): Promise<string[]> =>
    (await search(query)).body.logs.map((one: { message: string }) => one.message);

  beforeEach(() => {
    const now = clock.now();
    lines = [
      { at: now - 7_200_000, level: 'info', message: 'too long ago' },
      { at: now - 3_000, level: 'info', message: 'started' },
      { at: now - 2_000, level: 'error', message: 'connect ENETUNREACH 2a05:d014::1:5432' },
      { at: now - 1_000, level: 'error', message: 'GET / 500', type: 'request' },
      { at: now - 500, level: 'error', message: 'of the other service', service: 'srv-us' },
    ];
  });

  it('reach back an hour, newest first, unless told otherwise', async () => {
    expect(await messages('')).toEqual(['GET / 500', 'connect ENETUNREACH 2a05:d014::1:5432', 'started']);
    expect((await messages('&direction=forward'))[0]).toBe('started');
    const start = new Date(clock.now() - 8_000_000).toISOString();
    expect(await messages(`&startTime=${start}`)).toHaveLength(4);
    const end = new Date(clock.now() - 2_500).toISOString();
    expect(await messages(`&endTime=${end}`)).toEqual(['started']);
  });

  it('are filtered by level, type and text with wildcards and expressions', async () => {
    expect(await messages('&level=error&type=app')).toEqual(['connect ENETUNREACH 2a05:d014::1:5432']);
    expect(await messages('&text=enetunreach')).toHaveLength(1);
    expect(await messages(`&text=${encodeURIComponent('connect*5432')}`)).toHaveLength(1);
    expect(await messages(`&text=${encodeURIComponent('/GET .* 5\\d\\d/')}`)).toEqual(['GET / 500']);
    expect(await messages('&text=nothing')).toEqual([]);
  });

  it.each(['backward', 'forward'])('go on %s where a page ended', async (direction) => {
    const seen: string[] = [];
    let window = '';
    for (let pages = 0; pages < 5; pages += 1) {
      const { body } = await search(`&limit=1&direction=${direction}${window}`);
      seen.push(...body.logs.map((one: { message: string }) => one.message));
      if (!body.hasMore) break;
      window = `&startTime=${body.nextStartTime}&endTime=${body.nextEndTime}`;
    }
    expect(new Set(seen).size).toBe(3);
    expect(seen).toHaveLength(3);
  });

  it('have the fields of the sample', async () => {
    if (samplesAbsent) return expect((await search('')).status).toBe(200);
    expect(missingFrom((await search('')).body, sample('render/logs-200.json'))).toEqual([]);
  });

  it('need their owner and their resource, in one region', async () => {
    expect((await ask('GET', `/logs?ownerId=${owner}`)).status).toBe(400);
    expect((await ask('GET', '/logs?resource=srv-eu')).status).toBe(400);
    expect((await ask('GET', '/logs?ownerId=tea-other&resource=srv-eu')).status).toBe(403);
    expect((await search('', 'srv-none')).status).toBe(404);
    expect((await search('&resource=srv-us')).status).toBe(400);
    rejected = ['GET /v1/logs: query.resource: is required', 'GET /v1/logs: query.ownerId: is required'];
  });
});

describe('environment variables of the Render stand-in', () => {
  it('are changed one at a time without touching the others', async () => {
    expect((await ask('PUT', '/services/srv-eu/env-vars/B', { value: '3' })).body).toEqual({ key: 'B', value: '3' });
    expect((await ask('GET', '/services/srv-eu/env-vars')).body).toHaveLength(2);
    expect((await ask('PUT', '/services/srv-eu/env-vars/C', { generateValue: true })).body.value).toMatch(/.{20}/);
    expect((await ask('DELETE', '/services/srv-eu/env-vars/A')).status).toBe(204);
    expect((await ask('GET', '/services/srv-eu/env-vars/A')).status).toBe(404);
  });

  it('are all replaced by the call for the whole list: the trap', async () => {
    await ask('PUT', '/services/srv-eu/env-vars', [{ key: 'C', value: '9' }]);
    expect([...(render.services[0]?.env ?? [])]).toEqual([['C', '9']]);
  });
});

describe('access to the Render stand-in', () => {
  it('needs the key and knows who asks', async () => {
    expect((await ask('GET', '/users', undefined, { authorization: 'Bearer rnd_2' })).status).toBe(401);
    expect((await ask('GET', '/users')).body.email).toBe('operator@example.com');
  });

  it('is limited, with headers that say how far', async () => {
    const limited = await startRender({ token: 't', services: [], clock, contract, perMinute: 1 });
    const { ask: get, faults: wrong } = asker(limited.url, 'Bearer t', contract);
    expect((await get('GET', '/v1/services')).headers.get('ratelimit-remaining')).toBe('0');
    const refused = await get('GET', '/v1/services');
    expect(refused.status).toBe(429);
    expect(refused.headers.get('retry-after')).toBe('60');
    if (!samplesAbsent) expect(refused.body).toEqual(sample('render/error-429.json'));
    await clock.pass(60_000);
    expect((await get('GET', '/v1/services')).status).toBe(200);
    await limited.stop();
    expect(wrong).toEqual([]);
  });
});

describe.skipIf(samplesAbsent)('published Render samples', () => {
  it.each([
    ['/v1/services', 200, 'render/services-200.json'],
    ['/v1/services/x/deploys', 200, 'render/deploys-200.json'],
    ['/v1/logs', 200, 'render/logs-200.json'],
    ['/v1/services', 429, 'render/error-429.json'],
  ])('GET %s %d: the document allows %s', (path, status, name) => {
    expect(objections(contract, 'GET', path, status, name)).toEqual([]);
  });
});
