// Carries out wishes about incidents without a running engine, and notes on incidents that the engine has let go of.

import { acknowledge, note } from '../core/incidents.ts';
import type { IncidentState } from '../core/model.ts';
import type { Commit, History, Wish } from './ports.ts';

type Pages = Pick<History, 'incidentState' | 'commit'>;

const nothing: Commit = { observations: [], monitors: [], incidents: [], spans: [], deliveries: [], engine: null, wishes: [] };

/** Adds the note to a stored incident. Does nothing when there is no such incident. */
export function noteInHistory(history: Pages, wish: Extract<Wish, { type: 'note' }>, at: number): void {
  const incident = history.incidentState(wish.incidentId);
  if (incident) history.commit({ ...nothing, incidents: [note(incident, at, 'note', wish.text)] });
}

/** Carries out what waits in the inbox and concerns incidents; pauses wait for the next engine. The caller holds the
 *  engine's lock. */
export function carryOutWaiting(history: Pages & Pick<History, 'wishes'>): void {
  for (const { id, at, wish } of history.wishes()) {
    if (wish.type === 'pause') continue;
    const incident = history.incidentState(wish.incidentId);
    const after = incident && (wish.type === 'note' ? note(incident, at, 'note', wish.text) : acknowledge(incident, at));
    const changed: readonly IncidentState[] = after && after !== incident ? [after] : [];
    history.commit({ ...nothing, incidents: changed, wishes: [id] });
  }
}
