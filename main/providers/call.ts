// One JSON request to a provider's API: its time limit, what may be sent again, and how much of an answer is read. Which calls
// there are and what they mean is each provider's own module.
import type { z } from 'zod';
import { safeText } from '../../shared/redact.ts';
import { parseAnswer, type Raw, readAnswer, refusalOf } from './call-answer.ts';
import { connectionRefusal, type ProviderWords, providerError, type Refusal } from './call-error.ts';
import type { Pace } from './pace.ts';
import { waitFor } from './wait.ts';

export { ProviderError } from './call-error.ts';

/** One account at one provider. */
export type Provider = ProviderWords & {
  /** Without a path of its own beyond what every call has in common. */
  readonly apiUrl: string;
  /** Asked anew for every request: it comes from the keychain. Its rejection is passed on as it is. */
  token(): Promise<string>;
  /** Scheme of the `authorization` header. */
  readonly scheme: 'Bearer' | 'OAuth';
  /** The header that carries the token alone, for a provider that does not use `authorization`. */
  readonly tokenHeader?: string;
  readonly userAgent?: string;
  /** Applied to every single request, repeated ones included. */
  readonly pace?: Pace;
  /** What a 429 or 420 that names no time asks us to wait; null: unknown. */
  readonly usualWaitMs?: number;
  /** How often a GET may be repeated: three times when absent, never where a person waits for the answer. */
  readonly repeats?: number | undefined;
};

export type Call<T> = {
  readonly method: 'GET' | 'POST' | 'PATCH' | 'DELETE';
  /** Begins with a slash; its segments are encoded already (see `path`). */
  readonly path: string;
  /** Null and undefined values are left out; a list is repeated, one per value. */
  readonly query?: Readonly<Record<string, string | number | readonly string[] | null | undefined>>;
  readonly json?: unknown;
  /** What is read of a good answer; null when nothing is, then `value` is null too. */
  readonly answer: z.ZodType<T> | null;
  /** For one attempt, its answer included. */
  readonly attemptMs?: number;
};

export type Answered<T> = { readonly status: number; readonly value: T };

/** Sends a call. Rejects with a ProviderError, with what `token` rejected with, or with the signal's reason when that aborts.
 *  A GET is repeated up to three times when the network or the server failed; anything else only once, when it was turned away
 *  by a rate limit that ends within 10 s. */
export type Caller = <T>(call: Call<T>, signal: AbortSignal) => Promise<Answered<T>>;

const defaultAttemptMs = 10_000;
/** Before each repetition of a GET. */
const backoffMs = [300, 1_000, 2_000] as const;
/** A wait that a provider asks for, when a GET is repeated. */
const askedWait = { leastMs: 1_000, mostMs: 30_000 } as const;
/** A limit that lasts longer than all repetitions together is not waited for. */
const hopelessMs = backoffMs.length * askedWait.mostMs;
const shortWaitMs = 10_000;

export function makeCaller(provider: Provider): Caller {
  return async <T>(call: Call<T>, signal: AbortSignal): Promise<Answered<T>> => {
    for (let repeats = 0; ; repeats += 1) {
      const outcome = await attempt(provider, call, signal);
      if ('value' in outcome) return outcome;
      const spent = call.method === 'GET' && repeats >= (provider.repeats ?? backoffMs.length);
      const waitMs = spent ? null : waitBeforeRepeat(call.method, outcome.refusal, repeats, provider.usualWaitMs ?? null);
      if (waitMs === null) throw providerError(provider, outcome.refusal, outcome.detail);
      await waitFor(waitMs, signal);
    }
  };
}

/** `/a/b` with every part made safe for a path. */
export function path(...parts: readonly string[]): string {
  return parts.map((part) => `/${encodeURIComponent(part)}`).join('');
}

type Failed = { readonly refusal: Refusal; readonly detail: string };

/** Null: not again. */
function waitBeforeRepeat(method: string, refusal: Refusal, repeats: number, usualMs: number | null): number | null {
  const { code, status, retryAfterMs, providerCode } = refusal;
  const limited = code === 'provider-rate-limited';
  // A plan's builds of the day are used up: its own code says that waiting is of no use.
  if (providerCode === 'builds_rate_limited') return null;
  const askedMs = retryAfterMs ?? (limited ? usualMs : null);
  if (method !== 'GET') return limited && repeats === 0 && askedMs !== null && askedMs <= shortWaitMs ? askedMs : null;
  const passing = limited || ['provider-failed', 'provider-unreachable', 'provider-timeout'].includes(code);
  const backoff = backoffMs[repeats];
  if (!passing || backoff === undefined || (askedMs ?? 0) > hopelessMs) return null;
  if (askedMs === null || !(limited || status === 503)) return limited ? Math.max(backoff, askedWait.leastMs) : backoff;
  return Math.min(askedWait.mostMs, Math.max(askedWait.leastMs, askedMs));
}

async function attempt<T>(provider: Provider, call: Call<T>, signal: AbortSignal): Promise<Answered<T> | Failed> {
  const token = (await unlessAborted(provider.token(), signal)).trim();
  const send = (): Promise<Answered<T> | Failed> => exchange(provider, call, token, signal);
  return provider.pace ? provider.pace(send, signal) : send();
}

async function exchange<T>(provider: Provider, call: Call<T>, token: string, signal: AbortSignal): Promise<Answered<T> | Failed> {
  const secrets = [token];
  // A header cannot hold it, and the error that says so would show it.
  if (!/^[\x21-\x7e]+$/.test(token)) return { refusal: { ...nothing, code: 'provider-auth', sent: 'no' }, detail: '' };
  const attemptMs = call.attemptMs ?? defaultAttemptMs;
  const limit = AbortSignal.timeout(attemptMs);
  let raw: Raw;
  try {
    raw = await readAnswer(
      await fetch(addressOf(provider, call), requestOf(provider, call, token, AbortSignal.any([signal, limit]))),
    );
  } catch (error) {
    signal.throwIfAborted();
    if (!limit.aborted) return connectionRefusal(error, secrets);
    const detail = `did not answer within ${attemptMs / 1_000} s`;
    return { refusal: { ...nothing, code: 'provider-timeout', sent: 'maybe' }, detail };
  }
  return judge(raw, call, secrets);
}

const nothing = { status: null, providerCode: null, said: '', retryAfterMs: null } as const;

function judge<T>(raw: Raw, call: Call<T>, secrets: readonly string[]): Answered<T> | Failed {
  const { status } = raw;
  const unread = { ...nothing, status, code: 'provider-bad-answer' } as const;
  if (status >= 300 && status < 400) {
    const to = safeText(raw.headers.get('location') ?? 'another address', 200, secrets);
    return {
      refusal: { ...unread, sent: 'no' },
      detail: `points to ${to}, which is not followed because the token would go along`,
    };
  }
  if (status >= 400) return { refusal: refusalOf(raw, Date.now(), secrets), detail: '' };
  // Only a caller that reads nothing gets here with a null schema, and its T is null.
  if (call.answer === null) return { status, value: null as T };
  if (raw.cut) return { refusal: { ...unread, sent: 'maybe' }, detail: 'answered with more than 5 MiB' };
  const parsed = call.answer.safeParse(parseAnswer(raw.text));
  if (parsed.success) return { status, value: parsed.data };
  const where = parsed.error.issues[0]?.path.join('.') || 'the answer as a whole';
  return {
    refusal: { ...unread, sent: 'maybe' },
    detail: `answered with something else than expected (${safeText(where, 80, secrets)})`,
  };
}

function addressOf(provider: Provider, { path: at, query = {} }: Call<unknown>): string {
  const search = new URLSearchParams();
  for (const [name, value] of Object.entries(query)) {
    if (typeof value === 'object' && value !== null) for (const one of value) search.append(name, one);
    else if (value !== null && value !== undefined) search.set(name, String(value));
  }
  return `${provider.apiUrl.replace(/\/+$/, '')}${at}${search.size === 0 ? '' : `?${search}`}`;
}

function requestOf(provider: Provider, { method, json }: Call<unknown>, token: string, signal: AbortSignal): RequestInit {
  const headers = {
    accept: 'application/json',
    // A connection kept open may be closed by the other side while we write to it, as after a sleep of this machine: then nobody
    // could tell whether the request was carried out.
    connection: 'close',
    ...(provider.tokenHeader === undefined
      ? { authorization: `${provider.scheme} ${token}` }
      : { [provider.tokenHeader]: token }),
    ...(provider.userAgent === undefined ? {} : { 'user-agent': provider.userAgent }),
    ...(json === undefined ? {} : { 'content-type': 'application/json' }),
  };
  // Followed by hand or not at all: fetch keeps a request's body on 307 and its headers within an origin.
  return { method, headers, signal, redirect: 'manual', ...(json === undefined ? {} : { body: JSON.stringify(json) }) };
}

/** A keychain that waits for its owner cannot be interrupted, only no longer waited for. */
function unlessAborted<T>(promise: Promise<T>, signal: AbortSignal): Promise<T> {
  return new Promise((resolve, reject) => {
    const stop = (): void => reject(signal.reason);
    if (signal.aborted) stop();
    signal.addEventListener('abort', stop, { once: true });
    promise.then(resolve, reject).finally(() => signal.removeEventListener('abort', stop));
  });
}
