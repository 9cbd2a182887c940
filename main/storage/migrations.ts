// The history's tables, as numbered steps that are never edited once released. Decides which steps a file still needs,
// keeps a copy before changing one, and refuses files from a newer program.
import { chmodSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { DatabaseSync } from 'node:sqlite';
import { FaultError } from '../../shared/fault.ts';

/** Step n (counted from 1) takes a file from version n - 1 to n. */
export type Migration = (sql: DatabaseSync) => void;

/**
 * Brings an open file to the newest version, in one transaction, after a copy `history.v<old>-<time>.db` beside it.
 * The version is SQLite's own `user_version`.
 * @throws FaultError `history-newer`
 */
export function migrate(sql: DatabaseSync, file: string, migrations: readonly Migration[], now: number): void {
  const found = versionOf(sql);
  if (found > migrations.length) throw newer(file, found, migrations.length);
  if (found === migrations.length) return;
  if (found > 0) backUp(sql, file, found, now);
  sql.exec('BEGIN IMMEDIATE');
  try {
    // Read again under the lock: another process may have migrated meanwhile.
    for (const step of migrations.slice(versionOf(sql))) step(sql);
    sql.exec(`PRAGMA user_version = ${migrations.length}`);
    sql.exec('COMMIT');
  } catch (error: unknown) {
    if (sql.isTransaction) sql.exec('ROLLBACK');
    throw error;
  }
}

function versionOf(sql: DatabaseSync): number {
  return Number(sql.prepare('PRAGMA user_version').get()?.user_version);
}

function backUp(sql: DatabaseSync, file: string, version: number, now: number): void {
  const time = new Date(now).toISOString().replaceAll(/[-:]/g, '').slice(0, 15);
  const copy = join(dirname(file), `history.v${version}-${time}.db`);
  sql.prepare('VACUUM INTO ?').run(copy);
  chmodSync(copy, 0o600);
}

function newer(file: string, found: number, known: number): FaultError {
  return new FaultError({
    code: 'history-newer',
    message: `The history in ${file} was written by a newer Signalbox (version ${found}; this one knows up to ${known}).`,
    next: 'Update Signalbox, or name another data folder with --data DIR.',
  });
}

/**
 * Version 1. Times are epoch ms; `latency` and the phases are whole microseconds. `WITHOUT ROWID` keeps a monitor's rows
 * side by side, so that a chart reads a handful of pages. What repeats from check to check (certificate, address, page
 * report, error text) stands once in `details` and is referred to.
 */
const first: Migration = (sql) => {
  sql.exec(`
    CREATE TABLE monitors (
      key INTEGER PRIMARY KEY,
      id TEXT NOT NULL UNIQUE,
      state TEXT,
      rolled INTEGER NOT NULL DEFAULT 0,
      frozen INTEGER NOT NULL DEFAULT 0
    ) STRICT;
    CREATE TABLE details (id INTEGER PRIMARY KEY, monitor INTEGER NOT NULL, json TEXT NOT NULL) STRICT;
    CREATE INDEX details_by_monitor ON details (monitor, id);
    CREATE TABLE observations (
      monitor INTEGER NOT NULL,
      at INTEGER NOT NULL,
      outcome INTEGER NOT NULL,
      latency INTEGER,
      queued INTEGER,
      dns INTEGER,
      tcp INTEGER,
      tls INTEGER,
      first_byte INTEGER,
      login INTEGER,
      query INTEGER,
      wake INTEGER,
      detail INTEGER,
      PRIMARY KEY (monitor, at)
    ) STRICT, WITHOUT ROWID;
    CREATE TABLE minutes (
      monitor INTEGER NOT NULL, at INTEGER NOT NULL, count INTEGER NOT NULL, down INTEGER NOT NULL,
      p50 INTEGER, p95 INTEGER, max INTEGER,
      PRIMARY KEY (monitor, at)
    ) STRICT, WITHOUT ROWID;
    CREATE TABLE hours (
      monitor INTEGER NOT NULL, at INTEGER NOT NULL, count INTEGER NOT NULL, down INTEGER NOT NULL,
      p50 INTEGER, p95 INTEGER, max INTEGER,
      PRIMARY KEY (monitor, at)
    ) STRICT, WITHOUT ROWID;
    CREATE TABLE spans (
      monitor INTEGER NOT NULL, start INTEGER NOT NULL, stop INTEGER NOT NULL, kind TEXT NOT NULL,
      PRIMARY KEY (monitor, start)
    ) STRICT, WITHOUT ROWID;
    CREATE TABLE months (
      monitor INTEGER NOT NULL, month TEXT NOT NULL, up_ms INTEGER NOT NULL, down_ms INTEGER NOT NULL,
      PRIMARY KEY (monitor, month)
    ) STRICT, WITHOUT ROWID;
    CREATE TABLE incidents (
      id TEXT PRIMARY KEY, state TEXT NOT NULL, opened_at INTEGER NOT NULL, resolved_at INTEGER, json TEXT NOT NULL
    ) STRICT, WITHOUT ROWID;
    CREATE INDEX incidents_by_time ON incidents (opened_at);
    CREATE INDEX incidents_by_state ON incidents (state, resolved_at);
    CREATE TABLE timeline (
      incident TEXT NOT NULL, sequence INTEGER NOT NULL, json TEXT NOT NULL,
      PRIMARY KEY (incident, sequence)
    ) STRICT, WITHOUT ROWID;
    CREATE TABLE engine (id INTEGER PRIMARY KEY CHECK (id = 1), json TEXT NOT NULL) STRICT;
    CREATE TABLE outbox (
      id INTEGER PRIMARY KEY, channel TEXT NOT NULL, alert_key TEXT NOT NULL, incident TEXT, alert TEXT NOT NULL,
      state TEXT NOT NULL, attempts INTEGER NOT NULL DEFAULT 0, due_at INTEGER NOT NULL, changed_at INTEGER NOT NULL, problem TEXT,
      UNIQUE (channel, alert_key)
    ) STRICT;
    CREATE INDEX outbox_by_state ON outbox (channel, state, changed_at);
    CREATE TABLE delivery_memory (
      channel TEXT NOT NULL, incident TEXT NOT NULL, name TEXT NOT NULL, value TEXT NOT NULL,
      PRIMARY KEY (channel, incident, name)
    ) STRICT, WITHOUT ROWID;
    CREATE TABLE wishes (id INTEGER PRIMARY KEY AUTOINCREMENT, at INTEGER NOT NULL, json TEXT NOT NULL, done_at INTEGER) STRICT;
    CREATE INDEX wishes_waiting ON wishes (id) WHERE done_at IS NULL;
    CREATE TABLE runs (
      id TEXT PRIMARY KEY, action TEXT NOT NULL, state TEXT NOT NULL, started_at INTEGER NOT NULL, json TEXT NOT NULL
    ) STRICT, WITHOUT ROWID;
    CREATE INDEX runs_by_time ON runs (started_at);
  `);
};

/**
 * Version 2: what a run needs to be taken up or taken back by another process, and what is known of each lever. `change`
 * numbers every save, across processes, so that one who looks sees exactly what is new to him; runs are kept for ever, so
 * the highest number never falls. Runs of version 1 have no request and are only shown.
 */
const second: Migration = (sql) => {
  sql.exec(`
    ALTER TABLE runs ADD COLUMN request TEXT;
    ALTER TABLE runs ADD COLUMN pulled_by TEXT;
    ALTER TABLE runs ADD COLUMN direction TEXT;
    ALTER TABLE runs ADD COLUMN incidents TEXT;
    ALTER TABLE runs ADD COLUMN memory TEXT;
    ALTER TABLE runs ADD COLUMN change INTEGER NOT NULL DEFAULT 0;
    ALTER TABLE runs ADD COLUMN cancel_at INTEGER;
    CREATE INDEX runs_by_change ON runs (change);
    CREATE INDEX runs_unfinished ON runs (started_at) WHERE state IN ('running', 'interrupted');
    CREATE TABLE levers (name TEXT PRIMARY KEY, json TEXT NOT NULL) STRICT, WITHOUT ROWID;
  `);
};

/** In order. A released step is never changed; a change is a new step and a new fixture file. */
/** Version 3: what names resolved to when things were well. */
const third: Migration = (sql) => {
  sql.exec('CREATE TABLE addresses (host TEXT PRIMARY KEY, json TEXT NOT NULL) STRICT, WITHOUT ROWID');
};

export const migrations: readonly Migration[] = [first, second, third];
