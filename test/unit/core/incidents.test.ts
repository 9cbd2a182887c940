import { describe, expect, it } from 'vitest';
import { rule, story, storyStart } from '../../support/story.ts';

const minute = 60_000;

describe('an incident', () => {
  it('opens at the first failure, is detected at the verdict, and is told once', () => {
    const tale = story([rule('api')]).pass(30_000);
    const first = tale.now;
    tale.goesDown('api').pass(5_000).fails('api').pass(5_000).fails('api');
    expect(tale.opened).toBe(1);
    expect(tale.incident()).toMatchObject({ state: 'open', openedAt: first, detectedAt: first + 5_000, title: 'API is down' });
    expect(tale.incident().id).toBe('inc-20261123-140030');
    expect(tale.told).toEqual(['opened']);
  });

  it('takes in monitors that fail within five minutes of each other, in silence', () => {
    const tale = story([rule('api'), rule('login'), rule('web', { role: 'frontend' })]);
    tale
      .goesDown('api')
      .pass(4 * minute)
      .goesDown('login')
      .pass(4 * minute)
      .goesDown('web');
    expect(tale.opened).toBe(1);
    expect(tale.incident().monitors).toEqual(['api', 'login', 'web']);
    expect(tale.incident().title).toBe('API and 2 others are down');
    expect(tale.told).toEqual(['opened']);
  });

  it('is another one when a monitor fails later than that', () => {
    const tale = story([rule('api'), rule('web')])
      .goesDown('api')
      .pass(6 * minute)
      .goesDown('web');
    expect(tale.opened).toBe(2);
    expect(tale.told).toEqual(['opened', 'opened']);
  });

  it('takes in a thousand monitors with one message and a timeline that stays readable', () => {
    const rules = Array.from({ length: 1_000 }, (_, index) => rule(`m${index}`, { local: true }));
    const tale = story(rules, { guarded: false });
    for (const { id } of rules) tale.fails(id);
    tale.pass(5_000);
    for (const { id } of rules) tale.fails(id);
    expect(tale.opened).toBe(1);
    expect(tale.told).toEqual(['opened']);
    expect(tale.incident().monitors).toHaveLength(1_000);
    expect(tale.incident().timeline.length).toBeLessThan(40);
    for (const { id } of rules) tale.up(id);
    tale.pass(5_000);
    for (const { id } of rules) tale.up(id);
    expect(tale.told).toEqual(['opened', 'resolved']);
  });

  it('resolves when all its monitors are up, at the moment the last one came back', () => {
    const tale = story([rule('api'), rule('web')])
      .goesDown('api')
      .goesDown('web')
      .pass(minute)
      .comesBack('api');
    expect(tale.incident().state).toBe('open');
    tale.pass(minute);
    const back = tale.now;
    tale.comesBack('web');
    expect(tale.incident()).toMatchObject({ state: 'resolved', resolvedAt: back });
    expect(tale.told).toEqual(['opened', 'resolved']);
    expect(tale.alerts[1]?.durationMs).toBe(back - storyStart);
  });

  it('is recovering while successes are being counted', () => {
    const tale = story([rule('api')])
      .goesDown('api')
      .up('api');
    expect(tale.incident().state).toBe('recovering');
    expect(tale.fails('api').incident().state).toBe('open');
  });

  it('is reopened by a relapse within ten minutes, and told again', () => {
    const tale = story([rule('api')])
      .goesDown('api')
      .pass(minute)
      .comesBack('api')
      .pass(5 * minute)
      .goesDown('api');
    expect(tale.opened).toBe(1);
    expect(tale.state.incidents).toHaveLength(1);
    expect(tale.incident()).toMatchObject({ state: 'open', resolvedAt: null, relapses: 1 });
    expect(tale.told).toEqual(['opened', 'resolved', 'reopened']);
  });

  it('is reopened by another monitor that fails within five minutes of the last, even if it was over for a moment', () => {
    const tale = story([rule('api'), rule('login')])
      .goesDown('api')
      .comesBack('api')
      .pass(minute)
      .goesDown('login');
    expect(tale.opened).toBe(1);
    expect(tale.incident()).toMatchObject({ state: 'open', monitors: ['api', 'login'], relapses: 1 });
    expect(tale.told).toEqual(['opened', 'resolved', 'reopened']);
  });

  it('is a new one when the relapse comes later', () => {
    const tale = story([rule('api')])
      .goesDown('api')
      .comesBack('api')
      .pass(11 * minute)
      .goesDown('api');
    expect(tale.opened).toBe(2);
  });

  it('believes a recovery only after a hold that doubles with every relapse', () => {
    const tale = story([rule('api')])
      .goesDown('api')
      .comesBack('api')
      .pass(9.5 * minute)
      .goesDown('api')
      .pass(minute)
      .comesBack('api');
    expect(tale.incident().state).toBe('recovering');
    expect(tale.state.signal.colour).toBe('amber');
    tale.pass(50_000);
    expect(tale.incident().state).toBe('recovering');
    tale.pass(15_000);
    expect(tale.told).toEqual(['opened', 'resolved', 'reopened', 'resolved']);
  });

  it('reminds every quarter of an hour until acknowledged', () => {
    const tale = story([rule('api')]).goesDown('api');
    for (let round = 0; round < 31 * 2; round += 1) tale.pass(30_000).fails('api');
    expect(tale.told).toEqual(['opened', 'reminder', 'reminder']);
    tale.send({ type: 'acknowledge', at: tale.now, incidentId: tale.incident().id });
    for (let round = 0; round < 40; round += 1) tale.pass(30_000).fails('api');
    expect(tale.told).toEqual(['opened', 'reminder', 'reminder']);
    expect(tale.state.signal).toMatchObject({ colour: 'amber', reasons: ['API is down (acknowledged)'] });
  });

  it('speaks again when an outage that began small reaches production', () => {
    const tale = story([rule('batch', { role: 'other' }), rule('api')])
      .goesDown('batch')
      .pass(2 * minute)
      .goesDown('api');
    expect(tale.told).toEqual(['opened', 'escalated']);
  });

  it('keeps notes with their time', () => {
    const tale = story([rule('api')]).goesDown('api');
    tale.send({ type: 'note', at: tale.now, incidentId: tale.incident().id, text: 'Render is on it.' });
    expect(tale.incident().timeline.at(-1)).toEqual({
      at: new Date(tale.now).toISOString(),
      kind: 'note',
      text: 'Render is on it.',
    });
  });

  it('ends when its monitor is no longer watched', () => {
    const tale = story([rule('api'), rule('web')]).goesDown('api');
    tale.send({ type: 'configured', at: tale.now, rules: { ...tale.state.rules, monitors: [rule('web')] } });
    expect(tale.incident().state).toBe('resolved');
  });

  it('does not end by pausing its only monitor', () => {
    const tale = story([rule('api')]).goesDown('api');
    tale.send({ type: 'pause', at: tale.now, monitorId: 'api', until: tale.now + minute });
    tale.pass(30_000);
    expect(tale.incident().state).toBe('open');
  });

  it('of the standby is told, but amber: production is not down', () => {
    const tale = story([rule('standby', { role: 'api-standby' }), rule('api')]).goesDown('standby');
    expect(tale.told).toEqual(['opened']);
    expect(tale.state.signal).toMatchObject({ colour: 'amber', reasons: ['STANDBY is down'] });
  });
});

describe('flapping', () => {
  const flap = () => {
    const tale = story([rule('api')]);
    for (let round = 0; round < 2; round += 1) tale.goesDown('api').pass(30_000).comesBack('api').pass(30_000);
    return tale;
  };

  it('holds the incident open after four changes in ten minutes', () => {
    const tale = flap();
    expect(tale.incident()).toMatchObject({ flapping: true, state: 'recovering' });
    expect(tale.told).toEqual(['opened', 'resolved', 'reopened']);
  });

  it('mutes whatever repeats, and always announces how it ended', () => {
    const tale = flap();
    for (let round = 0; round < 3; round += 1) tale.goesDown('api').pass(30_000).comesBack('api').pass(30_000);
    expect(tale.told).toEqual(['opened', 'resolved', 'reopened']);
    for (let round = 0; round < 60; round += 1) tale.pass(30_000).up('api');
    expect(tale.incident).toThrow();
    expect(tale.told).toEqual(['opened', 'resolved', 'reopened', 'resolved']);
  });

  it('is counted per monitor: two monitors that fail and recover once do not flap', () => {
    const tale = story([rule('api'), rule('web')])
      .goesDown('api')
      .goesDown('web')
      .comesBack('api')
      .comesBack('web');
    expect(tale.incident().flapping).toBe(false);
    expect(tale.incident().state).toBe('resolved');
  });
});

describe('maintenance', () => {
  it('records failures but opens nothing until it is over', () => {
    const window = { from: storyStart, to: storyStart + 10 * minute, monitors: null };
    const tale = story([rule('api')], { maintenance: [window] }).goesDown('api');
    expect(tale.monitor('api').status).toBe('down');
    expect(tale.opened).toBe(0);
    for (let round = 0; round < 22; round += 1) tale.pass(30_000).fails('api');
    expect(tale.told).toEqual(['opened']);
  });
});
