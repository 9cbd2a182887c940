// The tray app's entry: joins the real Electron, the real engine and the shell. Everything that could be wrong is in
// files that know only one of the three.
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import {
  app,
  BrowserWindow,
  dialog,
  ipcMain,
  Menu,
  net,
  powerMonitor,
  protocol,
  screen,
  session,
  shell,
  Tray,
  utilityProcess,
} from 'electron';
import { faultOf } from '../../shared/fault.ts';
import { startEngine } from '../compose.ts';
import { readArguments } from './arguments.ts';
import { openLog } from './log-file.ts';
import { electronStore } from './settings-store.ts';
import { runShell } from './shell.ts';
import { showsTrays } from './tray-host.ts';

const { platform } = process;
const built = (path: string): string => fileURLToPath(new URL(path, import.meta.url));
const say = (line: string): void => console.error(line);

// Ctrl-C and the service manager's stop end the engine properly too.
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => app.quit());

async function run(): Promise<void> {
  // A packaged app is its own program; from a checkout Electron's first argument is the app's folder.
  const said = readArguments(process.argv.slice(app.isPackaged ? 1 : 2));
  const dataFolder = said.dataFolder ?? join(app.getPath('appData'), 'signalbox');
  const note = openLog(join(dataFolder, 'logs'), say);
  await runShell({
    electron: {
      ...{ app, BrowserWindow, dialog, ipcMain, Menu, net, powerMonitor, protocol, screen },
      ...{ session, shell, Tray, utilityProcess },
    },
    startEngine: (options) => startEngine({ ...options, makeStore: electronStore }),
    arguments: said,
    dataFolder,
    page: built('../renderer/'),
    preload: built('../preload/preload.cjs'),
    keychain: built('./keychain.mjs'),
    platform,
    process,
    // An AppImage runs from a mount that is gone at the next login; its own file is named for it.
    command: { program: process.env.APPIMAGE ?? process.execPath, args: app.isPackaged ? [] : [app.getAppPath()] },
    showsTrays: () => showsTrays(platform),
    log: (line) => {
      say(line);
      note(line);
    },
  });
}

// Not awaited at the top: Electron is ready only after this module has been evaluated, and `run` waits for ready.
run().catch((error: unknown) => {
  const fault = faultOf(error);
  say(`${fault.message} ${fault.next}`);
  app.exit(2);
});
