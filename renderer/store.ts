// The page's one store: a snapshot, then events, each applied once and in order (shared/apply.ts). It holds no truth that
// the engine does not, and when the engine falls silent it says so instead of showing what used to be true.
import { apply, follows } from '../shared/apply.ts';
import type { EngineEvent } from '../shared/events.ts';
import type { Fault, Input, MethodName, Output, Reply } from '../shared/ipc.ts';
import type { Snapshot } from '../shared/snapshot.ts';
import { darkened } from './darkened.ts';
import type { Line, LineState } from './pipe.ts';
import { Strips, stripLength, stripOf } from './strips.ts';

/** `connecting` nothing is known yet; `live`; `lost` it does not answer; `stopped` it ended on purpose; `refused` no key. */
export type Connection = 'connecting' | 'live' | 'lost' | 'stopped' | 'refused';

export type View = {
  readonly connection: Connection;
  /** When the connection became what it is, epoch milliseconds; for `lost`, when the engine was last heard. */
  readonly connectionSince: number;
  /** What to show: as the engine said while live, darkened otherwise. `null` before the first answer. */
  readonly snapshot: Snapshot | null;
  /** Why there is no first answer. */
  readonly fault: Fault | null;
};

/** What the store needs of the world; tests pass their own. */
export type Surroundings = {
  now(): number;
  /** Calls back once after `ms`; returns the way to cancel. */
  after(ms: number, callback: () => void): () => void;
  /** Calls back before the next paint: many events in one frame become one rendering. */
  beforePaint(callback: () => void): void;
};

/** A live engine is asked for a sign of life after this much silence: a frozen one keeps its connections open. */
export const silenceMs = 20_000;
const retryMs = 2_000;

export class Store {
  readonly #line: Line;
  readonly #world: Surroundings;
  readonly #strips = new Strips();
  readonly #listeners = new Set<() => void>();
  #truth: Snapshot | null = null;
  #view: View;
  #syncing = false;
  #asked = false;
  #queue: EngineEvent[] = [];
  #heardAt: number;
  #paintAsked = false;
  #cancelTimer: () => void = () => undefined;

  constructor(line: Line, world: Surroundings) {
    this.#line = line;
    this.#world = world;
    this.#heardAt = world.now();
    this.#view = { connection: 'connecting', connectionSince: world.now(), snapshot: null, fault: null };
  }

  /** Subscribes first, then asks for the snapshot: nothing can fall between the two. Returns the way to stop. */
  start(): () => void {
    // A line that neither opens nor breaks is asked all the same, so that the page can say what is wrong.
    this.#cancelTimer = this.#world.after(silenceMs, () => void this.#synchronise());
    const undo = [
      this.#line.subscribe((event) => this.#receive(event as EngineEvent)),
      this.#line.watch((state) => this.#lineChanged(state)),
    ];
    return () => {
      this.#cancelTimer();
      for (const step of undo) step();
    };
  }

  readonly view = (): View => this.#view;

  readonly strip = (id: string): ReturnType<Strips['of']> => this.#strips.of(id);

  readonly subscribe = (listener: () => void): (() => void) => {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  };

  /** Calls a method of the contract. Never rejects: a failure is a reply with a sentence and a next step. */
  async call<M extends MethodName>(method: M, input: Input<M>): Promise<Reply<Output<M>>> {
    try {
      return (await this.#line.invoke(method, input)) as Reply<Output<M>>;
    } catch (error: unknown) {
      const message = `Signalbox could not be asked: ${error instanceof Error ? error.message : String(error)}`;
      return { ok: false, error: { code: 'unreachable', message, next: 'Try again in a moment.' } };
    }
  }

  #receive(event: EngineEvent): void {
    this.#heardAt = this.#world.now();
    if (this.#syncing || this.#truth === null) this.#queue.push(event);
    else this.#applyEvent(event);
  }

  #applyEvent(event: EngineEvent): void {
    const before = this.#truth;
    if (before === null) return;
    const verdict = follows(before, event);
    if (event.event === 'observation.recorded') this.#strips.add(event.observation.monitorId, stripOf(event.observation));
    if (verdict === 'ignore') return;
    // A snapshot asked for now holds this event and the missed ones alike.
    if (verdict === 'refetch') return void this.#synchronise();
    this.#truth = apply(before, event);
    this.#show(event.event === 'engine.stopped' ? 'stopped' : 'live');
  }

  #lineChanged(state: LineState): void {
    if (state === 'refused') this.#show('refused');
    else if (state === 'open' || this.#view.connection === 'connecting') void this.#synchronise();
    else if (this.#view.connection === 'live') this.#show('lost');
  }

  async #synchronise(): Promise<void> {
    this.#asked = true;
    if (this.#syncing) return;
    this.#syncing = true;
    this.#cancelTimer();
    let reply = await this.#askSnapshot();
    // The stream was (re)opened meanwhile: what came between that answer and the stream is in neither.
    while (this.#asked) reply = await this.#askSnapshot();
    this.#syncing = false;
    if (!reply.ok) return this.#failed(reply.error);
    this.#heardAt = this.#world.now();
    this.#truth = reply.value;
    this.#show('live');
    const queued = this.#queue;
    this.#queue = [];
    for (const event of queued) this.#receive(event);
    this.#watchForSilence();
    const strips = await this.call('history.strips', { limit: stripLength });
    if (strips.ok) this.#strips.load(strips.value);
    this.#announce();
  }

  #askSnapshot(): Promise<Reply<Snapshot>> {
    this.#asked = false;
    this.#queue = [];
    return this.call('snapshot.get', {});
  }

  #failed(fault: Fault): void {
    this.#queue = [];
    if (fault.code === 'forbidden') {
      this.#show('refused', fault);
      return;
    }
    if (this.#view.connection === 'connecting') this.#show('connecting', fault);
    else if (this.#view.connection === 'live') this.#show('lost', fault);
    this.#cancelTimer = this.#world.after(retryMs, () => void this.#synchronise());
  }

  #watchForSilence(): void {
    this.#cancelTimer();
    const left = this.#heardAt + silenceMs - this.#world.now();
    this.#cancelTimer = this.#world.after(Math.max(left, 1_000), () => {
      if (this.#world.now() - this.#heardAt >= silenceMs) void this.#synchronise();
      else this.#watchForSilence();
    });
  }

  #show(connection: Connection, fault: Fault | null = null): void {
    const before = this.#view;
    const changed = before.connection !== connection;
    const since = connection === 'lost' ? this.#heardAt : this.#world.now();
    const snapshot = this.#truth === null || connection === 'live' ? this.#truth : darkened(this.#truth);
    this.#view = { connection, connectionSince: changed ? since : before.connectionSince, snapshot, fault };
    this.#announce();
  }

  #announce(): void {
    if (this.#paintAsked) return;
    this.#paintAsked = true;
    this.#world.beforePaint(() => {
      this.#paintAsked = false;
      for (const listener of this.#listeners) listener();
    });
  }
}
