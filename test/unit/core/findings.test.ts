// What was found out about an outage: the newest word of each source is kept, and the timeline tells what changed.
import { describe, expect, it } from 'vitest';
import { found, mergeEvidence } from '../../../main/core/findings.ts';
import type { IncidentState } from '../../../main/core/model.ts';
import type { Evidence, EvidenceOf } from '../../../shared/evidence.ts';
import { diagnosisOf, iso, playedAt } from '../../support/view-fixtures.ts';

const incident: IncidentState = {
  ...{ id: 'inc-20230709-140012', state: 'open', title: 'API is down', openedAt: playedAt, detectedAt: playedAt },
  ...{ acknowledgedAt: null, mitigatedAt: null, resolvedAt: null, monitors: ['api'], lastJoinedAt: playedAt, goodSince: null },
  ...{ relapses: 0, changes: [], flapping: false, announced: 'open', alerts: 1, lastAlertAt: playedAt },
  ...{ diagnosis: null, evidence: [], timeline: [] },
};
const nothing = diagnosisOf({ rule: 'unknown', sentence: 'The cause is not known yet.', confidence: 'low' });

const missing = (source: string): Evidence => ({ kind: 'missing', source, at: iso(playedAt), why: 'It did not answer.' });
const log = (text: string, at = playedAt): Evidence => ({
  ...{ kind: 'log', source: 'Render’s log', at: iso(at), provider: 'render', service: 'api' },
  lines: [{ at: iso(at), level: 'error', text }],
});
type Said = Partial<EvidenceOf<'provider-page'>['report']['incidents'][number]>;
const page = (...incidents: readonly Said[]): Evidence => ({
  ...{ kind: 'provider-page', source: 'Render’s status page', at: iso(playedAt), provider: 'Render' },
  report: {
    ...{ page: 'Render', format: 'statuspage', severity: 'major', components: [] },
    incidents: incidents.map((one) => ({
      ...{ name: 'Trouble in Frankfurt', status: 'investigating', impact: 'major', url: null, startedAt: null },
      ...{ lastUpdate: null, concernsUs: true },
      ...one,
    })),
  },
});
const deploys = (...states: readonly EvidenceOf<'deploys'>['deploys'][number]['state'][]): Evidence => ({
  ...{ kind: 'deploys', source: 'Render’s deploys', at: iso(playedAt), provider: 'render', service: 'nine-panels-api' },
  deploys: states.map((state, index) => ({
    ...{ id: `dep-${index}`, state, createdAt: iso(playedAt - index * 7_200_000), finishedAt: null, url: null },
    commit: `Change ${index}`,
  })),
});

describe('mergeEvidence', () => {
  it('keeps the newest word of each source, newest first', () => {
    const later = log('second', playedAt + 60_000);
    expect(mergeEvidence([log('first'), page()], [later])).toEqual([later, page()]);
  });

  it('keeps what was found when it cannot be found again', () => {
    expect(mergeEvidence([log('first')], [missing('Render’s log'), missing('Rollbar')])).toEqual([
      missing('Rollbar'),
      log('first'),
    ]);
  });

  it('replaces what could not be found by what was', () => {
    expect(mergeEvidence([missing('Render’s log')], [log('first')])).toEqual([log('first')]);
  });

  it('is bounded', () => {
    const many = Array.from({ length: 200 }, (_item, index) => missing(`source ${index}`));
    expect(mergeEvidence(many, [log('first')])).toHaveLength(60);
    expect(mergeEvidence(many, [log('first')])[0]).toEqual(log('first'));
  });
});

describe('found', () => {
  const texts = (one: IncidentState): string[] => one.timeline.map(({ kind, text }) => `${kind}: ${text}`);

  it('tells the first likely cause, and each better one', () => {
    const none = found(incident, playedAt, [], nothing);
    expect(texts(none)).toEqual([]);
    const first = found(none, playedAt, [], diagnosisOf({ confidence: 'medium' }));
    const same = found(first, playedAt, [log('x')], diagnosisOf({ confidence: 'medium', evidence: [] }));
    expect(texts(same)).toEqual(['diagnosis: Likely: The name no longer resolves.']);
    expect(same.evidence).toEqual([log('x')]);
    const sure = found(same, playedAt, [], diagnosisOf());
    expect(texts(sure).at(-1)).toBe('diagnosis: Very likely: The name no longer resolves.');
    const faded = found(sure, playedAt, [], nothing);
    expect([faded.diagnosis, faded.timeline]).toEqual([sure.diagnosis, sure.timeline]);
    const other = found(
      faded,
      playedAt,
      [],
      diagnosisOf({ rule: 'other', confidence: 'medium', sentence: 'It is something else.' }),
    );
    expect(texts(other).at(-1)).toBe('diagnosis: Likely: It is something else.');
  });

  it('tells what a provider writes, once, and that it is over', () => {
    const first = found(incident, playedAt, [page({ url: 'https://status.example.com/1' })], nothing);
    expect(texts(first)).toEqual([
      'provider: Render: “Trouble in Frankfurt” (major, investigating) https://status.example.com/1',
    ]);
    const again = found(first, playedAt, [page({ url: 'https://status.example.com/1' })], nothing);
    expect(again.timeline).toHaveLength(1);
    const update = found(again, playedAt, [page({ status: 'monitoring', lastUpdate: 'A fix is out.' })], nothing);
    expect(texts(update).at(-1)).toBe('provider: Render: “Trouble in Frankfurt” (major, monitoring) - A fix is out.');
    const over = found(update, playedAt, [page({ status: 'resolved' })], nothing);
    expect(texts(over).at(-1)).toBe('provider: Render no longer reports trouble that concerns us.');
  });

  it('says nothing of what does not concern us', () => {
    expect(found(incident, playedAt, [page({ concernsUs: false })], nothing).timeline).toEqual([]);
  });

  it('tells deploys around the outage as they come to their ends, oldest first', () => {
    const first = found(incident, playedAt, [deploys('building', 'live')], nothing);
    expect(texts(first)).toEqual(['provider: nine-panels-api: the deploy “Change 0” is being built.']);
    const ended = found(first, playedAt, [deploys('failed', 'live')], nothing);
    expect(texts(ended).at(-1)).toBe('provider: nine-panels-api: the deploy “Change 0” has failed.');
  });

  it('keeps hostile text harmless and short', () => {
    const name = `<b>x</b>\u001b[31m${'y'.repeat(490)}`;
    const [entry] = found(incident, playedAt, [page({ name, lastUpdate: 'z'.repeat(2_000) })], nothing).timeline;
    expect(entry?.text).not.toContain('\u001b');
    expect(entry?.text.length).toBeLessThanOrEqual(1_000);
  });
});
