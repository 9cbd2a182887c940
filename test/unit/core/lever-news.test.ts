import { describe, expect, it } from 'vitest';
import { headline } from '../../../main/alerts/wording.ts';
import { rule, story } from '../../support/story.ts';

const text = 'API has been down for 5 min and the standby answers. Traffic can go to the standby.';

describe('what automation has to say', () => {
  it('is in the outage’s timeline and one alert of its own, and holds no reminder back', () => {
    const tale = story([rule('api')]).goesDown('api');
    const { lastAlertAt, alerts } = tale.incident();
    const before = tale.effects.length;
    tale.send({ type: 'lever-news', at: tale.now, incidentId: tale.incident().id, text });
    const told = tale.effects.slice(before).flatMap((effect) => (effect.type === 'alert' ? [effect.alert] : []));
    expect(told).toEqual([expect.objectContaining({ kind: 'lever', title: text, incidentId: tale.incident().id })]);
    expect(told.map((alert) => headline(alert))).toEqual([text]);
    expect(tale.incident()).toMatchObject({ lastAlertAt, alerts: alerts + 1 });
    expect(tale.incident().timeline.at(-1)).toMatchObject({ kind: 'action', text });
  });

  it('has a new key each time, so that the outbox keeps both', () => {
    const tale = story([rule('api')]).goesDown('api');
    const incidentId = tale.incident().id;
    for (const news of [text, 'Traffic is on the standby.'])
      tale.send({ type: 'lever-news', at: tale.now, incidentId, text: news });
    const keys = tale.effects.flatMap((effect) =>
      effect.type === 'alert' && effect.alert.kind === 'lever' ? [effect.alert.key] : [],
    );
    expect(new Set(keys).size).toBe(2);
  });

  it('about an outage that is forgotten goes nowhere', () => {
    const tale = story([rule('api')]);
    tale.send({ type: 'lever-news', at: tale.now, incidentId: 'inc-20200101-000000', text });
    expect(tale.effects.filter(({ type }) => type === 'alert')).toEqual([]);
  });
});
