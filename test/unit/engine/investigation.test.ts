// When outages are looked into: at once, when the picture changes, from time to time, one look at a time, never after the end.
import { describe, expect, it } from 'vitest';
import type { IncidentState } from '../../../main/core/model.ts';
import { makeInvestigation } from '../../../main/engine/investigation.ts';
import type { Investigate } from '../../../main/engine/ports.ts';
import type { Evidence } from '../../../shared/evidence.ts';
import type { Diagnosis } from '../../../shared/incident.ts';
import { FakeClock } from '../../support/fake-clock.ts';
import { downMonitorOf, iso, monitorOf, snapshotOf } from '../../support/view-fixtures.ts';

function setUp() {
  const clock = new FakeClock();
  const looks: {
    readonly deliver: (found: readonly Evidence[]) => void;
    readonly signal: AbortSignal;
    end(problem?: Error): void;
  }[] = [];
  const told: { readonly evidence: readonly Evidence[]; readonly diagnosis: Diagnosis }[] = [];
  const troubles: string[] = [];
  let shown = snapshotOf([downMonitorOf('api', { role: 'api-primary' })]);
  const show = (next: typeof shown): void => {
    shown = next;
  };
  const investigate: Investigate = (_outage, deliver, signal) =>
    new Promise((resolve, reject) => looks.push({ deliver, signal, end: (problem) => (problem ? reject(problem) : resolve()) }));
  const investigation = makeInvestigation({
    ...{ clock, investigate, onTrouble: (sentence) => troubles.push(sentence) },
    shown: () => shown,
    found: (_id, evidence, diagnosis) => told.push({ evidence, diagnosis }),
  });
  return { clock, looks, told, troubles, investigation, show };
}

function outage(clock: FakeClock, change: Partial<IncidentState> = {}): IncidentState {
  const at = clock.now();
  return {
    ...{ id: 'inc-20261123-140000', state: 'open', title: 'API is down', openedAt: at, detectedAt: at, acknowledgedAt: null },
    ...{ mitigatedAt: null, resolvedAt: null, monitors: ['api'], lastJoinedAt: at, goodSince: null, relapses: 0, changes: [] },
    ...{ flapping: false, announced: 'open', alerts: 1, lastAlertAt: at, diagnosis: null, evidence: [], timeline: [] },
    ...change,
  };
}

const missing: Evidence = { kind: 'missing', source: 'Rollbar', at: iso(0), why: 'It did not answer.' };

describe('looking into an outage', () => {
  it('begins once the monitors that fail together have failed, and tells what arrives as it arrives', async () => {
    const { clock, looks, told, investigation } = setUp();
    investigation.follow([outage(clock)]);
    investigation.follow([outage(clock, { monitors: ['api', 'login'] })]);
    expect(looks).toHaveLength(0);
    await clock.pass(200);
    expect(looks).toHaveLength(1);
    expect(told).toHaveLength(1);
    looks[0]?.deliver([missing]);
    expect(told.at(-1)?.evidence).toEqual([missing]);
  });

  it('is repeated every minute, and every five once it is old', async () => {
    const { clock, looks, investigation } = setUp();
    investigation.follow([outage(clock)]);
    for (let minute = 0; minute < 12; minute += 1) {
      await clock.pass(60_000);
      for (const look of looks) look.end();
      await clock.pass(0);
    }
    const young = looks.length;
    expect(young).toBeGreaterThanOrEqual(9);
    for (let minute = 0; minute < 10; minute += 1) {
      await clock.pass(60_000);
      for (const look of looks) look.end();
      await clock.pass(0);
    }
    expect(looks.length - young).toBe(2);
  });

  it('looks again soon when the picture changes, but one look at a time and with a rest between', async () => {
    const { clock, looks, investigation } = setUp();
    investigation.follow([outage(clock)]);
    await clock.pass(200);
    investigation.stirred();
    investigation.stirred();
    await clock.pass(30_000);
    expect(looks).toHaveLength(1);
    looks[0]?.end();
    await clock.pass(0);
    await clock.pass(9_999);
    expect(looks).toHaveLength(1);
    await clock.pass(1);
    expect(looks).toHaveLength(2);
  });

  it('thinks again at once when the picture changes, whatever it asked a moment ago', async () => {
    const { clock, looks, told, investigation, show } = setUp();
    investigation.follow([outage(clock)]);
    await clock.pass(200);
    expect(told).toHaveLength(1);
    investigation.stirred();
    await clock.pass(200);
    expect(told, 'nothing new').toHaveLength(1);
    show(snapshotOf([downMonitorOf('api', { role: 'api-primary' }), monitorOf('web', { role: 'frontend' })]));
    investigation.stirred();
    await clock.pass(200);
    expect([told.length, looks.length]).toEqual([2, 1]);
  });

  it('ends with the outage: what is under way is cancelled, and what still arrives is not told', async () => {
    const { clock, looks, told, investigation } = setUp();
    investigation.follow([outage(clock)]);
    await clock.pass(200);
    investigation.follow([outage(clock, { state: 'resolved' })]);
    expect(looks[0]?.signal.aborted).toBe(true);
    const before = told.length;
    looks[0]?.deliver([missing]);
    looks[0]?.end();
    await clock.pass(600_000);
    expect([told.length, looks.length]).toEqual([before, 1]);
  });

  it('survives a look that fails, and says so', async () => {
    const { clock, looks, troubles, investigation } = setUp();
    investigation.follow([outage(clock)]);
    await clock.pass(200);
    looks[0]?.end(new Error('no such thing'));
    await clock.pass(0);
    expect(troubles).toHaveLength(1);
    await clock.pass(60_000);
    expect(looks).toHaveLength(2);
  });

  it('stops for good', async () => {
    const { clock, looks, investigation } = setUp();
    investigation.follow([outage(clock)]);
    await clock.pass(200);
    investigation.stop();
    expect(looks[0]?.signal.aborted).toBe(true);
  });
});
