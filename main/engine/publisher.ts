// Keeps the snapshot and tells listeners what changed. The snapshot is moved forward by the very events that are sent, so
// a window that applies them cannot drift from it.
import { apply } from '../../shared/apply.ts';
import type { EngineEvent, EventBody } from '../../shared/events.ts';
import type { Snapshot } from '../../shared/snapshot.ts';
import { iso } from '../core/view.ts';

export type Publisher = {
  snapshot(): Snapshot;
  /** Stamps the event, applies it and hands it to every listener. */
  publish(event: EventBody, at: number): void;
  subscribe(listener: (event: EngineEvent) => void): () => void;
};

/** `onListenerError` hears of a listener that threw; the others still get the event. */
export function makePublisher(first: Snapshot, onListenerError: (error: unknown) => void): Publisher {
  let snapshot = first;
  const listeners = new Set<(event: EngineEvent) => void>();
  return {
    snapshot: () => snapshot,
    publish(body, at) {
      const event = { ...body, at: iso(at), revision: snapshot.revision + 1 } as EngineEvent;
      snapshot = apply(snapshot, event);
      for (const listener of listeners) {
        try {
          listener(event);
        } catch (error) {
          onListenerError(error);
        }
      }
    },
    subscribe(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
  };
}
