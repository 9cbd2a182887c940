// The page's store: one snapshot, then events, whatever order and accidents they come with.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Store, silenceMs } from '../../../renderer/store.ts';
import type { EventBody } from '../../../shared/events.ts';
import type { Status } from '../../../shared/monitor.ts';
import type { Snapshot } from '../../../shared/snapshot.ts';
import { fakeLine, fakeTime, settled } from '../../support/fake-line.ts';
import { monitorOf, observationOf, playedAt, snapshotOf } from '../../support/view-fixtures.ts';

const first = snapshotOf([monitorOf('api'), monitorOf('web')]);

function observed(latencyMs: number): EventBody {
  const observation = observationOf('api', { latencyMs, atMs: playedAt + latencyMs });
  return { event: 'observation.recorded', observation, monitor: monitorOf('api', { latencyMs, last: observation }) };
}

function changed(to: Status): EventBody {
  return { event: 'monitor.changed', monitorId: 'web', from: 'up', to, monitor: monitorOf('web', { status: to }) };
}

async function opened(snapshot: Snapshot = first) {
  const line = fakeLine(snapshot);
  const time = fakeTime(playedAt);
  const store = new Store(line, time);
  store.start();
  await settled();
  return { line, time, store };
}

const latencyOf = (store: Store): number | null | undefined => store.view().snapshot?.monitors[0]?.latencyMs;

describe('the store', () => {
  it('shows the snapshot and follows the events', async () => {
    const { line, store } = await opened();
    line.happen(observed(120));
    expect(store.view()).toMatchObject({ connection: 'live', snapshot: line.truth() });
    expect(latencyOf(store)).toBe(120);
  });

  it('applies what happened while the snapshot was on its way, once', async () => {
    const line = fakeLine(first);
    const store = new Store(line, fakeTime(playedAt));
    line.hold();
    store.start();
    line.happen(observed(100));
    line.happen(observed(101));
    await line.release();
    expect(store.view().snapshot).toEqual(line.truth());
  });

  it('asks again when it missed an event', async () => {
    const { line, store } = await opened();
    line.happen(observed(100), { lost: true });
    line.happen(changed('down'));
    await settled();
    expect(store.view().snapshot).toEqual(line.truth());
    expect(line.asked.filter((method) => method === 'snapshot.get')).toHaveLength(2);
  });

  it('turns dark when the line breaks and keeps what was known beside it', async () => {
    const { line, time, store } = await opened();
    await time.pass(3_000);
    line.change('lost');
    const { connection, connectionSince, snapshot } = store.view();
    expect([connection, connectionSince]).toEqual(['lost', playedAt]);
    expect(snapshot?.signal.colour).toBe('grey');
    expect(snapshot?.monitors.map((monitor) => `${monitor.status} ${monitor.known}`)).toEqual(['unknown up', 'unknown up']);
  });

  it('is live again with fresh truth after a reconnection, even when revisions began anew', async () => {
    const { line, store } = await opened({ ...first, revision: 500 });
    line.change('lost');
    line.restart({ ...first, revision: 2 });
    line.change('open');
    await settled();
    line.happen(observed(99));
    expect(store.view()).toMatchObject({ connection: 'live', snapshot: line.truth() });
  });

  it('asks a silent engine for a sign of life, and says so when there is none', async () => {
    const { line, time, store } = await opened();
    await time.pass(silenceMs);
    expect(store.view().connection).toBe('live');
    line.fail('unreachable');
    await time.pass(silenceMs);
    expect(store.view()).toMatchObject({ connection: 'lost', connectionSince: playedAt + silenceMs });
    line.fail(null);
    await time.pass(2_000);
    expect(store.view().connection).toBe('live');
  });

  it('says that the engine was stopped, and no longer shows its colours', async () => {
    const { line, store } = await opened();
    line.happen({ event: 'engine.stopped' });
    line.change('lost');
    expect(store.view().connection).toBe('stopped');
    expect(store.view().snapshot?.signal.colour).toBe('grey');
  });

  it('tells being refused from being unreachable', async () => {
    const line = fakeLine(first);
    const store = new Store(line, fakeTime(playedAt));
    line.fail('forbidden');
    store.start();
    await settled();
    expect(store.view()).toMatchObject({ connection: 'refused', snapshot: null });
  });

  it('keeps trying before the first answer and shows why there is none', async () => {
    const line = fakeLine(first);
    const time = fakeTime(playedAt);
    const store = new Store(line, time);
    line.fail('unreachable');
    store.start();
    await settled();
    expect(store.view()).toMatchObject({ connection: 'connecting', fault: { code: 'unreachable' } });
    line.fail(null);
    await time.pass(2_000);
    expect(store.view()).toMatchObject({ connection: 'live', fault: null });
  });

  it('turns a pipe that throws into a reply', async () => {
    const line = { ...fakeLine(first), invoke: () => Promise.reject(new Error('the pipe is gone')) };
    const reply = await new Store(line, fakeTime(playedAt)).call('monitor.pause', { id: 'api', forMs: null });
    expect(reply).toMatchObject({ ok: false, error: { code: 'unreachable' } });
  });

  it('appends each check to its strip once', async () => {
    const { line, store } = await opened();
    line.happen(observed(100));
    line.happen(observed(101));
    expect(store.strip('api').map(([, outcome, latencyMs]) => [outcome, latencyMs])).toEqual([
      ['u', 100],
      ['u', 101],
    ]);
  });

  it('ends at the engine’s truth after any sequence of events, losses and reconnections', async () => {
    const step = fc.oneof(
      fc.record({ do: fc.constant('happen' as const), latencyMs: fc.nat(5_000), lost: fc.boolean() }),
      fc.record({ do: fc.constant('break' as const) }),
      fc.record({ do: fc.constant('hold' as const) }),
      fc.record({ do: fc.constant('release' as const) }),
      fc.record({ do: fc.constant('restart' as const), revision: fc.nat(50) }),
    );
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 30 }), async (steps) => {
        const { line, store } = await opened();
        for (const action of steps) {
          if (action.do === 'happen') line.happen(observed(action.latencyMs), { lost: action.lost });
          else if (action.do === 'hold') line.hold();
          else if (action.do === 'release') await line.release();
          else {
            line.change('lost');
            if (action.do === 'restart') line.restart({ ...line.truth(), revision: action.revision });
            line.change('open');
          }
        }
        await line.release();
        // A lost last event shows with the next one that arrives.
        line.happen(changed('degraded'));
        await settled();
        expect(store.view()).toMatchObject({ connection: 'live' });
        expect(store.view().snapshot).toEqual(line.truth());
      }),
      { numRuns: 200 },
    );
  });
});
