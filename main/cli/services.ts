// What the commands need from the rest of the product, as types. compose-commands.ts provides it; tests pass small fakes. Each part
// opens on its own, so that `secret set` works beside broken settings and `doctor` can look at every part in turn.
import type { ConnectionComparison, ConnectionQuestion, ConnectionReport } from '../../shared/doctor.ts';
import type { EngineEvent } from '../../shared/events.ts';
import type { ExitCode } from '../../shared/fault.ts';
import type { Incident } from '../../shared/incident.ts';
import type { MonitorConfig } from '../../shared/monitor.ts';
import type { Observation } from '../../shared/observation.ts';
import type { Settings } from '../../shared/settings.ts';
import type { ChannelName, Snapshot } from '../../shared/snapshot.ts';
import type { Engine, Journal, Levers } from '../ipc/face.ts';

/** Where the user said that things are; null means the default place. */
export type Place = { readonly settingsFile: string | null; readonly dataFolder: string | null };

/** How a command ended (DESIGN section 9): 0 good, 1 bad news, 2 usage or settings, 3 a provider refused, 130 cancelled. */
export type Ended = 0 | ExitCode;

/** The part of the history that commands read, and the inbox by which they reach a running engine. */
export type Book = {
  /** Newest first. */
  incidents(before: number | null, limit: number): readonly Incident[];
  incident(id: string): Incident | null;
  addWish(wish: CommandWish, at: number): number;
  wishDone(id: number): boolean;
  close(): void;
};

export type CommandWish =
  | { readonly type: 'acknowledge'; readonly incidentId: string }
  | { readonly type: 'note'; readonly incidentId: string; readonly text: string };

/** The keychain with the environment over it. Methods that ask the keychain throw a FaultError when it cannot be asked. */
export type SecretBox = {
  get(name: string): Promise<{ readonly value: string; readonly source: 'environment' | 'keychain' } | null>;
  set(name: string, value: string): Promise<void>;
  /** Whether there was one to delete. */
  delete(name: string): Promise<boolean>;
  /** Names once stored and, of `asked`, those set in the environment; never a value. */
  list(asked: readonly string[]): Promise<readonly SecretEntry[]>;
  /** Asks the keychain for real; `problem` is a sentence when it is not ready. */
  keychain(): Promise<{ readonly state: string; readonly name: string; readonly problem?: string }>;
};

export type SecretEntry = {
  readonly name: string;
  readonly source: 'environment' | 'keychain';
  /** ISO 8601 UTC; null for the environment. */
  readonly setAt: string | null;
};

/** An engine that runs on a data folder. */
export type Running = { readonly pid: number; readonly url: string | null };

export type WatchOptions = Place & {
  readonly face: 'headless';
  readonly onNotificationClick: (incidentId: string | null) => void;
  /** Sentences for people, such as a refused settings edit. */
  readonly announce: (text: string) => void;
  /** Called once the engine can answer and before its first event; returns the window's address for engine.started. */
  readonly serve: (engine: ServedEngine) => Promise<string | null>;
};
export type ServedEngine = Pick<Engine, 'dispatch' | 'subscribe'>;

/** The levers and the journal of their runs, opened on one data folder for one command. */
export type LeverDesk = {
  readonly levers: Levers;
  readonly journal: Pick<Journal, 'recent' | 'run'>;
  /** Waits for what still runs in this process. */
  readonly close: () => Promise<void>;
};

export type Services = {
  /** The settings in force. FaultError (exit 2) when the file is missing, unreadable or invalid. */
  readonly openSettings: (place: Place) => Promise<{ readonly settings: Settings; readonly file: string }>;
  /** FaultError (exit 2) when the data folder cannot be written. The caller closes it. */
  readonly openBook: (place: Place) => Promise<Book>;
  readonly secretsAt: (place: Place) => SecretBox;
  /** Runs one check, secrets filled in, inside its own time limit; never throws. */
  readonly check: (place: Place, config: MonitorConfig, signal: AbortSignal) => Promise<Observation>;
  /** Whom a monitor talks to: the key of per-host limits; null when it is exempt from them (loopback, unknown). */
  readonly hostOf: (config: MonitorConfig) => string | null;
  /** The present view out of settings and history, whether an engine runs or not. */
  readonly remembered: (place: Place, now: number) => Promise<Snapshot>;
  /** The engine on this data folder, if one runs. */
  readonly running: (place: Place) => Promise<Running | null>;
  /** Carries out the wishes in the inbox while no engine runs. FaultError when one has started meanwhile. */
  readonly applyWishes: (place: Place) => Promise<void>;
  /** Sends one test message. Never throws for what the other side says; FaultError when a secret is missing. */
  readonly testAlert: (
    place: Place,
    settings: Settings,
    channel: ChannelName,
    signal: AbortSignal,
  ) => Promise<{ readonly ok: boolean; readonly message: string }>;
  /** Whether a provider's token works, and for what the settings name. Never throws for what the other side says. */
  readonly whoami: (
    place: Place,
    settings: Settings,
    provider: keyof Settings['providers'],
    signal: AbortSignal,
  ) => Promise<{ readonly ok: boolean; readonly message: string }>;
  /** FaultError (exit 2) when settings or data folder cannot be used; a lever that is not set up says so when it is pulled.
   *  `announce` takes sentences for people. The caller closes it. */
  readonly levers: (place: Place, options: { readonly announce: (text: string) => void }) => Promise<LeverDesk>;
  /** The connection doctor, within about 10 s. FaultError when the secret is not set or cannot be read. */
  readonly examineConnection: (
    place: Place,
    question: ConnectionQuestion,
    options: { readonly driver?: string | null },
    signal: AbortSignal,
  ) => Promise<ConnectionReport>;
  /** What differs between two stored connections. FaultError as above. */
  readonly compareConnections: (
    place: Place,
    names: { readonly a: string; readonly b: string },
    signal: AbortSignal,
  ) => Promise<ConnectionComparison>;
  /** The report on one outage, with what a person wrote into it before kept; null when there is no such incident. FaultError
   *  when `previous` is something else. */
  readonly postmortem: (
    place: Place,
    id: string,
    options: { readonly now: number; readonly previous: string | null },
  ) => Promise<{ readonly markdown: string; readonly name: string; readonly data: object } | null>;
  readonly startEngine: (options: WatchOptions) => Promise<Pick<Engine, 'stop'>>;
};

export type Listener = (event: EngineEvent) => void;
