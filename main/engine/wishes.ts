// Carries out wishes about incidents without a running engine, and notes on incidents that the engine has let go of.

import { acknowledge, acted, note } from '../core/incidents.ts';
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
    history.commit({ ...nothing, incidents: changedBy(history, wish, at), wishes: [id] });
  }
}

/** The stored incidents as they are after the wish; those it does not change are left out. */
function changedBy(history: Pages, wish: Exclude<Wish, { type: 'pause' }>, at: number): readonly IncidentState[] {
  const ids = wish.type === 'acted' ? new Set(wish.incidentIds) : [wish.incidentId];
  return [...ids].flatMap((id) => {
    const incident = history.incidentState(id);
    const after = incident && carryOut(incident, wish, at);
    return after && after !== incident ? [after] : [];
  });
}

function carryOut(incident: IncidentState, wish: Exclude<Wish, { type: 'pause' }>, at: number): IncidentState {
  switch (wish.type) {
    case 'acknowledge':
      return acknowledge(incident, at);
    case 'note':
      return note(incident, at, 'note', wish.text);
    case 'acted':
      return acted(incident, wish.doneAt ?? at, wish.text, wish.mitigates);
  }
}
