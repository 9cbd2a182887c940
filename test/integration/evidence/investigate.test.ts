// Evidence out of stand-ins of the real services: well, refused, silent and hostile.
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { composeInvestigation } from '../../../main/compose-evidence.ts';
import { systemClock } from '../../../main/engine/clock.ts';
import { isGood, makeLookUp } from '../../../main/evidence/addresses.ts';
import type { AddressMemory } from '../../../main/evidence/ports.ts';
import { type Evidence, evidence } from '../../../shared/evidence.ts';
import type { Settings } from '../../../shared/settings.ts';
import { serveDns } from '../../../simulator/dns-server.ts';
import { type RenderStandIn, startRender } from '../../../simulator/render.ts';
import type { LogLine } from '../../../simulator/render-logs.ts';
import { type RollbarStandIn, startRollbar } from '../../../simulator/rollbar.ts';
import { type SupabaseStandIn, startSupabase } from '../../../simulator/supabase.ts';
import { contractOr } from '../../contract/ask.ts';

const secret = 'canary-secret-value-1234';
const stops: (() => Promise<void>)[] = [];
let render: RenderStandIn;
let rollbar: RollbarStandIn;
let supabase: SupabaseStandIn;
let lines: LogLine[];

beforeEach(async () => {
  lines = [];
  const service = { id: 'srv-eu', name: 'api', region: 'frankfurt', url: 'http://127.0.0.1:1' } as const;
  render = await startRender({ token: 'rnd-1', services: [service], logs: () => lines, contract: contractOr('render') });
  rollbar = await startRollbar();
  supabase = await startSupabase({ token: 'sbp-1', contract: contractOr('supabase') });
  stops.push(render.stop, rollbar.stop, supabase.stop);
});
afterEach(async () => {
  expect([...render.violations, ...supabase.violations]).toEqual([]);
  for (const stop of stops.splice(0)) await stop();
});

const forgetful: AddressMemory = { remember: () => undefined, recalled: () => null };

async function look(
  change: { token?: string; limitMs?: number; dns?: string; memory?: AddressMemory } = {},
): Promise<Evidence[]> {
  const settings = {
    app: { name: 'P', environment: 'production' },
    monitors: [{ id: 'db', kind: 'postgres', role: 'database', connection: '${secret:db}' }],
    alerts: { rollbar: { token: 't', readToken: rollbar.readToken, apiUrl: rollbar.url, enabled: true } },
    providers: {
      render: { token: change.token ?? 'rnd-1', services: ['srv-eu'], apiUrl: render.url },
      supabase: { token: 'sbp-1', ref: supabase.ref, apiUrl: supabase.url },
    },
  } as unknown as Settings;
  const value = `postgres://postgres:${secret}@db.example.test:5432/app`;
  const found: Evidence[] = [];
  const investigate = composeInvestigation({
    settings: () => settings,
    secrets: { get: async () => ({ value, source: 'environment' }), knownValues: () => [value, secret] },
    ...{ clock: systemClock, userAgent: 'signalbox/test', memory: change.memory ?? forgetful, limitMs: change.limitMs ?? 8_000 },
    lookUp: makeLookUp(change.dns === undefined ? ['127.0.0.1:9'] : [change.dns]),
  });
  const outage = { openedAt: Date.now() - 60_000, members: [], monitors: [] };
  await investigate(outage, (items) => found.push(...items), new AbortController().signal);
  for (const item of found) evidence.parse(item);
  expect(JSON.stringify(found)).not.toContain(secret);
  return found;
}

const last = <K extends Evidence['kind']>(found: readonly Evidence[], kind: K) =>
  found.filter((one): one is Extract<Evidence, { kind: K }> => one.kind === kind).at(-1);

describe('an investigation', () => {
  it('finds log, deploys, errors, project, connection with its pooler, and DNS', async () => {
    lines = [{ at: Date.now() - 50_000, level: 'error', message: 'Network is unreachable' }];
    const server = await serveDns({ answers: [{ type: 'AAAA', name: 'db.example.test', data: '2001:db8::1' }] });
    stops.push(server.close);
    const memory = { ...forgetful, recalled: () => ({ addresses: { a: ['192.0.2.1'], aaaa: [] }, at: 1_000 }) };
    const found = await look({ dns: server.address, memory });
    expect(last(found, 'log')?.lines).toMatchObject([{ level: 'error', text: 'Network is unreachable' }]);
    expect(last(found, 'deploys')?.deploys).toMatchObject([{ state: 'live' }]);
    expect(last(found, 'errors')?.errors).toEqual([]);
    expect(last(found, 'project')).toMatchObject({ status: 'ACTIVE_HEALTHY' });
    expect(last(found, 'project')?.services).toHaveLength(6);
    expect(found.filter(({ kind }) => kind === 'connection').at(-1)).toMatchObject({
      host: 'db.example.test',
      pooler: { port: 5_432 },
    });
    expect(last(found, 'dns')).toMatchObject({ now: { a: [], aaaa: ['2001:db8::1'] }, before: { a: ['192.0.2.1'] } });
    expect(last(found, 'missing')).toBeUndefined();
  });

  it('tells a wrong token as missing, and the rest all the same', async () => {
    const found = await look({ token: 'rnd-wrong' });
    expect(found.filter(({ kind }) => kind === 'missing').map(({ source }) => source)).toContain('Render’s log of srv-eu');
    expect(last(found, 'project')).toBeDefined();
  });

  it.each([
    ['a rate limit', { status: 429, body: '{}', headers: { 'retry-after': '30' } }],
    ['garbage', { status: 200, body: '<html>\u001b[31m' }],
    ['an empty answer', { status: 200, body: '' }],
  ])('tells %s as missing', async (_, reply) => {
    await render.fail({ kind: 'answer', reply });
    const found = await look();
    expect(found.filter(({ kind, source }) => kind === 'missing' && source.startsWith('Render'))).toHaveLength(2);
  });

  it('gives up a silent source at its limit and keeps what the others found', async () => {
    await render.fail({ kind: 'hang', ms: 60_000 });
    const found = await look({ limitMs: 1_500 });
    expect(found.filter(({ kind, source }) => kind === 'missing' && source.startsWith('Render'))).toMatchObject([
      { why: 'It gave no answer within 1.5 s.' },
      { why: 'It gave no answer within 1.5 s.' },
    ]);
    expect(last(found, 'project')?.services).toHaveLength(6);
  });

  it('shows hostile lines as short plain text without secrets', async () => {
    const hostile = `\u001b[31m\u001b]8;;http://evil.test\u0007<script>x</script> ${secret} \ud800 ${'x'.repeat(1_000_000)}`;
    lines = [{ at: Date.now() - 50_000, level: 'error', message: hostile }];
    const text = last(await look(), 'log')?.lines[0]?.text ?? '';
    expect(text.length).toBeLessThanOrEqual(1_000);
    expect(text).not.toMatch(/[\u0000-\u001f]/);
    expect(text).toContain('<script>x</script> •••');
  });
});

describe('a memory of addresses', () => {
  const before = { addresses: { a: ['192.0.2.1'], aaaa: ['2001:db8::1'] }, at: 1_000 };
  it('does not take a lost family for good, for a day', () => {
    const now = { a: [], aaaa: ['2001:db8::1'] };
    expect(isGood(now, before, 2_000)).toBe(false);
    expect(isGood(now, before, 90_000_000)).toBe(true);
    expect(isGood({ a: ['192.0.2.9'], aaaa: ['2001:db8::1'] }, before, 2_000)).toBe(true);
    expect(isGood({ a: null, aaaa: ['2001:db8::1'] }, null, 2_000)).toBe(false);
  });
});
