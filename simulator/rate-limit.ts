// Counts requests against one or more windows of time, as providers do. Knows no endpoint and no reply.

export type LimitWindow = {
  readonly total: number;
  readonly windowMs: number;
};

export type LimitVerdict = {
  readonly allowed: boolean;
  readonly total: number;
  readonly remaining: number;
  /** Epoch milliseconds at which the window that decided starts anew. */
  readonly resetAt: number;
  readonly windowMs: number;
};

/** A request counts against every window; the first exhausted one refuses it. A window starts with its first request. */
export function makeRateLimit(windows: readonly LimitWindow[], now: () => number): () => LimitVerdict {
  const counters = windows.map((window) => ({ ...window, used: 0, resetAt: 0 }));
  return () => {
    const at = now();
    for (const counter of counters) {
      if (at < counter.resetAt) continue;
      counter.used = 0;
      counter.resetAt = at + counter.windowMs;
    }
    const exhausted = counters.find((counter) => counter.used >= counter.total);
    if (exhausted) return verdict(exhausted, false);
    for (const counter of counters) counter.used += 1;
    const tightest = counters.reduce((left, right) => (right.total - right.used < left.total - left.used ? right : left));
    return verdict(tightest, true);
  };
}

function verdict(counter: LimitWindow & { readonly used: number; readonly resetAt: number }, allowed: boolean): LimitVerdict {
  const { total, used, resetAt, windowMs } = counter;
  return { allowed, total, remaining: Math.max(0, total - used), resetAt, windowMs };
}
