// The history port over one SQLite file: what is stored in which transaction. The tables know their own rows.

import { join } from 'node:path';
import { incidentView } from '../core/view.ts';
import type { Journal } from '../engine/levers.ts';
import type { AddressMemory, Commit, History } from '../engine/ports.ts';
import { addressTable } from './address-table.ts';
import { type Database, openDatabase } from './database.ts';
import { incidentTable } from './incident-table.ts';
import { latencyTable } from './latency.ts';
import { leverTable } from './lever-table.ts';
import { type Migration, migrations as releasedMigrations } from './migrations.ts';
import { monitorKeys, stateTable } from './monitor-table.ts';
import { observationTable } from './observation-table.ts';
import { outboxTable, wishTable } from './outbox-table.ts';
import { retention } from './retention.ts';
import { type RunTable, runTable } from './run-table.ts';
import { type Month, spanTable } from './span-table.ts';

/** An incident may be reopened for ten minutes; five more allow for a slow restart. */
const reopenWindowMs = 15 * 60_000;

/** The port, and the frozen months, which reports read. */
export type HistoryFile = History & {
  readonly file: string;
  /** Closed months of a monitor, oldest first; written once, never changed. */
  months(monitorId: string): readonly Month[];
  /** Runs of the levers and what is known of each lever. */
  readonly journal: Journal;
  readonly addresses: AddressMemory;
};

type Options = {
  /** Wall clock for the age of open incidents, epoch ms. */
  readonly now?: () => number;
  /** For tests of migrating; otherwise the released ones. */
  readonly migrations?: readonly Migration[];
};

/** Opens `history.db` in the data folder, creating both (0700, 0600) when missing. Several processes may have it open: one
 *  engine writes, the command line reads, adds wishes and keeps the journal of its own runs. Every method may throw a FaultError (see openDatabase). */
export function openHistory(folder: string, options: Options = {}): HistoryFile {
  const now = options.now ?? Date.now;
  const file = join(folder, 'history.db');
  const database = openDatabase(file, options.migrations ?? releasedMigrations, now());
  return { file, ...historyOver(database, now) };
}

function historyOver(database: Database, now: () => number): Omit<HistoryFile, 'file'> {
  const { sql, guard, transaction } = database;
  const keys = monitorKeys(sql);
  const states = stateTable(sql, keys);
  const observations = observationTable(sql, keys);
  const incidents = incidentTable(sql);
  const runs = runTable(sql);
  const spans = spanTable(sql);
  const latency = latencyTable(sql);
  const outbox = outboxTable(sql);
  const wishes = wishTable(sql);
  const upkeep = retention(sql, keys, latency, spans);
  const dataVersion = sql.prepare('PRAGMA data_version');

  /** Row numbers cached inside a transaction that was rolled back point at nothing. */
  const write = <T>(work: () => T): T => {
    try {
      return transaction(work);
    } catch (error: unknown) {
      for (const table of [keys, observations, incidents]) table.forget();
      throw error;
    }
  };

  const store = (commit: Commit): void => {
    for (const seen of commit.observations) observations.insert(seen);
    for (const monitor of commit.monitors) states.saveMonitor(monitor);
    for (const incident of commit.incidents) incidents.save(incident);
    for (const span of commit.spans) spans.add(span, keys.key(span.monitorId));
    for (const { channel, alert } of commit.deliveries) outbox.add(channel, alert);
    if (commit.engine) states.saveEngine(commit.engine);
    for (const id of commit.wishes) wishes.finish(id, now());
  };

  /** Runs `read` with the monitor's number; `otherwise` when nothing was ever stored for it. */
  const ofMonitor = <T>(id: string, otherwise: T, read: (monitor: number) => T): T =>
    guard(() => {
      const monitor = keys.find(id);
      return monitor === null ? otherwise : read(monitor);
    });

  return {
    load: (at) =>
      guard(() => ({
        engine: states.engine(),
        monitors: states.monitors(),
        incidents: incidents.alive(at - reopenWindowMs),
        lastObservations: observations.last(),
      })),
    commit: (commit) => write(() => store(commit)),
    spans: (id, from) => ofMonitor(id, [], (monitor) => spans.touching(monitor, from)),
    months: (id) => ofMonitor(id, [], (monitor) => spans.months(monitor)),
    strips: (limit) => guard(() => observations.strips(limit)),
    latency: (id, from, to, bucketMs) => ofMonitor(id, [], (monitor) => latency.read(monitor, from, to, bucketMs)),
    incidents: (before, limit) => guard(() => incidents.before(before, limit).map((state) => incidentView(state, now()))),
    incident: (id) =>
      guard(() => {
        const state = incidents.one(id);
        return state && incidentView(state, now());
      }),
    incidentState: (id) => guard(() => incidents.one(id)),
    runs: (limit) => guard(() => runs.newest(limit)),
    outbox: (channel) => guard(() => outbox.outbox(channel)),
    deliveryMemory: (channel, incidentId) => guard(() => outbox.deliveryMemory(channel, incidentId)),
    markDelivery: (id, change) => write(() => outbox.markDelivery(id, change)),
    lastSent: (channel) => guard(() => outbox.lastSent(channel)),
    version: () => guard(() => Number(dataVersion.get()?.data_version)),
    wishes: () => guard(() => wishes.wishes()),
    addWish: (wish, at) => write(() => wishes.addWish(wish, at)),
    wishDone: (id) => guard(() => wishes.wishDone(id)),
    prune: (at) => write(() => upkeep.run(at)),
    journal: journalOver(database, runs),
    addresses: addressesOver(database),
    close: () => database.close(),
  };
}

function addressesOver({ sql, guard, transaction }: Database): AddressMemory {
  const table = addressTable(sql);
  return {
    remember: (host, found, at) => transaction(() => table.remember(host, found, at)),
    recalled: (host) => guard(() => table.recalled(host)),
  };
}

/** A deed must be written before it is done, and stay written when the power goes: unlike checks, which are repeated anyway,
 *  each of these transactions waits for the disk. */
function journalOver({ sql, guard, transaction }: Database, runs: RunTable): Journal {
  const levers = leverTable(sql);
  const durably = <T>(work: () => T): T => {
    guard(() => sql.exec('PRAGMA synchronous = FULL'));
    try {
      return transaction(work);
    } finally {
      guard(() => sql.exec('PRAGMA synchronous = NORMAL'));
    }
  };
  return {
    save: (run) => durably(() => runs.save(run)),
    run: (id) => guard(() => runs.run(id)),
    unfinished: () => guard(() => runs.unfinished()),
    recent: (limit) => guard(() => runs.recent(limit)),
    changedSince: (mark) => guard(() => runs.changedSince(mark)),
    askToCancel: (id, at) => transaction(() => runs.askToCancel(id, at)),
    cancelAsked: (id) => guard(() => runs.cancelAsked(id)),
    recall: (name) => guard(() => levers.recall(name)),
    remember: (name, value) => durably(() => levers.remember(name, value)),
  };
}
