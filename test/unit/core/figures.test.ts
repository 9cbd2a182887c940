import { describe, expect, it } from 'vitest';
import { watchCertificate } from '../../../main/core/certificates.ts';
import { nextDue, phaseMs, spreadMs } from '../../../main/core/schedule.ts';
import { uptime } from '../../../main/core/uptime.ts';
import { uptimeViews } from '../../../main/core/view.ts';
import { observationOf, rule, story } from '../../support/story.ts';

const hour = 3_600_000;
const day = 24 * hour;

describe('uptime', () => {
  it('is the share of watched time, and says how much was watched', () => {
    const spans = [
      { kind: 'up' as const, from: 0, to: 90 },
      { kind: 'down' as const, from: 90, to: 100 },
    ];
    expect(uptime(spans, 0, 200)).toEqual({ percent: 90, coverage: 50 });
  });

  it('is unknown when nothing was watched, not 100', () => {
    expect(uptime([], 0, 100)).toEqual({ percent: null, coverage: 0 });
  });

  it('cuts stretches at the edges of the period', () => {
    expect(uptime([{ kind: 'up', from: -500, to: 50 }], 0, 100)).toEqual({ percent: 100, coverage: 50 });
  });

  it('never rounds a real outage up to a clean 100', () => {
    expect(
      uptime(
        [
          { kind: 'up', from: 0, to: day * 90 - 1 },
          { kind: 'down', from: day * 90 - 1, to: day * 90 },
        ],
        0,
        day * 90,
      ).percent,
    ).toBe(99.999);
  });

  it('counts an outage from its first failed check to its first good one', () => {
    const monitor = rule('api');
    const tale = story([monitor]);
    const start = tale.now;
    for (let round = 0; round < 18; round += 1) tale.pass(10_000).up('api');
    tale.fails('api').pass(5_000).fails('api').pass(15_000).comesBack('api').pass(30_000).up('api');
    const closed = tale.effects.flatMap((effect) =>
      effect.type === 'span' ? [{ kind: effect.kind, from: effect.from, to: effect.to }] : [],
    );
    expect(closed).toEqual([
      { kind: 'up', from: start, to: start + 180_000 },
      { kind: 'down', from: start + 180_000, to: start + 200_000 },
    ]);
    const { uptime: figures } = uptimeViews(monitor, tale.monitor('api'), closed, tale.now);
    const incident = tale.incident();
    expect((incident.resolvedAt ?? 0) - incident.openedAt).toBe(20_000);
    expect(figures.h24).toBeCloseTo((1 - 20_000 / (tale.now - start)) * 100, 2);
  });

  it('leaves out the time this machine was offline', () => {
    const tale = story([rule('api')])
      .pass(30_000)
      .up('api');
    tale.witness = 'offline';
    tale.pass(30_000).fails('api').pass(5_000).fails('api').pass(50_000);
    tale.witness = 'online';
    tale.pass(5_000).up('api').pass(30_000).up('api');
    const closed = tale.effects.flatMap((effect) => (effect.type === 'span' ? [effect] : []));
    const { uptime: figures, coverage } = uptimeViews(rule('api'), tale.monitor('api'), closed, tale.now);
    expect(figures.h24).toBe(100);
    expect(closed).toHaveLength(1);
    expect(coverage.h24).toBeLessThan(100);
  });
});

describe('certificate warnings', () => {
  const seen = (days: number, now: number) => ({
    host: 'api.example.com',
    expiresAt: new Date(now + days * day + 1_000).toISOString(),
    daysLeft: days,
  });

  it('come once per threshold, the nearest first', () => {
    const kinds: string[] = [];
    let records = {};
    const expiry = seen(22, 0);
    for (let today = 0; today <= 22; today += 1) {
      for (const hours of [0, 12]) {
        const watched = watchCertificate(records, expiry, today * day + hours * hour);
        records = watched.records;
        if (watched.alert) kinds.push(watched.alert.title);
      }
    }
    expect(kinds.map((title) => title.match(/\d+ days?/)?.[0])).toEqual(['21 days', '14 days', '7 days', '1 day']);
  });

  it('start at the threshold that is met when the certificate is first seen', () => {
    const watched = watchCertificate({}, seen(5, 0), 0);
    expect(watched.alert?.key).toMatch(/:7$/);
    expect(watchCertificate(watched.records, seen(5, 0), 1_000).alert).toBeNull();
  });

  it('are forgotten on renewal', () => {
    const warned = watchCertificate({}, seen(5, 0), 0);
    const renewed = watchCertificate(warned.records, seen(90, day), day);
    expect(renewed.alert).toBeNull();
    expect(renewed.records['api.example.com']?.warnedDays).toBeNull();
  });

  it('are judged by the newest certificate of the day when edges disagree', () => {
    const fresh = watchCertificate({}, seen(90, 0), 0);
    expect(watchCertificate(fresh.records, seen(3, 0), hour).alert).toBeNull();
    expect(watchCertificate(fresh.records, seen(3, 0), 25 * hour).alert).not.toBeNull();
  });

  it('reach the channels without an incident', () => {
    const tale = story([rule('api')]);
    const certificate = { ...seen(5, tale.now) };
    tale.see(observationOf('api', tale.now, 'up', { certificate }));
    expect(tale.alerts).toMatchObject([{ kind: 'certificate', incidentId: null }]);
    expect(tale.opened).toBe(0);
  });
});

describe('the schedule', () => {
  it('gives a monitor the same place in every interval', () => {
    const first = nextDue('api', 20_000, 1_000_000);
    expect(nextDue('api', 20_000, first)).toBe(first + 20_000);
    expect(nextDue('api', 20_000, first + 19_999)).toBe(first + 20_000);
    expect(first % 20_000).toBe(phaseMs('api', 20_000));
  });

  it('spreads a thousand similar names over the interval: no 100 ms holds more than three times its share', () => {
    const bins = new Array<number>(200).fill(0);
    for (let index = 0; index < 1_000; index += 1) {
      const bin = Math.floor(phaseMs(`monitor-${index}`, 20_000) / 100);
      bins[bin] = (bins[bin] ?? 0) + 1;
    }
    expect(Math.max(...bins)).toBeLessThanOrEqual(15);
  });

  it('checks a handful at once at the start, and a thousand within the given time', () => {
    expect(spreadMs(5, 6, 5_000)).toBe(250);
    expect(spreadMs(999, 1_000, 5_000)).toBeLessThan(5_000);
  });
});
