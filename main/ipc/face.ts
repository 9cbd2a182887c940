// What a face (tray app, headless server, command line) may ask of a running engine. The faces know no more than this;
// compose.ts builds it.
import type { EngineEvent } from '../../shared/events.ts';
import type { Reply } from '../../shared/ipc.ts';
import type { Snapshot } from '../../shared/snapshot.ts';
import type { AskKeychain, MakeStore } from '../engine/ports.ts';

export type { HowToRun, Journal, Levers, StartedRun } from '../engine/levers.ts';
export { tookTooLong } from '../engine/ports.ts';
export type { AskKeychain, MakeStore };

export type Engine = {
  /** Calls one method of the contract (shared/ipc.ts) and checks input and output by it. Never rejects: a failure is a
   *  reply with `ok: false`. */
  readonly dispatch: (method: string, input: unknown) => Promise<Reply<unknown>>;
  /** Calls `listener` with every event from now on, in order; returns the way to stop. */
  readonly subscribe: (listener: (event: EngineEvent) => void) => () => void;
  readonly snapshot: () => Snapshot;
  /** What the operating system says: the engine treats it as a hint, never as proof. */
  readonly power: (hint: 'suspend' | 'resume' | 'online' | 'offline') => void;
  /** Reports an error of Signalbox's own to the user's Rollbar project, if the user agreed to that. Never rejects. */
  readonly reportCrash: (error: unknown) => Promise<void>;
  /** Ends gracefully and loses nothing; a second call waits for the first. */
  readonly stop: () => Promise<void>;
};

/** Starts the engine for a face. Rejects with a FaultError when the settings are wrong, the data folder cannot be used,
 *  or another engine already runs on it. `null` means the default place. */
export type StartEngine = (options: {
  readonly face: 'tray' | 'headless';
  readonly settingsFile: string | null;
  readonly dataFolder: string | null;
  /** A desktop notification was clicked; null when it belongs to no incident. */
  readonly onNotificationClick?: (incidentId: string | null) => void;
  /** Sentences for people that belong to no incident, such as a refused settings edit. */
  readonly announce?: (sentence: string) => void;
  /** Called once the engine can answer and before its first event; returns the address of the window it serves. */
  readonly serve?: (engine: Pick<Engine, 'dispatch' | 'subscribe'>) => Promise<string | null>;
  /** Shows a folder of this machine in its file manager. */
  readonly reveal?: (folder: string) => void;
  /** What keeps the settings file, where it is not the plain one: electron-store in the tray app. */
  readonly makeStore?: MakeStore;
  /** What asks the keychain, where it is not a plain Node process of our own: a utility process in the tray app. */
  readonly askKeychain?: AskKeychain;
}) => Promise<Engine>;
