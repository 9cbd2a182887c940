// REPLAYS.md, scenario C: none of these may open an incident or send an alert.
import { describe, expect, it } from 'vitest';
import { observationOf, rule, type Story, story } from '../../support/story.ts';

const minute = 60_000;
const stack = [
  rule('api'),
  rule('login'),
  rule('web', { role: 'frontend' }),
  rule('db', { role: 'database' }),
  rule('render', { role: 'provider', kind: 'status-page' }),
];

const silent = (tale: Story): void => {
  expect(tale.opened).toBe(0);
  expect(tale.alerts).toEqual([]);
};

describe('a false alarm stays silent', () => {
  it('when the Wi-Fi drops for ten minutes', () => {
    const tale = story(stack);
    tale.witness = 'offline';
    for (let round = 0; round < 20; round += 1) {
      for (const { id } of stack) tale.fails(id, 'unreachable');
      tale.pass(30_000);
    }
    expect(tale.state.signal).toMatchObject({ colour: 'grey', reasons: ['This machine has no internet'] });
    expect(tale.monitor('api')).toMatchObject({ status: 'unknown', known: 'up' });
    tale.witness = 'online';
    tale.pass(5_000).up('api');
    expect(tale.state.signal).toMatchObject({ colour: 'grey', reasons: ['Checking again…'] });
    tale.allUp();
    expect(tale.state.signal.colour).toBe('green');
    expect(tale.effects).toContainEqual({ type: 'check-all', overMs: 10_000 });
    silent(tale);
  });

  it('when a captive portal answers in everyone’s place', () => {
    const tale = story(stack);
    tale.witness = 'captive';
    for (const { id } of stack) tale.fails(id, 'tls').fails(id, 'tls');
    expect(tale.state.signal).toMatchObject({ colour: 'grey', reasons: ['This network wants a log-in first (captive portal)'] });
    silent(tale);
  });

  it('when the laptop sleeps for eight hours and wakes before its Wi-Fi does', () => {
    const tale = story(stack);
    const asleep = tale.now;
    tale.now += 8 * 60 * minute;
    tale.send({ type: 'gap', at: tale.now, from: asleep, cause: 'sleep' });
    expect(tale.state.signal.colour).toBe('grey');
    for (const { id } of stack) tale.fails(id, 'dns').fails(id, 'dns');
    silent(tale);
    tale.pass(5_000).allUp();
    expect(tale.state.signal.colour).toBe('green');
    silent(tale);
  });

  it('when a failure right after waking is only asked about again', () => {
    const tale = story(stack);
    const asleep = tale.now;
    tale.now += 60 * minute;
    tale.send({ type: 'gap', at: tale.now, from: asleep, cause: 'sleep' });
    tale.fails('api').pass(5_000).fails('api').pass(5_000).fails('api').pass(5_000).up('api');
    silent(tale);
  });

  it('when the standby takes 45 s to answer its first request', () => {
    const tale = story([
      ...stack,
      rule('standby', { role: 'api-standby', coldStartMs: 90_000, degradedAboveMs: 2_000, intervalMs: 3_600_000 }),
    ]);
    tale.see(observationOf('standby', tale.now, 'up', { latencyMs: 45_000, wakeMs: 45_000 }));
    expect(tale.state.signal.colour).toBe('green');
    silent(tale);
  });

  it('when one request in fifty times out', () => {
    const tale = story(stack);
    for (let round = 1; round <= 200; round += 1) {
      for (const { id } of stack) round % 50 === 0 ? tale.fails(id, 'timeout').pass(5_000).up(id) : tale.up(id);
      tale.pass(30_000);
    }
    silent(tale);
  });

  it('when a provider page is unreachable', () => {
    const tale = story(stack);
    for (let round = 0; round < 10; round += 1)
      tale
        .see(observationOf('render', tale.now, 'unknown'))
        .pass(30_000)
        .up('api')
        .up('login')
        .up('web')
        .up('db');
    expect(tale.state.signal.colour).toBe('green');
    silent(tale);
  });

  it('when a provider page even claims to be down: pages explain, they do not judge', () => {
    const tale = story(stack).see(observationOf('render', Date.now(), 'degraded'));
    expect(tale.state.signal.colour).toBe('amber');
    silent(tale);
  });

  it.each([
    ['forwards', 60 * minute],
    ['backwards', -60 * minute],
  ])('when the clock jumps an hour %s', (_direction, by) => {
    const tale = story(stack);
    const from = tale.now;
    tale.now += by;
    tale.send({ type: 'gap', at: tale.now, from, cause: by > 0 ? 'sleep' : 'clock' });
    tale.allUp().pass(30_000).allUp();
    expect(tale.state.signal.colour).toBe('green');
    silent(tale);
  });

  it('when the operating system says that there is no interface at all, even for loopback targets', () => {
    const tale = story([rule('local', { local: true })]);
    tale.see(
      observationOf('local', tale.now, 'unknown', {
        error: { code: 'offline', message: 'This machine has no network connection.' },
      }),
    );
    expect(tale.state.signal.colour).toBe('grey');
    tale.pass(50_000).up('local');
    expect(tale.state.signal.colour).toBe('green');
    expect(tale.state.connectivity.state).toBe('online');
    silent(tale);
  });
});

describe('the guard against our own connection', () => {
  it('lets a verdict wait for the witnesses, and believes it when one answers', () => {
    const tale = story([rule('api')]).goesDown('api');
    expect(tale.effects.some((effect) => effect.type === 'ask-witnesses')).toBe(true);
    expect(tale.told).toEqual(['opened']);
  });

  it('judges loopback and private hosts without asking', () => {
    const tale = story([rule('api', { local: true })]);
    tale.witness = 'offline';
    tale.goesDown('api');
    expect(tale.effects.some((effect) => effect.type === 'ask-witnesses')).toBe(false);
    expect(tale.told).toEqual(['opened']);
  });

  it('is off when no witnesses are configured', () => {
    const tale = story([rule('api')], { guarded: false });
    tale.witness = 'offline';
    expect(tale.goesDown('api').told).toEqual(['opened']);
  });

  it('keeps an open incident open, silent and unresolved while we are offline', () => {
    const tale = story([rule('api'), rule('web')]).goesDown('api');
    tale.witness = 'offline';
    tale
      .fails('web')
      .pass(5_000)
      .fails('web')
      .pass(20 * minute);
    expect(tale.incident()).toMatchObject({ state: 'open', monitors: ['api'] });
    tale.witness = 'online';
    tale.pass(5_000).comesBack('api').up('web');
    expect(tale.told.filter((kind) => kind !== 'reminder')).toEqual(['opened', 'resolved']);
  });
});
