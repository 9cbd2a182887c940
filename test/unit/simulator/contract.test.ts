// The validator itself: a contract test is worth nothing if the contract says yes to everything.
import { describe, expect, it } from 'vitest';
import { type Contract, type ContractName, loadContract } from '../../../simulator/contract.ts';

const names: readonly ContractName[] = ['vercel', 'render', 'supabase', 'statuspage'];
const absent = loadContract('vercel') === null;
if (absent) console.warn('SKIPPED: ../shared/providers/specs is absent, so there is no document to hold anything against.');

function load(name: ContractName): Contract {
  const contract = loadContract(name);
  if (!contract) throw new Error(`no document for ${name}`);
  return contract;
}

function request(name: ContractName, method: string, target: string, body?: unknown): string[] {
  const url = new URL(target, 'http://api');
  const headers = body === undefined ? {} : { 'content-type': 'application/json' };
  const text = body === undefined ? '' : JSON.stringify(body);
  return load(name)
    .checkRequest(method, url.pathname, url.searchParams, headers, text)
    .map(({ field, rule }) => `${field} ${rule}`);
}

function response(name: ContractName, method: string, path: string, status: number, body: unknown): string[] {
  return load(name)
    .checkResponse(method, path, status, JSON.stringify(body))
    .map(({ field, rule }) => `${field} ${rule}`);
}

describe.skipIf(absent)('a contract', () => {
  it.each(names)('is read from the document of %s, once', (name) => {
    expect(load(name).name).toBe(name);
    expect(loadContract(name)).toBe(load(name));
  });

  it('knows no path that the document does not have', () => {
    expect(request('supabase', 'GET', '/v1/nowhere')).toEqual(['path path']);
    expect(request('vercel', 'DELETE', '/v13/deployments/dpl_1')).toEqual(['path path']);
    expect(response('render', 'GET', '/v1/nowhere', 200, {})).toEqual(['path path']);
  });

  it('takes the literal path before the one with a parameter', () => {
    expect(response('statuspage', 'GET', '/v1/pages/p/incidents/unresolved', 200, [])).toEqual([]);
    expect(response('statuspage', 'GET', '/v1/pages/p/incidents/unresolved', 200, {})).toEqual(['body type']);
  });

  it.each([
    ['GET', '/v1/logs?ownerId=tea-1', ['query.resource required']],
    ['GET', '/v1/logs?ownerId=a&ownerId=b&resource=srv-1', ['query.ownerId repeated']],
    ['GET', '/v1/logs?ownerId=a&resource=srv-1&limit=101', ['query.limit maximum']],
    ['GET', '/v1/logs?ownerId=a&resource=srv-1&limit=few', ['query.limit type']],
    ['GET', '/v1/logs?ownerId=a&resource=srv-1&direction=up', ['query.direction enum']],
    ['GET', '/v1/logs?ownerId=a&resource=srv-1&startTime=yesterday', ['query.startTime format']],
    ['GET', '/v1/logs?ownerId=a&resource=srv-1&resource=srv-2&level=error', []],
    ['GET', '/v1/services?suspended=suspended,not_suspended', []],
    ['GET', '/v1/services?suspended=suspended,maybe', ['query.suspended.1 enum']],
    ['GET', '/v1/services?page=2', ['query.page unknown']],
  ])('names the query parameter: %s %s', (method, target, expected) => {
    expect(request('render', method, target)).toEqual(expected);
  });

  it('names the path parameter', () => {
    expect(request('supabase', 'GET', '/v1/projects/short')).toEqual(['path.ref minLength']);
  });

  it.each<[string, unknown, string[]]>([
    ['a missing field', { value: 'x', type: 'plain', target: ['production'] }, ['body.key required']],
    ['a wrong word', { key: 'K', value: 'x', type: 'open', target: ['production'] }, ['body.type enum']],
    ['a wrong word in a list', { key: 'K', value: 'x', type: 'plain', target: ['live'] }, ['body.target.0 enum']],
    ['a wrong type inside an array of variables', [{ key: 'K', value: 1, type: 'plain', target: [] }], ['body.0.value type']],
    ['nothing wrong', { key: 'K', value: 'x', type: 'plain', target: ['production'] }, []],
  ])('names the body field: %s', (_what, body, expected) => {
    expect(request('vercel', 'POST', '/v10/projects/web/env', body)).toEqual(expected);
  });

  it('wants a body where one is required, and JSON in it', () => {
    expect(request('vercel', 'POST', '/v13/deployments')).toEqual(['body required']);
    const check = (type: string, body: string): string[] =>
      load('vercel')
        .checkRequest('POST', '/v13/deployments', new URLSearchParams(), { 'content-type': type }, body)
        .map(({ field }) => field);
    expect(check('text/plain', '{"name":"web"}')).toEqual(['header.content-type']);
    expect(check('application/json', '{"name":')).toEqual(['body']);
    expect(check('application/json; charset=utf-8', '{"name":"web"}')).toEqual([]);
  });

  it('wants no body where there is none, besides an empty object', () => {
    const path = '/v10/projects/prj_1/promote/dpl_1';
    expect(request('vercel', 'POST', path, {})).toEqual([]);
    expect(request('vercel', 'POST', path, { force: true })).toEqual(['body unknown']);
  });

  it('names what is wrong with an answer', () => {
    const path = '/v1/projects/abcdefghijklmnopqrst/health';
    const row = { name: 'db', healthy: true, status: 'ACTIVE_HEALTHY' };
    expect(response('supabase', 'GET', path, 200, [row])).toEqual([]);
    expect(response('supabase', 'GET', path, 200, [{ ...row, status: 'FINE' }])).toEqual(['body.0.status enum']);
    expect(response('supabase', 'GET', path, 200, [{ ...row, healthy: 'yes' }])).toEqual(['body.0.healthy type']);
    expect(response('supabase', 'GET', path, 200, [{ name: 'db', healthy: true }])).toEqual(['body.0.status required']);
    expect(response('supabase', 'GET', path, 302, {})).toEqual(['status status']);
  });

  it('sees into deployments, which are written as alternatives', () => {
    const fields = response('vercel', 'GET', '/v13/deployments/dpl_1', 200, { id: 1, readyState: 'SLEEPING' });
    expect(fields).toEqual(expect.arrayContaining(['body.id type', 'body.name required']));
    expect(fields.some((one) => one.startsWith('body.readyState'))).toBe(true);
  });
});

describe.skipIf(absent)('the listed gaps of the documents', () => {
  it.each([
    ['GET', '/v7/deployments?projectId=p&target=production&state=READY&limit=1', undefined],
    ['GET', '/v10/projects/web/env?decrypt=true&target=production', undefined],
    ['PATCH', '/v10/projects/web/env/e1', { value: 'x', visibility: 'config' }],
    ['POST', '/v13/deployments?forceNew=1', { name: 'web', target: 'production', autoAssignCustomDomains: false }],
    ['GET', '/v9/projects/p/promote/aliases?limit=20&failedOnly=true', undefined],
    ['POST', '/v1/projects/p/rollback/dpl_1', {}],
    ['POST', '/v1/integrations/deploy/prj_1/secret?buildCache=false', undefined],
    ['PATCH', '/v1/global-config/ecfg_1/items', { items: [{ operation: 'delete', key: 'apiBase' }] }],
    ['PATCH', '/v1/edge-config/ecfg_1/items', { items: [{ operation: 'upsert', key: 'apiBase', value: null }] }],
  ])('let %s %s through', (method, target, body) => {
    expect(request('vercel', method, target, body)).toEqual([]);
  });

  it('let nothing else through', () => {
    expect(request('vercel', 'GET', '/v7/deployments?meta=x')).toEqual(['query.meta unknown']);
    expect(request('vercel', 'PATCH', '/v9/projects/web/env/e1', { secret: true })).toEqual(['body.secret additionalProperties']);
    const noValue = { items: [{ operation: 'create', key: 'a' }] };
    expect(request('vercel', 'PATCH', '/v1/global-config/ecfg_1/items', noValue)).toEqual(['body.items.0.value required']);
    const badKey = { items: [{ operation: 'delete', key: 'a b' }] };
    expect(request('vercel', 'PATCH', '/v1/global-config/ecfg_1/items', badKey)).toEqual(['body.items.0.key pattern']);
  });
});
