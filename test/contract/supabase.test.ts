// The Supabase management stand-in against the published document and samples.
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Contract } from '../../simulator/contract.ts';
import { type SupabaseStandIn, startSupabase } from '../../simulator/supabase.ts';
import { type Ask, asker, contractOr, missingFrom, objections, sample, samplesAbsent } from './ask.ts';

const project = '/v1/projects/abcdefghijklmnopqrst';
let contract: Contract | null;
let supabase: SupabaseStandIn;
let ask: Ask;
let faults: string[];

beforeEach(async () => {
  contract = contractOr('supabase');
  supabase = await startSupabase({ token: 'sbp_1', contract });
  ({ ask, faults } = asker(supabase.url, 'Bearer sbp_1', contract));
});
afterEach(async () => {
  await supabase.stop();
  expect(faults, 'answers that the document does not allow').toEqual([]);
});

describe('the Supabase stand-in', () => {
  it('tells of the project and of what becomes of it', async () => {
    const { body } = await ask('GET', project);
    expect(body).toMatchObject({ status: 'ACTIVE_HEALTHY', database: { host: 'db.abcdefghijklmnopqrst.supabase.co' } });
    supabase.status = 'RESTORING';
    expect((await ask('GET', project)).body.status).toBe('RESTORING');
    if (!samplesAbsent) expect(missingFrom(body, sample('supabase/project-200.json'))).toEqual([]);
  });

  it.each(['services=db&services=pooler', 'services=db,pooler'])(
    'tells the health of the parts asked for (%s)',
    async (query) => {
      supabase.setHealth('pooler', 'UNHEALTHY', 'connection refused');
      expect((await ask('GET', `${project}/health?${query}&timeout_ms=2000`)).body).toEqual([
        { name: 'db', healthy: true, status: 'ACTIVE_HEALTHY' },
        { name: 'pooler', healthy: false, status: 'UNHEALTHY', error: 'connection refused' },
      ]);
      expect(supabase.violations).toEqual([]);
    },
  );

  it('refuses a health call without parts, or with one that there is not', async () => {
    expect((await ask('GET', `${project}/health`)).status).toBe(400);
    expect((await ask('GET', `${project}/health?services=disk`)).status).toBe(400);
    if (contract)
      expect(supabase.violations).toEqual([
        expect.stringContaining('query.services: is required'),
        expect.stringContaining('query.services.0: must be equal to one of the allowed values'),
      ]);
  });

  it('gives the pooler, with the transaction port that must not be dumped through', async () => {
    const { body } = await ask('GET', `${project}/config/database/pooler`);
    expect(body[0]).toMatchObject({ db_user: 'postgres.abcdefghijklmnopqrst', db_port: 6_543, pool_mode: 'transaction' });
    if (!samplesAbsent) expect(missingFrom(body, sample('supabase/pooler-config-200.json'))).toEqual([]);
  });

  it('lists backups, of which the free plan has none', async () => {
    expect((await ask('GET', `${project}/database/backups`)).body.backups).toEqual([]);
    supabase.backups = [{ at: Date.parse('2026-11-23T02:10:00Z'), status: 'COMPLETED' }];
    const { body } = await ask('GET', `${project}/database/backups`);
    expect(body.backups[0].inserted_at).toBe('2026-11-23T02:10:00.000Z');
    if (!samplesAbsent) expect(missingFrom(body, sample('supabase/backups-200.json'))).toEqual([]);
  });

  it('refuses a wrong token with 401 and another project with 403', async () => {
    expect((await ask('GET', project, undefined, { authorization: 'Bearer sbp_2' })).status).toBe(401);
    expect((await ask('GET', '/v1/projects/zzzzzzzzzzzzzzzzzzzz')).status).toBe(403);
  });
});

describe.skipIf(samplesAbsent)('published Supabase samples', () => {
  it.each([
    [project, 'supabase/project-200.json'],
    [`${project}/health`, 'supabase/health-200.json'],
    [`${project}/config/database/pooler`, 'supabase/pooler-config-200.json'],
    [`${project}/database/backups`, 'supabase/backups-200.json'],
  ])('GET %s: the document allows %s', (path, name) => {
    expect(objections(contract, 'GET', path, 200, name)).toEqual([]);
  });
});
