// The tray app put together: it starts the engine, shows what the engine says and carries what the user wants back to
// it. It knows Electron's shape (parts.ts) but not Electron, and the engine's face but no engine.
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { faultOf } from '../../shared/fault.ts';
import type { Engine, StartEngine } from '../ipc/face.ts';
import type { ShellArguments } from './arguments.ts';
import { bridge } from './bridge.ts';
import { hostsOf, linkOpener } from './links.ts';
import { lockNavigation } from './navigation.ts';
import type { ElectronParts } from './parts.ts';
import { refuseIn, refusePermissions } from './permissions.ts';
import { watchPower } from './power.ts';
import { registerScheme, serveFolder } from './protocol.ts';
import { ownQuit } from './quit.ts';
import { openTray, type SignalTray } from './tray.ts';
import { type SignalWindow, signalWindow } from './window.ts';

/** Events come in bursts (a thousand monitors down together); the tray follows within this time, once. */
const settleMs = 150;
/** How often the words that depend on the time ("last check 4 s ago") are said anew. */
const freshenMs = 30_000;

export type ShellOptions = {
  readonly electron: ElectronParts;
  readonly startEngine: StartEngine;
  readonly arguments: ShellArguments;
  /** The built page's folder and the built preload. */
  readonly page: string;
  readonly preload: string;
  readonly platform: NodeJS.Platform;
  readonly log: (line: string) => void;
};

/** Runs the tray app until it quits. Call it before Electron is ready; resolves once the tray or the window is there. */
export async function runShell(options: ShellOptions): Promise<void> {
  const { electron, log } = options;
  const { app } = electron;
  app.enableSandbox();
  registerScheme(electron.protocol);
  if (options.platform === 'win32') app.setAppUserModelId('app.signalbox');
  const profile = ownProfile(options);
  if (!app.requestSingleInstanceLock()) {
    log('Signalbox is already running here; its window has been asked to come to the front.');
    app.exit(0);
    return;
  }

  let engine: Engine | null = null;
  let tray: SignalTray | null = null;
  let release = (): void => {};
  const quitting = ownQuit({
    app,
    log,
    stop: async () => {
      windows.destroy();
      release();
      tray?.destroy();
      await engine?.stop();
    },
  });
  const windows = signalWindow({
    BrowserWindow: electron.BrowserWindow,
    preload: options.preload,
    isPackaged: app.isPackaged,
    sizeFile: join(profile, 'window-size.json'),
    staysAlive: () => tray !== null && !quitting(),
    log,
  });
  refusePermissions(app);
  lockNavigation(app, linkOpener({ shell: electron.shell, hosts: () => hostsOf(engine?.snapshot() ?? null), log }));
  app.on('second-instance', () => windows.show(null));
  app.on('activate', () => windows.show(null));
  // Without a listener Electron quits here, tray or not.
  app.on('window-all-closed', () => {
    if (tray === null && !quitting()) app.quit();
  });

  await app.whenReady();
  refuseIn(electron.session.defaultSession);
  serveFolder(electron.protocol, options.page);
  setApplicationMenu(options);

  const started = await start(options, windows);
  if (started === null) return;
  engine = started;
  tray = trayFor(options, started, windows);
  release = connect(options, started, windows, tray);
  windows.show(null);
}

/** Gives Chromium a folder of its own inside ours, so that the lock is per data folder and its caches stay apart. */
function ownProfile(options: ShellOptions): string {
  const { app } = options.electron;
  const profile = join(options.arguments.dataFolder ?? join(app.getPath('appData'), 'signalbox'), 'window');
  mkdirSync(profile, { recursive: true, mode: 0o700 });
  app.setPath('userData', profile);
  return profile;
}

/** Only macOS needs a menu, for Copy and Paste by keyboard; elsewhere none means no reload or zoom keys (S-39). */
function setApplicationMenu({ electron: { Menu }, platform }: ShellOptions): void {
  const roles = [{ role: 'appMenu' }, { role: 'editMenu' }, { role: 'windowMenu' }] as const;
  Menu.setApplicationMenu(platform === 'darwin' ? Menu.buildFromTemplate([...roles]) : null);
}

/** The running engine, or null after the user has been told why there is none. */
async function start(options: ShellOptions, windows: SignalWindow): Promise<Engine | null> {
  const { electron, log } = options;
  try {
    return await options.startEngine({
      face: 'tray',
      settingsFile: options.arguments.settingsFile,
      dataFolder: options.arguments.dataFolder,
      onNotificationClick: (incidentId) => windows.show(incidentId),
      announce: log,
    });
  } catch (error) {
    const fault = faultOf(error);
    log(`${fault.message} ${fault.next}`);
    electron.dialog.showErrorBox('Signalbox could not start', `${fault.message}\n\n${fault.next}`);
    electron.app.exit(2);
    return null;
  }
}

function trayFor(options: ShellOptions, engine: Engine, windows: SignalWindow): SignalTray | null {
  const { electron, log } = options;
  const pause = async (forMs: number | null): Promise<void> => {
    const reply = await engine.dispatch('engine.pause', { forMs });
    if (!reply.ok) log(`${reply.error.message} ${reply.error.next}`);
  };
  return openTray({
    electron,
    platform: options.platform,
    actions: {
      open: () => windows.show(null),
      toggle: () => windows.toggle(),
      pause: (forMs) => void pause(forMs),
      quit: () => electron.app.quit(),
    },
    snapshot: engine.snapshot(),
    now: Date.now(),
    log,
  });
}

/** Joins the engine to tray, window and operating system. Returns the way to part them. */
function connect(options: ShellOptions, engine: Engine, windows: SignalWindow, tray: SignalTray | null): () => void {
  const { electron, log } = options;
  let settling: NodeJS.Timeout | null = null;
  const refresh = (): void => {
    settling = null;
    const snapshot = engine.snapshot();
    tray?.show(snapshot, Date.now());
    windows.setIcon(snapshot.signal.colour);
  };
  const unsubscribe = engine.subscribe(() => {
    settling ??= setTimeout(refresh, settleMs);
  });
  const freshen = setInterval(refresh, freshenMs);
  const unbridge = bridge({ ipcMain: electron.ipcMain, engine, ours: () => windows.current()?.webContents ?? null, log });
  const unwatch = watchPower({ powerMonitor: electron.powerMonitor, net: electron.net, hint: engine.power });
  refresh();
  return () => {
    unsubscribe();
    if (settling !== null) clearTimeout(settling);
    clearInterval(freshen);
    unbridge();
    unwatch();
  };
}
