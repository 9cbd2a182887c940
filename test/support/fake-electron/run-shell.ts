// Runs the shell's sources in the test's own process, over the fake Electron and a fake engine.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import { runShell, type ShellOptions } from '../../../main/electron/shell.ts';
import type { Snapshot } from '../../../shared/snapshot.ts';
import { fakeElectron } from './electron.ts';
import { fakeEngine } from './engine.ts';

/** A folder that goes when the test ends. */
export function temporaryFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'signalbox-shell-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

type Change = Partial<Pick<ShellOptions, 'platform' | 'startEngine' | 'page'>> & { readonly hasTray?: boolean };

/** A shell that has started, unless `change.startEngine` refuses; it quits when the test ends. */
export async function runningShell(snapshot: Snapshot, change: Change = {}) {
  const folder = temporaryFolder();
  const engine = fakeEngine(snapshot);
  const electron = fakeElectron({ appData: folder, hasTray: change.hasTray ?? true });
  const lines: string[] = [];
  const running = runShell({
    electron: electron.parts,
    startEngine: change.startEngine ?? engine.start,
    arguments: { settingsFile: null, dataFolder: folder },
    page: change.page ?? folder,
    preload: join(folder, 'preload.cjs'),
    platform: change.platform ?? 'linux',
    log: (line) => lines.push(line),
  });
  electron.app.becomeReady();
  await running;
  onTestFinished(() => electron.app.quit());
  return { electron, engine, lines, folder };
}
