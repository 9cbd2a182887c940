// What the provider stand-ins share: path templates, rate limits, timers that can be forgotten.
import { describe, expect, it } from 'vitest';
import { machineClock, trackTimers } from '../../../simulator/clock.ts';
import { makeRateLimit } from '../../../simulator/rate-limit.ts';
import { findRoute, matchTemplate } from '../../../simulator/routes.ts';
import { FakeClock } from '../../support/fake-clock.ts';

describe('matchTemplate', () => {
  it.each([
    ['/v1/a', '/v1/a', {}],
    ['/v1/a/{id}', '/v1/a/x%2Fy', { id: 'x/y' }],
    ['/v1/{one}/b/{two}', '/v1/1/b/2', { one: '1', two: '2' }],
    ['/v1/a/{id}', '/v1/a/%E0%A4%A', { id: '%E0%A4%A' }],
    ['/v1/a/{id}', '/v1/a/', null],
    ['/v1/a/{id}', '/v1/a', null],
    ['/v1/a', '/v1/a/b', null],
    ['/v1/a', '/v2/a', null],
  ])('%s against %s', (template, path, expected) => {
    expect(matchTemplate(template, path)).toEqual(expected);
  });
});

describe('findRoute', () => {
  it('takes the first route of that method and path', () => {
    const run = (): { status: number; body: string } => ({ status: 200, body: '' });
    const routes = [
      { method: 'GET', template: '/a/last', run },
      { method: 'GET', template: '/a/{id}', run },
    ];
    expect(findRoute(routes, 'GET', '/a/last')?.route.template).toBe('/a/last');
    expect(findRoute(routes, 'GET', '/a/1')?.params).toEqual({ id: '1' });
    expect(findRoute(routes, 'POST', '/a/1')).toBeNull();
  });
});

describe('makeRateLimit', () => {
  it('refuses what is over its total until the window, begun with the first request, ends', () => {
    let now = 1_000;
    const take = makeRateLimit([{ total: 2, windowMs: 100 }], () => now);
    expect([take().allowed, take().remaining]).toEqual([true, 0]);
    now = 1_099;
    expect(take()).toMatchObject({ allowed: false, remaining: 0, resetAt: 1_100 });
    now = 1_100;
    expect(take()).toMatchObject({ allowed: true, remaining: 1, resetAt: 1_200 });
  });

  it('is decided by the exhausted one of several windows, and a refused request counts against none', () => {
    let now = 0;
    const windows = [
      { total: 1, windowMs: 10 },
      { total: 2, windowMs: 1_000 },
    ];
    const take = makeRateLimit(windows, () => now);
    expect([take().allowed, take().allowed]).toEqual([true, false]);
    now = 10;
    expect(take().allowed).toBe(true);
    now = 20;
    expect(take()).toMatchObject({ allowed: false, windowMs: 1_000, resetAt: 1_000 });
  });
});

describe('trackTimers', () => {
  it('runs, cancels, and after stop neither runs nor accepts', async () => {
    const clock = new FakeClock();
    const timers = trackTimers(clock);
    const ran: string[] = [];
    timers.after(10, () => ran.push('first'));
    timers.after(10, () => ran.push('cancelled'))();
    await clock.pass(10);
    timers.after(10, () => ran.push('forgotten'));
    timers.stop();
    timers.after(0, () => ran.push('too late'));
    await clock.pass(100);
    expect(ran).toEqual(['first']);
  });

  it('keeps real time by default', async () => {
    const before = machineClock.now();
    await new Promise<void>((resolve) => machineClock.after(5, resolve));
    expect(machineClock.now()).toBeGreaterThanOrEqual(before + 4);
  });
});
