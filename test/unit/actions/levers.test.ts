// The lever service: one run per lever, what the timeline hears, the look beforehand, cancelling and stopping.
import { describe, expect, it } from 'vitest';
import { newRunId } from '../../../main/actions/lever-entries.ts';
import type { Run } from '../../../shared/run.ts';
import { logged, pass, quiet, states, step, untilStopped } from '../../support/deeds.ts';
import { drill, dump, faultOf, how, traffic, world } from '../../support/lever-world.ts';
import { refusingJournal } from '../../support/refusing-journal.ts';

describe('starting', () => {
  it('stores the run, tells its first state, and lets the lever go at its end', async () => {
    const { levers, journal, told, log, locks } = world();
    const heard: Run[] = [];
    const { run, finished } = await levers.start(traffic('standby'), { ...how, onRun: (one) => void heard.push(one) });
    expect(run).toMatchObject({ action: 'traffic', title: 'Traffic: standby', by: 'window', state: 'running' });
    expect(locks.taken).toEqual(new Set(['traffic']));
    const ended = await finished;
    expect(ended).toMatchObject({ id: run.id, state: 'succeeded' });
    expect(log).toEqual(['do first standby', 'do second standby']);
    expect(told[0]?.state).toBe('running');
    expect(states(told[0] as Run)).toEqual(['waiting', 'waiting']);
    expect(told.at(-1)).toEqual(ended);
    expect(heard).toEqual(told);
    expect(journal.run(run.id)?.run).toEqual(ended);
    expect(locks.taken.size).toBe(0);
  });

  it('names runs after their time', () => {
    expect(newRunId(Date.parse('2026-11-23T14:05:09.999Z'))).toMatch(/^run-20261123-140509-[0-9a-f]{4}$/);
  });

  it('is refused while the lever is in use, naming the run and how to cancel it', async () => {
    const { levers, deeds, locks } = world();
    deeds.steps = () => [step('Wait', { run: untilStopped })];
    const { run } = await levers.start(traffic('standby'), how);
    for (const request of [traffic('primary'), drill]) {
      const fault = await faultOf(() => levers.start(request, how));
      expect(fault).toMatchObject({ code: 'lever-busy', exitCode: 1 });
      expect(fault.message).toContain('“Traffic: standby” is under way, started from the window');
      expect(fault.next).toContain(`signalbox runs cancel ${run.id}`);
    }
    expect(await levers.prepare(traffic('primary'), new AbortController().signal)).toMatchObject({
      refusal: { code: 'lever-busy' },
      forceable: false,
    });
    await levers.start(dump, how);
    expect(locks.taken).toEqual(new Set(['traffic', 'dump']));
  });

  it('holds traffic during a drill', async () => {
    const { levers, deeds } = world();
    deeds.steps = () => [step('Wait', { run: untilStopped })];
    await levers.start(drill, how);
    expect((await faultOf(() => levers.start(traffic('primary'), how))).code).toBe('lever-busy');
  });

  it('gives the lever back when the run cannot even be stored', async () => {
    const journal = refusingJournal();
    journal.refuse = () => true;
    const { levers, locks, told, log } = world({ journal });
    expect((await faultOf(() => levers.start(dump, how))).code).toBe('disk-full');
    expect([locks.taken.size, told, log]).toEqual([0, [], []]);
  });

  it('is not disturbed by a listener that fails', async () => {
    const { levers, troubles } = world();
    const onRun = () => {
      throw new Error('the window is gone');
    };
    const { finished } = await levers.start(dump, { ...how, onRun });
    expect((await finished).state).toBe('succeeded');
    expect(troubles[0]).toContain('the window is gone');
  });
});

describe('the timeline', () => {
  it('hears of the start and the end of a run, with the outages open then', async () => {
    const { levers, deeds, acted } = world();
    deeds.open = ['inc-20261123-120000'];
    const { finished } = await levers.start(traffic('standby'), { by: 'automation', force: false });
    deeds.open = ['inc-20261123-120000', 'inc-20261123-130000'];
    await finished;
    expect(acted.map(({ incidentIds, text, mitigates }) => [incidentIds.length, text, mitigates])).toEqual([
      [1, 'Traffic: standby: started by automation.', false],
      [2, 'Traffic is on the standby.', true],
    ]);
  });

  it('never hears that a failed run mitigated anything, and nothing secret', async () => {
    const { levers, deeds, acted } = world();
    deeds.open = ['inc-20261123-120000'];
    deeds.steps = () => [step('A', { run: () => Promise.reject(new Error('no')) })];
    deeds.change = { summary: () => ({ text: 'It says hunter22.', mitigates: true }) };
    await (await levers.start(dump, how)).finished;
    expect(acted.at(-1)).toMatchObject({ text: 'It says •••.', mitigates: false });
  });

  it('hears nothing when there is no outage', async () => {
    const { levers, acted } = world();
    await (await levers.start(dump, how)).finished;
    expect(acted).toEqual([]);
  });
});

describe('a look', () => {
  it('is the action’s own, cleaned and within the contract', async () => {
    const { levers, deeds } = world();
    const changes = Array.from({ length: 30 }, () => 'hunter22 '.repeat(500));
    deeds.change = {
      prepare: async () => ({
        changes,
        findings: [{ level: 'note', text: 'hunter22' }],
        refusal: null,
        forceable: false,
        asks: true,
      }),
    };
    const look = await levers.prepare(dump, new AbortController().signal);
    expect(look.changes).toHaveLength(20);
    expect(look.findings).toEqual([{ level: 'note', text: '•••' }]);
    expect(JSON.stringify(look)).not.toContain('hunter22');
    expect(look.changes[0]?.length).toBeLessThanOrEqual(1_000);
  });

  it('ends after 20 s', async () => {
    const { levers, deeds, clock } = world();
    deeds.change = { prepare: (signal) => new Promise((_, no) => signal.addEventListener('abort', () => no(signal.reason))) };
    const looking = faultOf(() => levers.prepare(dump, new AbortController().signal));
    await pass(clock, 20_000);
    expect((await looking).code).toBe('timeout');
  });

  it('ends when cancelled', async () => {
    const { levers, deeds } = world();
    deeds.change = { prepare: (signal) => new Promise((_, no) => signal.addEventListener('abort', () => no(signal.reason))) };
    const cancel = new AbortController();
    const looking = faultOf(() => levers.prepare(dump, cancel.signal));
    cancel.abort();
    expect(await looking).toMatchObject({ code: 'cancelled', exitCode: 130 });
  });
});

describe('cancelling and stopping', () => {
  it('cancels a run of this process, and one of another through the journal', async () => {
    const { levers, deeds, clock, journal, locks } = world();
    deeds.steps = () => [step('Wait', { run: untilStopped })];
    const { run, finished } = await levers.start(dump, how);
    levers.cancel(run.id);
    expect((await finished).state).toBe('cancelled');
    levers.cancel(run.id);

    const theirs = await levers.start(dump, how);
    const other = world({ journal, locks, clock });
    other.levers.cancel(theirs.run.id);
    await pass(clock, 250);
    expect((await theirs.finished).state).toBe('cancelled');
  });

  it('stops by cancelling what runs here and waiting until it is put back', async () => {
    const { levers, deeds, log } = world();
    deeds.steps = () => [logged(log, 'A'), step('Wait', { run: untilStopped })];
    const { finished } = await levers.start(dump, how);
    await quiet();
    await levers.stop();
    expect(log).toEqual(['do A', 'undo A']);
    expect((await finished).state).toBe('cancelled');
    expect((await faultOf(() => levers.start(dump, how))).code).toBe('stopping');
  });

  it('waits 30 s at most', async () => {
    const { levers, deeds, clock } = world();
    deeds.steps = () => [step('Deaf', { undo: untilStopped, undoLimitMs: 600_000 }), step('Wait', { run: untilStopped })];
    await levers.start(dump, how);
    await quiet();
    let stopped = false;
    const stopping = levers.stop().then(() => {
      stopped = true;
    });
    await pass(clock, 29_999);
    expect(stopped).toBe(false);
    await pass(clock, 1);
    await stopping;
  });
});
