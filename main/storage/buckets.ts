// Many checks as a few figures: count, failures, median, 95th percentile and maximum per stretch of time. Pure arithmetic
// over rows; rollup.ts stores the result, latency.ts reads it.
import type { Bucket } from '../../shared/ipc.ts';

export const minuteMs = 60_000;
export const hourMs = 3_600_000;

/** One check as charts need it. `latency` is in microseconds; a `cold` one may have woken its target up. */
export type Sample = {
  readonly at: number;
  readonly outcome: 'up' | 'degraded' | 'down' | 'unknown';
  readonly latency: number | null;
  readonly cold: boolean;
};

/** Figures of the checks between `at` and the next bucket. Latencies in microseconds, `null` when nothing answered. */
export type Part = {
  readonly at: number;
  readonly count: number;
  readonly down: number;
  readonly p50: number | null;
  readonly p95: number | null;
  readonly max: number | null;
};

/** The start of the stretch of `length` ms (counted from the epoch) that holds `at`. */
export const floorTo = (at: number, length: number): number => Math.floor(at / length) * length;

/**
 * Exact figures of the samples that `startOf` puts together. Unknown checks count for nothing, so a stretch in which nothing
 * was known is a gap. Latencies are of checks that succeeded: a refused connection is not a fast answer. Warm and cold are
 * kept apart: cold latencies show only where there is no warm one.
 */
export function summarise(samples: readonly Sample[], startOf: (at: number) => number): Part[] {
  const groups = new Map<number, Sample[]>();
  for (const sample of samples) {
    if (sample.outcome === 'unknown') continue;
    const start = startOf(sample.at);
    const group = groups.get(start);
    if (group) group.push(sample);
    else groups.set(start, [sample]);
  }
  return [...groups].sort(([a], [b]) => a - b).map(([at, group]) => figures(at, group));
}

function figures(at: number, group: readonly Sample[]): Part {
  const good = group.filter((sample) => sample.outcome !== 'down' && sample.latency !== null);
  const warm = good.filter((sample) => !sample.cold);
  const latencies = (warm.length > 0 ? warm : good).map((sample) => sample.latency ?? 0).sort((a, b) => a - b);
  return {
    at,
    count: group.length,
    down: group.filter((sample) => sample.outcome === 'down').length,
    p50: nearestRank(latencies, 0.5),
    p95: nearestRank(latencies, 0.95),
    max: latencies.at(-1) ?? null,
  };
}

function nearestRank(sorted: readonly number[], share: number): number | null {
  return sorted[Math.max(0, Math.ceil(share * sorted.length) - 1)] ?? null;
}

/**
 * Parts joined into buckets of `bucketMs`. Count, down and maximum are exact. The median and 95th percentile of a bucket made
 * of several parts are the parts' own, averaged by their number of checks: the true ones cannot be had without the single
 * checks; they lie between the smallest and the largest of the parts'. A bucket of one part is exact.
 */
export function combine(parts: readonly Part[], bucketMs: number): Bucket[] {
  const groups = Map.groupBy(parts, (part) => floorTo(part.at, bucketMs));
  return [...groups]
    .sort(([a], [b]) => a - b)
    .map(([at, group]) => ({
      at,
      count: group.reduce((sum, part) => sum + part.count, 0),
      down: group.reduce((sum, part) => sum + part.down, 0),
      p50: millis(weighted(group, (part) => part.p50)),
      p95: millis(weighted(group, (part) => part.p95)),
      max: millis(group.reduce<number | null>((top, part) => (part.max === null ? top : Math.max(top ?? 0, part.max)), null)),
    }));
}

function weighted(parts: readonly Part[], figure: (part: Part) => number | null): number | null {
  let [sum, weight] = [0, 0];
  for (const part of parts) {
    const value = figure(part);
    if (value === null) continue;
    sum += value * part.count;
    weight += part.count;
  }
  return weight === 0 ? null : sum / weight;
}

const millis = (micros: number | null): number | null => (micros === null ? null : Math.round(micros) / 1_000);
