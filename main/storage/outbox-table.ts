// Alerts on their way out, and the inbox of wishes from other processes. A row per (channel, alert key) for ever: the
// second insert of the same alert is ignored, which is what makes a replay silent.
import type { DatabaseSync, SQLOutputValue } from 'node:sqlite';
import { z } from 'zod';
import type { ChannelName } from '../../shared/snapshot.ts';
import type { Alert } from '../core/model.ts';
import type { Delivery, DeliveryMemory, History, Wish } from '../engine/ports.ts';
import { parseStored, storedAlert, storedWish } from './stored-state.ts';

const deliveryState = z.enum(['waiting', 'sending', 'sent', 'failed', 'uncertain']);

export type OutboxTable = Pick<History, 'outbox' | 'deliveryMemory' | 'markDelivery' | 'lastSent'> & {
  add(channel: ChannelName, alert: Alert): void;
};

export function outboxTable(sql: DatabaseSync): OutboxTable {
  const add = sql.prepare(`INSERT OR IGNORE INTO outbox (channel, alert_key, incident, alert, state, due_at, changed_at)
    VALUES (?, ?, ?, ?, 'waiting', ?, ?)`);
  const unfinished = sql.prepare(`SELECT id, alert, state, attempts, due_at FROM outbox
    WHERE channel = ? AND state IN ('waiting', 'sending') ORDER BY id`);
  const mark = sql.prepare(`UPDATE outbox SET state = ?, changed_at = ?, due_at = coalesce(?, due_at), problem = ?,
    attempts = attempts + (? = 'sending') WHERE id = ? RETURNING channel, incident`);
  const last = sql.prepare("SELECT max(changed_at) AS at FROM outbox WHERE channel = ? AND state = 'sent'");
  const remember = sql.prepare(`INSERT INTO delivery_memory (channel, incident, name, value) VALUES (?, ?, ?, ?)
    ON CONFLICT (channel, incident, name) DO UPDATE SET value = excluded.value`);
  const recall = sql.prepare('SELECT name, value FROM delivery_memory WHERE channel = ? AND incident = ?');

  const deliveryOf = (channel: ChannelName, row: Record<string, SQLOutputValue>): Delivery => ({
    id: Number(row.id),
    channel,
    alert: parseStored(storedAlert, row.alert, `delivery ${row.id}`),
    state: deliveryState.parse(row.state),
    attempts: Number(row.attempts),
    dueAt: Number(row.due_at),
  });

  return {
    add: (channel, alert) => void add.run(channel, alert.key, alert.incidentId, JSON.stringify(alert), alert.at, alert.at),
    outbox: (channel) => unfinished.all(channel).map((row) => deliveryOf(channel, row)),
    deliveryMemory(channel, incidentId): DeliveryMemory {
      // Notices outside incidents have nothing in common, so nothing is remembered between them.
      if (incidentId === null) return {};
      return Object.fromEntries(recall.all(channel, incidentId).map((row) => [String(row.name), String(row.value)]));
    },
    markDelivery(id, change) {
      const row = mark.get(change.state, change.at, change.dueAt ?? null, change.problem ?? null, change.state, id);
      if (!row || row.incident === null) return;
      for (const [name, value] of Object.entries(change.memory ?? {})) {
        remember.run(String(row.channel), String(row.incident), name, value);
      }
    },
    lastSent(channel) {
      const at = last.get(channel)?.at;
      return typeof at === 'number' ? at : null;
    },
  };
}

export type WishTable = Pick<History, 'wishes' | 'addWish' | 'wishDone'> & { finish(id: number, at: number): void };

export function wishTable(sql: DatabaseSync): WishTable {
  const add = sql.prepare('INSERT INTO wishes (at, json) VALUES (?, ?)');
  const waiting = sql.prepare('SELECT id, at, json FROM wishes WHERE done_at IS NULL ORDER BY id');
  const done = sql.prepare('SELECT done_at FROM wishes WHERE id = ?');
  const finish = sql.prepare('UPDATE wishes SET done_at = ? WHERE id = ? AND done_at IS NULL');
  return {
    addWish: (wish: Wish, at) => Number(add.run(at, JSON.stringify(wish)).lastInsertRowid),
    wishes: () =>
      waiting.all().flatMap((row) => {
        // One from a newer command line stays waiting, and its writer is told that nobody carried it out.
        const wish = storedWish.safeParse(JSON.parse(String(row.json)));
        return wish.success ? [{ id: Number(row.id), at: Number(row.at), wish: wish.data }] : [];
      }),
    wishDone: (id) => typeof done.get(id)?.done_at === 'number',
    finish: (id, at) => void finish.run(at, id),
  };
}
