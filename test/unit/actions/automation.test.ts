// Automatic failover at work: what is asked, what is told, and that it happens once.
import { describe, expect, it } from 'vitest';
import { type AutomationDeps, makeAutomation } from '../../../main/actions/automation.ts';
import type { OperatorLease } from '../../../main/actions/lease.ts';
import type { Run } from '../../../shared/run.ts';
import type { Settings } from '../../../shared/settings.ts';
import type { MonitorView, Snapshot } from '../../../shared/snapshot.ts';
import { FakeClock } from '../../support/fake-clock.ts';
import { type RefusingJournal, refusingJournal } from '../../support/refusing-journal.ts';

type Traffic = NonNullable<Settings['traffic']>;

const traffic: Traffic = {
  ...{ via: ['promote-twin'], primary: 'https://api.example.com', standby: 'https://standby.example.com' },
  ...{ key: 'apiBase', verifyUrl: 'https://example.com/', automation: 'automatic', after: '5m', cooldown: '30m' },
};

/** The parts of a snapshot that automation reads. */
function outage(clock: FakeClock): Snapshot {
  const since = new Date(clock.now() - 360_000).toISOString();
  const api = { id: 'api', name: 'API', kind: 'http', role: 'api-primary', status: 'down', since, intervalMs: 30_000 };
  const monitors = [{ ...api, inMaintenance: false, last: { at: new Date(clock.now()).toISOString() } } as MonitorView];
  const incidents = [{ id: 'inc-20261123-140000', state: 'open', flapping: false, monitors: ['api'] }];
  return {
    ...{ monitors, incidents, connectivity: { state: 'online', since }, engine: { pausedUntil: null } },
    levers: { traffic: { warning: null } },
  } as unknown as Snapshot;
}

function scene(
  change: Partial<AutomationDeps> = {},
  shared: { journal?: RefusingJournal; clock?: FakeClock; end?: Run['state'] } = {},
) {
  const clock = shared.clock ?? new FakeClock();
  const journal = shared.journal ?? refusingJournal();
  const told: string[] = [];
  const log: string[] = [];
  const lease: OperatorLease = {
    async take() {
      log.push('lease');
      return { caveat: '', release: async (keepMs = 0) => void log.push(`free ${keepMs}`) };
    },
  };
  const deps: AutomationDeps = {
    ...{ settings: () => traffic, snapshot: () => outage(clock), journal, clock, lease },
    levers: {
      async start(request, { by }) {
        log.push(`${JSON.stringify(request)} by ${by}, switchedAt ${journal.recall('automation')?.switchedAt === clock.now()}`);
        const state = shared.end ?? 'succeeded';
        const run = { id: 'r', action: 'traffic', state, startedAt: '', finishedAt: null, steps: [] } as Run;
        return { run, finished: Promise.resolve(run) };
      },
    },
    async probeStandby() {
      log.push('standby');
      return true;
    },
    async witnesses() {
      log.push('witnesses');
      return 'online';
    },
    served: async () => 'primary',
    notify: (text) => told.push(text),
    ...change,
  };
  return { automation: makeAutomation(deps), clock, journal, told, log };
}

const switched = '{"action":"traffic","to":"standby","force":false} by automation, switchedAt true';

describe('automatic failover', () => {
  it('asks, takes the lease, notes it and switches, once', async () => {
    const { automation, log, told, clock } = scene();
    await automation.tick();
    expect(log).toEqual(['standby', 'witnesses', 'lease', switched, 'free 1800000']);
    expect(told.at(-1)).toBe('Automatic failover: Traffic is on the standby.');
    await clock.pass(60_000);
    await automation.tick();
    expect(log).toHaveLength(5);
  });

  it('waits for the cooldown after a switch that failed too, also in another process', async () => {
    const { automation, journal, clock, told } = scene({}, { end: 'failed' });
    await automation.tick();
    expect(told.at(-1)).toContain('Traffic was not moved: the run was failed.');
    const restarted = scene({}, { journal, clock });
    await clock.pass(1_799_000);
    await restarted.automation.tick();
    expect(restarted.log).toEqual([]);
    await clock.pass(1_000);
    await restarted.automation.tick();
    expect(restarted.log).toContain(switched);
  });

  it('asks nobody while something speaks against it', async () => {
    const clock = new FakeClock();
    const up = { ...outage(clock), incidents: [] };
    const { automation, log } = scene({ snapshot: () => up }, { clock });
    await automation.tick();
    expect(log).toEqual([]);
  });

  it('asks the standby every half a minute at most', async () => {
    const { automation, log, clock } = scene({ witnesses: async () => 'offline' });
    for (let ticks = 0; ticks < 13; ticks += 1) {
      await automation.tick();
      await clock.pass(5_000);
    }
    expect(log).toEqual(['standby', 'standby', 'standby']);
  });

  it('does nothing without the lease', async () => {
    const lease: OperatorLease = { take: async () => ({ taken: 'Another Signalbox holds the operator lease.' }) };
    const { automation, log, told } = scene({ lease });
    await automation.tick();
    expect(log).toEqual(['standby', 'witnesses']);
    expect(told).toEqual([]);
  });

  it('looks once more after it got the lease', async () => {
    const clock = new FakeClock();
    let now = outage(clock);
    const freed: number[] = [];
    const lease: OperatorLease = {
      async take() {
        now = { ...now, incidents: [] };
        return { caveat: '', release: async (keepMs = 0) => void freed.push(keepMs) };
      },
    };
    const { automation, log } = scene({ lease, snapshot: () => now }, { clock });
    await automation.tick();
    expect(log).toEqual(['standby', 'witnesses']);
    expect(freed).toEqual([0]);
  });

  it('tells once that it cannot decide, until that changes', async () => {
    const lease: OperatorLease = { take: () => Promise.reject(new Error('Vercel is away')) };
    const { automation, told, clock } = scene({ lease });
    for (let ticks = 0; ticks < 4; ticks += 1) {
      await automation.tick();
      await clock.pass(30_000);
    }
    expect(told).toHaveLength(1);
    expect(told[0]).toContain('Vercel is away');
  });
});

describe('a suggestion', () => {
  const suggest = (): Traffic => ({ ...traffic, automation: 'suggest' });

  it('is told once for an outage, shown as long as it holds, and moves nothing', async () => {
    const { automation, log, told, clock, journal } = scene({ settings: suggest });
    await automation.tick();
    await clock.pass(30_000);
    await automation.tick();
    expect(told).toEqual(['API has been down for 6 min and the standby answers. Traffic can go to the standby.']);
    expect(automation.suggestion()).toBe(told[0]);
    expect(log).toEqual(['standby', 'witnesses', 'standby', 'witnesses']);
    const restarted = scene({ settings: suggest }, { journal, clock });
    await restarted.automation.tick();
    expect(restarted.told).toEqual([]);
    expect(restarted.automation.suggestion()).not.toBeNull();
  });

  it('goes when the outage does', async () => {
    const clock = new FakeClock();
    let now = outage(clock);
    const { automation } = scene({ settings: suggest, snapshot: () => now }, { clock });
    await automation.tick();
    now = { ...now, incidents: [] };
    await automation.tick();
    expect(automation.suggestion()).toBeNull();
  });

  it('is not made while automation is off', async () => {
    const { automation, log } = scene({ settings: () => ({ ...traffic, automation: 'off' }) });
    await automation.tick();
    expect([automation.suggestion(), ...log]).toEqual([null]);
  });
});
