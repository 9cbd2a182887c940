// The only file that names concrete adapters: joins checks, alerts, storage and the engine for the faces.
import { join } from 'node:path';
import packageJson from '../package.json' with { type: 'json' };
import type { MonitorConfig } from '../shared/monitor.ts';
import type { Settings } from '../shared/settings.ts';
import { makeOffers } from './actions/offers.ts';
import type { Channels } from './alerts/channels.ts';
import { crashReporter } from './alerts/crash-reports.ts';
import { startHeartbeat } from './alerts/heartbeat.ts';
import { makeOutbox } from './alerts/outbox.ts';
import { interfaceDown } from './checks/interfaces.ts';
import { kindOf, settings as settingsFormat } from './checks/registry.ts';
import { makeRunner } from './checks/runner.ts';
import { userAgent } from './checks/user-agent.ts';
import { makeWitnesses } from './checks/witnesses.ts';
import { channelsFor, tryNamed } from './compose-alerts.ts';
import { startAutomation } from './compose-automation.ts';
import { startDigest, weekOf } from './compose-digest.ts';
import { examineConnection } from './compose-doctor.ts';
import { composeAddressWatch, composeInvestigation } from './compose-evidence.ts';
import { composeLevers, leverPort, revealDumps } from './compose-levers.ts';
import { writePostmortem } from './compose-postmortem.ts';
import { composeSettings } from './compose-settings.ts';
import { systemClock } from './engine/clock.ts';
import { type EngineCore, makeEngine } from './engine/engine.ts';
import { type Described, type Plan, planOf } from './engine/plan.ts';
import type { AskKeychain, MakeStore } from './engine/ports.ts';
import type { About } from './engine/views.ts';
import { noteInHistory } from './engine/wishes.ts';
import { makeDispatch } from './ipc/dispatch.ts';
import type { Engine, StartEngine } from './ipc/face.ts';
import { makeHandlers } from './ipc/handlers.ts';
import { isLocal, isLoopback } from './providers/locality.ts';
import { checkout, makeRehearsal } from './setup/rehearsal.ts';
import { takeEngineLock } from './storage/engine-lock.ts';
import { defaultFolder, ensureFolder } from './storage/folders.ts';
import { openHistory } from './storage/history.ts';
import { openSecrets, type SecretStore } from './storage/secrets.ts';
import { beginSettings, openSettings, type SettingsFile } from './storage/settings.ts';

/** Signalbox's own version. */
export const version = packageJson.version;

/** Where the user said that things are; null means the default place. */
export type Place = { readonly settingsFile: string | null; readonly dataFolder: string | null };

/** Each round does a bounded part of the work, so it is asked for often. */
const pruneEveryMs = 60_000;

export function folderOf(place: Place): string {
  return place.dataFolder ?? defaultFolder(process.env, process.platform);
}

const defaultSettingsFile = (): string => join(defaultFolder(process.env, process.platform), 'settings.json');

/** @throws FaultError when the file is missing, unreadable or invalid */
export function settingsAt(place: Place, makeStore?: MakeStore): SettingsFile {
  const file = place.settingsFile ?? defaultSettingsFile();
  return openSettings({ file, schema: settingsFormat, ...(makeStore ? { makeStore } : {}) });
}

export function secretsAt(place: Place, ask?: AskKeychain): SecretStore {
  return openSecrets({ env: process.env, folder: folderOf(place), ask });
}

export function describe(config: MonitorConfig): Described {
  const kind = kindOf(config);
  const { host, label } = kind.target(config);
  return {
    host,
    label,
    defaultInterval: kind.defaultInterval,
    local: isLocal(host),
    loopback: host !== null && isLoopback(host),
    notices: noticesOf(config),
  };
}

/** Settings that a person should be reminded of whenever the monitor is shown. */
function noticesOf(config: MonitorConfig): string[] {
  const unverified = 'verifyTls' in config && config.verifyTls === false;
  return unverified ? ['TLS verification is off for this monitor.'] : [];
}

export function planFor(settings: Settings, channels: Channels): Plan {
  return planOf(
    settings,
    describe,
    channels.channels.map((channel) => channel.name),
  );
}

type Joined = { readonly core: EngineCore; readonly lifetime: AbortController };

/** Starts the engine of a tray app or a headless face. See `StartEngine` for what it rejects with. */
export const startEngine: StartEngine = async (options) => {
  const folder = folderOf(options);
  ensureFolder(folder);
  if (options.settingsFile === null) beginSettings(defaultSettingsFile());
  const file = settingsAt(options, options.makeStore);
  const clock = systemClock;
  const startedAt = clock.now();
  const lock = takeEngineLock(folder, { pid: process.pid, startedAt });
  try {
    const announce = options.announce ?? (() => {});
    const history = openHistory(folder);
    const secrets = secretsAt({ ...options, dataFolder: folder }, options.askKeychain);
    let settings = file.current();
    let channels = channelsFor(settings, secrets, options.onNotificationClick);
    let witnesses = makeWitnesses(settings.connectivity.probes, { clock });
    for (const { problem } of channels.problems) announce(problem);

    const about = (): About => ({
      app: settings.app,
      engine: {
        version,
        face: options.face,
        startedAt: new Date(startedAt).toISOString(),
        pausedUntil: null,
        settingsFile: file.file,
        settingsProblem: null,
      },
    });
    const levers = composeLevers({
      ...{ settings: () => settings, secrets, journal: history.journal, folder, clock, onTrouble: announce },
      picture: () => joined?.core.snapshot() ?? { monitors: [], incidents: [] },
      onRun: (run) => joined?.core.ran(run),
      onActed: ({ at, ...acted }) => joined?.core.tell({ type: 'acted', doneAt: at, ...acted }),
      suggestion: () => automation?.suggestion() ?? null,
    });
    let automation: ReturnType<typeof startAutomation> | null = null;
    const outbox = makeOutbox({
      history,
      channels: channels.channels,
      clock,
      onResult: (result) => joined?.core.delivered(result),
    });
    const runner = makeRunner({ secrets });
    const looking = { settings: () => settings, secrets, clock, userAgent, memory: history.addresses };
    let joined: Joined | null = null;
    joined = {
      lifetime: new AbortController(),
      core: makeEngine(
        {
          clock,
          history,
          runner,
          witnesses: (signal) => witnesses(signal),
          cutOff: interfaceDown,
          wakeOutbox: () => outbox.wake(),
          onTrouble: announce,
          levers: leverPort(() => levers, history.journal),
          investigate: composeInvestigation(looking),
        },
        planFor(settings, channels),
        about(),
      ),
    };
    const { core, lifetime } = joined;
    let heartbeat = startHeartbeat(settings.heartbeat, clock, announce);

    const stopWatching = file.watch((change) => {
      if ('problem' in change) {
        announce(change.problem);
        core.trouble('settings', change.problem);
        return;
      }
      settings = change.settings;
      channels = channelsFor(settings, secrets, options.onNotificationClick);
      witnesses = makeWitnesses(settings.connectivity.probes, { clock });
      outbox.setChannels(channels.channels);
      core.adopt(planFor(settings, channels), about());
      heartbeat.stop();
      heartbeat = startHeartbeat(settings.heartbeat, clock, announce);
    });
    const digest = startDigest({ settings: () => settings, snapshot: core.snapshot, history, clock, say: core.say });
    const isWell = (): boolean => core.snapshot().incidents.every(({ state }) => state === 'resolved');
    const stopLooking = composeAddressWatch({ ...looking, isWell });
    const stopPruning = every(pruneEveryMs, () => history.prune(clock.now()), announce);

    const rehearsal = makeRehearsal(checkout, process.env);
    const dispatch = makeDispatch(
      makeHandlers({
        snapshot: core.snapshot,
        history,
        tell: (wish) => {
          const isOver = wish.type === 'note' && !core.snapshot().incidents.some((incident) => incident.id === wish.incidentId);
          if (isOver) noteInHistory(history, wish, clock.now());
          else core.tell(wish);
        },
        checkNow: core.checkNow,
        testAlert: (name) => tryNamed(channels, name, clock.now(), lifetime.signal),
        now: clock.now,
        examineConnection: (question) => examineConnection({ ...question, settings, secrets, signal: lifetime.signal }),
        postmortem: (incident) =>
          writePostmortem({ incident, runs: (limit) => history.runs(limit), settings, now: clock.now(), previous: null }),
        levers,
        offers: makeOffers({
          clock,
          revision: () => JSON.stringify([history.journal.recall('banner'), history.journal.recall('traffic')]),
        }),
        reveal: async () => revealDumps(settings, options.reveal),
        digest: () => weekOf({ settings: () => settings, snapshot: core.snapshot, history, clock }),
        desk: composeSettings({
          ...{ file, settings: () => settings, secrets, runner, clock, signal: lifetime.signal, reveal: options.reveal },
          testAlert: (name) => tryNamed(channels, name, clock.now(), lifetime.signal),
          rehearse: rehearsal?.start,
        }),
      }),
      secrets.knownValues,
    );

    let ending: Promise<void> | null = null;
    const end = async (): Promise<void> => {
      lifetime.abort();
      stopWatching();
      stopPruning();
      stopLooking();
      heartbeat.stop();
      digest.stop();
      await automation?.stop();
      await levers.stop();
      await rehearsal?.stop();
      await outbox.stop();
      core.stop();
      history.close();
      lock.release();
    };
    const engine: Engine = {
      dispatch,
      subscribe: core.subscribe,
      snapshot: core.snapshot,
      power: core.power,
      reportCrash: crashReporter({ settings: () => settings, secrets, version }),
      stop() {
        ending ??= end();
        return ending;
      },
    };
    try {
      const url = (await options.serve?.(engine)) ?? null;
      lock.setUrl(url);
      core.start(url);
      levers.findInterrupted();
      automation = startAutomation({
        ...{
          settings: () => settings,
          snapshot: core.snapshot,
          secrets,
          journal: history.journal,
          levers,
          clock,
          folder,
          announce,
        },
        witnesses: (signal) => witnesses(signal),
        tell: core.leverNews,
      });
      outbox.start();
    } catch (error) {
      await engine.stop();
      throw error;
    }
    return engine;
  } catch (error) {
    lock.release();
    throw error;
  }
};

function every(ms: number, work: () => void, announce: (sentence: string) => void): () => void {
  const attempt = (): void => {
    try {
      work();
    } catch (error) {
      announce(`The history could not be tidied: ${error instanceof Error ? error.message : String(error)}`);
    }
  };
  const timer = setInterval(attempt, ms);
  return () => clearInterval(timer);
}
