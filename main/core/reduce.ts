// The heart: one pure function from a state and a message to the next state and what is to be done. All rules of DESIGN
// sections 5 and 6 hang off it; time comes in with the message, and nothing here waits, reads or sends.

import { leverNews } from './announce.ts';
import { watchCertificate } from './certificates.ts';
import { Draft } from './draft.ts';
import { found } from './findings.ts';
import { acknowledge, acted, note } from './incidents.ts';
import { close, confirmDown, judge, lose, newMonitor, pause, resume } from './judge.ts';
import type { Message, MonitorState, Reduced, Rules, State } from './model.ts';

/** After waking or reconnecting, everything is looked at again over this long, and failures only ask for confirmation. */
export const recheckOverMs = 10_000;
export const quietMs = 30_000;

/** The state of an engine that has seen nothing. */
export function initialState(rules: Rules, at: number): State {
  return {
    rules,
    monitors: rules.monitors.map((rule) => newMonitor(rule.id, at)),
    incidents: [],
    signal: { colour: 'grey', since: at, reasons: ['Checking…'] },
    connectivity: { state: rules.guarded ? 'online' : 'unguarded', since: at },
    pausedUntil: null,
    quietUntil: 0,
    certificates: {},
    failingChannels: [],
    settingsProblem: null,
    storageProblem: null,
  };
}

/** The next state and the effects of one message. */
export function reduce(state: State, message: Message): Reduced {
  const draft = new Draft(state, message.at);
  apply(draft, message);
  return draft.finish(message.type === 'tick');
}

function apply(draft: Draft, message: Message): void {
  const { at } = message;
  switch (message.type) {
    case 'configured':
      configure(draft, message.rules);
      return;
    case 'started':
      start(draft, message.lastSeen);
      return;
    case 'observed':
      observe(draft, message);
      return;
    case 'witnessed':
      witness(draft, message.verdict);
      return;
    case 'gap':
      gap(draft, message.from, message.cause);
      return;
    case 'tick':
      tick(draft);
      return;
    case 'acknowledge':
      draft.editIncident(message.incidentId, (incident) => acknowledge(incident, at));
      return;
    case 'note':
      draft.editIncident(message.incidentId, (incident) => note(incident, at, 'note', message.text));
      return;
    case 'say':
      draft.effects.push({ type: 'alert', alert: message.alert });
      return;
    case 'found':
      draft.editIncident(message.incidentId, (incident) => found(incident, at, message.evidence, message.diagnosis));
      return;
    case 'lever-news':
      leverNewsOf(draft, message);
      return;
    case 'acted':
      for (const id of message.incidentIds) {
        draft.editIncident(id, (incident) => acted(incident, message.doneAt ?? at, message.text, message.mitigates));
      }
      return;
    case 'pause':
      pauseSome(draft, message.monitorId, message.until);
      return;
    case 'delivered':
      draft.state = { ...draft.state, failingChannels: draft.state.failingChannels.filter((name) => name !== message.channel) };
      draft.editIncident(message.incidentId, (incident) =>
        note(incident, at, 'alert', message.text, { channel: message.channel }),
      );
      return;
    case 'undelivered':
      undelivered(draft, message);
      return;
    case 'trouble':
      draft.state = { ...draft.state, [message.with === 'settings' ? 'settingsProblem' : 'storageProblem']: message.problem };
      draft.dirty = true;
      return;
  }
}

function configure(draft: Draft, rules: Rules): void {
  const kept = new Map(draft.state.monitors.map((monitor) => [monitor.id, monitor]));
  const names = new Set(rules.monitors.map((rule) => rule.id));
  for (const monitor of draft.state.monitors) {
    if (!names.has(monitor.id)) draft.spans(close(monitor, monitor.lastAt ?? draft.at), monitor.id);
  }
  const guardedBefore = draft.state.rules.guarded;
  draft.state = {
    ...draft.state,
    rules,
    monitors: rules.monitors.map((rule) => kept.get(rule.id) ?? newMonitor(rule.id, draft.at)),
    failingChannels: draft.state.failingChannels.filter((channel) => rules.channels.includes(channel)),
    settingsProblem: null,
  };
  if (guardedBefore !== rules.guarded) draft.connect(rules.guarded ? 'online' : 'unguarded');
  draft.dirty = true;
}

/** A restart claims nothing: what was down stays down until proven otherwise, everything else is pending again. */
function start(draft: Draft, lastSeen: Readonly<Record<string, number>>): void {
  draft.state = {
    ...draft.state,
    quietUntil: 0,
    monitors: draft.state.monitors.map((monitor, index) => {
      const interval = draft.state.rules.monitors[index]?.intervalMs ?? 0;
      const seen = lastSeen[monitor.id];
      const ended = seen === undefined ? (monitor.span?.from ?? draft.at) : Math.min(seen + interval, draft.at);
      const closed = close(monitor, ended);
      draft.spans(closed, monitor.id);
      const fresh = {
        ...closed.monitor,
        failures: 0,
        successes: 0,
        firstFailureAt: null,
        firstSuccessAt: null,
        awaitingWitness: false,
        lastAt: null,
      };
      const stays = monitor.status === 'paused' || (monitor.known === 'down' && monitor.status === 'down');
      return stays ? fresh : { ...fresh, status: 'pending', since: draft.at };
    }),
  };
  draft.connect(draft.state.rules.guarded ? 'online' : 'unguarded');
  draft.dirty = true;
}

function observe(draft: Draft, message: Extract<Message, { type: 'observed' }>): void {
  const { observation, at } = message;
  const index = draft.indexOf(observation.monitorId);
  const rule = draft.state.rules.monitors[index];
  if (!rule) return;
  if (observation.certificate) {
    const watched = watchCertificate(draft.state.certificates, observation.certificate, at);
    draft.state = { ...draft.state, certificates: watched.records };
    if (watched.alert) draft.effects.push({ type: 'alert', alert: watched.alert });
  }
  hearOfConnection(draft, rule.local, observation.outcome, observation.error?.code);
  const isOffline = draft.isOffline();
  const judged = judge(rule, draft.state.monitors[index] as MonitorState, observation, {
    needsWitness: draft.state.rules.guarded && !rule.local,
    offline: isOffline && !rule.local,
    quiet: at < draft.state.quietUntil,
  });
  draft.place(index, judged);
  if (judged.wants === 'confirm') draft.effects.push({ type: 'check', monitorId: rule.id, inMs: rule.retryIntervalMs });
  if (judged.wants === 'witness')
    draft.effects.push({ type: 'ask-witnesses' }, { type: 'check', monitorId: rule.id, inMs: rule.retryIntervalMs });
}

/** A check can itself prove that we are back online, or that this machine has no network at all. */
function hearOfConnection(draft: Draft, local: boolean, outcome: string, code: string | undefined): void {
  if (code === 'offline') {
    if (draft.isOffline()) return;
    draft.connect('offline');
    if (!local) loseRemote(draft);
    return;
  }
  const answered = outcome === 'up' || outcome === 'degraded';
  const onlyLocal = draft.state.rules.monitors.every((rule) => rule.local);
  if (answered && draft.isOffline() && (!local || onlyLocal)) reconnect(draft);
}

function witness(draft: Draft, verdict: 'online' | 'offline' | 'captive'): void {
  if (verdict !== 'online') {
    draft.connect(verdict);
    loseRemote(draft);
    return;
  }
  if (draft.isOffline()) reconnect(draft);
  for (const [index, monitor] of draft.state.monitors.entries()) {
    if (monitor.awaitingWitness) draft.place(index, confirmDown(monitor));
  }
}

function reconnect(draft: Draft): void {
  draft.connect(draft.state.rules.guarded ? 'online' : 'unguarded');
  draft.state = { ...draft.state, quietUntil: draft.at + quietMs };
  draft.effects.push({ type: 'check-all', overMs: recheckOverMs });
}

function loseRemote(draft: Draft): void {
  draft.state.monitors.forEach((monitor, index) => {
    const rule = draft.state.rules.monitors[index];
    if (!rule || rule.local || monitor.status === 'paused' || monitor.status === 'unknown') return;
    draft.place(
      index,
      lose({ ...monitor, lastError: 'This machine is offline.' }, monitor.firstFailureAt ?? monitor.lastAt ?? draft.at),
    );
  });
}

function gap(draft: Draft, from: number, cause: 'sleep' | 'clock'): void {
  for (const [index, monitor] of draft.state.monitors.entries()) {
    if (monitor.status === 'paused' || monitor.lastAt === null) continue;
    const ended = Math.min(from, monitor.lastAt + (draft.state.rules.monitors[index]?.intervalMs ?? 0));
    if (cause === 'clock') {
      const closed = close(monitor, ended);
      draft.place(index, { ...closed, monitor: { ...closed.monitor, lastAt: draft.at } });
    } else {
      draft.place(index, lose({ ...monitor, lastError: 'This machine was asleep.' }, ended));
    }
  }
  if (cause === 'clock') return;
  draft.state = { ...draft.state, quietUntil: draft.at + quietMs };
  draft.effects.push({ type: 'check-all', overMs: recheckOverMs });
}

function tick(draft: Draft): void {
  if (draft.state.pausedUntil !== null && draft.state.pausedUntil <= draft.at) pauseSome(draft, null, null);
  for (const [index, monitor] of draft.state.monitors.entries()) {
    if (monitor.pausedUntil !== null && monitor.pausedUntil <= draft.at) pauseOne(draft, index, null);
  }
  const waiting = draft.state.monitors.some((monitor) => monitor.awaitingWitness);
  if (draft.state.rules.guarded && (draft.isOffline() || waiting)) draft.effects.push({ type: 'ask-witnesses' });
  draft.dirty =
    draft.state.incidents.length > 0 || draft.dirty || draft.state.monitors.some((monitor) => monitor.status === 'down');
}

function pauseSome(draft: Draft, monitorId: string | null, until: number | null): void {
  if (monitorId !== null) {
    pauseOne(draft, draft.indexOf(monitorId), until);
    return;
  }
  draft.state = { ...draft.state, pausedUntil: until };
  for (const index of draft.state.monitors.keys()) pauseOne(draft, index, until);
}

function pauseOne(draft: Draft, index: number, until: number | null): void {
  const monitor = draft.state.monitors[index];
  if (!monitor) return;
  if (until !== null) {
    draft.place(index, pause(monitor, draft.at, until));
    return;
  }
  if (monitor.status !== 'paused') return;
  draft.place(index, { monitor: resume(monitor, draft.at), wants: null, spans: [] });
  draft.effects.push({ type: 'check', monitorId: monitor.id, inMs: 0 });
}

function undelivered(draft: Draft, message: Extract<Message, { type: 'undelivered' }>): void {
  const known = draft.state.failingChannels.includes(message.channel);
  if (!known) draft.state = { ...draft.state, failingChannels: [...draft.state.failingChannels, message.channel] };
  // One line when a channel starts to fail and one when a message is given up; every retry would bury the story.
  if (known && !message.final) return;
  draft.editIncident(message.incidentId, (incident) =>
    note(incident, message.at, 'alert', message.problem, { channel: message.channel, final: message.final }),
  );
}

function leverNewsOf(draft: Draft, { incidentId, text, at }: Extract<Message, { type: 'lever-news' }>): void {
  draft.editIncident(incidentId, (incident) => {
    const told = leverNews(note(incident, at, 'action', text), text, at);
    draft.effects.push({ type: 'alert', alert: told.alert });
    return told.incident;
  });
}
