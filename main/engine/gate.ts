// Who may start now: a global cap, a cap and a pause per host, and a few places kept for confirmations so that three slow
// hosts cannot hold up a verdict (ENGINE section 4). Loopback targets (host null) are exempt from the per-host rules.

export type Limits = { readonly concurrent: number; readonly perHost: number; readonly gapPerHostMs: number };

export type Gate = {
  /** Takes a place and returns null, or says when to ask again: a time (same clock as `now`), or Infinity for "when one ends". */
  enter(host: string | null, priority: boolean, now: number): number | null;
  leave(host: string | null): void;
  limit(limits: Limits): void;
};

const keptForPriority = 4;

export function makeGate(initial: Limits): Gate {
  let limits = initial;
  let running = 0;
  const hosts = new Map<string, { running: number; nextStart: number }>();

  return {
    enter(host, priority, now) {
      if (running >= limits.concurrent + (priority ? keptForPriority : 0)) return Number.POSITIVE_INFINITY;
      if (host !== null) {
        const known = hosts.get(host) ?? { running: 0, nextStart: 0 };
        if (known.running >= limits.perHost) return Number.POSITIVE_INFINITY;
        if (now < known.nextStart) return known.nextStart;
        hosts.set(host, { running: known.running + 1, nextStart: now + limits.gapPerHostMs });
      }
      running += 1;
      return null;
    },
    leave(host) {
      running -= 1;
      if (host === null) return;
      const known = hosts.get(host);
      if (known) hosts.set(host, { ...known, running: known.running - 1 });
    },
    limit(next) {
      limits = next;
    },
  };
}
