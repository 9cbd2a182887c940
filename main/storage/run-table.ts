// Runs of the levers: what a person is shown of each, and what another process needs to take one up or back. Every save has
// a number of its own. Rows are kept for ever.
import type { DatabaseSync, SQLOutputValue } from 'node:sqlite';
import { redact } from '../../shared/redact.ts';
import type { Run } from '../../shared/run.ts';
import type { Journal, JournalRun } from '../engine/levers.ts';
import {
  parseStored,
  storedBy,
  storedDirection,
  storedIncidentIds,
  storedMemory,
  storedRequest,
  storedRun,
} from './stored-state.ts';

type Row = Record<string, SQLOutputValue>;

export type RunTable = Omit<Journal, 'recall' | 'remember'> & { newest(limit: number): Run[] };

const columns = 'id, json, request, pulled_by, direction, incidents, memory';

export function runTable(sql: DatabaseSync): RunTable {
  const newest = sql.prepare('SELECT json FROM runs ORDER BY started_at DESC, id DESC LIMIT ?');
  // A wish to cancel is about one attempt: taking an interrupted run up again forgets it.
  const save = sql.prepare(`INSERT INTO runs
      (id, action, state, started_at, json, request, pulled_by, direction, incidents, memory, change)
    VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, (SELECT coalesce(max(change), 0) + 1 FROM runs))
    ON CONFLICT (id) DO UPDATE SET json = excluded.json, request = excluded.request, pulled_by = excluded.pulled_by,
      direction = excluded.direction, incidents = excluded.incidents, memory = excluded.memory, change = excluded.change,
      cancel_at = CASE WHEN state = 'interrupted' AND excluded.state = 'running' THEN NULL ELSE cancel_at END,
      state = excluded.state`);
  const one = sql.prepare(`SELECT ${columns} FROM runs WHERE id = ? AND request IS NOT NULL`);
  const unfinished = sql.prepare(`SELECT ${columns} FROM runs
    WHERE state IN ('running', 'interrupted') AND request IS NOT NULL ORDER BY started_at, id`);
  const recent = sql.prepare(`SELECT json FROM runs WHERE state IN ('running', 'interrupted')
      OR id IN (SELECT id FROM runs ORDER BY started_at DESC, id DESC LIMIT ?) ORDER BY started_at DESC, id DESC`);
  const highest = sql.prepare('SELECT coalesce(max(change), 0) AS mark FROM runs');
  const changed = sql.prepare('SELECT json, change FROM runs WHERE change > ? ORDER BY change');
  const askToCancel = sql.prepare(`UPDATE runs SET cancel_at = coalesce(cancel_at, ?) WHERE id = ? AND state = 'running'`);
  const cancelAsked = sql.prepare('SELECT cancel_at FROM runs WHERE id = ?');

  return {
    newest: (limit) => newest.all(limit).map(runOf),
    save({ run, request, by, direction, incidentIds, memory }) {
      save.run(
        run.id,
        run.action,
        run.state,
        Date.parse(run.startedAt),
        shown(run),
        JSON.stringify(request),
        by,
        direction,
        JSON.stringify(incidentIds),
        JSON.stringify(memory),
      );
    },
    run(id) {
      const row = one.get(id);
      return row ? entryOf(row) : null;
    },
    unfinished: () => unfinished.all().map(entryOf),
    recent: (limit) => recent.all(limit).map(runOf),
    changedSince(mark) {
      const rows = mark === null ? [] : changed.all(mark);
      const last = rows.at(-1)?.change ?? mark ?? highest.get()?.mark;
      return { mark: Number(last), runs: rows.map(runOf) };
    },
    askToCancel: (id, at) => void askToCancel.run(at, id),
    cancelAsked: (id) => typeof cancelAsked.get(id)?.cancel_at === 'number',
  };
}

/** What people see is without anything shaped like a secret, whoever wrote it; ids are left as they are. */
function shown(run: Run): string {
  return JSON.stringify(run, (key, value: unknown) => (typeof value === 'string' && key !== 'id' ? redact(value) : value));
}

const runOf = (row: Row): Run => parseStored(storedRun, row.json, 'a run');

function entryOf(row: Row): JournalRun {
  const what = `run ${row.id}`;
  return {
    run: parseStored(storedRun, row.json, what),
    request: parseStored(storedRequest, row.request, what),
    by: parseStored(storedBy, JSON.stringify(row.pulled_by), what),
    direction: parseStored(storedDirection, JSON.stringify(row.direction), what),
    incidentIds: parseStored(storedIncidentIds, row.incidents, what),
    memory: parseStored(storedMemory, row.memory, what),
  };
}
