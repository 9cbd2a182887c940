// Owns when checks start: one heap of due times and one timer, never set further than a second ahead, so that a frozen
// process, a sleeping machine or a changed clock is noticed in one place (ENGINE section 4). Knows nothing of results.
import { nextDue, phaseMs, spreadMs } from '../core/schedule.ts';
import { type Limits, makeGate } from './gate.ts';
import { makeHeap } from './heap.ts';
import type { Clock } from './ports.ts';

export type Scheduled = {
  readonly id: string;
  readonly intervalMs: number;
  /** The host whose per-host limits apply; null for loopback. */
  readonly host: string | null;
};

export type Scheduler = {
  /** Replaces what is watched. New monitors are checked soon, known ones keep their place. */
  set(entries: readonly Scheduled[], limits: Limits): void;
  /** Another interval for one monitor, from now on. */
  pace(id: string, intervalMs: number): void;
  /** An extra check with priority; the regular ones go on unchanged. */
  soon(id: string, inMs: number): void;
  /** Everything once, spread over `overMs`. */
  all(overMs: number): void;
  /** Stops and starts the regular checks of one monitor. */
  hold(id: string, held: boolean): void;
  /** Has the machine slept or the clock jumped since the last look? Calls `onGap` if so. */
  notice(): void;
  start(): void;
  stop(): void;
  /** Since the start: periods skipped because the previous check still ran, or because they were missed. */
  readonly counts: { readonly overlapped: number; readonly missed: number };
};

export type SchedulerPorts = {
  readonly clock: Clock;
  /** Starts a check; resolves when it has ended. `queuedMs` is how long it waited for a place. */
  run(id: string, queuedMs: number): Promise<void>;
  /** Nobody looked between `from` and now (wall clock). */
  onGap(from: number, cause: 'sleep' | 'clock'): void;
  onTick(): void;
};

const clampMs = 1_000;
const gapMs = 5_000;
const firstRoundMs = 5_000;
/** Timers were seen to fire up to 0.4 ms early against the monotonic clock. */
const toleranceMs = 1;

type Waiting = { readonly id: string; readonly priority: boolean; readonly since: number };

export function makeScheduler(ports: SchedulerPorts, limits: Limits): Scheduler {
  const { clock } = ports;
  const gate = makeGate(limits);
  const regular = makeHeap();
  const extra = makeHeap();
  const entries = new Map<string, Scheduled>();
  const held = new Set<string>();
  /** After an extra round a monitor skips the regular moments of half an interval, so that the two do not add up to a crowd. */
  const restUntil = new Map<string, number>();
  const running = new Set<string>();
  let waiting: Waiting[] = [];
  let cancelTimer: (() => void) | null = null;
  let started = false;
  let lastTick = 0;
  let lastWall = clock.now();
  let lastMonotonic = clock.monotonic();
  const counts = { overlapped: 0, missed: 0 };

  /** The first regular moment of a monitor after `after`, both on the monotonic clock. */
  const place = (entry: Scheduled, after = clock.monotonic()): number => {
    const toWall = clock.now() - clock.monotonic();
    return nextDue(entry.id, entry.intervalMs, after + toWall) - toWall;
  };

  const spread = (list: readonly Scheduled[], overMs: number): void => {
    const now = clock.monotonic();
    const ordered = [...list].sort((a, b) => phaseMs(a.id, overMs) - phaseMs(b.id, overMs));
    ordered.forEach((entry, index) => {
      regular.set(entry.id, now + spreadMs(index, ordered.length, overMs));
    });
  };

  const enqueue = (id: string, priority: boolean, now: number): void => {
    const known = waiting.findIndex((item) => item.id === id);
    if (running.has(id) || (known >= 0 && !priority)) {
      counts.overlapped += 1;
      return;
    }
    if (known >= 0) waiting.splice(known, 1);
    waiting.push({ id, priority, since: now });
  };

  const collect = (now: number): void => {
    for (let next = extra.peek(); next && next.due <= now + toleranceMs; next = extra.peek()) {
      extra.delete(next.key);
      enqueue(next.key, true, now);
    }
    for (let next = regular.peek(); next && next.due <= now + toleranceMs; next = regular.peek()) {
      const entry = entries.get(next.key);
      regular.delete(next.key);
      if (!entry || held.has(entry.id)) continue;
      const late = now - next.due;
      if (late > entry.intervalMs) counts.missed += Math.floor(late / entry.intervalMs);
      enqueue(entry.id, false, now);
      // A timer may be a hair early: the moment just served must not be found again.
      regular.set(entry.id, place(entry, Math.max(now, next.due, restUntil.get(entry.id) ?? 0) + toleranceMs));
      restUntil.delete(entry.id);
    }
  };

  /** Starts what may start; returns when the earliest of the others may. */
  const dispatch = (now: number): number => {
    let earliest = Number.POSITIVE_INFINITY;
    const still: Waiting[] = [];
    const ordered = waiting.some((item) => item.priority)
      ? [...waiting].sort((a, b) => Number(b.priority) - Number(a.priority))
      : waiting;
    for (const item of ordered) {
      const entry = entries.get(item.id);
      if (!entry) continue;
      const wait = gate.enter(entry.host, item.priority, now);
      if (wait === null) {
        begin(entry, now - item.since);
      } else {
        still.push(item);
        earliest = Math.min(earliest, wait);
      }
    }
    waiting = still;
    return earliest;
  };

  const begin = (entry: Scheduled, queuedMs: number): void => {
    running.add(entry.id);
    const finished = (): void => {
      running.delete(entry.id);
      gate.leave(entry.host);
      if (started && waiting.length > 0) pump();
    };
    ports.run(entry.id, Math.max(0, queuedMs)).then(finished, finished);
  };

  const notice = (): void => {
    const wall = clock.now();
    const monotonic = clock.monotonic();
    const frozen = monotonic - lastMonotonic;
    const jumped = wall - lastWall - frozen;
    const from = lastWall;
    lastWall = wall;
    lastMonotonic = monotonic;
    // A forward jump is a sleep on systems whose monotonic clock stops meanwhile; believing so is safe either way.
    if (frozen > gapMs || jumped > gapMs) ports.onGap(from, 'sleep');
    else if (jumped < -gapMs) ports.onGap(from, 'clock');
  };

  const pump = (): void => {
    if (!started) return;
    notice();
    const now = clock.monotonic();
    if (now - lastTick >= clampMs - toleranceMs) {
      lastTick = now;
      ports.onTick();
    }
    collect(now);
    const blockedUntil = dispatch(now);
    arm(
      Math.min(
        blockedUntil,
        regular.peek()?.due ?? Number.POSITIVE_INFINITY,
        extra.peek()?.due ?? Number.POSITIVE_INFINITY,
        lastTick + clampMs,
      ),
    );
  };

  const arm = (due: number): void => {
    cancelTimer?.();
    cancelTimer = clock.after(Math.min(clampMs, Math.max(0, due - clock.monotonic())), pump);
  };

  const rearm = (): void => {
    if (started) arm(clock.monotonic());
  };

  return {
    counts,
    set(list, next) {
      gate.limit(next);
      const fresh = list.filter((entry) => !entries.has(entry.id));
      const ids = new Set(list.map((entry) => entry.id));
      for (const id of [...entries.keys()].filter((known) => !ids.has(known))) {
        entries.delete(id);
        held.delete(id);
        restUntil.delete(id);
        regular.delete(id);
        extra.delete(id);
      }
      for (const entry of list) {
        const before = entries.get(entry.id);
        entries.set(entry.id, entry);
        if (before && before.intervalMs !== entry.intervalMs) regular.set(entry.id, place(entry));
      }
      spread(fresh, Math.min(firstRoundMs, ...fresh.map((entry) => entry.intervalMs)));
      rearm();
    },
    pace(id, intervalMs) {
      const entry = entries.get(id);
      if (!entry || entry.intervalMs === intervalMs) return;
      const next = { ...entry, intervalMs };
      entries.set(id, next);
      regular.set(id, place(next));
      rearm();
    },
    soon(id, inMs) {
      if (!entries.has(id)) return;
      const due = clock.monotonic() + inMs;
      const known = extra.due(id);
      if (known === null || due < known) extra.set(id, due);
      rearm();
    },
    all(overMs) {
      const list = [...entries.values()].filter((entry) => !held.has(entry.id));
      spread(list, overMs);
      for (const entry of list) restUntil.set(entry.id, (regular.due(entry.id) ?? 0) + entry.intervalMs / 2);
      rearm();
    },
    hold(id, isHeld) {
      const entry = entries.get(id);
      if (!entry) return;
      if (isHeld) {
        held.add(id);
        regular.delete(id);
        extra.delete(id);
        waiting = waiting.filter((item) => item.id !== id);
      } else if (held.delete(id)) {
        regular.set(id, place(entry));
      }
      rearm();
    },
    notice,
    start() {
      started = true;
      lastWall = clock.now();
      lastMonotonic = clock.monotonic();
      lastTick = lastMonotonic;
      pump();
    },
    stop() {
      started = false;
      cancelTimer?.();
      waiting = [];
    },
  };
}
