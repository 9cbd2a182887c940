// What may still be shown when the engine does not answer: everything that was known, nothing of it as if it were true now.
import type { MonitorView, Snapshot } from '../shared/snapshot.ts';

/** The snapshot with its signal dark and every monitor unknown; the last known status of each stays beside it. */
export function darkened(snapshot: Snapshot): Snapshot {
  return {
    ...snapshot,
    signal: { ...snapshot.signal, colour: 'grey' },
    monitors: snapshot.monitors.map((monitor): MonitorView => ({ ...monitor, status: 'unknown' })),
  };
}
