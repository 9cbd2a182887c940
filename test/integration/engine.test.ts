// The engine over a real history file, with time and targets in the test's hand.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type EngineCore, makeEngine } from '../../main/engine/engine.ts';
import type { Plan } from '../../main/engine/plan.ts';
import type { CheckRunner, Commit, History } from '../../main/engine/ports.ts';
import type { About } from '../../main/engine/views.ts';
import { type HistoryFile, openHistory } from '../../main/storage/history.ts';
import type { EngineEvent } from '../../shared/events.ts';
import type { Observation } from '../../shared/observation.ts';
import { FakeClock, settle } from '../support/fake-clock.ts';
import { observationOf, rule, rulesFor } from '../support/story.ts';

const about: About = {
  app: { name: 'Test', environment: 'test' },
  engine: {
    version: '0',
    face: 'headless',
    startedAt: '2026-11-23T14:00:00.000Z',
    pausedUntil: null,
    settingsFile: 'settings.json',
    settingsProblem: null,
  },
};

function planFor(ids: readonly string[], change: Parameters<typeof rule>[1] = {}): Plan {
  const rules = ids.map((id) => rule(id, { local: true, ...change }));
  const described = { host: null, label: 'somewhere', defaultInterval: '30s', local: true, loopback: true, notices: [] };
  return {
    rules: rulesFor(rules, { guarded: false }),
    limits: { concurrent: 32, perHost: 2, gapPerHostMs: 0 },
    monitors: rules.map((item) => ({ rule: item, described, config: { id: item.id, kind: 'http' } as never })),
  };
}

let folder: string;
let clock: FakeClock;
let history: HistoryFile;
let broken: Set<string>;
let troubles: string[];
let events: EngineEvent[];
let starts: { id: string; cold: boolean }[];

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'signalbox-engine-'));
  clock = new FakeClock();
  history = openHistory(folder, { now: () => clock.now() });
  [broken, troubles, events, starts] = [new Set(), [], [], []];
});
afterEach(() => {
  history.close();
  rmSync(folder, { recursive: true, force: true });
});

const runner: CheckRunner = async (config, ports) => {
  starts.push({ id: config.id, cold: ports.cold });
  return observationOf(config.id, ports.clock.now(), broken.has(config.id) ? 'down' : 'up') as Observation;
};

function start(plan: Plan, over: Partial<History> = {}): EngineCore {
  const engine = makeEngine(
    {
      clock,
      runner,
      history: { ...history, ...over },
      witnesses: async () => 'online',
      cutOff: () => false,
      wakeOutbox: () => {},
      onTrouble: (sentence) => troubles.push(sentence),
    },
    plan,
    about,
  );
  engine.subscribe((event) => events.push(event));
  engine.start(null);
  return engine;
}

describe('the engine', () => {
  it('says engine.started first, with the whole snapshot, and revisions without a gap', async () => {
    const engine = start(planFor(['api', 'web']));
    await clock.pass(60_000);
    engine.stop();
    expect(events[0]?.event).toBe('engine.started');
    expect(events.at(-1)?.event).toBe('engine.stopped');
    const first = events[0]?.revision ?? 0;
    expect(events.map((event) => event.revision)).toEqual(events.map((_event, index) => first + index));
    expect(engine.snapshot().signal.colour).toBe('green');
  });

  it('stores an outage before anyone hears of it', async () => {
    const engine = start(planFor(['api']));
    await clock.pass(1_000);
    const stored: boolean[] = [];
    engine.subscribe((event) => {
      if (event.event === 'incident.opened') stored.push(history.incident(event.incident.id) !== null);
      if (event.event === 'incident.opened') stored.push(history.outbox('slack').length === 1);
    });
    broken.add('api');
    await clock.pass(60_000);
    engine.stop();
    expect(stored).toEqual([true, true]);
  });

  it('checks at once on request and judges the result like any other', async () => {
    const engine = start(planFor(['api']));
    await clock.pass(1_000);
    broken.add('api');
    const asked = engine.checkNow('api');
    await clock.pass(10);
    expect((await asked).outcome).toBe('down');
    expect(engine.snapshot().monitors[0]?.status).toBe('verifying');
    engine.stop();
  });

  it('keeps a sleeping standby asleep, and warm while an incident is open', async () => {
    const standby = { coldStartMs: 60_000, intervalMs: 3_600_000, sleepsAfterMs: 900_000 };
    const plan = planFor(['api', 'standby']);
    const cold = {
      ...plan,
      monitors: plan.monitors.map((item) =>
        item.rule.id === 'standby' ? { ...item, rule: { ...item.rule, ...standby } } : item,
      ),
    };
    const engine = start({ ...cold, rules: { ...cold.rules, monitors: cold.monitors.map((item) => item.rule) } });
    await clock.pass(1_800_000);
    const quiet = starts.filter((item) => item.id === 'standby').length;
    expect(quiet).toBeLessThanOrEqual(2);
    expect(starts.find((item) => item.id === 'standby')?.cold).toBe(true);
    broken.add('api');
    await clock.pass(1_800_000);
    expect(starts.filter((item) => item.id === 'standby').length - quiet).toBeGreaterThanOrEqual(3);
    engine.stop();
  });

  it('goes on watching while the history cannot be written, says so, and stores everything once it can', async () => {
    let full = false;
    const commit = (change: Commit): void => {
      if (full) throw new Error('database or disk is full');
      history.commit(change);
    };
    const engine = start(planFor(['api']), { commit });
    await clock.pass(1_000);
    full = true;
    broken.add('api');
    await clock.pass(60_000);
    expect(engine.snapshot().signal.colour).toBe('red');
    expect(troubles.join()).toContain('disk is full');
    expect(history.incidents(null, 10)).toEqual([]);
    full = false;
    await clock.pass(60_000);
    expect(history.incidents(null, 10)).toHaveLength(1);
    expect(history.outbox('slack')).toHaveLength(1);
    engine.stop();
  });

  it('takes up a wish of another process within a second', async () => {
    const engine = start(planFor(['api']));
    broken.add('api');
    await clock.pass(60_000);
    const id = engine.snapshot().incidents[0]?.id ?? '';
    const beside = openHistory(folder, { now: () => clock.now() });
    const wish = beside.addWish({ type: 'note', incidentId: id, text: 'from beside' }, clock.now());
    await clock.pass(1_100);
    expect(beside.wishDone(wish)).toBe(true);
    expect(beside.incident(id)?.timeline.at(-1)?.text).toBe('from beside');
    beside.close();
    engine.stop();
  });

  it('adopts new settings: old monitors keep their state, new ones are checked soon, gone ones go', async () => {
    const engine = start(planFor(['api', 'old']));
    await clock.pass(1_000);
    engine.adopt(planFor(['api', 'new']), about);
    await clock.pass(1_000);
    await settle();
    expect(engine.snapshot().monitors.map((monitor) => [monitor.id, monitor.status])).toEqual([
      ['api', 'up'],
      ['new', 'up'],
    ]);
    engine.stop();
  });

  it('counts as unwatched what happened between two runs', async () => {
    const first = start(planFor(['api']));
    await clock.pass(600_000);
    first.stop();
    clock.jump(6 * 3_600_000);
    const second = start(planFor(['api']));
    await clock.pass(600_000);
    const view = second.snapshot().monitors[0];
    expect(view?.uptime.h24).toBe(100);
    expect(view?.coverage.h24).toBeLessThan(2);
    second.stop();
  });
});
