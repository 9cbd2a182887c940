// Figures, strips and chart columns as values.
import { describe, expect, it } from 'vitest';
import { chartData, chartSummary } from '../../../renderer/chart-data.ts';
import { count, percent, uptimeWords } from '../../../renderer/figures.ts';
import { stripPaths, stripSummary } from '../../../renderer/strip-geometry.ts';
import { Strips, stripLength, stripOf } from '../../../renderer/strips.ts';
import type { Bucket, Strip } from '../../../shared/ipc.ts';
import { observationOf, playedAt } from '../../support/view-fixtures.ts';

describe('percent', () => {
  it.each([
    [100, '100 %'],
    [99.999, '99.99 %'],
    [99.95, '99.95 %'],
    [97.1, '97.1 %'],
    [0, '0 %'],
    [null, '–'],
  ])('prints %s as %s, never rounding up to a clean sheet', (share, text) => expect(percent(share)).toBe(text));
});

describe('uptimeWords', () => {
  it.each([
    [99.95, 97.8, '99.95 % of the 97 % we watched'],
    [100, 100, '100 %, watched throughout'],
    [null, 0, 'not watched'],
  ])('says %s over %s as %s', (share, coverage, text) => expect(uptimeWords(share, coverage)).toBe(text));
});

it('counts in the singular and the plural', () => {
  expect([count(1, 'check'), count(2, 'check'), count(0, 'check')]).toEqual(['1 check', '2 checks', '0 checks']);
});

const up = (at: number, latencyMs: number): Strip => [at, 'u', latencyMs, null];

describe('Strips', () => {
  it('keeps what arrived while the history was being asked', () => {
    const strips = new Strips();
    strips.add('api', up(3, 30));
    strips.add('api', up(4, 40));
    strips.load({ api: [up(1, 10), up(2, 20), up(3, 30)] });
    expect(strips.of('api').map(([at]) => at)).toEqual([1, 2, 3, 4]);
  });

  it('takes a check once and keeps the last sixty', () => {
    const strips = new Strips();
    for (let at = 1; at <= 100; at += 1) {
      strips.add('api', up(at, 10));
      strips.add('api', up(at, 10));
    }
    expect(strips.of('api')).toHaveLength(stripLength);
    expect(strips.of('api').at(-1)?.[0]).toBe(100);
  });

  it('keeps the list’s identity until it changes', () => {
    const strips = new Strips();
    strips.add('api', up(1, 10));
    const before = strips.of('api');
    strips.add('web', up(1, 10));
    expect(strips.of('api')).toBe(before);
    expect(strips.of('nobody')).toBe(strips.of('nobody either'));
  });

  it('shortens an observation to what a strip needs', () => {
    const error = { code: 'timeout', message: 'No answer within 10 s.' } as const;
    expect(stripOf(observationOf('api', { atMs: playedAt, outcome: 'down', latencyMs: null, error }))).toEqual([
      playedAt,
      'd',
      null,
      'No answer within 10 s.',
    ]);
  });
});

describe('stripPaths', () => {
  it('draws newest at the right and marks the places that are still empty', () => {
    const { up: bars, empty } = stripPaths([up(1, 50)]);
    expect(bars).toMatch(/^M236 /);
    expect(empty.match(/M/g)).toHaveLength(stripLength - 1);
  });

  it('gives every outcome a shape of its own', () => {
    const { down, unknown, degraded } = stripPaths([
      [1, 'd', null, 'x'],
      [2, 'n', null, null],
      [3, 'g', 300, null],
    ]);
    expect(down).toContain('v24');
    expect(unknown).toContain('v3');
    expect(degraded.match(/M/g)).toHaveLength(2);
  });

  it('draws within its height whatever the latencies are', () => {
    const { up: bars } = stripPaths([up(1, 0), up(2, 1e9), up(3, 5)]);
    const heights = [...bars.matchAll(/v(\d+)/g)].map((match) => Number(match[1]));
    expect(Math.max(...heights)).toBeLessThanOrEqual(20);
    expect(Math.min(...heights)).toBeGreaterThanOrEqual(5);
  });

  it('is summed up in words', () => {
    expect(stripSummary([])).toBe('No checks yet');
    expect(stripSummary([up(1, 5), up(2, 5), [3, 'd', null, 'x']])).toBe('Last 3 checks: 2 up, 1 down');
  });
});

const bucket = (at: number, parts: Partial<Bucket> = {}): Bucket => ({
  at: at * 60_000,
  count: 2,
  down: 0,
  p50: 80,
  p95: 120,
  max: 200,
  ...parts,
});

describe('chartData', () => {
  it('stands in the middle of each bucket and leaves out the ones nobody checked in', () => {
    const data = chartData([bucket(0), bucket(1, { count: 0, p50: null, p95: null, max: null }), bucket(2)], 60_000, 300_000);
    expect(data.at).toEqual([30, 150]);
  });

  it('draws no line across a gap', () => {
    const data = chartData([bucket(0), bucket(10)], 60_000, 90_000);
    expect(data.p50).toEqual([80, null, 80]);
  });

  it('joins the rare points of a monitor that is checked rarely', () => {
    expect(chartData([bucket(0), bucket(60)], 60_000, 3 * 3_600_000).p50).toEqual([80, 80]);
  });

  it.each<[string, Bucket[], string]>([
    ['healthy', [bucket(0), bucket(1)], 'Median 80 ms, 95 % within 120 ms, slowest 200 ms; none of 4 checks failed.'],
    ['failing', [bucket(0, { down: 1 })], 'Median 80 ms, 95 % within 120 ms, slowest 200 ms; 1 of 2 checks failed.'],
    ['dead', [bucket(0, { down: 2, p50: null, p95: null, max: null })], '2 of 2 checks failed.'],
    ['empty', [], 'No checks in this period.'],
  ])('sums up a %s period', (_, buckets, text) => expect(chartSummary(chartData(buckets, 60_000, 90_000))).toBe(text));
});
