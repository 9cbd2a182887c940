// What is forgotten and when: raw checks after 48 hours, minute buckets after 30 days, hour buckets and spans after 400.
// Incidents, timelines, runs, alerts and frozen months stay for ever. Works in small portions, so that it never stalls checks.
import type { DatabaseSync } from 'node:sqlite';
import { hourMs } from './buckets.ts';
import type { LatencyTable } from './latency.ts';
import type { MonitorKeys } from './monitor-table.ts';
import type { SpanTable } from './span-table.ts';

const dayMs = 24 * hourMs;
/** `slack` lets rows gather, so that a portion empties whole pages and not one row from each. */
const keeps = [
  { table: 'observations', keep: 48 * hourMs, slack: hourMs },
  { table: 'minutes', keep: 30 * dayMs, slack: dayMs },
  { table: 'hours', keep: 400 * dayMs, slack: 10 * dayMs },
] as const;
const spanKeepMs = 400 * dayMs;

/** Rows read and deleted per call at most, roughly: some 20 ms of work. */
const budgetRows = 20_000;
/** Looking at a monitor that needs nothing costs about as much as this many rows, so 200 of them make a portion. */
const visitRows = 100;

export type Retention = {
  /** One portion of the work; monitors take turns, so calling it once a minute keeps up with 1,000 monitors. */
  run(now: number): void;
};

export function retention(sql: DatabaseSync, keys: MonitorKeys, latency: LatencyTable, spans: SpanTable): Retention {
  const rolled = sql.prepare('SELECT rolled FROM monitors WHERE key = ?');
  const newest = sql.prepare('SELECT max(at) AS at FROM observations WHERE monitor = ?');
  const tables = keeps.map((rule) => ({
    ...rule,
    oldest: sql.prepare(`SELECT min(at) AS at FROM ${rule.table} WHERE monitor = ?`),
    remove: sql.prepare(`DELETE FROM ${rule.table} WHERE monitor = ? AND at < ?`),
  }));
  const oldestDetail = sql.prepare('SELECT min(detail) AS id FROM observations WHERE monitor = ?');
  const removeDetails = sql.prepare('DELETE FROM details WHERE monitor = ? AND id < ?');
  let turn = 0;

  /** Raw checks stay until they are in buckets, and the newest one of a monitor stays whatever its age. */
  const limit = (table: string, monitor: number, cut: number): number => {
    if (table !== 'observations') return cut;
    return Math.min(cut, Number(rolled.get(monitor)?.rolled ?? 0), Number(newest.get(monitor)?.at ?? 0));
  };

  const forget = (monitor: number, now: number): number => {
    let removed = 0;
    for (const { table, keep, slack, oldest, remove } of tables) {
      const first = oldest.get(monitor)?.at;
      if (typeof first !== 'number' || first >= now - keep - slack) continue;
      removed += Number(remove.run(monitor, limit(table, monitor, now - keep)).changes);
      if (table !== 'observations') continue;
      const detail = oldestDetail.get(monitor)?.id;
      if (typeof detail === 'number') removed += Number(removeDetails.run(monitor, detail).changes);
    }
    return removed;
  };

  return {
    run(now) {
      const monitors = [...keys.all().values()];
      let left = budgetRows;
      for (let done = 0; done < monitors.length && left > 0; done += 1) {
        const monitor = monitors[turn % monitors.length] as number;
        left -= visitRows + latency.rollUp(monitor, now, left);
        left -= forget(monitor, now);
        const frozen = spans.freeze(monitor, now);
        left -= spans.deleteBefore(monitor, Math.min(frozen, now - spanKeepMs));
        // A monitor whose backlog used up the portion goes on at the next call.
        if (left > 0) turn = (turn + 1) % monitors.length;
      }
    },
  };
}
