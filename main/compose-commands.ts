// The command line's half of compose.ts: the same adapters, opened one by one and only when a command needs them.
import type { ConnectionQuestion } from '../shared/doctor.ts';
import { FaultError } from '../shared/fault.ts';
import type { MonitorConfig } from '../shared/monitor.ts';
import type { Observation } from '../shared/observation.ts';
import type { Settings } from '../shared/settings.ts';
import type { ChannelName, Snapshot } from '../shared/snapshot.ts';
import { makeRunner } from './checks/runner.ts';
import { userAgent } from './checks/user-agent.ts';
import { describe, folderOf, type Place, planFor, secretsAt, settingsAt, startEngine, version } from './compose.ts';
import { channelsFor, tryNamed } from './compose-alerts.ts';
import { compareStored, examineConnection } from './compose-doctor.ts';
import { composeLevers, rememberedLevers } from './compose-levers.ts';
import { writePostmortem } from './compose-postmortem.ts';
import { type ProviderName, whoami } from './compose-whoami.ts';
import { signalOf } from './core/signal.ts';
import { systemClock } from './engine/clock.ts';
import type { Journal, Levers } from './engine/levers.ts';
import { recall } from './engine/recall.ts';
import { makeViews } from './engine/views.ts';
import { carryOutWaiting } from './engine/wishes.ts';
import { readEngine, takeEngineLock } from './storage/engine-lock.ts';
import { ensureFolder } from './storage/folders.ts';
import { type HistoryFile, openHistory } from './storage/history.ts';
import type { SecretStore } from './storage/secrets.ts';

type LeverDesk = { readonly levers: Levers; readonly journal: Journal; readonly close: () => Promise<void> };

function openBook(place: Place): HistoryFile {
  ensureFolder(folderOf(place));
  return openHistory(folderOf(place));
}

function withBook<T>(place: Place, work: (book: HistoryFile) => T): T {
  const book = openBook(place);
  try {
    return work(book);
  } finally {
    book.close();
  }
}

/** The present view out of settings and history, whether an engine runs or not. */
function remembered(place: Place, now: number): Snapshot {
  return withBook(place, (history) => recollect(place, history, now));
}

function recollect(place: Place, history: HistoryFile, now: number): Snapshot {
  const file = settingsAt(place);
  const settings = file.current();
  const plan = planFor(settings, channelsFor(settings, secretsAt(place)));
  const { engine, lastObservations } = history.load(now);
  const recalled = recall(history, plan.rules, now);
  const state = engine ? { ...recalled, connectivity: engine.connectivity, failingChannels: engine.failingChannels } : recalled;
  const { colour, reasons } = signalOf(state, now);
  const since = colour === state.signal.colour ? state.signal.since : now;
  const about = {
    app: settings.app,
    engine: {
      version,
      face: 'command' as const,
      startedAt: new Date(now).toISOString(),
      pausedUntil: null,
      settingsFile: file.file,
      settingsProblem: null,
    },
  };
  const views = makeViews({ history, about, plan, last: lastObservations });
  const seen = views.snapshot({ ...state, signal: { colour, reasons, since } }, now);
  return { ...seen, ...rememberedLevers(settings, history.journal, seen, now) };
}

/** One store per folder, so that a command that checks twenty monitors asks the keychain once per secret. */
function secretsByFolder(): (place: Place) => SecretStore {
  const stores = new Map<string, SecretStore>();
  return (place) => {
    const folder = folderOf(place);
    const store = stores.get(folder) ?? secretsAt(place);
    stores.set(folder, store);
    return store;
  };
}

/** The levers of one command; what they did is told to the engine, or stored at the end when none runs. */
function openLevers(place: Place, secrets: SecretStore, announce: (text: string) => void): LeverDesk {
  const file = settingsAt(place);
  const history = openBook(place);
  const settings = file.current();
  const levers = composeLevers({
    ...{ settings: () => settings, secrets, journal: history.journal, folder: folderOf(place), clock: systemClock },
    picture: () => recollect(place, history, Date.now()),
    onRun: () => undefined,
    onActed: ({ at, ...acted }) => void history.addWish({ type: 'acted', doneAt: at, ...acted }, at),
    onTrouble: announce,
  });
  return {
    levers,
    journal: history.journal,
    close: async () => {
      await levers.stop();
      const waiting = history.wishes().length > 0;
      history.close();
      if (waiting) settleUnlessRunning(place);
    },
  };
}

function settleWishes(place: Place): void {
  const lock = takeEngineLock(folderOf(place), { pid: process.pid, startedAt: Date.now() });
  try {
    withBook(place, carryOutWaiting);
  } finally {
    lock.release();
  }
}

/** A running engine carries wishes out itself. */
function settleUnlessRunning(place: Place): void {
  try {
    settleWishes(place);
  } catch (error) {
    if (!(error instanceof FaultError) || error.code !== 'already-running') throw error;
  }
}

/** A connection is examined beside broken settings too. */
function settingsIfAny(place: Place): Settings | null {
  try {
    return settingsAt(place).current();
  } catch (error) {
    if (error instanceof FaultError) return null;
    throw error;
  }
}

/** Everything the commands of main/cli need (main/cli/services.ts). */
export function commandServices() {
  const secrets = secretsByFolder();
  return {
    openSettings: async (place: Place) => {
      const file = settingsAt(place);
      return { settings: file.current(), file: file.file };
    },
    openBook: async (place: Place) => openBook(place),
    secretsAt: secrets,
    check: (place: Place, config: MonitorConfig, signal: AbortSignal): Promise<Observation> =>
      makeRunner({ secrets: secrets(place) })(config, { clock: systemClock, cold: true }, signal),
    hostOf: (config: MonitorConfig): string | null => {
      const { host, loopback } = describe(config);
      return loopback ? null : host;
    },
    remembered: async (place: Place, now: number) => remembered(place, now),
    running: async (place: Place) => readEngine(folderOf(place)),
    applyWishes: async (place: Place) => settleWishes(place),
    levers: async (place: Place, { announce }: { readonly announce: (text: string) => void }) =>
      openLevers(place, secrets(place), announce),
    testAlert: (place: Place, settings: Settings, channel: ChannelName, signal: AbortSignal) =>
      tryNamed(channelsFor(settings, secrets(place)), channel, Date.now(), signal),
    examineConnection: (
      place: Place,
      question: ConnectionQuestion,
      options: { readonly driver?: string | null },
      signal: AbortSignal,
    ) => examineConnection({ ...question, ...options, settings: settingsIfAny(place), secrets: secrets(place), signal }),
    compareConnections: (place: Place, names: { readonly a: string; readonly b: string }, signal: AbortSignal) =>
      compareStored(names, { settings: null, secrets: secrets(place), signal }),
    postmortem: async (place: Place, id: string, { now, previous }: { readonly now: number; readonly previous: string | null }) =>
      withBook(place, (history) => {
        const incident = history.incident(id);
        return (
          incident &&
          writePostmortem({ incident, runs: (limit) => history.runs(limit), settings: settingsIfAny(place), now, previous })
        );
      }),
    whoami: (place: Place, settings: Settings, provider: ProviderName, signal: AbortSignal) =>
      whoami({ provider, settings, secrets: secrets(place), signal, userAgent }),
    startEngine,
  };
}
