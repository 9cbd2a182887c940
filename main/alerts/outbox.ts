// The outbox: a worker per alert channel over rows that the engine committed together with the incident they tell of.
// Never on the path of a check. How one channel's rows are worked through is in outbox-worker.ts.
import type { ChannelName } from '../../shared/snapshot.ts';
import type { Channel } from '../engine/ports.ts';
import { type OutboxPorts, OutboxWorker } from './outbox-worker.ts';

export type OutboxOptions = Omit<OutboxPorts, 'random'> & {
  readonly channels: readonly Channel[];
  readonly random?: () => number;
};

export type Outbox = {
  /** Rows were added: for one channel, or for any. Cheap; call it after each commit that holds deliveries. */
  readonly wake: (channel?: ChannelName) => void;
  /** Takes up what waits in the database, also from before a crash. */
  readonly start: () => void;
  /** Resolves when no worker touches the history any more: at once, or after 3 s when an attempt was under way. */
  readonly stop: () => Promise<void>;
  /** The channels as settings now have them. Rows of a channel that is gone keep waiting in the database. */
  readonly setChannels: (list: readonly Channel[]) => void;
};

/** One worker per channel; nothing runs before `start`. */
export function makeOutbox(options: OutboxOptions): Outbox {
  const ports: OutboxPorts = { random: Math.random, ...options };
  const workers = new Map<ChannelName, OutboxWorker>();
  /** Workers on their way out: a successor must not take a row that its predecessor is still sending. */
  const leaving = new Map<ChannelName, Promise<void>>();
  let channels = options.channels;
  let running = false;

  function dismiss(name: ChannelName, worker: OutboxWorker): void {
    workers.delete(name);
    leaving.set(name, worker.stop());
  }

  function staff(): void {
    for (const [name, worker] of workers) if (!channels.some((channel) => channel.name === name)) dismiss(name, worker);
    for (const channel of channels) {
      const worker = workers.get(channel.name);
      if (worker) worker.replace(channel);
      else workers.set(channel.name, new OutboxWorker(channel, ports, leaving.get(channel.name) ?? Promise.resolve()));
    }
  }

  return {
    wake(channel) {
      for (const [name, worker] of workers) if (channel === undefined || name === channel) worker.wake();
    },
    start() {
      if (running) return;
      running = true;
      staff();
    },
    async stop() {
      running = false;
      for (const [name, worker] of workers) dismiss(name, worker);
      await Promise.all(leaving.values());
    },
    setChannels(list) {
      channels = list;
      if (running) staff();
    },
  };
}
