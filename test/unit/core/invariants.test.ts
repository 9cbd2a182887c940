// Properties of the heart over random lives (DESIGN section 4).
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Message, State } from '../../../main/core/model.ts';
import { initialState, reduce } from '../../../main/core/reduce.ts';
import { planOf } from '../../../main/engine/plan.ts';
import { makePublisher } from '../../../main/engine/publisher.ts';
import { makeViews } from '../../../main/engine/views.ts';
import { apply } from '../../../shared/apply.ts';
import { snapshot as snapshotSchema } from '../../../shared/snapshot.ts';
import { observationOf, rule, rulesFor, Story } from '../../support/story.ts';

const ids = ['api', 'db', 'standby', 'page', 'local'] as const;
const rules = rulesFor([
  rule('api'),
  rule('db', { role: 'database', failureThreshold: 1 }),
  rule('standby', { role: 'api-standby', coldStartMs: 60_000, successThreshold: 3 }),
  rule('page', { role: 'provider', kind: 'status-page' }),
  rule('local', { local: true, degradedAboveMs: 100 }),
]);

type Step =
  | {
      readonly do: 'see';
      readonly id: (typeof ids)[number];
      readonly outcome: 'up' | 'down' | 'unknown' | 'degraded';
      readonly latencyMs: number;
    }
  | { readonly do: 'pass'; readonly seconds: number }
  | { readonly do: 'witness'; readonly verdict: 'online' | 'offline' | 'captive' }
  | { readonly do: 'gap'; readonly seconds: number }
  | { readonly do: 'acknowledge' | 'note' | 'acted' | 'pause' | 'resume' | 'undelivered' };

const step: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 8,
    arbitrary: fc.record({
      do: fc.constant('see' as const),
      id: fc.constantFrom(...ids),
      outcome: fc.constantFrom('up' as const, 'down' as const, 'down' as const, 'unknown' as const, 'degraded' as const),
      latencyMs: fc.nat(300),
    }),
  },
  { weight: 4, arbitrary: fc.record({ do: fc.constant('pass' as const), seconds: fc.integer({ min: 1, max: 200 }) }) },
  {
    weight: 1,
    arbitrary: fc.record({
      do: fc.constant('witness' as const),
      verdict: fc.constantFrom('online' as const, 'offline' as const, 'captive' as const),
    }),
  },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('gap' as const), seconds: fc.integer({ min: 6, max: 30_000 }) }) },
  {
    weight: 1,
    arbitrary: fc.record({
      do: fc.constantFrom(
        'acknowledge' as const,
        'note' as const,
        'acted' as const,
        'pause' as const,
        'resume' as const,
        'undelivered' as const,
      ),
    }),
  },
);

function live(steps: readonly Step[]): Story {
  const tale = new Story(rules);
  for (const item of steps) {
    const at = tale.now;
    const incidentId = tale.state.incidents[0]?.id ?? 'inc-20200101-000000';
    if (item.do === 'see') tale.see(observationOf(item.id, at, item.outcome, { latencyMs: item.latencyMs }));
    else if (item.do === 'pass') tale.pass(item.seconds * 1_000);
    else if (item.do === 'witness') tale.witness = item.verdict;
    else if (item.do === 'gap') {
      tale.now += item.seconds * 1_000;
      tale.send({ type: 'gap', at: tale.now, from: at, cause: 'sleep' });
    } else if (item.do === 'acknowledge') tale.send({ type: 'acknowledge', at, incidentId });
    else if (item.do === 'note') tale.send({ type: 'note', at, incidentId, text: 'a note' });
    else if (item.do === 'acted') tale.send({ type: 'acted', at, incidentIds: [incidentId], text: 'a deed', mitigates: true });
    else if (item.do === 'pause') tale.send({ type: 'pause', at, monitorId: 'api', until: at + 60_000 });
    else if (item.do === 'resume') tale.send({ type: 'pause', at, monitorId: 'api', until: null });
    else tale.send({ type: 'undelivered', at, channel: 'slack', incidentId, problem: 'Slack is away.', final: false });
  }
  return tale;
}

const lives = fc.array(step, { maxLength: 120 });

describe('any life', () => {
  it('sends no outage alert without an incident, and no alert twice', () => {
    fc.assert(
      fc.property(lives, (steps) => {
        const tale = live(steps);
        const known = new Set(tale.effects.flatMap((effect) => (effect.type === 'incident-changed' ? [effect.incidentId] : [])));
        for (const alert of tale.alerts) expect(known.has(alert.incidentId ?? '')).toBe(true);
        const keys = tale.alerts.map((alert) => alert.key);
        expect(new Set(keys).size).toBe(keys.length);
      }),
      { numRuns: 200 },
    );
  });

  it('ends: once everything answers for long enough, every incident is resolved and the last word was "resolved"', () => {
    fc.assert(
      fc.property(lives, (steps) => {
        const tale = live(steps);
        tale.witness = 'online';
        tale.pass(61_000);
        for (let round = 0; round < 90; round += 1) {
          for (const id of ids) tale.up(id);
          tale.pass(20_000);
        }
        expect(tale.state.incidents.filter((incident) => incident.state !== 'resolved')).toEqual([]);
        const lastWord = new Map(
          tale.alerts.filter((alert) => alert.kind !== 'reminder').map((alert) => [alert.incidentId, alert.kind]),
        );
        for (const word of lastWord.values()) expect(word).toBe('resolved');
      }),
      { numRuns: 60 },
    );
  });

  it('replays: the same messages give the same state, also through JSON', () => {
    fc.assert(
      fc.property(lives, (steps) => {
        const tale = live(steps);
        const stored = JSON.parse(JSON.stringify(tale.messages)) as Message[];
        let state: State = initialState(rules, Date.parse('2026-11-23T14:00:00.000Z'));
        for (const message of stored) state = JSON.parse(JSON.stringify(reduce(state, message).state)) as State;
        expect(state).toEqual(JSON.parse(JSON.stringify(tale.state)));
      }),
      { numRuns: 40 },
    );
  });

  it('never lets watched time overlap or run backwards', () => {
    fc.assert(
      fc.property(lives, (steps) => {
        const ends = new Map<string, number>();
        for (const effect of live(steps).effects) {
          if (effect.type !== 'span') continue;
          expect(effect.to).toBeGreaterThan(effect.from);
          expect(effect.from).toBeGreaterThanOrEqual(ends.get(effect.monitorId) ?? 0);
          ends.set(effect.monitorId, effect.to);
        }
      }),
      { numRuns: 200 },
    );
  });

  it('keeps red for our own probes: with only provider trouble the signal is never red', () => {
    fc.assert(
      fc.property(
        fc.array(fc.constantFrom('up' as const, 'degraded' as const, 'unknown' as const), { maxLength: 50 }),
        (outcomes) => {
          const tale = new Story(rules);
          for (const id of ids) tale.up(id);
          for (const outcome of outcomes) {
            tale.see(observationOf('page', tale.now, outcome));
            expect(tale.state.signal.colour).not.toBe('red');
          }
        },
      ),
    );
  });

  it('is told by events: applying them to the first snapshot gives the last one', () => {
    fc.assert(
      fc.property(lives, (steps) => {
        const told = publishLife(live(steps).messages);
        const rebuilt = told.events.reduce((snapshot, event) => apply(snapshot, event), told.first);
        expect(rebuilt).toEqual(told.last);
        expect(snapshotSchema.safeParse(told.last).error).toBeUndefined();
        expect(told.last.signal.colour).toBe(told.state.signal.colour);
        expect(told.last.monitors.map((monitor) => monitor.status)).toEqual(told.state.monitors.map((monitor) => monitor.status));
        expect(told.last.incidents.map((incident) => [incident.id, incident.state]).sort()).toEqual(
          told.state.incidents.map((incident) => [incident.id, incident.state]).sort(),
        );
      }),
      { numRuns: 60 },
    );
  });
});

/** Publishes a life the way the engine does, without time or storage. */
function publishLife(messages: readonly Message[]) {
  const described = { host: null, label: 'somewhere', defaultInterval: '30s', local: false, loopback: false, notices: [] };
  const plan = {
    monitors: rules.monitors.map((item) => ({ rule: item, described, config: {} as never })),
    rules,
    limits: { concurrent: 1, perHost: 1, gapPerHostMs: 0 },
  };
  const about = {
    app: { name: 'Test', environment: 'test' },
    engine: {
      version: '0',
      face: 'headless' as const,
      startedAt: '2026-11-23T14:00:00.000Z',
      pausedUntil: null,
      settingsFile: 'x',
      settingsProblem: null,
    },
  };
  const views = makeViews({ history: { spans: () => [], lastSent: () => null }, about, plan, last: {} });
  let state = initialState(rules, Date.parse('2026-11-23T14:00:00.000Z'));
  const first = views.snapshot(state, Date.parse('2026-11-23T14:00:00.000Z'));
  const publisher = makePublisher(first, (error) => {
    throw error;
  });
  const events: Parameters<Parameters<typeof publisher.subscribe>[0]>[0][] = [];
  publisher.subscribe((event) => events.push(event));
  for (const message of messages) {
    const before = state;
    const { state: after, effects } = reduce(before, message);
    state = after;
    for (const effect of effects) {
      const body = views.event(state, effect, message.at);
      if (body) publisher.publish(body, message.at);
    }
    const rest = views.rest(before, state, publisher.snapshot(), message.at);
    if (rest) publisher.publish(rest, message.at);
  }
  return { first, events, last: publisher.snapshot(), state };
}

describe('a plan', () => {
  it('gives status pages the provider’s role whatever was written, and cold targets an hour', () => {
    const described = { host: 'h', label: 'h', defaultInterval: '30s', local: false, loopback: false, notices: [] };
    const base = {
      timeout: '10s',
      retryInterval: '5s',
      failureThreshold: 2,
      successThreshold: 2,
      sleepsAfter: '15m',
      enabled: true,
    } as const;
    const settings = {
      monitors: [
        { ...base, id: 'page', kind: 'status-page', role: 'other' },
        { ...base, id: 'standby', kind: 'http', role: 'api-standby', coldStart: '90s' },
        { ...base, id: 'off', kind: 'http', role: 'other', enabled: false },
      ],
      limits: { concurrent: 32, perHost: 2, gapPerHost: '250ms' },
      connectivity: { probes: [] },
      alerts: { remindEvery: '15m' },
      maintenance: [],
    };
    const plan = planOf(settings as never, () => described, ['slack']);
    expect(plan.rules.monitors.map(({ id, role, intervalMs }) => ({ id, role, intervalMs }))).toEqual([
      { id: 'page', role: 'provider', intervalMs: 30_000 },
      { id: 'standby', role: 'api-standby', intervalMs: 3_600_000 },
    ]);
    expect(plan.rules.guarded).toBe(false);
  });
});
