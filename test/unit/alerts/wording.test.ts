import { describe, expect, it } from 'vitest';
import { testAlert } from '../../../main/alerts/test-alert.ts';
import { affected, detail, headline, shortText, utc } from '../../../main/alerts/wording.ts';
import { safeText } from '../../../shared/redact.ts';
import { anAlert } from '../../support/alerts.ts';

const certificate = anAlert({
  kind: 'certificate',
  key: 'certificate:api.example.com:2026-12-01T00:00:00.000Z:7',
  incidentId: null,
  title: 'The certificate of api.example.com expires in 7 days',
  text: 'It is valid until 2026-12-01.',
  openedAt: null,
  durationMs: null,
  monitors: [],
});

describe('headline', () => {
  it.each([
    ['opened', 'Outage: API (Frankfurt) is down'],
    ['reopened', 'Outage again: API (Frankfurt) is down'],
    ['escalated', 'Outage is worse: API (Frankfurt) is down'],
    ['reminder', 'Still open: API (Frankfurt) is down'],
    ['resolved', 'Resolved: API (Frankfurt) is down'],
  ] as const)('of %s', (kind, text) => expect(headline(anAlert({ kind }))).toBe(text));

  it('of a certificate is its title alone', () => expect(headline(certificate)).toBe(certificate.title));

  it('of a test never speaks of an outage', () => {
    expect(headline(testAlert('slack', 1))).toBe('Test from Signalbox: alerts by Slack work');
  });

  it('is capped', () => expect(headline(anAlert({ title: 'x'.repeat(500) }), 50)).toHaveLength(50));
});

describe('short text', () => {
  it('says since when, in the time of the machine it is read on', () => {
    expect(shortText(anAlert(), 'Europe/Berlin')).toBe('Since 10:02:00. API (Frankfurt): no answer within 10 s.');
  });
  it('of a reminder says that nobody has acknowledged it', () => {
    expect(shortText(anAlert({ kind: 'reminder' }))).toMatch(/^Since 09:02:00, not acknowledged yet\./);
  });
  it('of an end says how long it lasted', () => {
    expect(shortText(anAlert({ kind: 'resolved', durationMs: 252_000, text: 'All are up again.' }))).toBe(
      'It lasted 4 min 12 s. All are up again.',
    );
  });
  it('is never empty: node-notifier refuses an empty message', () => {
    expect(shortText(anAlert({ openedAt: null, text: 'API (Frankfurt) is down.' }))).toBe('Open Signalbox for more.');
  });
});

describe('parts', () => {
  it('leave out a text that only repeats the title', () => {
    expect(detail(anAlert({ text: 'API (Frankfurt) is down.' }))).toBe('');
  });
  it('name ten monitors and count the others', () => {
    const monitors = Array.from({ length: 13 }, (_, index) => `m${index}`);
    expect(affected(anAlert({ monitors }))).toBe('m0, m1, m2, m3, m4, m5, m6, m7, m8, m9 and 3 more');
  });
  it('write moments in UTC', () => expect(utc(anAlert().openedAt ?? 0)).toBe('2026-11-20 09:02 UTC'));
});

describe('safeText', () => {
  it('finds a secret behind a terminal escape', () => {
    expect(safeText('\u001b[31mtoken=abcdef12345\u0007', 100)).toBe('token=•••');
  });
  it('masks given values before it caps, so that no half of one is left', () => {
    expect(safeText('aaaa hunter2-hunter2', 12, ['hunter2-hunter2'])).toBe('aaaa •••');
  });
});
