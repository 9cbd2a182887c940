// Runs the shell's sources in the test's own process, over the fake Electron and a fake engine.
import { EventEmitter } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import { runShell, type ShellOptions } from '../../../main/electron/shell.ts';
import type { Snapshot } from '../../../shared/snapshot.ts';
import { fakeElectron } from './electron.ts';
import { fakeEngine } from './engine.ts';
import type { FakeTray } from './windows.ts';

/** A folder that goes when the test ends. */
export function temporaryFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'signalbox-shell-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

type Change = Partial<Pick<ShellOptions, 'platform' | 'startEngine' | 'page' | 'keychain'>> & {
  /** Whether the desktop shows trays. */
  readonly hasTray?: boolean;
  readonly hidden?: boolean;
  readonly trayBounds?: FakeTray['bounds'];
  /** Of an earlier start, to start there again. */
  readonly folder?: string;
};

/** A shell that has started, unless `change.startEngine` refuses; it quits when the test ends. */
export async function runningShell(snapshot: Snapshot, change: Change = {}) {
  const folder = change.folder ?? temporaryFolder();
  const engine = fakeEngine(snapshot);
  const electron = fakeElectron({ appData: folder, ...(change.trayBounds ? { trayBounds: change.trayBounds } : {}) });
  const lines: string[] = [];
  const uncaught = new EventEmitter();
  const running = runShell({
    electron: electron.parts,
    startEngine: change.startEngine ?? engine.start,
    arguments: { settingsFile: null, dataFolder: folder, hidden: change.hidden ?? false },
    dataFolder: folder,
    page: change.page ?? folder,
    preload: join(folder, 'preload.cjs'),
    keychain: change.keychain ?? join(folder, 'keychain.mjs'),
    platform: change.platform ?? 'linux',
    process: uncaught,
    command: { program: '/opt/signalbox/signalbox', args: [] },
    showsTrays: async () => change.hasTray ?? true,
    log: (line) => lines.push(line),
  });
  electron.app.becomeReady();
  await running;
  onTestFinished(() => electron.app.quit());
  return { electron, engine, lines, folder, uncaught };
}
