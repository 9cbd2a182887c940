// One request to a provider, against a real server: what is repeated, what each failure is called, and that the token stays in.
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { type Call, makeCaller, type Provider, type ProviderError, path } from '../../../main/providers/call.ts';
import { makePace } from '../../../main/providers/pace.ts';
import { FaultError } from '../../../shared/fault.ts';
import { json, type Reply, type StandIn, startStandIn, text } from '../../../simulator/http.ts';
import { refusedBy } from '../../support/provider-error.ts';

const token = 'vcp_canary0123456789abcdef';
let server: StandIn;
let reply: () => Reply;
const signal = new AbortController().signal;
const answer = z.object({ ok: z.boolean() });

beforeEach(async () => {
  reply = () => json(200, { ok: true });
  server = await startStandIn(() => reply());
});
afterEach(() => server.stop());

function caller(changes: Partial<Provider> = {}): ReturnType<typeof makeCaller> {
  return makeCaller({
    who: 'Vercel',
    apiUrl: `${server.url}/`,
    token: async () => `${token}\n`,
    scheme: 'Bearer',
    userAgent: 'signalbox/test',
    advise: () => null,
    ...changes,
  });
}

const get = { method: 'GET', path: '/things', answer } satisfies Call<unknown>;
const post = { method: 'POST', path: '/things', json: { a: 1 }, answer } satisfies Call<unknown>;

const failureOf = (promise: Promise<unknown>): Promise<ProviderError> => refusedBy(promise, 'canary0123');

describe('a call', () => {
  it('carries the token, our name and its body as JSON', async () => {
    const query = { teamId: 'team_1', state: null, limit: 5 };
    expect(await caller()({ ...post, query }, signal)).toEqual({ status: 200, value: { ok: true } });
    const [request] = server.received;
    expect(request).toMatchObject({ method: 'POST', path: '/things?teamId=team_1&limit=5', body: '{"a":1}' });
    expect(request?.headers).toMatchObject({
      authorization: `Bearer ${token}`,
      'user-agent': 'signalbox/test',
      'content-type': 'application/json',
    });
  });

  it('keeps ids in their place in the path', () => {
    expect(path('v9', 'projects', '../../v2/user?x=1')).toBe('/v9/projects/..%2F..%2Fv2%2Fuser%3Fx%3D1');
  });

  it('asks for the token each time and passes on why there is none', async () => {
    const locked = new FaultError({ code: 'keychain-locked', message: 'The keychain is locked.', next: 'Unlock it.' });
    await expect(caller({ token: () => Promise.reject(locked) })(get, signal)).rejects.toBe(locked);
    const tokens = ['first', 'second'];
    const call = caller({ token: async () => tokens.shift() ?? '' });
    await call(get, signal);
    await call(get, signal);
    expect(server.received.map((one) => one.headers.authorization)).toEqual(['Bearer first', 'Bearer second']);
  });

  it('does not send a token that no header can hold, nor shows it', async () => {
    const error = await failureOf(caller({ token: async () => 'canary0123\r\nx: y' })(get, signal));
    expect(error).toMatchObject({ code: 'provider-auth', sent: 'no' });
    expect(error.message).toContain('characters that no token has');
    expect(server.received).toEqual([]);
  });

  it('reads one value per line as a list', async () => {
    reply = () => text(200, '{"ok":true}\n{"ok":false}\n');
    const { value } = await caller()({ ...get, answer: z.array(answer) }, signal);
    expect(value).toEqual([{ ok: true }, { ok: false }]);
  });
});

describe('a refusal', () => {
  const vercel = (status: number, error: object, headers = {}): Reply => json(status, { error }, headers);
  const code = 'forbidden';
  it.each([
    [401, vercel(401, { code: 'unauthorized', message: 'Not authorized' }), 'provider-auth', 'no'],
    [403, vercel(403, { code, message: 'Not authorized', invalidToken: true }), 'provider-auth', 'no'],
    [403, vercel(403, { code: 'challenge_required_email_otp', message: 'x' }), 'provider-auth', 'no'],
    [403, vercel(403, { code, message: 'Not authorized' }), 'provider-forbidden', 'no'],
    [404, vercel(404, { code: 'not_found', message: 'Gone' }), 'provider-not-found', 'no'],
    [409, vercel(409, { code: 'conflict', message: 'busy' }), 'provider-conflict', 'no'],
    [420, json(420, { message: 'slow' }), 'provider-rate-limited', 'no'],
    [429, vercel(429, { code: 'rate_limited', message: 'slow' }), 'provider-rate-limited', 'no'],
    [422, json(422, { error: ['name is too long', 'body too'] }), 'provider-refused', 'no'],
    [500, text(500, 'oops'), 'provider-failed', 'maybe'],
    [502, text(502, '<html>Bad gateway</html>'), 'provider-failed', 'maybe'],
    [308, json(308, {}, { location: 'https://elsewhere.example/' }), 'provider-bad-answer', 'no'],
    [200, text(200, '<html>Sign in to the hotel</html>'), 'provider-bad-answer', 'maybe'],
    [200, json(200, { ok: 'yes' }), 'provider-bad-answer', 'maybe'],
    [200, json(200, { ok: true, filler: 'x'.repeat(6 * 1_048_576) }), 'provider-bad-answer', 'maybe'],
  ] as const)('with %i is told apart (%#)', async (status, given, expected, sent) => {
    reply = () => given;
    expect(await failureOf(caller()(post, signal))).toMatchObject({ code: expected, status, sent });
    expect(server.received).toHaveLength(1);
  });

  it('says what the provider said, harmlessly and without the token', async () => {
    reply = () => vercel(400, { code: 'bad_request', message: `\u001b[31mBearer ${token} is\u202e odd` });
    const error = await failureOf(caller()(post, signal));
    expect(error).toMatchObject({ providerCode: 'bad_request', said: 'Bearer ••• is odd' });
    expect(error.message).toBe('Vercel refused (400: “Bearer ••• is odd”).');
  });

  it('tells how long to wait, from the header or from the body', async () => {
    reply = () => vercel(429, { code: 'builds_rate_limited', message: 'm' }, { 'retry-after': '86400' });
    expect((await failureOf(caller()(post, signal))).retryAfterMs).toBe(86_400_000);
    reply = () => vercel(429, { code: 'rate_limited', message: 'm', limit: { reset: Math.ceil(Date.now() / 1_000) + 600 } });
    const error = await failureOf(caller()(post, signal));
    expect(error.retryAfterMs).toBeGreaterThan(590_000);
    expect(error.next).toMatch(/^Try again in \d+ min\.$/);
  });

  it('uses the better words of its provider', async () => {
    reply = () => json(401, {});
    const error = await failureOf(caller({ advise: (refusal) => ({ next: `Do this about ${refusal.code}.` }) })(post, signal));
    expect(error.next).toBe('Do this about provider-auth.');
  });
});

describe('a connection that fails', () => {
  it('was not sent when nothing listens', async () => {
    await server.fail({ kind: 'refuse' });
    const error = await failureOf(caller()(post, signal));
    expect(error).toMatchObject({ code: 'provider-unreachable', sent: 'no', message: 'Vercel refuses the connection.' });
  });

  it('was not sent when the name has no address', async () => {
    const error = await failureOf(caller({ apiUrl: 'http://provider.invalid' })(post, signal));
    expect(error).toMatchObject({ code: 'provider-unreachable', sent: 'no' });
  });

  it('may have been carried out when it broke off before the answer', async () => {
    await server.fail({ kind: 'drop' });
    expect(await failureOf(caller()(post, signal))).toMatchObject({ code: 'provider-unreachable', sent: 'maybe' });
    expect(server.received).toHaveLength(1);
  });

  it('may have been carried out when no answer came in time', async () => {
    await server.fail({ kind: 'hang', ms: 60_000 });
    const error = await failureOf(caller()({ ...post, attemptMs: 150 }, signal));
    expect(error).toMatchObject({ code: 'provider-timeout', sent: 'maybe', message: 'Vercel did not answer within 0.15 s.' });
    expect(server.received).toHaveLength(1);
  });

  it('ends with the signal’s own reason when it is called off, in mid-request and in a wait', async () => {
    for (const fault of [{ kind: 'hang', ms: 60_000 } as const, { kind: 'refuse' } as const]) {
      await server.fail(fault);
      const stop = new AbortController();
      const reason = new Error('cancelled');
      const calling = caller()(get, stop.signal);
      setTimeout(() => stop.abort(reason), 100);
      await expect(calling).rejects.toBe(reason);
    }
    const reason = new Error('before');
    await expect(caller()(get, AbortSignal.abort(reason))).rejects.toBe(reason);
  });

  it('does not wait for a keychain after it is called off', async () => {
    const stop = new AbortController();
    const calling = caller({ token: () => new Promise(() => undefined) })(get, stop.signal);
    stop.abort(new Error('cancelled'));
    await expect(calling).rejects.toThrow('cancelled');
  });
});

describe('a repetition', () => {
  it('is made of a GET when the server or the network failed, three times at most', async () => {
    await server.fail({ kind: 'answer', reply: text(502, '') }, 1);
    expect((await caller()(get, signal)).value).toEqual({ ok: true });
    await server.fail({ kind: 'drop' }, 1);
    expect((await caller()(get, signal)).value).toEqual({ ok: true });
    expect(server.received).toHaveLength(4);
    await server.fail({ kind: 'answer', reply: text(500, '') });
    expect((await failureOf(caller()(get, signal))).code).toBe('provider-failed');
    expect(server.received).toHaveLength(8);
  });

  it('is made of a GET after the time that a rate limit asks for', async () => {
    await server.fail({ kind: 'answer', reply: json(429, {}, { 'retry-after': '1' }) }, 1);
    await caller()(get, signal);
    const [first, second] = server.received;
    expect((second?.at ?? 0) - (first?.at ?? 0)).toBeGreaterThanOrEqual(990);
  });

  it('is not made of a GET when waiting is of no use', async () => {
    for (const [status, body, headers] of [
      [429, { error: { code: 'builds_rate_limited', message: '' } }, { 'retry-after': '1' }],
      [429, {}, { 'retry-after': '604800' }],
      [404, {}, {}],
      [401, {}, {}],
    ] as const) {
      reply = () => json(status, body, headers);
      await failureOf(caller()(get, signal));
    }
    expect(server.received).toHaveLength(4);
  });

  it('is not made where a person waits for the answer', async () => {
    reply = () => json(429, {}, { 'retry-after': '1' });
    expect((await failureOf(caller({ repeats: 0 })(get, signal))).code).toBe('provider-rate-limited');
    expect(server.received).toHaveLength(1);
  });

  it('is made of anything else only when a short limit turned it away, once', async () => {
    await server.fail({ kind: 'answer', reply: json(429, {}, { 'retry-after': '0' }) }, 1);
    expect((await caller()(post, signal)).value).toEqual({ ok: true });
    await server.fail({ kind: 'answer', reply: json(429, {}, { 'retry-after': '0' }) });
    await failureOf(caller()(post, signal));
    await server.fail({ kind: 'answer', reply: json(503, {}, { 'retry-after': '0' }) });
    await failureOf(caller()(post, signal));
    await server.fail({ kind: 'answer', reply: json(429, {}, { 'retry-after': '11' }) });
    await failureOf(caller()(post, signal));
    await server.fail({ kind: 'answer', reply: json(429, {}) });
    await failureOf(caller()(post, signal));
    expect(server.received).toHaveLength(2 + 2 + 1 + 1 + 1);
  });

  it('knows the usual wait of a provider that names none', async () => {
    await server.fail({ kind: 'answer', reply: json(420, {}) }, 1);
    expect((await caller({ usualWaitMs: 10 })(post, signal)).value).toEqual({ ok: true });
  });
});

describe('a pace', () => {
  it('keeps requests apart and one at a time, also after one that failed', async () => {
    const call = caller({ pace: makePace(120) });
    await server.fail({ kind: 'answer', reply: json(404, {}) }, 1);
    const all = await Promise.allSettled([call(get, signal), call(get, signal), call(get, signal)]);
    expect(all.map((one) => one.status)).toEqual(['rejected', 'fulfilled', 'fulfilled']);
    const at = server.received.map((one) => one.at);
    expect(Math.min((at[1] ?? 0) - (at[0] ?? 0), (at[2] ?? 0) - (at[1] ?? 0))).toBeGreaterThanOrEqual(118);
  });

  it('lets the next one go when one that waited is called off', async () => {
    const call = caller({ pace: makePace(100) });
    const stop = new AbortController();
    const first = call(get, signal);
    const second = call(get, stop.signal);
    const third = call(get, signal);
    stop.abort(new Error('cancelled'));
    await expect(second).rejects.toThrow('cancelled');
    await Promise.all([first, third]);
    expect(server.received).toHaveLength(2);
  });
});
