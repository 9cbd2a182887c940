// Vercel's rate limits, one per endpoint (shared providers/README section 1.4, the Hobby plan's numbers), and the 429 they give.
import { json, type Reply } from './http.ts';
import { type LimitVerdict, type LimitWindow, makeRateLimit } from './rate-limit.ts';

export type VercelLimit =
  | 'api-deployments-create'
  | 'api-deployments-get'
  | 'api-env-get'
  | 'api-env-update'
  | 'api-env-delete'
  | 'deploy-hooks';

const minute = 60_000;

const hobby: Readonly<Record<VercelLimit, readonly LimitWindow[]>> = {
  'api-deployments-create': [
    { total: 60, windowMs: 5 * minute },
    { total: 100, windowMs: 60 * minute },
    { total: 100, windowMs: 1_440 * minute },
  ],
  'api-deployments-get': [{ total: 500, windowMs: minute }],
  'api-env-get': [{ total: 500, windowMs: minute }],
  'api-env-update': [{ total: 120, windowMs: minute }],
  'api-env-delete': [{ total: 60, windowMs: minute }],
  'deploy-hooks': [{ total: 60, windowMs: 60 * minute }],
};

/** Counts a request against its endpoint's limit; the reply when it is one too many, null when it may pass. */
export function makeVercelLimits(
  now: () => number,
  instead: Partial<Record<VercelLimit, readonly LimitWindow[]>> = {},
): (name: VercelLimit) => Reply | null {
  const windows: Readonly<Record<VercelLimit, readonly LimitWindow[]>> = { ...hobby, ...instead };
  const counters = new Map<VercelLimit, () => LimitVerdict>();
  return (name) => {
    const take = counters.get(name) ?? makeRateLimit(windows[name], now);
    counters.set(name, take);
    const verdict = take();
    return verdict.allowed ? null : tooMany(name, verdict, now());
  };
}

function tooMany(name: VercelLimit, verdict: LimitVerdict, now: number): Reply {
  const { total, resetAt } = verdict;
  const seconds = Math.max(1, Math.ceil((resetAt - now) / 1_000));
  // A day's worth of builds is not worth waiting for: its own code says so.
  const code = name === 'api-deployments-create' && verdict.windowMs > 60 * minute ? 'builds_rate_limited' : 'rate_limited';
  const limit = { remaining: 0, reset: Math.ceil(resetAt / 1_000), resetMs: resetAt, total };
  const message = `The rate limit of ${total} exceeded for '${name}'. Try again in ${seconds} seconds`;
  return json(429, { error: { code, message, limit } }, { 'retry-after': String(seconds) });
}
