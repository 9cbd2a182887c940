// What may be named as the cause, how surely, and what must never be claimed.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { diagnose } from '../../../../main/core/diagnosis/diagnose.ts';
import { diagnosis } from '../../../../shared/incident.ts';
import { cases } from './cases.ts';
import { connection, down, http, log, page, picture, pooler, up } from './picture.ts';

const order = { low: 0, medium: 1, high: 2 } as const;

describe('the likely cause', () => {
  it.each(cases.map((one) => [one.report, one] as const))('%s', (_report, { facts, rule, sure, lever, not = [] }) => {
    const found = diagnose(facts);
    expect([found.rule, found.confidence, found.lever]).toEqual([rule, sure, lever]);
    expect(diagnosis.safeParse(found).error).toBeUndefined();
    const claimed = [found.rule, ...found.others.map((other) => other.rule)];
    for (const one of not) expect(claimed).not.toContain(one);
    if (rule !== 'unknown') expect(found.evidence.length).toBeGreaterThan(0);
  });

  it('has been tried on forty outages and more, and is never surer than the table allows', () => {
    expect(cases.length).toBeGreaterThanOrEqual(45);
    const tooSure = cases.filter(({ facts, sure }) => order[diagnose(facts).confidence] > order[sure]);
    expect(tooSure).toEqual([]);
  });

  it('of REPLAYS B cites the log line and names the pooler', () => {
    const replay = cases.find(({ report }) => report.includes('REPLAYS B)'));
    const found = diagnose(replay?.facts ?? picture([]));
    expect(found.evidence.map(({ text }) => text).join('\n')).toContain('port 5432 failed: Network unreachable');
    expect(found.suggestion).toContain(
      `postgresql://${pooler.user}:[password]@aws-0-eu-central-1.pooler.supabase.com:5432/postgres`,
    );
  });

  it('of REPLAYS A has the page’s own words, and that Supabase is well', () => {
    const found = diagnose(cases[0]?.facts ?? picture([]));
    const text = found.evidence.map((line) => line.text).join('\n');
    expect(found.sentence).toBe('Render reports a major outage in Frankfurt.');
    expect(text).toContain('We are looking into it.');
    expect(text).toContain('https://status.example.com/1');
    expect(text).toContain('Supabase reports no trouble.');
  });

  it('is not changed by the order in which things were found', () => {
    for (const { facts, report } of cases) {
      const turned = { ...facts, evidence: facts.evidence.toReversed(), monitors: facts.monitors.toReversed() };
      expect([report, diagnose(turned).rule, diagnose(turned).confidence]).toEqual([
        report,
        diagnose(facts).rule,
        diagnose(facts).confidence,
      ]);
    }
  });
});

describe('hostile evidence', () => {
  const hostile = fc.oneof(
    fc.string({ unit: 'binary', maxLength: 300 }),
    fc.constantFrom(
      '<script>alert(1)</script>',
      '\u001b[2J',
      '\u202Erm -rf /',
      'https://evil.example/',
      '"'.repeat(4_000),
      ' ('.repeat(2_000),
    ),
    fc
      .constantFrom('x', 'connection to server at ', 'ENETUNREACH ', '0:')
      .map((piece) => piece.repeat(Math.ceil(1_000_000 / piece.length))),
  );

  it('changes nothing but its own display', () => {
    const monitors = [up('api'), down('login', http(500)), up('db')];
    const bare = diagnose(picture(monitors));
    fc.assert(
      fc.property(hostile, (text) => {
        const found = diagnose(
          picture([up('api'), down('login', http(500)), up('db')], [log(text), connection({ user: text.slice(0, 100) })]),
        );
        expect(found.confidence).not.toBe('high');
        expect(found.lever).toBe(bare.lever);
        expect(diagnosis.safeParse(found).error).toBeUndefined();
        const shown = [...found.evidence, ...found.against].map((line) => line.text).join('');
        expect(shown).not.toMatch(/[\u0000-\u0008\u001b\u202e]/);
      }),
      { numRuns: 300 },
    );
  });

  it('in a provider’s page is only what the page says', () => {
    const name = '<img src=x> password authentication failed';
    const found = diagnose(picture([up('api'), down('login', http(500)), up('db')], [page('Render', 'minor', { name })]));
    expect(found.rule).not.toBe('database-wrong-password');
  });
});
