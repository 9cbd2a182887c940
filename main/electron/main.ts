// The tray app's entry: joins the real Electron, the real engine and the shell. Everything that could be wrong is in
// files that know only one of the three.
import { fileURLToPath } from 'node:url';
import { app, BrowserWindow, dialog, ipcMain, Menu, net, powerMonitor, protocol, session, shell, Tray } from 'electron';
import { faultOf } from '../../shared/fault.ts';
import { startEngine } from '../compose.ts';
import { readArguments } from './arguments.ts';
import { electronStore } from './settings-store.ts';
import { runShell } from './shell.ts';

const built = (path: string): string => fileURLToPath(new URL(path, import.meta.url));
const log = (line: string): void => console.error(line);

// Ctrl-C and the service manager's stop end the engine properly too.
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => app.quit());

async function run(): Promise<void> {
  await runShell({
    electron: { app, BrowserWindow, dialog, ipcMain, Menu, net, powerMonitor, protocol, session, shell, Tray },
    startEngine: (options) => startEngine({ ...options, makeStore: electronStore }),
    // A packaged app is its own program; from a checkout Electron's first argument is the app's folder.
    arguments: readArguments(process.argv.slice(app.isPackaged ? 1 : 2)),
    page: built('../renderer/'),
    preload: built('../preload/preload.cjs'),
    platform: process.platform,
    log,
  });
}

// Not awaited at the top: Electron is ready only after this module has been evaluated, and `run` waits for ready.
run().catch((error: unknown) => {
  const fault = faultOf(error);
  log(`${fault.message} ${fault.next}`);
  app.exit(2);
});
