import { describe, expect, it } from 'vitest';
import { type LeverParts, makeLeverDesk, withoutLevers } from '../../../main/engine/lever-desk.ts';
import { apply } from '../../../shared/apply.ts';
import type { EngineEvent, EventBody } from '../../../shared/events.ts';
import type { Run } from '../../../shared/run.ts';
import type { Snapshot } from '../../../shared/snapshot.ts';
import { FakeClock } from '../../support/fake-clock.ts';
import { iso, playedAt, snapshotOf } from '../../support/view-fixtures.ts';

const runOf = (parts: Partial<Run> = {}): Run => ({
  ...{ id: 'run-1', action: 'traffic', state: 'running', startedAt: iso(playedAt), finishedAt: null, steps: [] },
  ...parts,
});

function scene() {
  const clock = new FakeClock();
  let snapshot: Snapshot = snapshotOf([]);
  const said: EventBody[] = [];
  const world = { parts: withoutLevers.view(0), changes: [] as Run[] };
  const publish = (body: EventBody): void => {
    said.push(body);
    snapshot = apply(snapshot, { ...body, at: iso(playedAt), revision: snapshot.revision + 1 } as EngineEvent);
  };
  const port = { view: (): LeverParts => ({ ...world.parts, runs: snapshot.runs }), changes: () => world.changes.splice(0) };
  const desk = makeLeverDesk(port, () => snapshot, clock, publish);
  return { clock, desk, said, world, events: () => said.map(({ event }) => event) };
}

describe('the lever desk', () => {
  it('tells the beginning, the steps and the end of a run', () => {
    const { desk, events } = scene();
    desk.run(runOf());
    desk.run(runOf({ title: 'moved on' }));
    desk.run(runOf({ state: 'succeeded' }));
    expect(events()).toEqual(['run.started', 'run.step', 'run.finished']);
  });

  it('says nothing twice', () => {
    const { desk, events } = scene();
    desk.run(runOf());
    desk.run(runOf());
    expect(events()).toEqual(['run.started']);
  });

  it('tells positions only when they differ from what is shown', () => {
    const { desk, world, said } = scene();
    desk.refresh();
    expect(said).toEqual([]);
    world.parts = { ...world.parts, traffic: { target: 'standby', verifiedAt: iso(playedAt), way: 'promote-twin' } };
    desk.refresh();
    desk.refresh();
    expect(said).toEqual([{ event: 'view.changed', traffic: world.parts.traffic }]);
  });

  it('follows a run of another process while it is under way', async () => {
    const { clock, desk, world, events } = scene();
    world.changes.push(runOf());
    desk.look();
    world.changes.push(runOf({ title: 'a step on' }));
    await clock.pass(250);
    world.changes.push(runOf({ state: 'succeeded' }));
    await clock.pass(250);
    expect(events()).toEqual(['run.started', 'run.step', 'run.finished']);
  });

  it('looks no more once it is stopped', async () => {
    const { clock, desk, world, events } = scene();
    world.changes.push(runOf());
    desk.look();
    desk.stop();
    world.changes.push(runOf({ state: 'succeeded' }));
    await clock.pass(1_000);
    expect(events()).toEqual(['run.started']);
  });
});
