import { describe, expect, it } from 'vitest';
import { compileExpectations, expectSchema } from '../../../main/checks/expectations.ts';
import type { HttpAnswer } from '../../../main/checks/http-request.ts';

function answer(body: string, extra: Partial<HttpAnswer> = {}): HttpAnswer {
  return { status: 200, statusText: 'OK', headers: {}, body: Buffer.from(body), truncated: false, ...extra };
}

function judge(expectations: unknown, given: HttpAnswer, credentialed = false): string {
  const failure = compileExpectations(expectSchema.parse(expectations), credentialed)(given, 'api.test');
  return failure ? `${failure.code}: ${failure.message}` : 'as expected';
}

describe('the expected status', () => {
  it.each([
    [{}, 200, 'as expected'],
    [{}, 204, 'as expected'],
    [{}, 301, 'http-status: api.test answered 301 OK; expected 200-299.'],
    [{ status: [200] }, 204, 'http-status: api.test answered 204 OK; expected 200.'],
    [{ status: ['200-299', 401] }, 401, 'as expected'],
    [{ status: ['200-299', 401] }, 403, 'http-status: api.test answered 403 OK; expected 200-299, 401.'],
    [{ status: [429] }, 429, 'as expected'],
  ])('%j and %i', (expectations, status, verdict) => {
    expect(judge(expectations, answer('', { status }))).toBe(verdict);
  });

  it('blames the credentials only of a check that has some', () => {
    expect(judge({}, answer('', { status: 403 }), true)).toMatch(/^auth: /);
    expect(judge({}, answer('', { status: 403 }))).toMatch(/^http-status: /);
    expect(judge({}, answer('', { status: 500 }), true)).toMatch(/^http-status: /);
  });

  it.each([[[]], [['2xx']], [['299-200']], [['200-600']], [[99]], [[200.5]]])('refuses %j', (status) => {
    expect(expectSchema.safeParse({ status }).success).toBe(false);
  });
});

describe('the expected JSON', () => {
  const body = '{"data":{"branch":"main","n":null,"list":[{"id":1},{"id":2}]}}';
  it.each([
    [{ path: '$.data.branch', equals: 'main' }, 'as expected'],
    [{ path: '$.data.branch', exists: true }, 'as expected'],
    [{ path: '$.data.nothing', exists: false }, 'as expected'],
    [{ path: '$.data.n', equals: null }, 'as expected'],
    [{ path: '$.data.n', exists: true }, 'as expected'],
    [{ path: '$..id', equals: 2 }, 'as expected'],
    [{ path: '$.data.list[?@.id == 2]', equals: { id: 2 } }, 'as expected'],
    [{ path: '$.data.branch', equals: 'dev' }, 'assertion: api.test: $.data.branch is "main", expected "dev".'],
    [{ path: '$.data.list[0].id', equals: '1' }, 'assertion: api.test: $.data.list[0].id is 1, expected "1".'],
    [{ path: '$.gone', equals: 1 }, 'assertion: api.test: $.gone is missing, expected 1.'],
    [{ path: '$.gone', exists: true }, 'assertion: api.test: $.gone is missing.'],
    [{ path: '$.data', exists: false }, 'assertion: api.test: $.data is there, and should not be.'],
  ])('%j', (item, verdict) => {
    expect(judge({ json: [item] }, answer(body))).toBe(verdict);
  });

  it('tells an answer that is not JSON, and forgives a byte order mark', () => {
    const json = [{ path: '$', exists: true }];
    expect(judge({ json }, answer('<html>\u001b[1mlog in'))).toBe(
      'assertion: api.test did not answer with JSON but with "<html>log in".',
    );
    expect(judge({ json }, answer('\uFEFF{}'))).toBe('as expected');
  });

  it('survives a document nested beyond reason', () => {
    const deep = `${'['.repeat(3_000)}${']'.repeat(3_000)}`;
    expect(judge({ json: [{ path: '$..x', exists: true }] }, answer(deep))).toBe('assertion: api.test: $..x is missing.');
  });

  it.each([
    { path: 'data', exists: true },
    { path: '$.a[', exists: true },
    { path: '$.a' },
    { path: '$.a', exists: true, equals: 1 },
    { path: '$.a', exist: true },
  ])('refuses %j', (item) => {
    expect(expectSchema.safeParse({ json: [item] }).success).toBe(false);
  });
});

describe('the expected text', () => {
  it('must be contained', () => {
    expect(judge({ text: '<div id="app"' }, answer('<body><div id="app">'))).toBe('as expected');
    expect(judge({ text: 'x' }, answer('y'))).toBe('assertion: api.test answered 200 without the expected text "x".');
    expect(judge({ text: 'x' }, answer('y'.repeat(2_048), { truncated: true }))).toContain('in its first 2 KiB');
  });
});
