// The week in a few lines: what is told, in which words, and what is left out.
import { describe, expect, it } from 'vitest';
import { lastDue } from '../../../main/compose-digest.ts';
import { digestOf, type Week } from '../../../main/core/digest.ts';
import type { Run } from '../../../shared/run.ts';
import { incidentOf, iso, monitorOf, observationOf } from '../../support/view-fixtures.ts';

const to = Date.parse('2026-11-23T09:00:00.000Z');
const day = 86_400_000;
const quiet: Week = {
  ...{ to, app: 'Nine Panels', incidents: [], slowness: new Map(), lastDump: null, lastDrill: null },
  monitors: [monitorOf('api', { name: 'API', uptime: { h24: 100, d7: 100, d90: 100 }, coverage: { h24: 100, d7: 97, d90: 50 } })],
  has: { dump: false, traffic: false },
};
const run = (action: Run['action'], finishedAt: number): Run =>
  ({ id: 'run-1', action, state: 'succeeded', finishedAt: iso(finishedAt) }) as Run;
const lines = (change: Partial<Week>): readonly string[] => digestOf({ ...quiet, ...change }).lines;

describe('a week', () => {
  it('without trouble is short', () => {
    expect(digestOf(quiet)).toEqual({
      ...{ from: '2026-11-16T09:00:00.000Z', to: '2026-11-23T09:00:00.000Z', title: 'Nine Panels: the last seven days' },
      lines: ['Everything was up all the time that it was watched (97 % of the week).', 'No outage.'],
    });
  });

  it('names the least available monitors, and leaves providers’ pages out', () => {
    const at = (id: string, d7: number | null, role: 'api-primary' | 'provider' = 'api-primary') =>
      monitorOf(id, { name: id.toUpperCase(), role, uptime: { h24: 100, d7, d90: 100 } });
    const monitors = [
      at('a', 99.5),
      at('b', 100),
      at('c', 98.125),
      at('d', 99.9),
      at('e', 99.99),
      at('p', 50, 'provider'),
      at('n', null),
    ];
    expect(lines({ monitors })[0]).toBe('Availability: C 98.13 %, A 99.50 %, D 99.90 %; 2 more at 99.99 % or better.');
  });

  it('that nobody watched says so', () => {
    expect(lines({ monitors: [monitorOf('api', { uptime: { h24: null, d7: null, d90: null } })] })[0]).toBe(
      'Nothing was watched.',
    );
  });

  it('counts the outages of these seven days only, and of an older one only what fell into them', () => {
    const outage = (title: string, from: number, until: number | null) =>
      incidentOf({ title, openedAt: iso(to - from), resolvedAt: until === null ? null : iso(to - until) });
    const incidents = [
      outage('API is down', 2 * day, 2 * day - 1_800_000),
      outage('long over', 9 * day, 8 * day),
      outage('began before', 8 * day, 7 * day - 3_600_000),
      outage('still on', 600_000, null),
    ];
    expect(lines({ incidents })[1]).toBe('3 outages, 1 h 40 min in all: still on (still open); API is down; began before.');
  });

  it('names the slowest monitor', () => {
    expect(lines({ slowness: new Map([['api', 1_234]]) })).toContain('Slowest: API, 95 % of its answers within 1.23 s.');
  });

  it('tells the age of dump and drill where those are set up, and when a drill is due', () => {
    const has = { dump: true, traffic: true };
    expect(lines({ has })).toEqual(expect.arrayContaining(['No good dump yet.', 'No drill yet.']));
    const done = lines({ has, lastDump: run('dump', to - 3 * 3_600_000), lastDrill: run('drill', to - 31 * day) });
    expect(done).toEqual(expect.arrayContaining(['Last good dump 3 h ago.', 'Last drill 31 d ago: time for another one.']));
  });

  it('warns of certificates that end within a month, each host once', () => {
    const with_ = (id: string, host: string, daysLeft: number) =>
      monitorOf(id, { last: observationOf(id, { certificate: { host, expiresAt: iso(to + daysLeft * day), daysLeft } }) });
    const monitors = [
      with_('a', 'api.example.com', 12),
      with_('b', 'api.example.com', 12),
      with_('c', 'old.example.com', -2),
      with_('d', 'far.example.com', 80),
    ];
    expect(lines({ monitors }).at(-1)).toBe(
      'Certificates that end soon: old.example.com has expired, api.example.com in 12 days.',
    );
  });
});

describe('when it is due', () => {
  const monday = { day: 'monday', at: '09:00' } as const;
  it.each([
    ['2026-11-23T08:59:59.999Z', monday, '2026-11-16T09:00:00.000Z'],
    ['2026-11-23T09:00:00.000Z', monday, '2026-11-23T09:00:00.000Z'],
    ['2026-11-29T23:59:00.000Z', monday, '2026-11-23T09:00:00.000Z'],
    ['2026-11-23T09:00:00.000Z', { day: 'sunday', at: '18:30' }, '2026-11-22T18:30:00.000Z'],
    ['2026-11-22T18:29:00.000Z', { day: 'sunday', at: '18:30' }, '2026-11-15T18:30:00.000Z'],
  ] as const)('%s', (now, when, expected) => {
    expect(iso(lastDue(Date.parse(now), when))).toBe(expected);
  });
});
