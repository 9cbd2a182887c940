// The tray app put together: it starts the engine, shows what the engine says and carries what the user wants back to
// it. It knows Electron's shape (parts.ts) but not Electron, and the engine's face but no engine.
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { faultOf } from '../../shared/fault.ts';
import type { Engine, StartEngine } from '../ipc/face.ts';
import { argumentsAtLogin, type ShellArguments } from './arguments.ts';
import { type CrashSource, catchCrashes } from './crashes.ts';
import { folderOpener } from './folders.ts';
import { follow } from './follow.ts';
import { type KeychainProcess, keychainProcess, keychainService } from './keychain-process.ts';
import { hostsOf, linkOpener } from './links.ts';
import { type LoginItem, loginItem, type StartCommand } from './login-item.ts';
import { lockNavigation } from './navigation.ts';
import { sayThereIsNoTray } from './no-tray.ts';
import type { ElectronParts } from './parts.ts';
import { refuseIn, refusePermissions } from './permissions.ts';
import { registerScheme, serveFolder } from './protocol.ts';
import { ownQuit } from './quit.ts';
import { openTray, type SignalTray } from './tray.ts';
import { trayActions } from './tray-actions.ts';
import { type SignalWindow, signalWindow } from './window.ts';

export type ShellOptions = {
  readonly electron: ElectronParts;
  readonly startEngine: StartEngine;
  readonly arguments: ShellArguments;
  /** Where everything of Signalbox's is kept. */
  readonly dataFolder: string;
  /** The built page's folder, the built preload and the built keychain program. */
  readonly page: string;
  readonly preload: string;
  readonly keychain: string;
  readonly platform: NodeJS.Platform;
  /** Where errors come up that nobody caught. */
  readonly process: CrashSource;
  /** What a login starts, without what was said on the command line. */
  readonly command: StartCommand;
  /** Whether the desktop shows trays at all. */
  readonly showsTrays: () => Promise<boolean>;
  readonly log: (line: string) => void;
};

/** Runs the tray app until it quits. Call it before Electron is ready; resolves once the tray or the window is there. */
export async function runShell(options: ShellOptions): Promise<void> {
  const { electron, log, platform } = options;
  const { app } = electron;
  app.enableSandbox();
  registerScheme(electron.protocol);
  if (platform === 'win32') app.setAppUserModelId('app.signalbox');
  const profile = ownProfile(options);
  if (!app.requestSingleInstanceLock()) {
    log('Signalbox is already running here; its window has been asked to come to the front.');
    app.exit(0);
    return;
  }

  let engine: Engine | null = null;
  let tray: SignalTray | null = null;
  let release = (): void => {};
  const keychain = keychainProcess(electron.utilityProcess, options.keychain);
  const quitting = ownQuit({
    app,
    log,
    stop: async () => {
      windows.destroy();
      release();
      tray?.destroy();
      // First: whoever waits in the keychain's prompt would hold the engine up.
      keychain.end();
      await engine?.stop();
    },
  });
  watchProcesses(options, () => engine, quitting.inFailure);
  const windows = signalWindow({
    BrowserWindow: electron.BrowserWindow,
    preload: options.preload,
    isPackaged: app.isPackaged,
    sizeFile: join(profile, 'window-size.json'),
    staysAlive: () => tray !== null && !quitting.isUnderWay(),
    trayPlace: () => tray?.place() ?? null,
    screens: {
      at: (place) => electron.screen.getDisplayMatching(place),
      all: () => electron.screen.getAllDisplays(),
    },
    log,
  });
  refusePermissions(app);
  lockNavigation(app, linkOpener({ shell: electron.shell, hosts: () => hostsOf(engine?.snapshot() ?? null), log }));
  app.on('second-instance', () => windows.show(null));
  app.on('activate', () => windows.show(null));
  // Without a listener Electron quits here, tray or not.
  app.on('window-all-closed', () => {
    if (tray === null && !quitting.isUnderWay()) app.quit();
  });

  await app.whenReady();
  refuseIn(electron.session.defaultSession);
  serveFolder(electron.protocol, options.page);
  setApplicationMenu(options);

  const [started, showsTrays] = await Promise.all([start(options, windows, keychain), options.showsTrays()]);
  if (started === null) return;
  engine = started;
  let freshen = (): void => {};
  if (showsTrays) tray = trayFor(options, started, windows, () => freshen());
  release = follow({ electron, engine: started, windows, tray, log });
  freshen = (): void => tray?.show(started.snapshot(), Date.now());
  if (tray === null) sayThereIsNoTray({ dialog: electron.dialog, memory: join(profile, 'told-of-no-tray'), log });
  // A tray app is no app of the dock; one without a tray needs its place there.
  else app.dock?.hide();
  if (tray === null || !options.arguments.hidden) windows.show(null);
}

/** Gives Chromium a folder of its own inside ours, so that the lock is per data folder and its caches stay apart. */
function ownProfile({ dataFolder, electron }: ShellOptions): string {
  const profile = join(dataFolder, 'window');
  mkdirSync(profile, { recursive: true, mode: 0o700 });
  electron.app.setPath('userData', profile);
  return profile;
}

/** Only macOS needs a menu, for Copy and Paste by keyboard; elsewhere none means no reload or zoom keys (S-39). */
function setApplicationMenu({ electron: { Menu }, platform }: ShellOptions): void {
  const roles = [{ role: 'appMenu' }, { role: 'editMenu' }, { role: 'windowMenu' }] as const;
  Menu.setApplicationMenu(platform === 'darwin' ? Menu.buildFromTemplate([...roles]) : null);
}

/** Crashes of ours and of Electron's helpers are written down; the window's own is its business, the keychain's too. */
function watchProcesses({ electron, log, process }: ShellOptions, engine: () => Engine | null, giveUp: () => void): void {
  catchCrashes({ process, log, report: async (error) => engine()?.reportCrash(error), giveUp });
  electron.app.on('child-process-gone', (_event, { type, reason, name, serviceName }) => {
    if (reason === 'clean-exit' || name === keychainService) return;
    log(`A helper of the tray app ended unexpectedly (${[type, name ?? serviceName, reason].filter(Boolean).join(', ')}).`);
  });
}

/** The running engine, or null after the user has been told why there is none. */
async function start(options: ShellOptions, windows: SignalWindow, keychain: KeychainProcess): Promise<Engine | null> {
  const { electron, log } = options;
  try {
    return await options.startEngine({
      face: 'tray',
      settingsFile: options.arguments.settingsFile,
      dataFolder: options.arguments.dataFolder,
      onNotificationClick: (incident) => windows.show(incident === null ? null : { incident }),
      announce: log,
      reveal: folderOpener({ shell: electron.shell, log }),
      askKeychain: keychain.ask,
    });
  } catch (error) {
    const fault = faultOf(error);
    log(`${fault.message} ${fault.next}`);
    electron.dialog.showErrorBox('Signalbox could not start', `${fault.message}\n\n${fault.next}`);
    electron.app.exit(2);
    return null;
  }
}

function trayFor(options: ShellOptions, engine: Engine, windows: SignalWindow, changed: () => void): SignalTray | null {
  const { electron, log, platform } = options;
  const login = loginFor(options);
  return openTray({
    electron,
    platform,
    ...trayActions({ app: electron.app, engine, windows, login, changed, log }),
    snapshot: engine.snapshot(),
    now: Date.now(),
    log,
  });
}

/** On macOS an app from a checkout has no login item of its own: it would be Electron's. */
function loginFor({ electron: { app }, platform, command, arguments: said }: ShellOptions): LoginItem | null {
  if (platform === 'darwin' && !app.isPackaged) return null;
  return loginItem({ app, platform, command: { ...command, args: [...command.args, ...argumentsAtLogin(said)] } });
}
