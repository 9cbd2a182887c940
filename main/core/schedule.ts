// When the next check is due (ENGINE section 4): fixed rate from a phase that is a hash of the id, so that monitors of one
// interval spread by themselves and keep their places over restarts.

/** FNV-1a, 32 bits. */
export function fnv1a(text: string): number {
  let hash = 0x811c9dc5;
  for (let index = 0; index < text.length; index += 1) {
    hash ^= text.charCodeAt(index);
    hash = Math.imul(hash, 0x01000193);
  }
  return hash >>> 0;
}

/** Offset of a monitor inside its interval, ms; the final mix spreads ids that differ in one last digit. */
export function phaseMs(id: string, intervalMs: number): number {
  let hash = fnv1a(id);
  hash = Math.imul(hash ^ (hash >>> 16), 0x45d9f3b);
  hash = Math.imul(hash ^ (hash >>> 16), 0x45d9f3b);
  return Math.floor((((hash ^ (hash >>> 16)) >>> 0) / 2 ** 32) * intervalMs);
}

/** The first moment after `now` that belongs to this monitor. Whole periods that were missed are not made up for. */
export function nextDue(id: string, intervalMs: number, now: number): number {
  const phase = phaseMs(id, intervalMs);
  return phase + (Math.floor((now - phase) / intervalMs) + 1) * intervalMs;
}

/** Delays of a round in which all of `count` monitors are to be checked soon: even, and at most `overMs` long. */
export function spreadMs(index: number, count: number, overMs: number): number {
  // Few monitors need no spreading: 50 ms apart keeps the first round of a small setup under a second.
  return Math.floor(index * Math.min(50, overMs / Math.max(1, count)));
}
