// Rollbar, Supabase and Vercel as sources of evidence: what they tell, and what becomes of refusals, garbage and impatience.
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { composeInvestigation } from '../../../main/compose-evidence.ts';
import { systemClock } from '../../../main/engine/clock.ts';
import { makeLookUp } from '../../../main/evidence/addresses.ts';
import { type Evidence, evidence } from '../../../shared/evidence.ts';
import type { Settings } from '../../../shared/settings.ts';
import { type RollbarStandIn, startRollbar } from '../../../simulator/rollbar.ts';
import { type SupabaseStandIn, startSupabase } from '../../../simulator/supabase.ts';
import { contractOr } from '../../contract/ask.ts';
import { type VercelScene, vercelScene } from '../../contract/vercel.ts';

const canary = 'canary-6a5b4c3d2e';
let rollbar: RollbarStandIn;
let supabase: SupabaseStandIn;
let scene: VercelScene;

beforeEach(async () => {
  rollbar = await startRollbar();
  supabase = await startSupabase({ token: 'sbp-1', contract: contractOr('supabase') });
  scene = await vercelScene();
});
afterEach(async () => {
  for (const part of [rollbar, supabase, scene.vercel]) await part.stop();
});

/** Everything that is found, and when it is asked for, cancelled after the first piece. */
async function look({ cancels = false, token = rollbar.readToken } = {}): Promise<readonly Evidence[]> {
  const settings = {
    app: { name: 'P', environment: 'production' },
    monitors: [],
    alerts: { rollbar: { token: 't', readToken: token, apiUrl: rollbar.url, enabled: true } },
    providers: {
      supabase: { token: 'sbp-1', ref: supabase.ref, apiUrl: supabase.url },
      vercel: { token: 'token-1', teamId: null, project: 'web', apiUrl: scene.vercel.url },
    },
  } as unknown as Settings;
  const stop = new AbortController();
  const found: Evidence[] = [];
  const investigate = composeInvestigation({
    settings: () => settings,
    secrets: { get: async () => null, knownValues: () => [canary] },
    ...{ clock: systemClock, userAgent: 'signalbox/test', limitMs: 5_000, lookUp: makeLookUp(['127.0.0.1:9']) },
    memory: { remember: () => undefined, recalled: () => null },
  });
  const outage = { openedAt: Date.now(), members: [], monitors: [] };
  const told = (items: readonly Evidence[]): void => {
    found.push(...items);
    if (cancels) stop.abort(new Error('it is over'));
  };
  await investigate(outage, told, stop.signal);
  for (const item of found) evidence.parse(item);
  expect(JSON.stringify(found)).not.toContain(canary);
  return found;
}

const of = <K extends Evidence['kind']>(found: readonly Evidence[], kind: K) =>
  found.find((one): one is Extract<Evidence, { kind: K }> => one.kind === kind);

/** As an SDK sends it. */
async function happen(title: string, level = 'error'): Promise<void> {
  const data = { environment: 'production', level, title, fingerprint: title, body: { message: { body: title } } };
  const headers = { 'content-type': 'application/json', 'x-rollbar-access-token': rollbar.token };
  const reply = await fetch(`${rollbar.url}/api/1/item/`, { method: 'POST', headers, body: JSON.stringify({ data }) });
  expect(reply.status).toBe(200);
}

describe('Rollbar', () => {
  it('tells the product’s errors, with counts and times, and none of Signalbox’s own', async () => {
    await happen(`TypeError: cannot read ${canary}\u001b[31m of null`);
    await happen('TypeError: cannot read properties of undefined');
    await happen('TypeError: cannot read properties of undefined');
    await happen('Outage: API is down [inc-20261124-060000]');
    const errors = of(await look(), 'errors')?.errors ?? [];
    expect(errors.map(({ title }) => title).toSorted()).toEqual([
      'TypeError: cannot read properties of undefined',
      'TypeError: cannot read ••• of null',
    ]);
    expect(errors.map(({ total }) => total).toSorted()).toEqual([1, 2]);
    for (const { firstAt } of errors) expect(Math.abs(Date.parse(firstAt ?? '') - Date.now())).toBeLessThan(60_000);
  });

  it('that refuses the token is told as missing, with what to do', async () => {
    const missing = of(await look({ token: 'wrong' }), 'missing');
    expect(missing).toMatchObject({ source: 'Rollbar’s active items', why: expect.stringContaining('readToken') });
  });
});

describe('Vercel', () => {
  it('tells what was deployed and what users see', async () => {
    const deploys = of(await look(), 'deploys');
    expect(deploys).toMatchObject({ provider: 'vercel', service: 'web' });
    expect(deploys?.deploys.map(({ state }) => state)).toContain('live');
  });
});

describe.each([
  ['a rate limit', { status: 429, body: '{}', headers: { 'retry-after': '30' } }],
  ['garbage', { status: 200, body: '<html>\u001b[31m' }],
  ['an error', { status: 500, body: 'oops' }],
])('%s', (_name, reply) => {
  it('is told as missing, and the others are heard', async () => {
    await supabase.fail({ kind: 'answer', reply });
    const found = await look();
    expect(found.filter(({ kind, source }) => kind === 'missing' && /supabase/i.test(source)).length).toBeGreaterThan(0);
    expect(of(found, 'errors')).toBeDefined();
    expect(of(found, 'deploys')).toBeDefined();
  });
});

describe('the end of an outage', () => {
  it('ends the looking at once', async () => {
    await supabase.fail({ kind: 'hang', ms: 60_000 });
    await expect(look({ cancels: true })).rejects.toThrow('it is over');
  });
});
