// Runs whose process died: how they are found, taken up or taken back, and what a new deed means for them.
import { describe, expect, it } from 'vitest';
import type { LeverRequest } from '../../../shared/lever.ts';
import { type Run, run as runShape } from '../../../shared/run.ts';
import { logged, quiet, states, step, untilStopped } from '../../support/deeds.ts';
import { banner, died, drill, dump, faultOf, how, nameOf, structuredJournal, traffic, world } from '../../support/lever-world.ts';

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
