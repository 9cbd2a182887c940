// Monitors as the history knows them: a small number for each id, and the judged state between two runs.
import type { DatabaseSync } from 'node:sqlite';
import type { MonitorState } from '../core/model.ts';
import type { EngineMemory } from '../engine/ports.ts';
import { parseStored, storedEngine, storedMonitor } from './stored-state.ts';

/** The number under which a monitor's rows are kept. Numbers are never reused: a monitor that left may come back. */
export type MonitorKeys = {
  /** Makes one when the monitor is new. */
  key(id: string): number;
  /** `null` when nothing was ever stored for it. */
  find(id: string): number | null;
  all(): ReadonlyMap<string, number>;
  forget(): void;
};

export function monitorKeys(sql: DatabaseSync): MonitorKeys {
  const every = sql.prepare('SELECT id, key FROM monitors');
  const one = sql.prepare('SELECT key FROM monitors WHERE id = ?');
  const add = sql.prepare('INSERT INTO monitors (id) VALUES (?)');
  const known = new Map<string, number>();
  const find = (id: string): number | null => {
    const cached = known.get(id);
    if (cached !== undefined) return cached;
    const row = one.get(id);
    if (!row) return null;
    known.set(id, Number(row.key));
    return Number(row.key);
  };
  return {
    find,
    key(id) {
      const found = find(id);
      if (found !== null) return found;
      const key = Number(add.run(id).lastInsertRowid);
      known.set(id, key);
      return key;
    },
    all: () => new Map(every.all().map((row) => [String(row.id), Number(row.key)])),
    forget: () => known.clear(),
  };
}

export type StateTable = {
  saveMonitor(state: MonitorState): void;
  monitors(): MonitorState[];
  saveEngine(memory: EngineMemory): void;
  engine(): EngineMemory | null;
};

export function stateTable(sql: DatabaseSync, keys: MonitorKeys): StateTable {
  const saveMonitor = sql.prepare('UPDATE monitors SET state = ? WHERE key = ?');
  const monitors = sql.prepare('SELECT id, state FROM monitors WHERE state IS NOT NULL ORDER BY key');
  const saveEngine = sql.prepare(
    'INSERT INTO engine (id, json) VALUES (1, ?) ON CONFLICT (id) DO UPDATE SET json = excluded.json',
  );
  const engine = sql.prepare('SELECT json FROM engine WHERE id = 1');
  return {
    saveMonitor: (state) => void saveMonitor.run(JSON.stringify(state), keys.key(state.id)),
    monitors: () => monitors.all().map((row) => parseStored(storedMonitor, row.state, `the state of monitor ${row.id}`)),
    saveEngine: (memory) => void saveEngine.run(JSON.stringify(memory)),
    engine() {
      const row = engine.get();
      return row ? parseStored(storedEngine, row.json, "the engine's memory") : null;
    },
  };
}
