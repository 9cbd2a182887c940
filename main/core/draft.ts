// The working copy of one `reduce`: collects what a message changes, then settles incidents and the signal once.
import { settle, type Turn } from './incidents.ts';
import type { Judged } from './judge.ts';
import { isCovered } from './maintenance.ts';
import type { Effect, IncidentState, Reduced, Rules, State } from './model.ts';
import { signalOf } from './signal.ts';

/** It lives for one call of `reduce` and never touches the state it was given. */
export class Draft {
  state: State;
  readonly at: number;
  readonly effects: Effect[] = [];
  dirty = false;
  private readonly turns: Turn[] = [];
  private readonly edited = new Set<string>();

  constructor(state: State, at: number) {
    this.state = state;
    this.at = at;
  }

  indexOf(monitorId: string): number {
    return indexFor(this.state.rules).get(monitorId) ?? -1;
  }

  isOffline(): boolean {
    return this.state.connectivity.state === 'offline' || this.state.connectivity.state === 'captive';
  }

  connect(next: State['connectivity']['state']): void {
    const from = this.state.connectivity.state;
    if (from === next) return;
    this.state = { ...this.state, connectivity: { state: next, since: this.at } };
    this.effects.push({ type: 'connectivity-changed', from, to: next });
    this.dirty = true;
  }

  spans(judged: Judged, monitorId: string): void {
    for (const span of judged.spans) this.effects.push({ type: 'span', monitorId, ...span });
  }

  place(index: number, judged: Judged): void {
    const old = this.state.monitors[index];
    if (!old) return;
    const { monitor } = judged;
    this.state = { ...this.state, monitors: this.state.monitors.with(index, monitor) };
    this.spans(judged, monitor.id);
    if (old.status !== monitor.status) {
      this.effects.push({ type: 'monitor-changed', monitorId: monitor.id, from: old.status, to: monitor.status });
    }
    const wasDown = old.known === 'down';
    const isDown = monitor.known === 'down';
    if (wasDown !== isDown) this.turns.push({ monitorId: monitor.id, to: isDown ? 'down' : 'up' });
    if (old.status !== monitor.status || old.successes !== monitor.successes || wasDown !== isDown) this.dirty = true;
  }

  editIncident(id: string | null, edit: (incident: IncidentState) => IncidentState): void {
    this.dirty = true;
    const index = this.state.incidents.findIndex((incident) => incident.id === id);
    const old = this.state.incidents[index];
    if (!old) return;
    const next = edit(old);
    if (next === old) return;
    this.state = { ...this.state, incidents: this.state.incidents.with(index, next) };
    this.edited.add(next.id);
  }

  finish(isTick: boolean): Reduced {
    if (this.dirty) this.settle();
    if (this.dirty || isTick || this.state.signal.colour !== 'green') this.judgeSignal();
    return { state: this.state, effects: this.effects };
  }

  private settle(): void {
    const settled = settle(this.state, this.turns, this.at, (id) => isCovered(this.state.rules.maintenance, id, this.at));
    this.state = { ...this.state, incidents: settled.incidents };
    for (const { incidentId, change } of settled.changes) {
      this.edited.delete(incidentId);
      this.effects.push({ type: 'incident-changed', change, incidentId });
    }
    for (const incidentId of this.edited) this.effects.push({ type: 'incident-changed', change: 'updated', incidentId });
    for (const alert of settled.alerts) this.effects.push({ type: 'alert', alert });
  }

  private judgeSignal(): void {
    const { colour, reasons } = signalOf(this.state, this.at);
    const old = this.state.signal;
    const sameReasons = reasons.length === old.reasons.length && reasons.every((reason, index) => reason === old.reasons[index]);
    if (colour === old.colour && sameReasons) return;
    this.state = { ...this.state, signal: { colour, reasons, since: colour === old.colour ? old.since : this.at } };
    this.effects.push({ type: 'signal-changed', from: old.colour, to: colour });
  }
}

// Derived from the rules alone and asked for with every observation; the rules change only with the settings.
const indexes = new WeakMap<Rules, ReadonlyMap<string, number>>();
function indexFor(rules: Rules): ReadonlyMap<string, number> {
  const known = indexes.get(rules);
  if (known) return known;
  const made = new Map(rules.monitors.map((rule, index) => [rule.id, index]));
  indexes.set(rules, made);
  return made;
}
