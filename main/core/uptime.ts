// Uptime from stretches of watched time (DESIGN section 5): good / (good + bad). Time nobody watched is in neither, and
// shows as missing coverage. Down stretches are the incidents' own, so the two can never disagree.
import type { Span } from './judge.ts';

export type Uptime = {
  /** Percent of watched time that was good; `null` when nothing was watched. */
  readonly percent: number | null;
  /** Percent of the period that was watched. */
  readonly coverage: number | null;
};

/** Uptime between `from` and `to` (epoch ms) over spans that do not overlap. */
export function uptime(spans: readonly Span[], from: number, to: number): Uptime {
  let up = 0;
  let down = 0;
  for (const span of spans) {
    const length = Math.min(span.to, to) - Math.max(span.from, from);
    if (length <= 0) continue;
    if (span.kind === 'up') up += length;
    else down += length;
  }
  const watched = up + down;
  if (watched === 0 || to <= from) return { percent: null, coverage: to > from ? 0 : null };
  return { percent: round((up / watched) * 100), coverage: round(Math.min(1, watched / (to - from)) * 100) };
}

/** Three decimals, and never a round 100 while there was downtime (nor 0 while there was any good time). */
function round(percent: number): number {
  const rounded = Math.round(percent * 1_000) / 1_000;
  if (rounded === 100 && percent < 100) return 99.999;
  if (rounded === 0 && percent > 0) return 0.001;
  return rounded;
}
