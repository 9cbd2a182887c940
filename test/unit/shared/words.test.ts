// The words that the window, the tray and the command line share, as tables.
import { describe, expect, it } from 'vitest';
import type { ProviderReport } from '../../../shared/observation.ts';
import type { Snapshot } from '../../../shared/snapshot.ts';
import {
  clockTime,
  duration,
  lampWord,
  latency,
  moment,
  pausedWords,
  providerWords,
  sentence,
  several,
  statusColour,
  statusWord,
} from '../../../shared/words.ts';
import {
  diagnosisOf,
  downMonitorOf,
  incidentOf,
  iso,
  monitorOf,
  observationOf,
  playedAt,
  snapshotOf,
} from '../../support/view-fixtures.ts';

describe('duration', () => {
  it.each([
    [-5, '0 s'],
    [999, '0 s'],
    [4_200, '4 s'],
    [60_000, '1 min'],
    [252_000, '4 min 12 s'],
    [3_600_000, '1 h'],
    [3_840_000, '1 h 4 min'],
    [86_399_000, '23 h 59 min'],
    [86_400_000, '1 d'],
    [273_600_000, '3 d 4 h'],
  ])('tells %i ms as %s', (ms, text) => expect(duration(ms)).toBe(text));
});

describe('latency', () => {
  it.each([
    [0.42, '0.4 ms'],
    [84.4, '84 ms'],
    [999.4, '999 ms'],
    [999.6, '1.00 s'],
    [1_240, '1.24 s'],
    [38_400, '38 s'],
    [65_000, '1 min 5 s'],
  ])('tells %f ms as %s', (ms, text) => expect(latency(ms)).toBe(text));
});

describe('times', () => {
  const at = Date.parse('2023-07-09T14:00:12.000Z');
  it.each([
    ['the time alone on the same day', at + 3_600_000, 'UTC', '14:00:12'],
    ['the day as well on another day', at + 86_400_000, 'UTC', '9 Jul, 14:00'],
    ['the year as well in another year', at + 300 * 86_400_000, 'UTC', '9 Jul 2023, 14:00'],
    ['the day of the reader’s own zone', at, 'Pacific/Auckland', '02:00:12'],
  ])('tells %s', (_, now, zone, text) => expect(moment(at, now, zone)).toBe(text));

  it('counts midnight as 00', () => expect(clockTime(Date.parse('2023-07-09T00:00:05Z'), 'UTC')).toBe('00:00:05'));
  it('names no end for a pause that has none', () => {
    expect(pausedWords(iso(at + 3_600_000), at, 'UTC')).toBe('Paused until 15:00:12');
    expect(pausedWords(iso(at + 31_536_000_000), at, 'UTC')).toBe('Paused until resumed');
  });
});

describe('words for states', () => {
  it('gives every colour its word', () => {
    expect((['green', 'amber', 'red', 'grey'] as const).map(lampWord)).toEqual(['Clear', 'Caution', 'Stop', 'Dark']);
  });
  it('gives every status its word and lamp', () => {
    const all = ['pending', 'up', 'degraded', 'verifying', 'down', 'unknown', 'paused'] as const;
    expect(all.map((status) => `${statusWord(status)} ${statusColour(status)}`)).toEqual([
      'Checking grey',
      'Up green',
      'Degraded amber',
      'Verifying amber',
      'Down red',
      'Unknown grey',
      'Paused grey',
    ]);
  });
  it.each([
    [['A'], 'A'],
    [['A', 'B'], 'A and B'],
    [['A', 'B', 'C', 'D'], 'A and 3 others'],
  ])('lists %j as %s', (names, text) => expect(several(names)).toBe(text));
});

const report = (severity: ProviderReport['severity'], parts: Partial<ProviderReport> = {}): ProviderReport => ({
  page: 'Render',
  format: 'statuspage',
  severity,
  components: [],
  incidents: [],
  ...parts,
});
const outage = report('major', {
  components: [
    { name: 'Frankfurt / Web Services', status: 'major_outage' },
    { name: 'Frankfurt / Cron Jobs', status: 'major_outage' },
    { name: 'Oregon / Web Services', status: 'operational' },
  ],
});

describe('providerWords', () => {
  const concern = { status: 'investigating', impact: 'minor', url: null, startedAt: null, lastUpdate: null };
  it.each<[string, ProviderReport, string]>([
    ['a group in trouble', outage, 'a major outage in Frankfurt'],
    [
      'a part in the page’s own words',
      report('critical', { components: [{ name: 'Frankfurt / Web Services', status: 'major_outage' }] }),
      'a major outage in Frankfurt / Web Services',
    ],
    ['one part', report('minor', { components: [{ name: 'API', status: 'degraded' }] }), 'minor trouble in API'],
    [
      'parts of several groups',
      report('critical', {
        components: [
          { name: 'EU / Web', status: 'down' },
          { name: 'US / Web', status: 'down' },
        ],
      }),
      'a critical outage in EU / Web and 1 more',
    ],
    [
      'an incident without parts',
      report('minor', {
        incidents: [
          { ...concern, name: 'Elsewhere', concernsUs: false },
          { ...concern, name: 'Slow builds', concernsUs: true },
        ],
      }),
      'minor trouble: “Slow builds”',
    ],
    ['a healthy page', report('none'), 'no trouble'],
  ])('tells %s', (_, page, text) => expect(providerWords(page)).toBe(text));
});

const api = monitorOf('api', { name: 'API (Frankfurt)', role: 'api-primary' });
const web = monitorOf('web', { name: 'Front end', role: 'frontend' });
const apiDown = downMonitorOf('api', { name: 'API (Frankfurt)', role: 'api-primary' });
const downAt = (id: string, since: number) => downMonitorOf(id, { name: id.toUpperCase(), since: iso(playedAt + since) });
const troubledPage = monitorOf('render', {
  name: 'Render',
  kind: 'status-page',
  role: 'provider',
  status: 'degraded',
  known: 'degraded',
  last: observationOf('render', { outcome: 'degraded', provider: outage }),
});
const offline = { state: 'offline', since: iso(playedAt) } as const;
const unknown = { status: 'unknown', known: 'up' } as const;

const table: readonly (readonly [string, Snapshot, string])[] = [
  ['nothing watched', snapshotOf([], { colour: 'grey' }), 'Nothing is watched yet: the settings file names no monitors.'],
  ['all clear', snapshotOf([api, web]), 'All clear. 2 monitors, last check 4 s ago.'],
  ['one monitor', snapshotOf([api]), 'All clear. 1 monitor, last check 4 s ago.'],
  ['one of them paused', snapshotOf([api, { ...web, status: 'paused' }]), 'All clear. 2 monitors, 1 paused, last check 4 s ago.'],
  [
    'a first failure',
    snapshotOf([{ ...api, status: 'verifying' }, web]),
    'Clear so far: API (Frankfurt) failed a check and is being checked again.',
  ],
  ['one down', snapshotOf([apiDown, web], { colour: 'red' }), 'API (Frankfurt) is down since 14:00:12.'],
  [
    'several down, oldest first',
    snapshotOf([downAt('b', 20_000), downAt('a', 5_000), downAt('c', 30_000)], { colour: 'red' }),
    'A and 2 others are down since 14:00:05.',
  ],
  [
    'down, acknowledged',
    snapshotOf([apiDown], { colour: 'amber', incidents: [incidentOf({ acknowledgedAt: iso(playedAt + 60_000) })] }),
    'API (Frankfurt) is down since 14:00:12 (acknowledged).',
  ],
  [
    'down, and the provider says so',
    snapshotOf([apiDown, troubledPage], { colour: 'red' }),
    'API (Frankfurt) is down since 14:00:12 - Render reports a major outage in Frankfurt.',
  ],
  [
    'down, diagnosed',
    snapshotOf([apiDown], {
      colour: 'red',
      incidents: [
        incidentOf({
          diagnosis: diagnosisOf({ sentence: 'The name no longer resolves.' }),
        }),
      ],
    }),
    'API (Frankfurt) is down since 14:00:12 - The name no longer resolves.',
  ],
  [
    'recovering',
    snapshotOf([api], { colour: 'green', incidents: [incidentOf({ state: 'recovering' })] }),
    'API (Frankfurt) answers again; Signalbox watches on before calling it over.',
  ],
  [
    'slow',
    snapshotOf([{ ...api, status: 'degraded', known: 'degraded', latencyMs: 2_400 }], { colour: 'amber' }),
    'API (Frankfurt) is slow (2.40 s) since 13:00:00.',
  ],
  [
    'provider trouble only',
    snapshotOf([api, troubledPage], { colour: 'amber' }),
    'Render reports a major outage in Frankfurt. Our own checks answer.',
  ],
  [
    'a dead alert channel',
    snapshotOf([api], {
      colour: 'amber',
      channels: [{ channel: 'slack', state: 'failing', lastSentAt: null, problem: 'HTTP 404' }],
    }),
    'Alerts by Slack are not getting through.',
  ],
  [
    'refused settings',
    snapshotOf([api], { colour: 'amber', engine: { ...snapshotOf([]).engine, settingsProblem: 'monitors[0].id is missing' } }),
    'The settings file was refused; the settings from before are running.',
  ],
  [
    'one monitor that cannot be judged',
    snapshotOf([{ ...api, ...unknown }, web, troubledPage], {
      colour: 'amber',
      signal: { colour: 'amber', reasons: ['API (Frankfurt): the page cannot be read'], since: iso(playedAt) },
    }),
    'API (Frankfurt): the page cannot be read.',
  ],
  [
    'offline',
    snapshotOf([{ ...api, ...unknown }], { colour: 'grey', connectivity: offline }),
    'Offline: this machine has no internet. Last known: all clear.',
  ],
  [
    'offline during an outage',
    snapshotOf([{ ...apiDown, status: 'unknown' }], { colour: 'grey', connectivity: offline }),
    'Offline: this machine has no internet. Last known: API (Frankfurt) down.',
  ],
  [
    'a captive portal',
    snapshotOf([{ ...api, ...unknown }], { colour: 'grey', connectivity: { state: 'captive', since: iso(playedAt) } }),
    'Not really online: this network wants you to sign in first. Last known: all clear.',
  ],
  [
    'everything paused',
    snapshotOf([api], { colour: 'grey', engine: { ...snapshotOf([]).engine, pausedUntil: iso(playedAt + 3_600_000) } }),
    'Paused until 15:00:00. Last known: all clear.',
  ],
  ['just started', snapshotOf([{ ...api, status: 'pending', known: null, last: null }], { colour: 'grey' }), 'Checking…'],
  [
    'silence',
    snapshotOf([{ ...api, last: observationOf('api', { atMs: playedAt - 600_000 }) }], { colour: 'grey' }),
    'No fresh results since 13:50:00. Last known: all clear.',
  ],
];

describe('sentence', () => {
  it.each(table)('tells %s', (_, snapshot, text) => expect(sentence(snapshot, playedAt, 'UTC')).toBe(text));
});
