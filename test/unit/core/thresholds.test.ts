import { describe, expect, it } from 'vitest';
import { observationOf, rule, story } from '../../support/story.ts';

describe('a monitor under thresholds', () => {
  it('is pending until the first answer, then up', () => {
    expect(story([rule('api')]).monitor('api').status).toBe('up');
  });

  it('verifies after one failure and asks for a check after the retry interval', () => {
    const tale = story([rule('api')]).fails('api');
    expect(tale.monitor('api').status).toBe('verifying');
    expect(tale.effects).toContainEqual({ type: 'check', monitorId: 'api', inMs: 5_000 });
    expect(tale.state.signal.colour).toBe('green');
    expect(tale.opened).toBe(0);
  });

  it('goes down at the second failure in a row, since the first', () => {
    const tale = story([rule('api')]).pass(30_000);
    const first = tale.now;
    tale.goesDown('api');
    expect(tale.monitor('api')).toMatchObject({ status: 'down', since: first });
    expect(tale.state.signal.colour).toBe('red');
  });

  it('forgets a single failure when the next check succeeds, and its since stays', () => {
    const tale = story([rule('api')]);
    const since = tale.monitor('api').since;
    tale.pass(30_000).fails('api').pass(5_000).up('api').pass(30_000).fails('api').pass(5_000).up('api');
    expect(tale.monitor('api')).toMatchObject({ status: 'up', failures: 0, since });
    expect(tale.opened).toBe(0);
  });

  it('needs two successes in a row to come back, and confirms after the retry interval', () => {
    const tale = story([rule('api')])
      .goesDown('api')
      .pass(60_000);
    tale.effects.length = 0;
    tale.up('api');
    expect(tale.monitor('api').status).toBe('down');
    expect(tale.effects).toContainEqual({ type: 'check', monitorId: 'api', inMs: 5_000 });
    const firstSuccess = tale.now;
    tale.pass(5_000).up('api');
    expect(tale.monitor('api')).toMatchObject({ status: 'up', since: firstSuccess });
  });

  it('starts counting successes again after a failure between them', () => {
    const tale = story([rule('api')])
      .goesDown('api')
      .up('api')
      .fails('api')
      .up('api');
    expect(tale.monitor('api').status).toBe('down');
    expect(tale.up('api').monitor('api').status).toBe('up');
  });

  it.each([1, 3, 5])('honours a failure threshold of %i', (failureThreshold) => {
    const tale = story([rule('api', { failureThreshold })]);
    for (let count = 1; count < failureThreshold; count += 1) tale.fails('api');
    expect(tale.monitor('api').status).toBe(failureThreshold === 1 ? 'up' : 'verifying');
    expect(tale.fails('api').monitor('api').status).toBe('down');
  });

  it('ignores a cancelled check', () => {
    const tale = story([rule('api')]);
    const before = tale.state.monitors;
    tale.see(observationOf('api', tale.now, 'unknown', { error: { code: 'cancelled', message: 'Stopped.' } }));
    expect(tale.state.monitors[0]).toEqual(before[0]);
  });
});

describe('slowness', () => {
  const slow = rule('api', { degradedAboveMs: 2_000 });

  it('is degraded after as many slow answers as failures would need, and never down', () => {
    const tale = story([slow]).up('api', 2_500);
    expect(tale.monitor('api').status).toBe('up');
    expect(tale.up('api', 2_500).monitor('api').status).toBe('degraded');
    expect(tale.state.signal).toMatchObject({ colour: 'amber', reasons: ['API is slow'] });
    expect(tale.opened).toBe(0);
  });

  it('ends after as many quick answers as successes would need', () => {
    const tale = story([slow]).up('api', 2_500).up('api', 2_500).up('api', 100);
    expect(tale.monitor('api').status).toBe('degraded');
    expect(tale.up('api', 100).monitor('api').status).toBe('up');
    expect(tale.up('api', 2_500).monitor('api').status).toBe('up');
  });

  it('does not count a wake-up', () => {
    const tale = story([slow]);
    const wake = observationOf('api', tale.now, 'up', { latencyMs: 45_000, wakeMs: 45_000 });
    expect(tale.see(wake).see(wake).see(wake).monitor('api').status).toBe('up');
  });

  it('of a provider page is believed at once, and so is its end', () => {
    const tale = story([rule('page', { role: 'provider', kind: 'status-page' }), rule('api')]);
    tale.see(observationOf('page', tale.now, 'degraded'));
    expect(tale.state.signal).toMatchObject({ colour: 'amber', reasons: ['PAGE reports trouble'] });
    expect(tale.up('page').state.signal.colour).toBe('green');
    expect(tale.opened).toBe(0);
  });
});

describe('what cannot be known', () => {
  it('keeps the last known status beside unknown', () => {
    const tale = story([rule('db')]).see(observationOf('db', Date.now(), 'unknown'));
    expect(tale.monitor('db')).toMatchObject({ status: 'unknown', known: 'up' });
  });

  it('is transparent: good, unknown, bad alerts', () => {
    const tale = story([rule('db')]);
    tale.see(observationOf('db', tale.now, 'unknown')).goesDown('db');
    expect(tale.told).toEqual(['opened']);
  });

  it('is transparent: bad, unknown, good recovers', () => {
    const tale = story([rule('db')]).goesDown('db');
    tale.see(observationOf('db', tale.now, 'unknown'));
    expect(tale.incident().state).not.toBe('resolved');
    tale.comesBack('db');
    expect(tale.told).toEqual(['opened', 'resolved']);
  });

  it('turns the signal grey when results are older than three intervals', () => {
    const tale = story([rule('api')]).pass(100_000);
    expect(tale.state.signal.colour).toBe('green');
    tale.pass(20_000);
    expect(tale.state.signal.colour).toBe('grey');
    expect(tale.up('api').state.signal.colour).toBe('green');
  });

  it('of a provider page changes no colour', () => {
    const tale = story([rule('page', { role: 'provider' }), rule('api')]);
    expect(tale.see(observationOf('page', tale.now, 'unknown')).state.signal.colour).toBe('green');
  });

  it('of one of our own monitors is amber and says why', () => {
    const tale = story([rule('db'), rule('api')]);
    tale.see(observationOf('db', tale.now, 'unknown', { error: { code: 'auth', message: 'Secret "database-url" is not set.' } }));
    expect(tale.state.signal).toMatchObject({ colour: 'amber', reasons: ['DB: Secret "database-url" is not set.'] });
  });
});

describe('a pause', () => {
  it('stops judging one monitor until its end, then checks at once', () => {
    const tale = story([rule('api'), rule('web')]);
    tale.send({ type: 'pause', at: tale.now, monitorId: 'api', until: tale.now + 60_000 });
    expect(tale.fails('api').fails('api').monitor('api').status).toBe('paused');
    tale.effects.length = 0;
    tale.pass(60_000);
    expect(tale.monitor('api').status).toBe('pending');
    expect(tale.effects).toContainEqual({ type: 'check', monitorId: 'api', inMs: 0 });
    expect(tale.opened).toBe(0);
  });

  it('of everything is grey and says so, and ends by itself', () => {
    const tale = story([rule('api')]);
    tale.send({ type: 'pause', at: tale.now, monitorId: null, until: tale.now + 10_000 });
    expect(tale.state.signal).toMatchObject({ colour: 'grey', reasons: ['All checks are paused.'] });
    expect(tale.pass(10_000).allUp().state.signal.colour).toBe('green');
  });
});
