// Observations as rows: what differs from check to check in columns, what repeats (certificate, address, page report,
// error text) once in `details`. Knows nothing of thresholds or buckets.
import type { DatabaseSync, SQLOutputValue } from 'node:sqlite';
import type { Strip } from '../../shared/ipc.ts';
import { type Observation, observation, outcome } from '../../shared/observation.ts';
import type { MonitorKeys } from './monitor-table.ts';
import { parseStored } from './stored-state.ts';

type Row = Record<string, SQLOutputValue>;

export const outcomes = outcome.options;
const initials = ['u', 'g', 'd', 'n'] as const;
/** Column of each phase; the order of the insert statement. */
const phaseColumns = [
  ['dnsMs', 'dns'],
  ['tcpMs', 'tcp'],
  ['tlsMs', 'tls'],
  ['firstByteMs', 'first_byte'],
  ['loginMs', 'login'],
  ['queryMs', 'query'],
] as const;

const micros = (ms: number | null | undefined): number | null =>
  ms === null || ms === undefined ? null : Math.round(ms * 1_000);
/** Milliseconds of a stored number of microseconds. */
export const millis = (value: SQLOutputValue | undefined): number | null => (typeof value === 'number' ? value / 1_000 : null);

export type ObservationTable = {
  insert(seen: Observation): void;
  last(): Readonly<Record<string, Observation>>;
  strips(limit: number): Readonly<Record<string, readonly Strip[]>>;
  /** Forgets cached row numbers, after a transaction was rolled back. */
  forget(): void;
};

export function observationTable(sql: DatabaseSync, keys: MonitorKeys): ObservationTable {
  const add = sql.prepare(`INSERT OR IGNORE INTO observations
    (monitor, at, outcome, latency, queued, dns, tcp, tls, first_byte, login, query, wake, detail)
    VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`);
  const addDetail = sql.prepare('INSERT INTO details (monitor, json) VALUES (?, ?)');
  const latest = sql.prepare(`SELECT o.*, d.json AS json FROM observations o LEFT JOIN details d ON d.id = o.detail
    WHERE o.monitor = ? ORDER BY o.at DESC LIMIT 1`);
  const recent = sql.prepare(`SELECT o.at, o.outcome, o.latency, json_extract(d.json, '$.error.message') AS problem
    FROM observations o LEFT JOIN details d ON d.id = o.detail WHERE o.monitor = ? ORDER BY o.at DESC LIMIT ?`);
  /** The newest detail of each monitor: most checks see what the one before saw. */
  const newest = new Map<number, { readonly id: number; readonly json: string }>();

  const detailId = (monitor: number, seen: Observation): number | null => {
    const json = detailsOf(seen);
    if (json === null) return null;
    const cached = newest.get(monitor);
    if (cached?.json === json) return cached.id;
    const id = Number(addDetail.run(monitor, json).lastInsertRowid);
    newest.set(monitor, { id, json });
    return id;
  };

  return {
    insert(seen) {
      const monitor = keys.key(seen.monitorId);
      const phases = seen.phases ?? {};
      add.run(
        monitor,
        Date.parse(seen.at),
        outcomes.indexOf(seen.outcome),
        micros(seen.latencyMs),
        micros(seen.queuedMs),
        ...phaseColumns.map(([name]) => micros(phases[name])),
        micros(seen.wakeMs),
        detailId(monitor, seen),
      );
    },
    last() {
      const found: Record<string, Observation> = {};
      for (const [id, key] of keys.all()) {
        const row = latest.get(key);
        if (row) found[id] = fromRow(id, row);
      }
      return found;
    },
    strips(limit) {
      const found: Record<string, readonly Strip[]> = {};
      for (const [id, key] of keys.all()) found[id] = recent.all(key, limit).map(stripOf).reverse();
      return found;
    },
    forget: () => newest.clear(),
  };
}

function detailsOf(seen: Observation): string | null {
  const {
    monitorId: _id,
    at: _at,
    outcome: _outcome,
    latencyMs: _latency,
    queuedMs: _queued,
    phases: _phases,
    wakeMs: _wake,
    ...rest
  } = seen;
  const json = JSON.stringify(rest);
  return json === '{}' ? null : json;
}

const storedDetails = observation.pick({
  families: true,
  address: true,
  status: true,
  certificate: true,
  serverVersion: true,
  provider: true,
  excerpt: true,
  error: true,
});

function fromRow(monitorId: string, row: Row): Observation {
  const optional = (name: string, value: number | null): Record<string, number> => (value === null ? {} : { [name]: value });
  const phases = Object.assign({}, ...phaseColumns.map(([name, column]) => optional(name, millis(row[column]))));
  const details = row.json === null ? {} : parseStored(storedDetails, row.json, `the last observation of ${monitorId}`);
  return {
    monitorId,
    at: new Date(Number(row.at)).toISOString(),
    outcome: outcomes[Number(row.outcome)] ?? 'unknown',
    latencyMs: millis(row.latency),
    ...optional('queuedMs', millis(row.queued)),
    ...(Object.keys(phases).length > 0 && { phases }),
    ...optional('wakeMs', millis(row.wake)),
    ...details,
  };
}

function stripOf(row: Row): Strip {
  return [
    Number(row.at),
    initials[Number(row.outcome)] ?? 'n',
    millis(row.latency),
    typeof row.problem === 'string' ? row.problem : null,
  ];
}
