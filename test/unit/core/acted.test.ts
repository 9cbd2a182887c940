// What a lever did, in the outages that it was for: with the engine, and without one.
import { describe, expect, it } from 'vitest';
import type { IncidentState } from '../../../main/core/model.ts';
import { carryOutWaiting } from '../../../main/engine/wishes.ts';
import { openHistory } from '../../../main/storage/history.ts';
import { commit, incident, noon, temporaryFolder } from '../../support/history-values.ts';
import { rule, story } from '../../support/story.ts';

const minute = 60_000;
const iso = (at: number): string => new Date(at).toISOString();

describe('a deed', () => {
  const cases: readonly [
    string,
    { mitigates: boolean; earlier?: boolean; doneBefore?: number },
    'now' | 'before' | 'earlier' | null,
  ][] = [
    ['that serves users again is the milestone', { mitigates: true }, 'now'],
    ['that does not is only told', { mitigates: false }, null],
    ['counts from when it was done, not from when it was heard of', { mitigates: true, doneBefore: 5_000 }, 'before'],
    ['after an earlier one that served users changes no milestone', { mitigates: true, earlier: true }, 'earlier'],
  ];
  it.each(cases)('%s', (_, { mitigates, earlier = false, doneBefore }, milestone) => {
    const tale = story([rule('api')]).goesDown('api');
    const incidentIds = [tale.incident().id];
    const first = tale.now;
    if (earlier) tale.send({ type: 'acted', at: tale.now, incidentIds, text: 'Banner is up.', mitigates: true });
    tale.pass(minute);
    const before = tale.effects.length;
    const doneAt = tale.now - (doneBefore ?? 0);
    const late = doneBefore === undefined ? {} : { doneAt };
    tale.send({ type: 'acted', at: tale.now, incidentIds, text: 'Traffic is on the standby.', mitigates, ...late });
    expect(tale.incident().timeline.at(-1)).toEqual({ at: iso(doneAt), kind: 'action', text: 'Traffic is on the standby.' });
    expect(tale.incident().mitigatedAt).toBe(
      milestone === null ? null : { now: tale.now, before: doneAt, earlier: first }[milestone],
    );
    expect(tale.effects.slice(before)).toContainEqual({
      type: 'incident-changed',
      change: 'updated',
      incidentId: tale.incident().id,
    });
  });

  it('is told to every outage that is still known, and to no other', () => {
    const tale = story([rule('api')]).goesDown('api');
    const incidentIds = ['inc-20200101-000000', tale.incident().id];
    tale.send({ type: 'acted', at: tale.now, incidentIds, text: 'Dump done.', mitigates: false });
    expect(tale.state.incidents).toHaveLength(1);
    expect(tale.incident().timeline.at(-1)?.text).toBe('Dump done.');
  });

  it('causes no alert, and mitigates nothing that is over', () => {
    const tale = story([rule('api')]).goesDown('api');
    tale.up('api').pass(1_000).up('api');
    expect(tale.incident().state).toBe('resolved');
    const told = [...tale.told];
    tale.send({ type: 'acted', at: tale.now, incidentIds: [tale.incident().id], text: 'Banner is off.', mitigates: true });
    expect(tale.incident().mitigatedAt).toBeNull();
    expect(tale.incident().timeline.at(-1)?.kind).toBe('action');
    expect(tale.told).toEqual(told);
  });
});

describe('a deed that was told while no engine ran', () => {
  it('lands in the stored outages, once', () => {
    const history = openHistory(temporaryFolder());
    const open: IncidentState = incident('inc-20261123-120000');
    history.commit(commit({ incidents: [open, incident('inc-20261123-130000')] }));
    const incidentIds = [open.id, open.id, 'inc-20200101-000000', 'inc-20261123-130000'];
    history.addWish({ type: 'acted', doneAt: noon + 1_000, incidentIds, text: 'Banner is up.', mitigates: true }, noon + 9_000);
    history.addWish({ type: 'acted', incidentIds: [open.id], text: 'Dump done.', mitigates: false }, noon + 10_000);
    carryOutWaiting(history);
    carryOutWaiting(history);
    expect(history.wishes()).toEqual([]);
    const after = history.incidentState(open.id);
    expect(after?.mitigatedAt).toBe(noon + 1_000);
    expect(after?.timeline.slice(1)).toEqual([
      { at: iso(noon + 1_000), kind: 'action', text: 'Banner is up.' },
      { at: iso(noon + 10_000), kind: 'action', text: 'Dump done.' },
    ]);
    expect(history.incidentState('inc-20261123-130000')?.timeline).toHaveLength(2);
    history.close();
  });
});
