// The outbox's part of History, in memory: the same rules as the database (oldest first, attempts counted when a row is
// marked as being sent, memory merged per incident), and a switch to fail as a full disk does.

import type { Alert } from '../../main/core/model.ts';
import type { Delivery, DeliveryMemory, History } from '../../main/engine/ports.ts';
import type { ChannelName } from '../../shared/snapshot.ts';

type Row = Delivery & { readonly memory: DeliveryMemory; readonly problem: string | null };

export type MemoryHistory = Pick<History, 'outbox' | 'deliveryMemory' | 'markDelivery'> & {
  readonly rows: readonly Row[];
  /** As the engine's commit does. */
  add(channel: ChannelName, alert: Alert, dueAt?: number): number;
  /** Throws from `markDelivery` when it returns true for the state about to be written. */
  refuse: (state: Delivery['state']) => boolean;
};

export function memoryHistory(): MemoryHistory {
  const rows: Row[] = [];
  return {
    rows,
    refuse: () => false,
    add(channel, alert, dueAt = 0) {
      const id = rows.length + 1;
      rows.push({ id, channel, alert, state: 'waiting', attempts: 0, dueAt, memory: {}, problem: null });
      return id;
    },
    outbox: (channel) => rows.filter((row) => row.channel === channel && ['waiting', 'sending'].includes(row.state)),
    deliveryMemory: (channel, incidentId) =>
      Object.assign(
        {},
        ...rows.filter((row) => row.channel === channel && row.alert.incidentId === incidentId).map((row) => row.memory),
      ),
    markDelivery(id, change) {
      if (this.refuse(change.state)) throw new Error('database or disk is full');
      const index = rows.findIndex((row) => row.id === id);
      const row = rows[index];
      if (!row) throw new Error(`no row ${id}`);
      rows[index] = {
        ...row,
        state: change.state,
        attempts: row.attempts + (change.state === 'sending' ? 1 : 0),
        dueAt: change.dueAt ?? row.dueAt,
        problem: change.problem ?? row.problem,
        memory: change.memory ?? row.memory,
      };
    },
  };
}
