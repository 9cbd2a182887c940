// The lever service: one run per lever, what the timeline hears, interrupted runs and what a new deed means for them.
import { describe, expect, it } from 'vitest';
import type { Action, Step } from '../../../main/actions/action.ts';
import { newRunId } from '../../../main/actions/lever-entries.ts';
import { type Acted, makeLevers } from '../../../main/actions/levers.ts';
import type { Journal } from '../../../main/engine/levers.ts';
import { FaultError } from '../../../shared/fault.ts';
import type { LeverRequest } from '../../../shared/lever.ts';
import { noLevers } from '../../../shared/lever.ts';
import { type Run, run as runShape } from '../../../shared/run.ts';
import { deed, logged, pass, quiet, states, step, untilStopped } from '../../support/deeds.ts';
import { FakeClock } from '../../support/fake-clock.ts';
import { memoryLocks } from '../../support/memory-locks.ts';
import { refusingJournal } from '../../support/refusing-journal.ts';

const traffic = (to: 'standby' | 'primary' | 'prepare'): LeverRequest => ({ action: 'traffic', to, force: false });
const drill: LeverRequest = { action: 'drill', force: false };
const banner = (on: boolean): LeverRequest => ({ action: 'banner', on, text: on ? 'x' : null, severity: 'info', forMs: null });
const dump: LeverRequest = { action: 'dump', task: 'create', full: false, directory: null };
const how = { by: 'window', force: false } as const;

type World = ReturnType<typeof world>;

/** A lever service on fakes. Every deed is the same two steps unless a test says otherwise. */
function world(shared: { journal?: Journal; locks?: ReturnType<typeof memoryLocks>; clock?: FakeClock } = {}) {
  const clock = shared.clock ?? new FakeClock();
  const journal = shared.journal ?? refusingJournal();
  const locks = shared.locks ?? memoryLocks();
  const log: string[] = [];
  const told: Run[] = [];
  const acted: Acted[] = [];
  const troubles: string[] = [];
  const deeds = {
    steps: (request: LeverRequest): readonly Step[] => {
      const name = request.action === 'traffic' ? request.to : request.action;
      return [logged(log, `first ${name}`), logged(log, `second ${name}`)];
    },
    change: {} as Partial<Action>,
    open: [] as string[],
  };
  let number = 0;
  const levers = makeLevers({
    journal,
    locks,
    clock,
    makeAction: (request) => deed(deeds.steps(request), { title: titleOf(request), ...deeds.change }),
    openIncidents: () => deeds.open,
    onActed: (one) => void acted.push(one),
    onRun: (run) => void told.push(structuredClone(run)),
    clean: (text) => text.replaceAll('hunter22', '•••'),
    onTrouble: (sentence) => void troubles.push(sentence),
    view: () => ({
      traffic: { target: 'unknown', verifiedAt: null, way: null },
      banner: { on: false, text: null, verifiedAt: null, severity: null, expiresAt: null, way: null },
      levers: noLevers,
    }),
    dumps: async () => [],
    deleteDump: async () => {},
    newId: (at) => {
      number += 1;
      return `run-${at}-${number}-${log.length}`;
    },
  });
  return { clock, journal, locks, log, told, acted, troubles, deeds, levers };
}

const titleOf = (request: LeverRequest): string =>
  request.action === 'traffic' ? `Traffic: ${request.to}` : request.action === 'banner' ? `Banner ${request.on}` : request.action;

async function faultOf(work: () => unknown): Promise<FaultError> {
  try {
    await work();
  } catch (error) {
    if (error instanceof FaultError) return error;
    throw error;
  }
  throw new Error('nothing was thrown');
}

/** What a process leaves that dies during the second step of `request`. */
async function died(request: LeverRequest, second: Partial<Step> = {}): Promise<World> {
  const before = world();
  before.deeds.steps = () => [
    logged(before.log, `first ${nameOf(request)}`),
    logged(before.log, `second ${nameOf(request)}`, { run: untilStopped, ...second }),
  ];
  await before.levers.start(request, how);
  await quiet();
  const after = world({ journal: structuredJournal(before.journal), clock: before.clock });
  after.log.push(...before.log);
  return after;
}

const nameOf = (request: LeverRequest): string => (request.action === 'traffic' ? request.to : request.action);

/** The journal as it is now; what the dead process would still write goes nowhere. */
function structuredJournal(old: Journal): Journal {
  const journal = refusingJournal();
  for (const entry of old.unfinished()) journal.save(entry);
  return journal;
}

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

describe('an interrupted run', () => {
  it('is found once its process is gone, marked where it stopped, with what can be done about it', async () => {
    const { levers, told, deeds, acted } = await died(traffic('standby'));
    deeds.open = ['inc-20261123-120000'];
    const [found] = levers.findInterrupted();
    expect(found).toMatchObject({ state: 'interrupted', finishedAt: null, offers: ['resume', 'undo'] });
    expect(states(found as Run)).toEqual(['succeeded', 'running']);
    expect(found?.steps[1]?.detail).toBe('Signalbox stopped during this step.');
    expect(runShape.parse(found)).toEqual(found);
    expect(told).toEqual([found]);
    expect(acted.map(({ text }) => text)).toEqual(['Traffic: standby: interrupted during “second standby”.']);
    expect(levers.findInterrupted()).toEqual([found]);
    expect(told).toHaveLength(1);
  });

  it('is not one whose process still holds the lever', async () => {
    const { levers, locks } = await died(traffic('standby'));
    locks.taken.add('traffic');
    expect(levers.findInterrupted()).toEqual([]);
    expect((await faultOf(() => levers.start(traffic('standby'), how))).code).toBe('lever-busy');
  });

  it('is taken up where it stopped', async () => {
    const { levers, log } = await died(traffic('standby'));
    const [found] = levers.findInterrupted();
    const { run, finished } = await levers.resume(found?.id ?? '', { by: 'command', force: false });
    expect(run).toMatchObject({ id: found?.id, state: 'running', by: 'window' });
    expect(run.offers).toBeUndefined();
    expect((await finished).state).toBe('succeeded');
    expect(log).toEqual(['do first standby', 'do second standby']);
    expect((await faultOf(() => levers.resume(run.id, how))).code).toBe('not-interrupted');
  });

  it('is taken back', async () => {
    const { levers, log } = await died(traffic('standby'));
    const [found] = levers.findInterrupted();
    const ended = await (await levers.undo(found?.id ?? '', how)).finished;
    expect(ended).toMatchObject({ state: 'cancelled', error: { code: 'undone' } });
    expect(log).toEqual(['do first standby', 'undo second standby', 'undo first standby']);
    expect(levers.findInterrupted()).toEqual([]);
  });

  it('on its way back can only go further back', async () => {
    const before = await died(traffic('standby'));
    const [found] = before.levers.findInterrupted();
    before.deeds.steps = () => [
      logged(before.log, 'first standby'),
      logged(before.log, 'second standby', { undo: untilStopped, undoLimitMs: 60_000 }),
    ];
    await before.levers.undo(found?.id ?? '', how);
    await quiet();
    const after = world({ journal: structuredJournal(before.journal) });
    expect(after.levers.findInterrupted()).toMatchObject([{ state: 'interrupted', offers: ['undo'] }]);
    expect((await faultOf(() => after.levers.resume(found?.id ?? '', how))).code).toBe('on-its-way-back');
    const ended = await (await after.levers.undo(found?.id ?? '', how)).finished;
    expect(ended).toMatchObject({ state: 'cancelled', error: { code: 'undone' } });
    expect(after.log).toEqual(['undo second standby', 'undo first standby']);
  });

  it('cannot find its place after the settings changed, and says so', async () => {
    const { levers, deeds } = await died(traffic('standby'));
    const [found] = levers.findInterrupted();
    deeds.steps = () => [step('Something else')];
    for (const what of [levers.resume, levers.undo]) {
      expect((await faultOf(() => what(found?.id ?? '', how))).code).toBe('other-steps');
    }
  });

  it('cannot be cancelled, as nobody executes it', async () => {
    const { levers, journal } = await died(traffic('standby'));
    const id = journal.unfinished()[0]?.run.id ?? '';
    expect((await faultOf(() => levers.cancel(id))).code).toBe('interrupted-run');
    expect((await faultOf(() => levers.cancel('run-none'))).code).toBe('no-such-run');
  });
});

describe('pulling a lever whose last run was interrupted', () => {
  const refused: readonly [LeverRequest, LeverRequest][] = [
    [traffic('standby'), traffic('standby')],
    [traffic('primary'), traffic('standby')],
    [traffic('standby'), traffic('prepare')],
    [traffic('standby'), drill],
    [drill, traffic('standby')],
    [drill, drill],
    [banner(true), banner(true)],
    [banner(false), banner(true)],
  ];
  it.each(refused)('waits for a decision: %j, then %j', async (old, next) => {
    const { levers, log } = await died(old);
    const before = [...log];
    const fault = await faultOf(() => levers.start(next, how));
    expect(fault).toMatchObject({ code: 'interrupted-run', exitCode: 1 });
    expect(fault.next).toMatch(/signalbox runs resume run-\S+, signalbox runs undo run-/);
    expect((await levers.prepare(next, new AbortController().signal)).refusal?.code).toBe('interrupted-run');
    expect(log).toEqual(before);
    await (await levers.resume(levers.findInterrupted()[0]?.id ?? '', how)).finished;
    expect((await (await levers.start(next, how)).finished).state).toBe('succeeded');
  });

  const wayOut: readonly [LeverRequest, LeverRequest][] = [
    [traffic('standby'), traffic('primary')],
    [traffic('prepare'), traffic('primary')],
    [drill, traffic('primary')],
    [banner(true), banner(false)],
    [dump, dump],
  ];
  it.each(wayOut)('takes the old one back first on the way out: %j, then %j', async (old, next) => {
    const { levers, log, journal, told } = await died(old);
    const oldId = journal.unfinished()[0]?.run.id ?? '';
    const look = await levers.prepare(next, new AbortController().signal);
    expect(look.refusal).toBeNull();
    expect(look.changes[0]).toContain('First takes back');
    const { run, finished } = await levers.start(next, how);
    expect((await finished).state).toBe('succeeded');
    const [was, is] = [nameOf(old), nameOf(next)];
    expect(log).toEqual([`do first ${was}`, `undo second ${was}`, `undo first ${was}`, `do first ${is}`, `do second ${is}`]);
    expect(journal.run(oldId)?.run).toMatchObject({ state: 'cancelled', error: { code: 'undone' } });
    expect(new Set(told.map(({ id }) => id))).toEqual(new Set([oldId, run.id]));
    expect(levers.findInterrupted()).toEqual([]);
  });

  const afresh: readonly LeverRequest[] = [traffic('primary'), banner(false)];
  it.each(afresh)('begins the same way out afresh: %j', async (request) => {
    const { levers, log, journal } = await died(request);
    const oldId = journal.unfinished()[0]?.run.id ?? '';
    expect((await (await levers.start(request, how)).finished).state).toBe('succeeded');
    expect(log.filter((line) => line.startsWith('undo'))).toEqual([]);
    const old = journal.run(oldId)?.run;
    expect(old).toMatchObject({ state: 'failed', error: { code: 'superseded' } });
    expect(old?.error?.next).toContain('check what it had begun');
  });

  it('goes ahead where nothing needs to be taken back', async () => {
    const { levers, deeds, journal } = world();
    deeds.steps = () => [step('Only looks', { run: untilStopped })];
    await levers.start(traffic('standby'), how);
    await quiet();
    const after = world({ journal: structuredJournal(journal) });
    after.deeds.steps = () => [step('Only looks')];
    expect(after.levers.findInterrupted()).toMatchObject([{ offers: ['resume'] }]);
    expect((await (await after.levers.start(traffic('standby'), how)).finished).state).toBe('succeeded');
  });

  it('goes ahead when the old one can no longer be taken back, and says what to look at', async () => {
    const { levers, deeds, journal } = await died(traffic('standby'));
    const oldId = journal.unfinished()[0]?.run.id ?? '';
    deeds.steps = () => [step('Another way')];
    expect((await (await levers.start(traffic('standby'), how)).finished).state).toBe('succeeded');
    expect(journal.run(oldId)?.run.error?.next).toContain('“first standby”');
  });

  it('takes the way out even when the old one cannot be put back, which stays on record', async () => {
    const broken = { undo: () => Promise.reject(new Error('no')) };
    const after = await died(traffic('standby'));
    const oldId = after.journal.unfinished()[0]?.run.id ?? '';
    after.deeds.steps = (request) => [
      logged(after.log, `first ${nameOf(request)}`),
      logged(after.log, `second ${nameOf(request)}`, broken),
    ];
    expect((await (await after.levers.start(traffic('primary'), how)).finished).state).toBe('succeeded');
    expect(after.journal.run(oldId)?.run).toMatchObject({ state: 'failed', error: { code: 'not-put-back' } });
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
