// A latency history as columns for the chart, and as a sentence for those who cannot see it. Pure.
import type { Bucket } from '../shared/ipc.ts';
import { latency } from '../shared/words.ts';
import { count } from './figures.ts';

export type Column = readonly (number | null)[];

export type ChartData = {
  /** Middle of each bucket, epoch seconds, ascending. */
  readonly at: readonly number[];
  readonly p50: Column;
  readonly p95: Column;
  readonly max: Column;
  /** Failed checks per bucket. */
  readonly down: readonly number[];
  readonly checks: readonly number[];
};

/** Columns of equal length. A stretch of more than `gapMs` without a check gets an empty place, so that no line is drawn across it. */
export function chartData(buckets: readonly Bucket[], bucketMs: number, gapMs: number): ChartData {
  const rows = buckets.filter((bucket) => bucket.count > 0);
  const data = {
    at: [] as number[],
    p50: [] as (number | null)[],
    p95: [] as (number | null)[],
    max: [] as (number | null)[],
    down: [] as number[],
    checks: [] as number[],
  };
  const push = (at: number, { p50, p95, max, down, count: checks }: Omit<Bucket, 'at'>): void => {
    data.at.push((at + bucketMs / 2) / 1_000);
    data.p50.push(p50);
    data.p95.push(p95);
    data.max.push(max);
    data.down.push(down);
    data.checks.push(checks);
  };
  let before: number | null = null;
  for (const row of rows) {
    if (before !== null && row.at - before > Math.max(gapMs, bucketMs * 1.5)) push(before + bucketMs, nothing);
    push(row.at, row);
    before = row.at;
  }
  return data;
}

const nothing = { count: 0, down: 0, p50: null, p95: null, max: null };

/** `Median 84 ms, 95 % within 140 ms, slowest 1.20 s; 2 of 120 checks failed.` */
export function chartSummary(data: ChartData): string {
  const checks = sum(data.checks);
  if (checks === 0) return 'No checks in this period.';
  const failed = sum(data.down);
  const failures = failed === 0 ? `none of ${count(checks, 'check')} failed` : `${failed} of ${count(checks, 'check')} failed`;
  const median = middle(data.p50);
  const upper = middle(data.p95);
  const slowest = data.max.reduce<number>((most, value) => Math.max(most, value ?? 0), 0);
  if (median === null || upper === null) return `${failures[0]?.toUpperCase()}${failures.slice(1)}.`;
  return `Median ${latency(median)}, 95 % within ${latency(upper)}, slowest ${latency(slowest)}; ${failures}.`;
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, number) => total + number, 0);
}

/** The middle value: percentiles of buckets cannot be joined exactly, and their median is the fairest single figure. */
function middle(column: Column): number | null {
  const known = column.filter((value) => value !== null).sort((a, b) => a - b);
  return known[Math.floor(known.length / 2)] ?? null;
}
