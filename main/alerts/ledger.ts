// One channel's rows in the history, so written that a delivery once made is never made again by this process, even when
// its outcome could not be stored at the first try.
import type { ChannelName } from '../../shared/snapshot.ts';
import type { Message } from '../core/model.ts';
import type { Delivery, DeliveryMemory, History } from '../engine/ports.ts';
import type { Change } from './retry.ts';

export type OutboxHistory = Pick<History, 'outbox' | 'deliveryMemory' | 'markDelivery'>;
/** What became of an attempt: the message that the reducer understands, with the alert's key (`outbox` when the trouble is
 *  with the history and no alert in particular). */
export type OutboxResult = Extract<Message, { type: 'delivered' | 'undelivered' }> & { readonly key: string };

export type Ledger = {
  /** Waiting and interrupted rows, oldest first. */
  readonly unfinished: () => readonly Delivery[];
  readonly memory: (row: Delivery) => DeliveryMemory;
  /** Marks a row before anything is done about it. Throws when the history cannot be written. */
  readonly mark: (row: Delivery, change: Change) => void;
  /** Stores an outcome, then reports it. When storing throws, the outcome is kept for `flush`. */
  readonly settle: (row: Delivery, change: Change, result: OutboxResult | null) => void;
  /** Stores and reports what could not be stored before. */
  readonly flush: () => void;
};

/** The only writer of this channel's rows after the engine has inserted them. */
export function makeLedger(history: OutboxHistory, channel: ChannelName, onResult: (result: OutboxResult) => void): Ledger {
  const unwritten = new Map<number, { readonly change: Change; readonly result: OutboxResult | null }>();
  function flush(): void {
    for (const [id, { change, result }] of unwritten) {
      history.markDelivery(id, change);
      unwritten.delete(id);
      if (result) onResult(result);
    }
  }
  return {
    unfinished: () => history.outbox(channel).filter((row) => !unwritten.has(row.id)),
    memory: (row) => history.deliveryMemory(channel, row.alert.incidentId),
    mark: (row, change) => history.markDelivery(row.id, change),
    settle(row, change, result) {
      unwritten.set(row.id, { change, result });
      flush();
    },
    flush,
  };
}
