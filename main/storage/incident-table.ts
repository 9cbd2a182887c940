// Incidents and their timelines. A timeline entry is inserted once under (incident, sequence) and never changed, so that a
// replayed commit adds nothing. Both are kept for ever.
import type { DatabaseSync, SQLOutputValue } from 'node:sqlite';
import type { IncidentState } from '../core/model.ts';
import { parseStored, storedIncident, storedTimelineEntry } from './stored-state.ts';

export type IncidentTable = {
  save(incident: IncidentState): void;
  one(id: string): IncidentState | null;
  /** Opened before the given time (all when null), newest first. */
  before(openedBefore: number | null, limit: number): IncidentState[];
  /** Not resolved, or resolved after `resolvedAfter`; oldest first. */
  alive(resolvedAfter: number): IncidentState[];
  forget(): void;
};

export function incidentTable(sql: DatabaseSync): IncidentTable {
  const save = sql.prepare(`INSERT INTO incidents (id, state, opened_at, resolved_at, json) VALUES (?, ?, ?, ?, ?)
    ON CONFLICT (id) DO UPDATE SET
      state = excluded.state, opened_at = excluded.opened_at, resolved_at = excluded.resolved_at, json = excluded.json`);
  const addEntry = sql.prepare('INSERT OR IGNORE INTO timeline (incident, sequence, json) VALUES (?, ?, ?)');
  const countEntries = sql.prepare('SELECT count(*) AS entries FROM timeline WHERE incident = ?');
  const entries = sql.prepare('SELECT json FROM timeline WHERE incident = ? ORDER BY sequence');
  const one = sql.prepare('SELECT json FROM incidents WHERE id = ?');
  const before = sql.prepare('SELECT json FROM incidents WHERE opened_at < ? ORDER BY opened_at DESC, id DESC LIMIT ?');
  const alive = sql.prepare(`SELECT json FROM incidents WHERE state IN ('open', 'recovering')
    UNION ALL SELECT json FROM incidents WHERE state = 'resolved' AND resolved_at > ?`);
  /** How many entries of each incident are stored, so that a long timeline is not walked at every commit. */
  const stored = new Map<string, number>();

  const read = (row: Record<string, SQLOutputValue>): IncidentState => {
    const incident = parseStored(storedIncident, row.json, 'an incident');
    const what = `the timeline of ${incident.id}`;
    const timeline = entries.all(incident.id).map((entry) => parseStored(storedTimelineEntry, entry.json, what));
    return { ...incident, timeline };
  };

  return {
    save(incident) {
      const { timeline, ...rest } = incident;
      save.run(incident.id, incident.state, incident.openedAt, incident.resolvedAt, JSON.stringify(rest));
      const from = stored.get(incident.id) ?? Number(countEntries.get(incident.id)?.entries ?? 0);
      timeline.slice(from).forEach((entry, index) => {
        addEntry.run(incident.id, from + index, JSON.stringify(entry));
      });
      stored.set(incident.id, Math.max(from, timeline.length));
    },
    one(id) {
      const row = one.get(id);
      return row ? read(row) : null;
    },
    before: (openedBefore, limit) => before.all(openedBefore ?? Number.MAX_SAFE_INTEGER, limit).map(read),
    alive: (resolvedAfter) =>
      alive
        .all(resolvedAfter)
        .map(read)
        .sort((a, b) => a.openedAt - b.openedAt),
    forget: () => stored.clear(),
  };
}
