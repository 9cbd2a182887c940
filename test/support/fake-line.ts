// The store's connection and clock, as a script that a test drives step by step.

import type { Line, LineState } from '../../renderer/pipe.ts';
import type { Surroundings } from '../../renderer/store.ts';
import { apply } from '../../shared/apply.ts';
import type { EngineEvent, EventBody } from '../../shared/events.ts';
import type { Reply } from '../../shared/ipc.ts';
import type { Snapshot } from '../../shared/snapshot.ts';

export type FakeLine = Line & {
  /** What the engine holds. */
  truth(): Snapshot;
  /** Something happens in the engine; the page hears of it unless the stream is broken or the event gets lost. */
  happen(body: EventBody, options?: { readonly lost?: boolean }): void;
  change(state: LineState): void;
  /** A restart: another snapshot, and whatever revision it has. */
  restart(snapshot: Snapshot): void;
  /** Holds answers back until `release`. */
  hold(): void;
  release(): Promise<void>;
  fail(code: string | null): void;
  readonly asked: string[];
};

/** Lets every answer that is due arrive. */
export async function settled(): Promise<void> {
  for (let turn = 0; turn < 20; turn += 1) await Promise.resolve();
}

export function fakeLine(first: Snapshot): FakeLine {
  const listeners = new Set<(event: unknown) => void>();
  const watchers = new Set<(state: LineState) => void>();
  const asked: string[] = [];
  let current = first;
  let state: LineState = 'open';
  let failure: string | null = null;
  let gate: { promise: Promise<void>; open: () => void } | null = null;
  const answer = (method: string): Reply<unknown> => {
    if (failure !== null) return { ok: false, error: { code: failure, message: 'No.', next: 'Wait.' } };
    if (method === 'history.strips') return { ok: true, value: {} };
    return { ok: true, value: structuredClone(current) };
  };
  return {
    asked,
    truth: () => current,
    invoke: async (method) => {
      asked.push(method);
      const reply = answer(method);
      await gate?.promise;
      return reply;
    },
    subscribe: (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    watch: (watcher) => {
      watchers.add(watcher);
      watcher(state);
      return () => watchers.delete(watcher);
    },
    happen: (body, { lost = false } = {}) => {
      const event: EngineEvent = { ...body, at: current.at, revision: current.revision + 1 };
      current = apply(current, event);
      if (!lost && state === 'open') for (const listener of listeners) listener(structuredClone(event));
    },
    change: (next) => {
      state = next;
      for (const watcher of watchers) watcher(next);
    },
    restart: (next) => {
      current = next;
    },
    hold: () => {
      if (gate) return;
      let open: () => void = () => undefined;
      const promise = new Promise<void>((resolve) => {
        open = resolve;
      });
      gate = { promise, open };
    },
    release: async () => {
      gate?.open();
      gate = null;
      await settled();
    },
    fail: (code) => {
      failure = code;
    },
  };
}

export type FakeTime = Surroundings & { pass(ms: number): Promise<void> };

/** A clock that moves when told to. */
export function fakeTime(start: number): FakeTime {
  let now = start;
  const timers = new Map<object, { at: number; callback: () => void }>();
  return {
    now: () => now,
    after: (ms, callback) => {
      const key = {};
      timers.set(key, { at: now + ms, callback });
      return () => timers.delete(key);
    },
    beforePaint: (callback) => callback(),
    pass: async (ms) => {
      const end = now + ms;
      for (;;) {
        const [next] = [...timers].filter(([, timer]) => timer.at <= end).sort((a, b) => a[1].at - b[1].at);
        if (!next) break;
        timers.delete(next[0]);
        now = next[1].at;
        next[1].callback();
        await settled();
      }
      now = end;
    },
  };
}
