// Watched time: closed stretches of up and down, and the sums of closed months, which are written once and never changed.
import type { DatabaseSync } from 'node:sqlite';
import { z } from 'zod';
import type { Commit, Span } from '../engine/ports.ts';

const dayMs = 86_400_000;
/** A span that ends in a month may be stored a little later, so a month is closed a day after its end. */
const settleMs = dayMs;

/** `month` is 'YYYY-MM' in UTC. Watched time that was neither up nor down is in neither figure. */
export type Month = { readonly month: string; readonly upMs: number; readonly downMs: number };

export type SpanTable = {
  add(span: Commit['spans'][number], monitor: number): void;
  touching(monitor: number, from: number): Span[];
  months(monitor: number): Month[];
  /** Freezes the months that ended; returns the time up to which everything is frozen. */
  freeze(monitor: number, now: number): number;
  deleteBefore(monitor: number, before: number): number;
};

const openSpan = z.object({ span: z.object({ from: z.number() }).nullable() });

export function spanTable(sql: DatabaseSync): SpanTable {
  const add = sql.prepare('INSERT OR IGNORE INTO spans (monitor, start, stop, kind) VALUES (?, ?, ?, ?)');
  const touching = sql.prepare('SELECT start, stop, kind FROM spans WHERE monitor = ? AND stop >= ? ORDER BY start');
  const within = sql.prepare('SELECT start, stop, kind FROM spans WHERE monitor = ? AND start < ? AND stop > ?');
  const oldest = sql.prepare('SELECT min(start) AS start FROM spans WHERE monitor = ? AND stop > ?');
  const months = sql.prepare('SELECT month, up_ms, down_ms FROM months WHERE monitor = ? ORDER BY month');
  const addMonth = sql.prepare('INSERT OR IGNORE INTO months (monitor, month, up_ms, down_ms) VALUES (?, ?, ?, ?)');
  const monitorRow = sql.prepare('SELECT frozen, state FROM monitors WHERE key = ?');
  const setFrozen = sql.prepare('UPDATE monitors SET frozen = ? WHERE key = ?');
  const remove = sql.prepare('DELETE FROM spans WHERE monitor = ? AND stop < ?');

  const sum = (monitor: number, from: number, to: number, kind: Span['kind']): number =>
    within
      .all(monitor, to, from)
      .filter((row) => row.kind === kind)
      .reduce((total, row) => total + Math.min(to, Number(row.stop)) - Math.max(from, Number(row.start)), 0);

  return {
    add: (span, monitor) => void add.run(monitor, span.from, span.to, span.kind),
    touching: (monitor, from) =>
      touching.all(monitor, from).map((row) => ({
        kind: row.kind === 'up' ? 'up' : 'down',
        from: Number(row.start),
        to: Number(row.stop),
      })),
    months: (monitor) =>
      months.all(monitor).map((row) => ({
        month: String(row.month),
        upMs: Number(row.up_ms),
        downMs: Number(row.down_ms),
      })),
    freeze(monitor, now) {
      const row = monitorRow.get(monitor);
      const frozen = Number(row?.frozen ?? 0);
      if (monthStart(now - settleMs) <= frozen) return frozen;
      const open = typeof row?.state === 'string' ? openSpan.safeParse(JSON.parse(row.state)) : null;
      // A stretch that is still open belongs to the month it began in; that month waits for its end.
      const openFrom = open?.data?.span?.from ?? Number.POSITIVE_INFINITY;
      const until = monthStart(Math.min(now - settleMs, openFrom));
      if (until <= frozen) return frozen;
      const first = oldest.get(monitor, frozen)?.start;
      let start = typeof first === 'number' ? monthStart(Math.max(first, frozen)) : until;
      while (start < until) {
        const end = nextMonth(start);
        const [up, down] = [sum(monitor, start, end, 'up'), sum(monitor, start, end, 'down')];
        if (up + down > 0) addMonth.run(monitor, new Date(start).toISOString().slice(0, 7), up, down);
        start = end;
      }
      setFrozen.run(until, monitor);
      return until;
    },
    deleteBefore: (monitor, before) => Number(remove.run(monitor, before).changes),
  };
}

function monthStart(at: number): number {
  const date = new Date(at);
  return Date.UTC(date.getUTCFullYear(), date.getUTCMonth());
}

function nextMonth(start: number): number {
  const date = new Date(start);
  return Date.UTC(date.getUTCFullYear(), date.getUTCMonth() + 1);
}
