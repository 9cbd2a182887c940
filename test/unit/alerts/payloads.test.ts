import { describe, expect, it } from 'vitest';
import { occurrenceUuid, rollbarItem } from '../../../main/alerts/rollbar-item.ts';
import { escaped, slackMessage } from '../../../main/alerts/slack-message.ts';
import { testAlert } from '../../../main/alerts/test-alert.ts';
import { anAlert } from '../../support/alerts.ts';

const app = { name: 'Nine Panels', environment: 'production' };
const source = { appName: 'Nine Panels', environment: 'production', version: '0.1.0' };

describe('Slack message', () => {
  it('of an opened incident', () => {
    expect(slackMessage(anAlert(), app)).toEqual({
      text: 'Outage: API (Frankfurt) is down. API (Frankfurt): no answer within 10 s.',
      blocks: [
        { type: 'header', text: { type: 'plain_text', text: 'Outage: API (Frankfurt) is down' } },
        { type: 'section', text: { type: 'mrkdwn', text: 'API (Frankfurt): no answer within 10 s.', verbatim: true } },
        {
          type: 'section',
          fields: [
            {
              type: 'mrkdwn',
              text: '*Since*\n<!date^1795165320^{date_short_pretty} {time}|2026-11-20 09:02 UTC> (09:02 UTC)',
              verbatim: true,
            },
            { type: 'mrkdwn', text: '*Affected*\napi', verbatim: true },
            { type: 'mrkdwn', text: '*Duration so far*\n7 s', verbatim: true },
          ],
        },
        {
          type: 'context',
          elements: [{ type: 'mrkdwn', text: 'Nine Panels · production · Incident inc-20261120-090200', verbatim: true }],
        },
      ],
      unfurl_links: false,
      unfurl_media: false,
    });
  });

  it('lets outside text neither mention a channel nor make a link', () => {
    const text = JSON.stringify(slackMessage(anAlert({ text: '<!channel> <https://evil.example|click> a & b' }), app));
    expect(text).not.toContain('<!channel>');
    expect(text).not.toContain('<https:');
    expect(text).toContain('&lt;!channel&gt; &lt;https://evil.example|click&gt; a &amp; b');
  });

  it('of a reminder says how to end reminders', () => {
    expect(JSON.stringify(slackMessage(anAlert({ kind: 'reminder' }), app))).toContain('signalbox incident ack');
  });

  it('of a test says since nothing and affects nobody', () => {
    const { blocks } = slackMessage(testAlert('slack', 1), app);
    expect(blocks.map((block) => block.type)).toEqual(['header', 'section', 'context']);
  });

  it('is capped without cutting an entity', () => {
    expect(escaped('a<b', 7)).toBe('a&lt;b');
    expect(escaped('a<<', 7)).toBe('a&lt;…');
  });
});

describe('Rollbar item', () => {
  it('is the incident’s: fingerprint, marked title, level critical', () => {
    expect(rollbarItem(anAlert(), source).data).toMatchObject({
      environment: 'production',
      level: 'critical',
      title: 'Outage: API (Frankfurt) is down [inc-20261120-090200]',
      fingerprint: 'signalbox-inc-20261120-090200',
      timestamp: 1_795_165_327,
      body: { message: { body: 'API (Frankfurt): no answer within 10 s.', app: 'Nine Panels' } },
      custom: { incidentId: 'inc-20261120-090200', monitors: ['api'], openedAt: '2026-11-20T09:02:00.000Z' },
    });
  });

  it('has the same uuid for the same alert and another for another', () => {
    const uuid = /^[0-9a-f]{8}-[0-9a-f]{4}-8[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/;
    expect(rollbarItem(anAlert(), source).data.uuid).toBe(rollbarItem(anAlert({ at: 5 }), source).data.uuid);
    expect(occurrenceUuid('a')).not.toBe(occurrenceUuid('b'));
    for (const key of ['a', 'b', 'c', 'd', 'e']) expect(occurrenceUuid(key)).toMatch(uuid);
  });

  it('is a warning for a certificate, one item per host whatever the days left', () => {
    const at = (host: string, days: number) =>
      rollbarItem(
        anAlert({ kind: 'certificate', incidentId: null, key: `certificate:${host}:2026-12-01T00:00:00.000Z:${days}` }),
        source,
      ).data;
    expect(at('a.example', 7)).toMatchObject({ level: 'warning', fingerprint: at('a.example', 1).fingerprint });
    expect(at('a.example', 7).fingerprint).not.toBe(at('b.example', 7).fingerprint);
    expect(at('a.example', 7).uuid).not.toBe(at('a.example', 1).uuid);
    expect(at('a.example', 7).fingerprint.length).toBeLessThanOrEqual(40);
  });

  it('is of level info with a fingerprint of its own for a test', () => {
    expect(rollbarItem(testAlert('rollbar', 1), source).data).toMatchObject({ level: 'info', fingerprint: 'signalbox-test' });
  });

  it('keeps the incident’s mark when the title is cut', () => {
    const { title } = rollbarItem(anAlert({ title: 'x'.repeat(400) }), source).data;
    expect(title).toHaveLength(255);
    expect(title).toMatch(/… \[inc-20261120-090200\]$/);
  });
});
