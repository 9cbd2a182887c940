// Samples to figures: order statistics and rows. A mean is only taken where the samples add up to one sum, as of a long job.
import type { Row } from './bench.ts';

/** The nearest-rank quantile; NaN of nothing. */
export function quantile(samples: readonly number[], share: number): number {
  const sorted = [...samples].sort((a, b) => a - b);
  return sorted[Math.max(0, Math.ceil(share * sorted.length) - 1)] ?? Number.NaN;
}

/** The middle sample, or the mean of the two in the middle. */
export function median(samples: readonly number[]): number {
  const sorted = [...samples].sort((a, b) => a - b);
  const middle = sorted.length / 2;
  return ((sorted[Math.ceil(middle) - 1] ?? Number.NaN) + (sorted[Math.floor(middle)] ?? Number.NaN)) / 2;
}

const statistics = {
  median,
  mean: (samples: readonly number[]) => samples.reduce((sum, sample) => sum + sample, 0) / samples.length,
  p95: (samples: readonly number[]) => quantile(samples, 0.95),
  max: (samples: readonly number[]) => Math.max(...samples),
} as const;

/** A row out of samples; `target` is the most that is allowed. Throws when there are none: that is no result. */
export function rowOf(
  what: string,
  samples: readonly number[],
  unit: Row['unit'],
  statistic: keyof typeof statistics = 'median',
  target: number | null = null,
): Row {
  if (samples.length === 0) throw new Error(`Nothing was measured for "${what}".`);
  const spread = samples.length > 1 ? ([Math.min(...samples), Math.max(...samples)] as const) : null;
  return { what, value: statistics[statistic](samples), unit, statistic, spread, n: samples.length, target };
}

/** A row of one figure that needs no statistics, such as a count or a size. */
export function rowOfOne(what: string, value: number, unit: Row['unit'], target: number | null = null): Row {
  return { what, value, unit, statistic: '', spread: null, n: 1, target };
}

/** Three significant digits, and whole numbers from 100 on. */
export function digits(value: number): string {
  const size = Math.abs(value);
  if (Number.isInteger(value) || size >= 100) return Math.round(value).toLocaleString('en-GB');
  return value.toFixed(size >= 10 ? 1 : size >= 1 ? 2 : 3);
}

/** Is the row what its target asks for? null without a target. */
export function isMet(row: Row): boolean | null {
  return row.target === null ? null : row.value <= row.target;
}
