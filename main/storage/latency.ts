// Reads and writes the buckets behind the latency charts: whole hours are rolled up once, out of the raw checks, and a
// query takes the coarsest stored grain that divides its buckets, plus the raw checks that are not rolled up yet.
import type { DatabaseSync, SQLOutputValue } from 'node:sqlite';
import type { Bucket } from '../../shared/ipc.ts';
import { combine, floorTo, hourMs, minuteMs, type Part, type Sample, summarise } from './buckets.ts';
import { outcomes } from './observation-table.ts';

/** A check is stored when it ends but dated by its start; an hour is closed only when none can still be under way. */
const settleMs = 15 * minuteMs;

export type LatencyTable = {
  read(monitor: number, from: number, to: number, bucketMs: number): Bucket[];
  /** Rolls up the monitor's closed hours, up to about `budget` checks of them; returns how many it read. */
  rollUp(monitor: number, now: number, budget: number): number;
};

export function latencyTable(sql: DatabaseSync): LatencyTable {
  const raw = sql.prepare('SELECT at, outcome, latency, wake FROM observations WHERE monitor = ? AND at >= ? AND at < ?');
  const next = sql.prepare('SELECT min(at) AS at FROM observations WHERE monitor = ? AND at >= ?');
  const grains = [
    { length: hourMs, ...statements(sql, 'hours') },
    { length: minuteMs, ...statements(sql, 'minutes') },
  ] as const;
  const rolled = sql.prepare('SELECT rolled FROM monitors WHERE key = ?');
  const setRolled = sql.prepare('UPDATE monitors SET rolled = ? WHERE key = ?');

  const rolledUntil = (monitor: number): number => Number(rolled.get(monitor)?.rolled ?? 0);
  const samples = (monitor: number, from: number, to: number): Sample[] => raw.all(monitor, from, to).map(sampleOf);

  return {
    read(monitor, from, to, bucketMs) {
      const start = floorTo(from, bucketMs);
      const grain = grains.find(({ length }) => bucketMs % length === 0);
      if (!grain)
        return combine(
          summarise(samples(monitor, start, to), (at) => floorTo(at, bucketMs)),
          bucketMs,
        );
      const until = rolledUntil(monitor);
      const stored = grain.select.all(monitor, start, Math.min(to, until)).map(partOf);
      // The bucket that straddles the boundary is joined from parts; those after it are computed from their checks, exactly.
      const exactFrom = Math.ceil(until / bucketMs) * bucketMs;
      const fresh = summarise(samples(monitor, Math.max(start, until), to), (at) =>
        floorTo(at, at < exactFrom ? grain.length : bucketMs),
      );
      return combine([...stored, ...fresh], bucketMs);
    },
    rollUp(monitor, now, budget) {
      const closed = floorTo(now - settleMs, hourMs);
      let until = rolledUntil(monitor);
      if (until >= closed) return 0;
      let read = 0;
      while (until < closed && read < budget) {
        const first = next.get(monitor, until)?.at;
        if (typeof first !== 'number' || first >= closed) {
          until = closed;
          break;
        }
        const hour = floorTo(first, hourMs);
        const found = samples(monitor, hour, hour + hourMs);
        for (const { length, insert } of grains) {
          for (const part of summarise(found, (at) => floorTo(at, length))) {
            insert.run(monitor, part.at, part.count, part.down, part.p50, part.p95, part.max);
          }
        }
        read += found.length;
        until = hour + hourMs;
      }
      setRolled.run(until, monitor);
      return read;
    },
  };
}

function statements(sql: DatabaseSync, table: 'minutes' | 'hours') {
  return {
    select: sql.prepare(`SELECT at, count, down, p50, p95, max FROM ${table} WHERE monitor = ? AND at >= ? AND at < ?`),
    insert: sql.prepare(`INSERT OR IGNORE INTO ${table} (monitor, at, count, down, p50, p95, max) VALUES (?, ?, ?, ?, ?, ?, ?)`),
  };
}

const numberOrNull = (value: SQLOutputValue | undefined): number | null => (typeof value === 'number' ? value : null);

function sampleOf(row: Record<string, SQLOutputValue>): Sample {
  return {
    at: Number(row.at),
    outcome: outcomes[Number(row.outcome)] ?? 'unknown',
    latency: numberOrNull(row.latency),
    cold: row.wake !== null,
  };
}

function partOf(row: Record<string, SQLOutputValue>): Part {
  return {
    at: Number(row.at),
    count: Number(row.count),
    down: Number(row.down),
    p50: numberOrNull(row.p50),
    p95: numberOrNull(row.p95),
    max: numberOrNull(row.max),
  };
}
