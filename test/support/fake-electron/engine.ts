// A small engine for tests of the shell: it shows the snapshot it was given, records what it is asked, and says what the
// test makes it say.

import type { Engine, StartEngine } from '../../../main/ipc/face.ts';
import type { EngineEvent, EventBody } from '../../../shared/events.ts';
import type { Reply } from '../../../shared/ipc.ts';
import type { Snapshot } from '../../../shared/snapshot.ts';

export function fakeEngine(first: Snapshot) {
  const listeners = new Set<(event: EngineEvent) => void>();
  const calls: { readonly method: string; readonly input: unknown }[] = [];
  const hints: string[] = [];
  const crashes: unknown[] = [];
  const starts: Parameters<StartEngine>[0][] = [];
  const replies = new Map<string, Reply<unknown>>();
  let snapshot = first;
  let reply: Reply<unknown> = { ok: true, value: { ok: true } };
  const engine: Engine = {
    dispatch: async (method, input) => {
      calls.push({ method, input });
      return replies.get(method) ?? reply;
    },
    subscribe: (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    snapshot: () => snapshot,
    power: (hint) => hints.push(hint),
    reportCrash: async (error) => {
      crashes.push(error);
    },
    stop: async () => {
      state.stops += 1;
      await state.stopping;
    },
  };
  const state = {
    engine,
    calls,
    hints,
    crashes,
    starts,
    listeners,
    stops: 0,
    /** What `stop` waits for. */
    stopping: Promise.resolve() as Promise<void>,
    start: (async (options) => {
      starts.push(options);
      return engine;
    }) as StartEngine,
    /** What it answers from now on: to one method, or to every one without an answer of its own. */
    answer: (next: Reply<unknown>, method?: string) => {
      if (method === undefined) reply = next;
      else replies.set(method, next);
    },
    /** Changes the snapshot and says so; the event is the plainest one, since the shell reads the snapshot. */
    become: (next: Snapshot) => {
      snapshot = { ...next, revision: snapshot.revision + 1 };
      const body: EventBody = { event: 'view.changed', signal: snapshot.signal, monitors: snapshot.monitors };
      const event = { ...body, at: snapshot.at, revision: snapshot.revision } as EngineEvent;
      for (const listener of listeners) listener(event);
      return event;
    },
  };
  return state;
}
