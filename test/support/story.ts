// Drives the pure core like a story: time passes, monitors answer or fail, and the test reads what came of it.

import type { Alert, Effect, IncidentState, Message, MonitorRule, MonitorState, Rules, State } from '../../main/core/model.ts';
import { initialState, reduce } from '../../main/core/reduce.ts';
import type { ErrorCode, Observation } from '../../shared/observation.ts';

export const storyStart = Date.parse('2026-11-23T14:00:00.000Z');

export function rule(id: string, change: Partial<MonitorRule> = {}): MonitorRule {
  return {
    id,
    name: id.toUpperCase(),
    kind: 'http',
    role: 'api-primary',
    intervalMs: 30_000,
    retryIntervalMs: 5_000,
    failureThreshold: 2,
    successThreshold: 2,
    degradedAboveMs: null,
    coldStartMs: null,
    sleepsAfterMs: 900_000,
    local: false,
    ...change,
  };
}

export function rulesFor(monitors: readonly MonitorRule[], change: Partial<Rules> = {}): Rules {
  return {
    monitors,
    maintenance: [],
    remindEveryMs: 900_000,
    channels: ['desktop', 'rollbar', 'slack'],
    guarded: true,
    ...change,
  };
}

export function observationOf(
  monitorId: string,
  at: number,
  outcome: Observation['outcome'],
  change: Partial<Observation> = {},
): Observation {
  const failed = outcome === 'down' || outcome === 'unknown';
  return {
    monitorId,
    at: new Date(at).toISOString(),
    outcome,
    latencyMs: failed ? null : 20,
    ...(failed ? { error: { code: 'refused' as const, message: `${monitorId} refused the connection.` } } : {}),
    ...change,
  };
}

/** A running story. `witness` is what the witnesses answer, at once, whenever they are asked. */
export class Story {
  state: State;
  now = storyStart;
  witness: 'online' | 'offline' | 'captive' = 'online';
  readonly effects: Effect[] = [];
  readonly messages: Message[] = [];

  constructor(rules: Rules) {
    this.state = initialState(rules, this.now);
  }

  send(message: Message): this {
    this.messages.push(message);
    const { state, effects } = reduce(this.state, message);
    this.state = state;
    this.effects.push(...effects);
    if (effects.some((effect) => effect.type === 'ask-witnesses'))
      this.send({ type: 'witnessed', at: this.now, verdict: this.witness });
    return this;
  }

  /** Lets time pass in ticks of one second. */
  pass(ms: number): this {
    const end = this.now + ms;
    while (this.now < end) {
      this.now = Math.min(end, this.now + 1_000);
      this.send({ type: 'tick', at: this.now });
    }
    return this;
  }

  up(id: string, latencyMs = 20): this {
    return this.see(observationOf(id, this.now, 'up', { latencyMs }));
  }

  fails(id: string, code: ErrorCode = 'refused'): this {
    return this.see(observationOf(id, this.now, 'down', { error: { code, message: `${id} failed.` } }));
  }

  see(observation: Observation): this {
    return this.send({ type: 'observed', at: this.now, observation });
  }

  /** Every monitor answers once. */
  allUp(): this {
    for (const monitor of this.state.monitors) this.up(monitor.id);
    return this;
  }

  /** Fails until the threshold is met, five seconds apart. */
  goesDown(id: string): this {
    return this.fails(id).pass(5_000).fails(id);
  }

  comesBack(id: string): this {
    return this.up(id).pass(5_000).up(id);
  }

  monitor(id: string): MonitorState {
    const found = this.state.monitors.find((monitor) => monitor.id === id);
    if (!found) throw new Error(`no monitor ${id} in this story`);
    return found;
  }

  incident(): IncidentState {
    const found = this.state.incidents[0];
    if (!found) throw new Error('no incident in this story');
    return found;
  }

  get alerts(): Alert[] {
    return this.effects.flatMap((effect) => (effect.type === 'alert' ? [effect.alert] : []));
  }

  get told(): string[] {
    return this.alerts.map((alert) => alert.kind);
  }

  get opened(): number {
    return this.effects.filter((effect) => effect.type === 'incident-changed' && effect.change === 'opened').length;
  }
}

/** A story in which every monitor has answered once. */
export function story(monitors: readonly MonitorRule[], change: Partial<Rules> = {}): Story {
  return new Story(rulesFor(monitors, change)).allUp();
}
