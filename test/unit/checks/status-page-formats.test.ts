import { readdirSync, readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { concern } from '../../../main/providers/status-page-concern.ts';
import { candidates, readStatusPage } from '../../../main/providers/status-page-formats.ts';
import { severityOf } from '../../../main/providers/status-page-model.ts';
import { providerReport } from '../../../shared/observation.ts';

const folder = new URL('../../fixtures/status-pages/', import.meta.url);
const fixture = (name: string): unknown => JSON.parse(readFileSync(new URL(name, folder), 'utf8'));

describe('reading a status page', () => {
  it('reads Statuspage: groups, open incidents, work under way, and skips what it cannot read', () => {
    expect(readStatusPage(fixture('statuspage-frankfurt.json'))).toEqual({
      format: 'statuspage',
      name: 'Render',
      indicator: 'none',
      components: [
        { id: 'c1', name: 'Web Services', group: 'Frankfurt', status: 'major_outage', severity: 'critical' },
        { id: 'c2', name: 'PostgreSQL', group: 'Frankfurt', status: 'sparkling', severity: 'minor' },
        { id: 'c3', name: 'Web Services', group: 'Oregon', status: 'operational', severity: 'none' },
        { id: 'c4', name: 'Render API', group: null, status: 'under_maintenance', severity: 'maintenance' },
      ],
      incidents: [
        {
          name: 'Services in Frankfurt are unreachable',
          status: 'identified',
          impact: 'major',
          severity: 'major',
          url: 'https://stspg.io/x',
          startedAt: '2026-11-20T08:58:00Z',
          lastUpdate: 'Storage trouble.',
          touches: ['c1'],
        },
        expect.objectContaining({ name: 'API work', impact: 'maintenance', severity: 'maintenance', touches: ['c4'] }),
      ],
    });
  });

  it('reads incident.io: null lists and missing fields', () => {
    expect(readStatusPage(fixture('incident-io-minor.json'))).toMatchObject({
      format: 'incident-io',
      indicator: 'minor',
      components: [{ severity: 'none' }, { severity: 'minor' }],
      incidents: [{ severity: 'minor', touches: [], url: null, startedAt: '2026-11-20T10:00:00Z', lastUpdate: null }],
    });
  });

  it('reads Instatus, where work that has not begun is not an incident', () => {
    expect(readStatusPage(fixture('instatus-issues.json'))).toMatchObject({
      format: 'instatus',
      indicator: 'minor',
      components: null,
      incidents: [{ name: 'Dashboard is slow', severity: 'major', startedAt: '2026-06-11T18:55:50Z' }],
    });
  });

  it('reads Better Stack, where a report without an end may be over', () => {
    expect(readStatusPage(fixture('better-stack-downtime.json'))).toMatchObject({
      format: 'better-stack',
      indicator: 'critical',
      components: [
        { name: 'Ingest', group: 'Europe', severity: 'critical' },
        { name: 'Website', group: null, severity: 'none' },
      ],
      incidents: [{ name: 'Ingest is down', severity: 'critical', touches: ['20'], lastUpdate: 'We found it.' }],
    });
  });

  it('reads Slack', () => {
    expect(readStatusPage(fixture('slack-active.json'))).toMatchObject({
      format: 'slack',
      indicator: 'major',
      incidents: [{ name: 'Messages are slow to send', impact: 'incident', touches: ['Messaging'], lastUpdate: 'We are on it.' }],
    });
    expect(readStatusPage({ status: 'active', active_incidents: [] })).toMatchObject({ indicator: 'minor' });
  });

  it.each([null, 1, 'text', [], {}, { page: {} }, { status: 'ok' }, { data: { type: 'other' } }])(
    'does not know %j',
    (document) => {
      expect(readStatusPage(document)).toBeNull();
    },
  );
});

describe('any JSON at all', () => {
  const names = readdirSync(folder).filter((name) => name.endsWith('.json'));
  const wanted = fc.array(fc.constantFrom('Frankfurt / Web Services', 'API', '(', ''), { maxLength: 2 });

  it('is read without throwing', () => {
    fc.assert(fc.property(fc.jsonValue(), (document) => void readStatusPage(document)));
  });

  it('put in place of any part of a real document yields a valid report or nothing', () => {
    const damage = fc.tuple(fc.constantFrom(...names), fc.nat(), fc.jsonValue(), wanted);
    fc.assert(
      fc.property(damage, ([name, place, value, components]) => {
        const page = readStatusPage(replaceAt(fixture(name), place, value));
        if (page) providerReport.parse(concern(page, components, 'status.example.com').report);
      }),
      { numRuns: 500 },
    );
  });
});

/** `document` with the part that comes `place`-th in a walk through it replaced by `value`. */
function replaceAt(document: unknown, place: number, value: unknown): unknown {
  const parts: { readonly holder: Record<string, unknown>; readonly key: string }[] = [];
  const walk = (part: unknown): void => {
    if (typeof part !== 'object' || part === null) return;
    const holder = part as Record<string, unknown>;
    for (const key of Object.keys(holder)) {
      parts.push({ holder, key });
      walk(holder[key]);
    }
  };
  walk(document);
  const target = parts[place % parts.length];
  if (target) target.holder[target.key] = value;
  return document;
}

describe('the words of status pages', () => {
  it.each([
    ['operational', 'none'],
    ['OPERATIONAL', 'none'],
    ['degraded_performance', 'minor'],
    ['partial_outage', 'major'],
    ['MAJOROUTAGE', 'critical'],
    ['full_outage', 'critical'],
    ['under_maintenance', 'maintenance'],
    ['regional_outage', 'major'],
    ['something new', 'minor'],
    ['constructor', 'minor'],
  ])('%s is %s', (word, severity) => {
    expect(severityOf(word)).toBe(severity);
  });
});

describe('where the document may be', () => {
  it.each([
    [
      'https://status.render.com',
      undefined,
      ['/api/v2/summary.json', '/summary.json', '/index.json', '/api/v2.0.0/current', '/'],
    ],
    ['https://status.render.com', 'better-stack', ['/index.json']],
    ['https://status.render.com/api/v2/summary.json', undefined, ['/api/v2/summary.json']],
    ['https://slack-status.com', undefined, ['/api/v2.0.0/current']],
    ['https://slack-status.com/api/v2.0.0/current', undefined, ['/api/v2.0.0/current']],
    [
      'https://example.com/status',
      undefined,
      ['/status', '/api/v2/summary.json', '/summary.json', '/index.json', '/api/v2.0.0/current'],
    ],
  ] as const)('%s as %s', (url, format, paths) => {
    expect(candidates(url, format).map((one) => new URL(one).pathname)).toEqual(paths);
  });
});
