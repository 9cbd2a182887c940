// What the engine needs from the world, as types. Adapters in checks/, alerts/ and storage/ implement these; compose.ts
// joins them; tests pass small fakes. Nothing here does anything.
import type { z } from 'zod';
import type { Addresses, Evidence } from '../../shared/evidence.ts';
import type { Incident } from '../../shared/incident.ts';
import type { Bucket, Strip } from '../../shared/ipc.ts';
import type { MonitorConfig } from '../../shared/monitor.ts';
import type { Observation } from '../../shared/observation.ts';
import type { Run } from '../../shared/run.ts';
import type { Settings } from '../../shared/settings.ts';
import type { ChannelName, MonitorView } from '../../shared/snapshot.ts';
import type { Alert, AlertKind, IncidentState, MonitorState, State } from '../core/model.ts';

/** Wall time for display, monotonic time for durations, timers that a test can move. */
export type Clock = {
  /** Epoch milliseconds. */
  now(): number;
  /** Milliseconds that never go back and do not follow changes of the wall clock. */
  monotonic(): number;
  /** Calls back once after `ms`; returns the way to cancel it. */
  after(ms: number, callback: () => void): () => void;
};

/** What a check is told beside its own settings. Its time limit is the signal; a check never throws. */
export type CheckPorts = {
  readonly clock: Clock;
  /** The target may be asleep: its cold-start budget applies instead of the time limit. */
  readonly cold: boolean;
};

/** One monitor kind, as registered in checks/registry.ts. `C` is its settings with secrets already filled in. */
export type CheckKind<C extends MonitorConfig = MonitorConfig> = {
  readonly kind: string;
  readonly schema: z.ZodType<C>;
  /** Used when settings name no interval. */
  readonly defaultInterval: string;
  /** Whom it talks to: `host` alone decides locality and per-host limits; `label` is shown. Never holds a secret.
   *  Called with unresolved settings, so a part may still be `${secret:…}`; then `host` is null. */
  target(config: C): { readonly host: string | null; readonly port: number | null; readonly label: string };
  /** Never throws; aborting `signal` yields `unknown` with code `cancelled` (or `timeout` when its reason says so). */
  run(config: C, ports: CheckPorts, signal: AbortSignal): Promise<Observation>;
};

/** Runs a monitor's check whatever its kind: fills in secrets, applies the time limit, redacts, never throws. */
export type CheckRunner = (config: MonitorConfig, ports: CheckPorts, signal: AbortSignal) => Promise<Observation>;

/** Where secrets come from. `get` returns null when there is none; throws FaultError when the keychain cannot be asked. */
export type Secrets = {
  get(name: string): Promise<{ readonly value: string; readonly source: 'environment' | 'keychain' } | null>;
};

/** Whether this machine is on the internet: fresh connections to every witness, the first good answer decides.
 *  Resolves within 2 s (its own limit); never throws. */
export type Witnesses = (signal: AbortSignal) => Promise<'online' | 'offline' | 'captive'>;

/** A way to tell a person. `send` resolves when the channel has it; otherwise it throws a DeliveryError. */
export type Channel = {
  readonly name: ChannelName;
  /** May the same delivery be sent twice without a person noticing (an idempotency key reaches the other side)? */
  readonly idempotent: boolean;
  /** Longest time one attempt may take, ms. */
  readonly timeoutMs: number;
  /** The kinds of alert it takes; all of them when absent. The outbox closes other rows without sending or reporting. */
  readonly kinds?: readonly AlertKind[];
  /** `memory` is what earlier deliveries for the same incident returned (for example a Rollbar item id). */
  send(alert: Alert, memory: DeliveryMemory, signal: AbortSignal): Promise<DeliveryMemory>;
};
export type DeliveryMemory = Readonly<Record<string, string>>;

/** Why a delivery did not happen. `retryAfterMs` is what the other side asked for; `final` means trying again is useless. */
export class DeliveryError extends Error {
  readonly retryAfterMs: number | null;
  readonly final: boolean;
  constructor(
    message: string,
    hints: { readonly retryAfterMs?: number; readonly final?: boolean; readonly cause?: unknown } = {},
  ) {
    super(message, { cause: hints.cause });
    this.name = 'DeliveryError';
    this.retryAfterMs = hints.retryAfterMs ?? null;
    this.final = hints.final ?? false;
  }
}

/** A row of the outbox. `sending` found at start means the process died while sending. */
export type Delivery = {
  readonly id: number;
  readonly channel: ChannelName;
  readonly alert: Alert;
  readonly state: 'waiting' | 'sending' | 'sent' | 'failed' | 'uncertain';
  readonly attempts: number;
  /** Not before this, epoch ms. */
  readonly dueAt: number;
};

/** An operator's wish or deed written by another process (the command line) for the running engine. `acted` tells open outages
 *  what a lever did for them at `doneAt` (epoch ms; when it was written, if absent), and whether users are served again. */
export type Wish =
  | { readonly type: 'acknowledge'; readonly incidentId: string }
  | { readonly type: 'note'; readonly incidentId: string; readonly text: string }
  | {
      readonly type: 'acted';
      readonly doneAt?: number;
      readonly incidentIds: readonly string[];
      readonly text: string;
      readonly mitigates: boolean;
    }
  | { readonly type: 'pause'; readonly monitorId: string | null; readonly until: number | null };

/** All that one step of the engine changes; written in one transaction or not at all. */
export type Commit = {
  readonly observations: readonly Observation[];
  readonly monitors: readonly MonitorState[];
  readonly incidents: readonly IncidentState[];
  readonly spans: readonly {
    readonly monitorId: string;
    readonly kind: 'up' | 'down';
    readonly from: number;
    readonly to: number;
  }[];
  /** One outbox row per alert and channel. */
  readonly deliveries: readonly { readonly channel: ChannelName; readonly alert: Alert }[];
  /** The parts of the state that belong to no monitor or incident, when they changed. */
  readonly engine: EngineMemory | null;
  /** Inbox rows that this commit carried out. */
  readonly wishes: readonly number[];
};

export type EngineMemory = Pick<
  State,
  'signal' | 'connectivity' | 'pausedUntil' | 'certificates' | 'failingChannels' | 'settingsProblem'
>;

/** What a start finds. */
export type Remembered = {
  readonly engine: EngineMemory | null;
  readonly monitors: readonly MonitorState[];
  /** Open, recovering, and resolved less than `reopenWindow` ago. */
  readonly incidents: readonly IncidentState[];
  readonly lastObservations: Readonly<Record<string, Observation>>;
};

export type Span = { readonly kind: 'up' | 'down'; readonly from: number; readonly to: number };

/** The history database (DESIGN section 4, Storage). Synchronous: statements are small and batched. */
export type History = {
  load(now: number): Remembered;
  commit(commit: Commit): void;
  /** Closed spans that touch `[from, ∞)`, oldest first. */
  spans(monitorId: string, from: number): readonly Span[];
  /** The last `limit` observations of each monitor, oldest first. */
  strips(limit: number): Readonly<Record<string, readonly Strip[]>>;
  latency(monitorId: string, from: number, to: number, bucketMs: number): readonly Bucket[];
  incidents(before: number | null, limit: number): readonly Incident[];
  incident(id: string): Incident | null;
  /** The same as the core keeps it, for notes on incidents that are long over. */
  incidentState(id: string): IncidentState | null;
  runs(limit: number): readonly Run[];

  /** Deliveries of a channel that are not finished, oldest first. */
  outbox(channel: ChannelName): readonly Delivery[];
  /** Earlier results for this incident and channel, merged. */
  deliveryMemory(channel: ChannelName, incidentId: string | null): DeliveryMemory;
  markDelivery(
    id: number,
    change: {
      readonly state: Delivery['state'];
      readonly at: number;
      readonly dueAt?: number;
      readonly problem?: string;
      readonly memory?: DeliveryMemory;
    },
  ): void;
  lastSent(channel: ChannelName): number | null;

  /** Changes whenever another process wrote; cheap enough to ask several times a second. */
  version(): number;
  wishes(): readonly { readonly id: number; readonly at: number; readonly wish: Wish }[];
  addWish(wish: Wish, at: number): number;
  /** `true` once an engine has carried it out. */
  wishDone(id: number): boolean;

  /** Rolls observations up into minute and hour buckets and forgets what is older than its keep time. */
  prune(now: number): void;
  close(): void;
};

/** Running settings and what a changed file brought. */
export type SettingsSource = {
  readonly file: string;
  current(): Settings;
  /** Called with valid new settings, or with a sentence when the file on disk was refused. */
  watch(listener: (change: { readonly settings: Settings } | { readonly problem: string }) => void): () => void;
};

type RawSettings = Record<string, unknown>;

/** Opens the settings file for writing: `Conf`, or electron-store's `Store` in the tray app. The one calls the file's name
 *  `configName`, the other `name`. `store` reads the file afresh and, assigned, replaces it atomically. */
export type MakeStore = (options: {
  readonly cwd: string;
  readonly name: string;
  readonly configName: string;
  readonly fileExtension: string;
  readonly configFileMode: number;
  readonly deserialize: (text: string) => RawSettings;
  readonly serialize: (value: RawSettings) => string;
}) => { readonly path: string; store: RawSettings };

/** What is looked into. */
export type Outage = {
  /** The first failed check, epoch ms. */
  readonly openedAt: number;
  readonly members: readonly string[];
  readonly monitors: readonly MonitorView[];
};

/** Finds out what there is to know about an outage: every source in parallel, each within 10 s, told as it arrives. What could
 *  not be found out is told as `missing`. Rejects only when `signal` aborts. */
export type Investigate = (
  outage: Outage,
  onEvidence: (found: readonly Evidence[]) => void,
  signal: AbortSignal,
) => Promise<void>;

/** What became of one message to one channel. */
export type DeliveryResult =
  | {
      readonly type: 'delivered';
      readonly channel: ChannelName;
      readonly incidentId: string | null;
      readonly key: string;
      readonly text: string;
    }
  | {
      readonly type: 'undelivered';
      readonly channel: ChannelName;
      readonly incidentId: string | null;
      readonly key: string;
      readonly problem: string;
      readonly final: boolean;
    };
export type AskedOfKeychain =
  | { readonly operation: 'get'; readonly name: string }
  | { readonly operation: 'delete'; readonly name: string }
  | { readonly operation: 'set'; readonly name: string; readonly value: string };
/** What asking the keychain rejects with when it took too long. */
export const tookTooLong = 'time limit';
/** Asks the operating system's keychain one thing. Rejects with the keychain's own sentence, or with `time limit` after
 *  `limitMs`. */
export type AskKeychain = (asked: AskedOfKeychain, limitMs: number) => Promise<unknown>;

/** What names resolved to when things were well. */
export type AddressMemory = {
  /** `at` is epoch ms. Replaces what was remembered of this host. */
  remember(host: string, addresses: Addresses, at: number): void;
  recalled(host: string): { readonly addresses: Addresses; readonly at: number } | null;
};
