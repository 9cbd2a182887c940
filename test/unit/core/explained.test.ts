// What was found out reaches the outage, its timeline and the messages that follow.
import { describe, expect, it } from 'vitest';
import type { Diagnosis } from '../../../shared/incident.ts';
import { rule, story } from '../../support/story.ts';
import { diagnosisOf } from '../../support/view-fixtures.ts';

function reminded(diagnosis: Diagnosis): string {
  const tale = story([rule('api')]).goesDown('api');
  tale.send({ type: 'found', at: tale.now, incidentId: tale.incident().id, evidence: [], diagnosis });
  expect(tale.incident().diagnosis).toEqual(diagnosis);
  tale.pass(16 * 60_000);
  const alerts = tale.effects.flatMap((effect) => (effect.type === 'alert' ? [effect.alert] : []));
  return alerts.find(({ kind }) => kind === 'reminder')?.text ?? '';
}

describe('an outage whose cause is known', () => {
  it('says so in the messages that follow', () => {
    expect(reminded(diagnosisOf())).toContain('Cause: The name no longer resolves.');
  });

  it('does not repeat a guess', () => {
    expect(reminded(diagnosisOf({ confidence: 'low' }))).not.toContain('Cause');
  });

  it('that is over before it was found out is left alone', () => {
    const tale = story([rule('api')]);
    const before = tale.effects.length;
    tale.send({ type: 'found', at: tale.now, incidentId: 'inc-20200101-000000', evidence: [], diagnosis: diagnosisOf() });
    expect(tale.effects.length).toBe(before);
  });
});
