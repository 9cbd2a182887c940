import { describe, expect, it } from 'vitest';
import { postmortem } from '../../../main/core/postmortem.ts';
import { incidentOfPage, postmortemPage } from '../../../main/core/postmortem-page.ts';
import { facts, frankfurt, young } from './postmortem-samples.ts';

const page = postmortemPage(postmortem(facts), null);
const section = (heading: string): string => page.split(/^## /m).find((part) => part.startsWith(heading)) ?? '';

describe('postmortem', () => {
  it('has the sections of the first user’s own reports, in their order', () => {
    expect([...page.matchAll(/^##? .*$/gm)].map(([line]) => line)).toEqual([
      '# Postmortem: API (Frankfurt) and Log in are down',
      ...['## Basic information', '## Incident summary', '## Root cause', '## Timeline', '## Response and mitigation'],
      ...['## Lessons learned', '## Action items', '## Updates'],
    ]);
  });

  it('tells date, time with its zone, duration and milestones', () => {
    const basic = section('Basic information');
    expect(basic).toContain('- **Date:** Sunday 9 July 2023');
    expect(basic).toContain('- **Time:** 14:00:00 to 14:25:00 (Europe/Berlin, GMT+2)');
    expect(basic).toContain('- **Duration:** 25 min');
    expect(basic).toContain('- **Detected:** 14:00:05, 5 s after the start');
    expect(basic).toContain('- **Acknowledged:** 14:02:00, 2 min after the start');
    expect(basic).toContain('- **Mitigated:** 14:05:10, 5 min 10 s after the start');
    expect(basic).toContain('- **Resolved:** 14:25:00, 25 min after the start');
  });

  it('tells type, services and impact', () => {
    const summary = section('Incident summary');
    expect(summary).toContain('- **Type:** Outage of the API');
    expect(summary).toContain('- **Affected services:** API (Frankfurt), Log in');
    expect(summary).toContain('Checks of the API failed for 25 min');
    expect(summary).toContain('After 5 min 10 s a lever eased it');
  });

  it('gives the cause with what speaks for and against it, and leaves the confirmed one to people', () => {
    const cause = section('Root cause');
    expect(cause).toContain('Render reports a major outage in Frankfurt, where the API runs. (high confidence, by Signalbox)');
    expect(cause).toContain('14:00:10, Supabase: All systems are healthy');
    expect(cause.match(/All systems are healthy/g)).toHaveLength(1);
    expect(cause).toContain('Shutting down worker 7');
    expect(cause).toMatch(/### Confirmed\n\n_To fill in: /);
    expect(cause).toMatch(/### Contributing\n\n_To fill in: /);
  });

  it('tells the whole timeline, oldest first', () => {
    const lines = section('Timeline')
      .split('\n')
      .filter((line) => line.startsWith('- '));
    expect(lines).toHaveLength(frankfurt.timeline.length);
    expect(lines[0]).toBe(
      '- **14:00:00** (check) API (Frankfurt) failed: `api.ninepanels.com` refused the connection on port 443.',
    );
    expect(lines.at(-1)).toContain('**14:25:00**');
  });

  it('tells which levers were pulled, by whom, when and whether they were verified', () => {
    const lines = section('Response')
      .split('\n')
      .filter((line) => line.startsWith('- '));
    expect(lines).toEqual([
      '- Acknowledged at 14:02:00; reminders stopped.',
      '- **14:03:00** Banner on, from the window: verified from outside after 4 s (by Global Config, “We are on it.”)',
      '- **14:05:02** Traffic to the standby, from the window: verified from outside after 8 s (by promotion of the twin)',
      `- **14:06:00** Dump, from the command line: done after 30 s (\`nine-panels.dump\`, 42 MB, SHA-256 \`${'ab'.repeat(32)}\`)`,
    ]);
  });

  it('proposes what the diagnosis suggests', () => {
    expect(section('Action items')).toContain('- [ ] Move traffic to the standby.');
  });

  it('claims nothing that is not known', () => {
    const text = postmortemPage(postmortem(young), null);
    for (const blank of [
      '**Time:** since 14:00:00 (',
      '**Duration:** not over yet',
      'by nobody, in Signalbox',
      'not by a lever',
      'not yet',
      'found no cause',
      'No lever was pulled',
      'proposes none',
    ]) {
      expect(text).toContain(blank);
    }
    expect(text).toContain('and it lasts');
  });

  it.each([
    [['gone'], 'Outage of gone', 'cannot be told from what was watched'],
    [
      ['db', 'api', 'gone', 'more', 'most'],
      'Outage of the API, of the database and of gone and 2 others',
      'Checks of the API and the database failed',
    ],
    [['standby'], 'Outage of the standby API', 'None of what serves users directly'],
    [[], 'Outage of what was watched', 'None of what serves users directly'],
  ])('knows of %j only what their roles say', (monitors, type, impact) => {
    const standby = { id: 'standby', name: 'Standby', role: 'api-standby' as const };
    const report = postmortem({ ...facts, monitors: [...facts.monitors, standby], incident: { ...frankfurt, monitors } });
    expect(report.type).toBe(type);
    expect(report.impact.join(' ')).toContain(impact);
  });

  it('dates every time when the outage goes past midnight', () => {
    const late = { ...frankfurt, openedAt: '2023-07-09T21:50:00.000Z', resolvedAt: '2023-07-09T22:10:00.000Z' };
    const timeline = [{ at: late.resolvedAt, kind: 'incident' as const, text: 'Resolved.' }];
    const text = postmortemPage(postmortem({ ...facts, incident: { ...late, timeline } }), null);
    expect(text).toContain('**Time:** 23:50:00 to Monday 10 July 2023, 00:10:00');
    expect(text).toContain('- **10 Jul, 00:10:00** (incident) Resolved.');
  });

  it('says whose it is', () => {
    expect(incidentOfPage(page)).toBe(frankfurt.id);
    expect(incidentOfPage('# My notes\n')).toBeNull();
  });

  it('gives the same as data', () => {
    const data = postmortem(facts);
    expect(JSON.parse(JSON.stringify(data))).toEqual(data);
    expect(data.milestones.map(({ name, afterMs }) => [name, afterMs])).toEqual([
      ...[
        ['started', 0],
        ['detected', 5_000],
        ['acknowledged', 120_000],
        ['mitigated', 310_000],
        ['resolved', 1_500_000],
      ],
    ]);
    expect(data.response.map(({ id, verified }) => [id, verified])).toEqual([
      ['run-1', true],
      ['run-2', true],
      ['run-3', null],
    ]);
  });
});

describe('text from outside', () => {
  const hostile = [
    '<img src=x onerror=alert(1)> <!-- x --> </details>',
    '[click](https://evil.example/a) ![x](https://evil.example/b) <https://evil.example/c>',
    'see https://evil.example/d?x=(1), www.evil.example and mailto:me@evil.example',
    '\n# Heading\n- [ ] task\n> quote\n    code\n---',
    '``` `a` ``evil.example/`x`',
    '\u001b[31mred\u001b[0m \u202eover | pipe | *bold* _it_ ~~no~~ $x$ @someone #12',
    '<!-- signalbox:end timeline -->',
    'x'.repeat(5_000),
  ].join(' ');
  const text = postmortemPage(
    postmortem({
      ...facts,
      incident: { ...frankfurt, title: hostile, timeline: [{ at: frankfurt.openedAt, kind: 'provider', text: hostile }] },
    }),
    null,
  );
  /** What a renderer would act on: outside of code spans and escapes. */
  const active = text
    .replace(/<!-- signalbox:[^\n]* -->/g, '')
    .replace(/\\[\\`*_[\]<>&#~|$!^]/g, '')
    .replace(/(`+)(?!`)[\s\S]*?(?<!`)\1(?!`)/g, '');

  it('makes no HTML, no link and no heading', () => {
    expect(active).not.toMatch(/[<>]/);
    expect(active).not.toMatch(/evil\.example|https?:|www\.|mailto:|@someone|#12/);
    expect(active).not.toMatch(/\]\(/);
    expect([...active.matchAll(/^#+ /gm)]).toHaveLength([...page.matchAll(/^#+ /gm)].length);
  });

  it('ends no block, and holds no control character', () => {
    expect(postmortemPage(postmortem({ ...facts, incident: { ...frankfurt, title: hostile } }), text)).not.toContain(
      'signalbox:yours',
    );
    expect(text).not.toMatch(/[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u202e]/);
  });
});
