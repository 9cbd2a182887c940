// Writes down what happened in the yard and what Signalbox did about it, as one timeline. Knows the yard's stand-ins and
// Signalbox's public events; judges nothing (verdict.ts does).

import { apply } from '../shared/apply.ts';
import type { EngineEvent } from '../shared/events.ts';
import type { Diagnosis, Incident } from '../shared/incident.ts';
import type { Observation } from '../shared/observation.ts';
import type { Run } from '../shared/run.ts';
import type { Snapshot } from '../shared/snapshot.ts';
import { duration, lampWord, latency, sentence } from '../shared/words.ts';
import { steadyNow } from './clock.ts';
import type { HappeningKind } from './scenarios/scenario.ts';
import type { Yard } from './yard.ts';

export type Happening = {
  /** Epoch milliseconds. */
  readonly at: number;
  readonly kind: HappeningKind;
  /** Who did it, as the timeline says it. */
  readonly who: 'yard' | 'Signalbox' | 'Slack' | 'Rollbar';
  /** A sentence for people. */
  readonly text: string;
  readonly tags: readonly string[];
};

type Part = Pick<Yard, 'slack' | 'rollbar'>;

export type Story = {
  /** In the order in which they happened. */
  readonly happenings: readonly Happening[];
  /** The engine's present view; null before its first event. */
  readonly snapshot: Snapshot | null;
  /** The window's head sentence now; empty before the first event. */
  readonly head: string;
  /** Takes in an event of the engine. */
  hear(event: EngineEvent): void;
  /** Writes down what the yard itself does. */
  tell(kind: 'note' | 'fault-on' | 'fault-off', text: string, tags?: readonly string[]): void;
  /** Forgets what was, for a scenario about to be played. What the stand-ins already hold does not count again. */
  begin(): void;
  /** Calls `listener` after each event and happening; returns the way to stop. */
  follow(listener: () => void): () => void;
};

/** An empty story about these stand-ins. */
export function makeStory(parts: Part): Story {
  const happenings: Happening[] = [];
  const listeners = new Set<() => void>();
  const known = new Map<string, Incident>();
  let snapshot: Snapshot | null = null;
  let head = '';
  let posts = 0;
  let reading = false;
  const items = new Map<number, string>();

  const add = (kind: HappeningKind, who: Happening['who'], text: string, tags: readonly string[] = []): void => {
    happenings.push({ at: steadyNow(), kind, who, text, tags });
  };
  const listen = (): void => {
    for (const post of parts.slack.posts.slice(posts)) {
      const text = post.text ?? '';
      add('slack', 'Slack', `gets a message: ${text}`, [/^resolved/i.test(text) ? 'resolved' : 'opened']);
    }
    posts = parts.slack.posts.length;
    for (const { id, status, title } of parts.rollbar.items) {
      if (items.get(id) === status) continue;
      items.set(id, status);
      add('rollbar', 'Rollbar', status === 'active' ? `has a new item: ${title}` : `item is ${status}: ${title}`, [status]);
    }
  };
  const incident = (now: Incident): void => {
    const before = known.get(now.id);
    known.set(now.id, now);
    for (const id of before ? now.monitors : []) {
      if (!before?.monitors.includes(id)) add('incident-joined', 'Signalbox', `finds “${nameOf(snapshot, id)}” down`, [id]);
    }
    const { diagnosis } = now;
    const isNew = diagnosis !== null && diagnosis.confidence !== 'low' && !same(diagnosis, before?.diagnosis ?? null);
    if (isNew) add('diagnosis', 'Signalbox', `names the cause: ${diagnosis.sentence}`, diagnosisTags(diagnosis));
    if (now.flapping && !before?.flapping)
      add('incident-flapping', 'Signalbox', 'sees it flapping: held open and quiet from here', now.monitors);
  };
  const write = (event: EngineEvent): void => {
    if (event.event === 'incident.opened') {
      const { id, title, monitors } = event.incident;
      add('incident-opened', 'Signalbox', `opens ${id}: ${title}`, monitors);
      incident(event.incident);
    } else if (event.event === 'incident.updated') {
      const isBack = event.incident.state !== 'resolved' && known.get(event.incident.id)?.state === 'resolved';
      if (isBack) reopened(event.incident);
      incident(event.incident);
    } else if (event.event === 'monitor.changed' && event.to === 'down') {
      const again = [...known.values()].some((one) => one.state !== 'resolved' && one.monitors.includes(event.monitorId));
      if (again) add('incident-joined', 'Signalbox', `finds “${event.monitor.name}” down again`, [event.monitorId]);
    } else if (event.event === 'incident.resolved') {
      incident(event.incident);
      const { durationMs, title, monitors } = event.incident;
      add('incident-resolved', 'Signalbox', `resolves it after ${duration(durationMs)}: ${title}`, monitors);
    } else if (event.event === 'signal.changed') {
      const why = event.signal.reasons.length > 0 ? ` (${event.signal.reasons.slice(0, 2).join('; ')})` : '';
      add('signal', 'Signalbox', `signal ${lampWord(event.to).toLowerCase()}${why}`, [event.to]);
    } else if (event.event === 'alert.failed') {
      add('alert-failed', 'Signalbox', `could not tell ${event.channel}: ${event.problem}`, [event.channel]);
    } else if (event.event === 'connectivity.changed') {
      add('connectivity', 'Signalbox', `says that this machine is ${event.to}`, [event.to]);
    } else if (event.event === 'run.started') {
      add('lever', 'Signalbox', `pulls a lever: ${titleOf(event.run)}`, [...leverTags(event.run), 'started']);
    } else if (event.event === 'run.finished') {
      add('lever', 'Signalbox', endOf(event.run), [...leverTags(event.run), event.run.state]);
    } else if (event.event === 'observation.recorded') {
      woken(event.observation);
    }
  };
  /** Its members of last time count only when they are down now. */
  const reopened = ({ id, title, monitors }: Incident): void => {
    const isDown = (member: string) => snapshot?.monitors.some((monitor) => monitor.id === member && monitor.status === 'down');
    add('incident-opened', 'Signalbox', `opens ${id} again: ${title}`, monitors.filter(isDown));
  };
  /** The first wake-up of each; a yard at the pace of tests has one every few seconds. */
  const woken = ({ monitorId, outcome, wakeMs }: Observation): void => {
    const isKnown = happenings.some((one) => one.kind === 'woke' && one.tags.includes(monitorId));
    if (outcome !== 'up' || wakeMs === undefined || isKnown) return;
    add('woke', 'Signalbox', `sees “${nameOf(snapshot, monitorId)}” up, woken in ${latency(wakeMs)}`, [monitorId]);
  };
  /** Events come in bursts that make one sentence; it is written down when its cause changes, not its clock. */
  const readHead = (): void => {
    if (snapshot === null) return;
    head = sentence(snapshot, Date.parse(snapshot.at));
    if (reading) return;
    reading = true;
    setImmediate(() => {
      reading = false;
      const cause = / - (.+)\.$/.exec(head)?.[1] ?? (/ reports /.test(head) ? head : null);
      const earlier = happenings.findLast((one) => one.kind === 'head')?.tags[0];
      if (cause === null || cause === earlier) return;
      add('head', 'Signalbox', `now reads: ${head}`, [cause]);
      changed();
    });
  };
  const changed = (): void => {
    for (const listener of [...listeners]) listener();
  };

  return {
    happenings,
    get snapshot() {
      return snapshot;
    },
    get head() {
      return head;
    },
    hear(event) {
      if (event.event === 'engine.started') snapshot = apply(event.snapshot, event);
      else if (snapshot !== null) snapshot = apply(snapshot, event);
      listen();
      write(event);
      readHead();
      changed();
    },
    tell(kind, text, tags) {
      add(kind, 'yard', text, tags);
      changed();
    },
    begin() {
      happenings.length = 0;
      posts = parts.slack.posts.length;
      for (const { id, status } of parts.rollbar.items) items.set(id, status);
    },
    follow(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
  };
}

function nameOf(snapshot: Snapshot | null, id: string): string {
  return snapshot?.monitors.find((monitor) => monitor.id === id)?.name ?? id;
}

function titleOf(run: Run): string {
  return run.title ?? run.action;
}

/** The action, and where traffic or banner were to go. */
function leverTags(run: Run): readonly string[] {
  const { to, on, verified } = run.result ?? {};
  return [
    run.action,
    ...(typeof to === 'string' ? [to] : []),
    ...(typeof on === 'boolean' ? [on ? 'on' : 'off'] : []),
    ...(verified === true ? ['verified'] : []),
  ];
}

function endOf(run: Run): string {
  const took = run.finishedAt === null ? '' : ` after ${latency(Date.parse(run.finishedAt) - Date.parse(run.startedAt))}`;
  const why = run.error ? `: ${run.error.message}` : '';
  return `${titleOf(run)}: ${run.state}${took}${why}`;
}

function same(one: Diagnosis, other: Diagnosis | null): boolean {
  return one.rule === other?.rule && one.confidence === other.confidence && one.lever === other.lever;
}

function diagnosisTags({ rule, confidence, lever, suggestion }: Diagnosis): readonly string[] {
  return [rule, confidence, lever ?? 'no lever', ...(suggestion === null ? [] : [suggestion])];
}
