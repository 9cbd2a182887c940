// Latency figures: exact out of single checks, honest out of buckets; and what is forgotten when.

import { DatabaseSync } from 'node:sqlite';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { combine, summarise } from '../../../main/storage/buckets.ts';
import { openHistory } from '../../../main/storage/history.ts';
import { commit, monitor, noon, seen, temporaryFolder } from '../../support/history-values.ts';

const minute = 60_000;
const hour = 3_600_000;
const day = 24 * hour;

function open(now = noon) {
  return openHistory(temporaryFolder(), { now: () => now });
}

describe('a bucket', () => {
  const sample = (latency: number | null, rest = {}) => ({ at: 0, outcome: 'up' as const, latency, cold: false, ...rest });
  const figures = (samples: Parameters<typeof summarise>[0]) => summarise(samples, () => 0)[0];

  it('has the nearest-rank median, 95th percentile and maximum', () => {
    const samples = Array.from({ length: 100 }, (_, index) => sample(100 - index));
    expect(figures(samples)).toEqual({ at: 0, count: 100, down: 0, p50: 50, p95: 95, max: 100 });
  });

  it('counts failures without taking their latency for an answer', () => {
    expect(figures([sample(10), sample(1, { outcome: 'down' })])).toMatchObject({ count: 2, down: 1, p50: 10, max: 10 });
  });

  it('of unknown checks alone does not exist', () => {
    expect(figures([sample(null, { outcome: 'unknown' })])).toBeUndefined();
  });

  it('shows cold latencies only where there is no warm one', () => {
    expect(figures([sample(10), sample(40_000, { cold: true })])).toMatchObject({ count: 2, p50: 10, max: 10 });
    expect(figures([sample(40_000, { cold: true })])).toMatchObject({ count: 1, p50: 40_000 });
  });

  it('joined of parts keeps count, failures and maximum, and a median between those of the parts', () => {
    const samples = fc.array(fc.record({ at: fc.nat(599), latency: fc.nat(9_999) }), { minLength: 1, maxLength: 200 });
    fc.assert(
      fc.property(samples, (list) => {
        const all = list.map((item) => sample(item.latency * 1_000, { at: item.at }));
        const parts = summarise(all, (at) => Math.floor(at / 60) * 60);
        const [joined] = combine(parts, 600);
        expect(joined?.count).toBe(list.length);
        expect(joined?.max).toBe(Math.max(...list.map((item) => item.latency)));
        const medians = parts.map((part) => (part.p50 ?? 0) / 1_000);
        expect(joined?.p50).toBeGreaterThanOrEqual(Math.min(...medians) - 0.001);
        expect(joined?.p50).toBeLessThanOrEqual(Math.max(...medians) + 0.001);
      }),
    );
  });
});

describe('latency', () => {
  const series = (from: number, to: number, everyMs: number) =>
    Array.from({ length: Math.ceil((to - from) / everyMs) }, (_, index) =>
      seen('api', from + index * everyMs, { latencyMs: (index % 10) + 1, outcome: index % 10 === 9 ? 'down' : 'up' }),
    );

  it('says the same before and after the checks were rolled up into minutes and hours', () => {
    const history = open();
    history.commit(commit({ observations: series(noon - 6 * hour, noon, 10_000) }));
    const ask = () => [minute, hour].map((bucketMs) => history.latency('api', noon - 6 * hour, noon, bucketMs));
    const before = ask();
    expect(before[0]).toHaveLength(360);
    expect(before[1]?.[0]).toEqual({ at: noon - 6 * hour, count: 360, down: 36, p50: 5, p95: 9, max: 9 });
    history.prune(noon);
    const sql = new DatabaseSync(history.file);
    expect(sql.prepare('SELECT count(*) AS rows FROM hours').get()?.rows).toBe(5);
    sql.exec(`DELETE FROM observations WHERE at < ${noon - hour}`);
    sql.close();
    expect(ask()).toEqual(before);
    history.close();
  });

  it('joins hours and fresh checks in one bucket that holds both', () => {
    const history = open();
    history.commit(commit({ observations: series(noon - 6 * hour, noon, 10_000) }));
    history.prune(noon);
    const [bucket, ...rest] = history.latency('api', noon - 6 * hour, noon, 6 * hour);
    expect(rest).toEqual([]);
    expect(bucket).toEqual({ at: noon - 6 * hour, count: 2_160, down: 216, p50: 5, p95: 9, max: 9 });
    history.close();
  });

  it('finer than a minute comes from single checks; of nothing is nothing', () => {
    const history = open();
    history.commit(commit({ observations: series(noon - minute, noon, 10_000) }));
    expect(history.latency('api', noon - minute, noon, 20_000).map(({ at, count }) => [at - noon, count])).toEqual([
      [-60_000, 2],
      [-40_000, 2],
      [-20_000, 2],
    ]);
    expect(history.latency('nobody', 0, noon, minute)).toEqual([]);
    expect(history.latency('api', noon, noon + hour, minute)).toEqual([]);
    history.close();
  });
});

describe('pruning', () => {
  const count = (file: string, table: string): number => {
    const sql = new DatabaseSync(file, { readOnly: true });
    const rows = Number(sql.prepare(`SELECT count(*) AS rows FROM ${table}`).get()?.rows);
    sql.close();
    return rows;
  };

  it('keeps checks for 48 hours, the last one for ever, and their error texts with them', () => {
    const history = open();
    const errorAt = (at: number) =>
      seen('api', at, { outcome: 'down', latencyMs: null, error: { code: 'refused', message: `refused at ${at}` } });
    history.commit(commit({ observations: [errorAt(noon - 60 * hour), errorAt(noon - 47 * hour), errorAt(noon)] }));
    history.commit(commit({ observations: [seen('quiet', noon - 500 * hour)] }));
    history.prune(noon);
    expect(history.strips(10).api?.map(([at]) => at)).toEqual([noon - 47 * hour, noon]);
    expect(count(history.file, 'details')).toBe(2);
    expect(Object.keys(history.load(noon).lastObservations)).toEqual(['api', 'quiet']);
    expect(history.latency('api', noon - 61 * hour, noon + 1, hour).map((bucket) => bucket.down)).toEqual([1, 1, 1]);
    history.close();
  });

  it('keeps minutes 30 days and hours 400 days, with the last days of slack', () => {
    const history = open();
    history.commit(commit({ observations: [seen('api', noon - 2 * day)] }));
    history.prune(noon - day);
    expect([count(history.file, 'minutes'), count(history.file, 'hours')]).toEqual([1, 1]);
    history.prune(noon + 30 * day);
    expect([count(history.file, 'minutes'), count(history.file, 'hours')]).toEqual([0, 1]);
    history.prune(noon + 409 * day);
    expect([count(history.file, 'minutes'), count(history.file, 'hours')]).toEqual([0, 0]);
    history.close();
  });

  it('works off a long backlog in portions', () => {
    const history = open();
    const many = Array.from({ length: 45_000 }, (_, index) => seen('api', noon - 50 * hour + index * 4_000));
    history.commit(commit({ observations: many }));
    history.prune(noon);
    expect(count(history.file, 'hours')).toBeLessThan(49);
    for (let call = 0; call < 5; call += 1) history.prune(noon);
    expect(count(history.file, 'hours')).toBe(49);
    expect(history.latency('api', noon - 50 * hour, noon, hour).reduce((sum, bucket) => sum + bucket.count, 0)).toBe(45_000);
    history.close();
  });
});

describe('closed months', () => {
  it('are frozen once, after their end, split where a span crosses them', () => {
    const history = open();
    const at = (text: string) => Date.parse(text);
    const span = (kind: 'up' | 'down', from: string, to: string) => ({ monitorId: 'api', kind, from: at(from), to: at(to) });
    history.commit(
      commit({
        monitors: [monitor('api', { span: { kind: 'up', from: at('2026-11-02T00:00:00Z') } })],
        spans: [
          span('up', '2026-09-30T23:00:00Z', '2026-10-01T02:00:00Z'),
          span('down', '2026-10-01T02:00:00Z', '2026-10-01T02:30:00Z'),
          span('up', '2026-10-31T20:00:00Z', '2026-11-02T00:00:00Z'),
        ],
      }),
    );
    history.prune(at('2026-11-01T12:00:00Z'));
    expect(history.months('api').map(({ month }) => month)).toEqual(['2026-09']);
    history.prune(at('2026-11-03T00:00:00Z'));
    const frozen = [
      { month: '2026-09', upMs: hour, downMs: 0 },
      { month: '2026-10', upMs: 6 * hour, downMs: hour / 2 },
    ];
    expect(history.months('api')).toEqual(frozen);
    history.commit(commit({ spans: [span('down', '2026-10-10T00:00:00Z', '2026-10-11T00:00:00Z')] }));
    history.prune(at('2026-11-04T00:00:00Z'));
    expect(history.months('api')).toEqual(frozen);
    history.close();
  });

  it('wait for a stretch that began in them and is still open', () => {
    const history = open();
    const october = Date.parse('2026-10-20T00:00:00Z');
    const open2 = (from: number) => monitor('api', { span: { kind: 'up', from } });
    history.commit(
      commit({
        monitors: [open2(october)],
        spans: [{ monitorId: 'api', kind: 'up', from: october - hour, to: october }],
      }),
    );
    history.prune(noon);
    expect(history.months('api')).toEqual([]);
    history.commit(commit({ monitors: [open2(noon)], spans: [{ monitorId: 'api', kind: 'up', from: october, to: noon }] }));
    history.prune(noon);
    expect(history.months('api')).toEqual([{ month: '2026-10', upMs: 12 * day + hour, downMs: 0 }]);
    history.close();
  });

  it('outlive their spans', () => {
    const history = open();
    const start = Date.parse('2026-10-10T00:00:00Z');
    history.commit(commit({ spans: [{ monitorId: 'api', kind: 'up', from: start, to: start + hour }] }));
    history.prune(noon);
    expect(history.spans('api', start + hour)).toHaveLength(1);
    history.prune(start + 402 * day);
    expect(history.spans('api', 0)).toEqual([]);
    expect(history.months('api')).toEqual([{ month: '2026-10', upMs: hour, downMs: 0 }]);
    history.close();
  });
});
