// Empties one channel's outbox: one attempt at a time, in order within an incident, backing off after failures. Knows no
// channel's protocol and no other channel, so that a hanging one delays nobody.
import { channelWord } from '../../shared/words.ts';
import type { Alert } from '../core/model.ts';
import { type Channel, type Clock, type Delivery, DeliveryError, type DeliveryMemory } from '../engine/ports.ts';
import { type Ledger, makeLedger, type OutboxHistory, type OutboxResult } from './ledger.ts';
import { afterFailure, isDue, nextRow, sentence } from './retry.ts';
import { headline } from './wording.ts';

export type OutboxPorts = {
  readonly history: OutboxHistory;
  readonly clock: Clock;
  /** Called after the row was written, once per attempt; must not throw. */
  readonly onResult: (result: OutboxResult) => void;
  /** 0 to 1, for the jitter. */
  readonly random: () => number;
};

const graceMs = 3_000;
/** Waits are cut into pieces: the wall clock may be set and the machine may sleep while a row's time lies ahead. */
const longestWaitMs = 60_000;
const storageRetryMs = 5_000;
const stopped = new DeliveryError('Signalbox is stopping.');

type Outcome = { readonly memory: DeliveryMemory } | { readonly error: unknown };

export class OutboxWorker {
  readonly #ports: OutboxPorts;
  readonly #ledger: Ledger;
  readonly #finished: Promise<void>;
  #channel: Channel;
  #stopping = false;
  #replaced = false;
  #storageFails = false;
  #rouse: () => void = () => {};
  #abort: (reason: DeliveryError) => void = () => {};

  /** Starts at once, after `before` has settled (the same channel's earlier worker). */
  constructor(channel: Channel, ports: OutboxPorts, before: Promise<void>) {
    this.#channel = channel;
    this.#ports = ports;
    this.#ledger = makeLedger(ports.history, channel.name, ports.onResult);
    this.#finished = this.#run(before);
  }

  /** Rows were added. */
  wake(): void {
    this.#rouse();
  }

  /** New settings for the channel; waiting rows are tried at once, since a changed setting is often the repair. */
  replace(channel: Channel): void {
    this.#channel = channel;
    this.#replaced = true;
    this.#rouse();
  }

  /** Ends waits at once, gives an attempt under way 3 s, then aborts it. No row is lost. */
  async stop(): Promise<void> {
    this.#stopping = true;
    this.#rouse();
    const cancel = this.#ports.clock.after(graceMs, () => this.#abort(stopped));
    await this.#finished;
    cancel();
  }

  async #run(before: Promise<void>): Promise<void> {
    await before;
    let settled = false;
    while (!this.#stopping) {
      try {
        if (!settled) this.#settleInterrupted();
        settled = true;
        await this.#step();
        this.#storageFails = false;
      } catch (error) {
        this.#reportStorage(error);
        if (!this.#stopping) await this.#pause(storageRetryMs);
      }
    }
  }

  async #step(): Promise<void> {
    this.#ledger.flush();
    if (this.#replaced) this.#makeAllDue();
    const row = nextRow(this.#ledger.unfinished(), this.#now());
    if (row === null) return this.#pause(null);
    return isDue(row, this.#now()) ? this.#attempt(row) : this.#pause(row.dueAt - this.#now());
  }

  async #attempt(row: Delivery): Promise<void> {
    const { kinds } = this.#channel;
    if (kinds && !kinds.includes(row.alert.kind)) {
      // At 0: it is finished, but it must not pass for the last message that this channel sent.
      this.#ledger.settle(row, { state: 'sent', at: 0 }, null);
      return;
    }
    const memory = this.#ledger.memory(row);
    // Committed before the first byte leaves: should we die now, the next start knows that it may have been sent.
    this.#ledger.mark(row, { state: 'sending', at: this.#now() });
    const outcome = await this.#send(row, memory);
    if ('error' in outcome) this.#failed(row, outcome.error);
    else this.#delivered(row, outcome.memory);
  }

  async #send(row: Delivery, memory: DeliveryMemory): Promise<Outcome> {
    const channel = this.#channel;
    const limit = new AbortController();
    this.#abort = (reason) => limit.abort(reason);
    const late = new DeliveryError(`No answer by ${channelWord(channel.name)} within ${channel.timeoutMs / 1_000} s.`);
    const cancel = this.#ports.clock.after(channel.timeoutMs, () => limit.abort(late));
    try {
      return { memory: await Promise.race([channel.send(row.alert, memory, limit.signal), abortion(limit.signal)]) };
    } catch (error) {
      return { error: limit.signal.aborted ? limit.signal.reason : error };
    } finally {
      cancel();
      this.#abort = () => {};
    }
  }

  #delivered(row: Delivery, memory: DeliveryMemory): void {
    const at = this.#now();
    const text = `Told by ${channelWord(this.#channel.name)}: ${headline(row.alert)}.`;
    const { incidentId, key } = row.alert;
    const result = { type: 'delivered', at, channel: this.#channel.name, incidentId, key, text } as const;
    this.#ledger.settle(row, { state: 'sent', at, memory }, result);
  }

  #failed(row: Delivery, error: unknown): void {
    const at = this.#now();
    if (error === stopped) {
      // Half-sent and not repeatable: the row stays `sending`, and the next start reports it as uncertain.
      if (this.#channel.idempotent) this.#ledger.settle(row, { state: 'waiting', at, dueAt: at }, null);
      return;
    }
    const { change, problem, final } = afterFailure(row, error, at, this.#ports.random());
    this.#ledger.settle(row, change, this.#undelivered(row.alert, problem, final));
  }

  /** Rows that were being sent when the process died: whether they arrived is not known. */
  #settleInterrupted(): void {
    for (const row of this.#ledger.unfinished()) {
      if (row.state !== 'sending') continue;
      const at = this.#now();
      if (this.#channel.idempotent) {
        this.#ledger.settle(row, { state: 'waiting', at, dueAt: at }, null);
        continue;
      }
      const next = row.alert.kind === 'resolved' ? 'please look there' : 'while the incident is open a reminder follows';
      const problem = `Signalbox stopped while telling by ${channelWord(this.#channel.name)} “${headline(row.alert)}”: it may have arrived. Sending it again could double it, so it was not; ${next}.`;
      this.#ledger.settle(row, { state: 'uncertain', at, problem }, this.#undelivered(row.alert, problem, true));
    }
  }

  #makeAllDue(): void {
    const at = this.#now();
    for (const row of this.#ledger.unfinished()) {
      if (row.state === 'waiting' && row.dueAt > at) this.#ledger.mark(row, { state: 'waiting', at, dueAt: at });
    }
    this.#replaced = false;
  }

  /** The history could not be read or written (a full disk). Nothing is sent that could not be remembered as sent. */
  #reportStorage(error: unknown): void {
    if (this.#storageFails) return;
    this.#storageFails = true;
    this.#ports.onResult(this.#undelivered(null, `The outbox cannot be kept: ${sentence(error)}`, false));
  }

  #undelivered(alert: Alert | null, problem: string, final: boolean): OutboxResult {
    const { key, incidentId } = alert ?? { key: 'outbox', incidentId: null };
    return { type: 'undelivered', at: this.#now(), channel: this.#channel.name, incidentId, key, problem, final };
  }

  #pause(ms: number | null): Promise<void> {
    return new Promise((resolve) => {
      const done = (): void => {
        cancel();
        this.#rouse = () => {};
        resolve();
      };
      const cancel = ms === null ? () => {} : this.#ports.clock.after(Math.min(ms, longestWaitMs), done);
      this.#rouse = done;
    });
  }

  #now(): number {
    return this.#ports.clock.now();
  }
}

/** Rejects when `signal` aborts: a channel that ignores its signal must not hold its worker. */
function abortion(signal: AbortSignal): Promise<never> {
  return new Promise((_resolve, reject) => {
    signal.addEventListener('abort', () => reject(signal.reason), { once: true });
  });
}
