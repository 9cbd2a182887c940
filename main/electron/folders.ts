// The only way from the engine to the file manager: folders, never files, since opening a file starts a program
// (SECURITY S-15). Which folder it is says the engine, out of the user's own settings; the page cannot name one.
import { statSync } from 'node:fs';
import { isAbsolute } from 'node:path';
import type { ShellPart } from './parts.ts';

/** Folders that macOS starts as programs. */
const bundle = /\.(?:app|pkg|bundle|workflow|action|prefpane|plugin|kext|command|tool)$/i;

/** Whether `path` may be handed to the file manager. */
export function isPlainFolder(path: string): boolean {
  if (!isAbsolute(path) || bundle.test(path.replace(/[\\/]+$/, ''))) return false;
  return statSync(path, { throwIfNoEntry: false })?.isDirectory() ?? false;
}

/** Shows a folder, or logs why it was not shown. */
export function folderOpener(options: {
  readonly shell: ShellPart;
  readonly log: (line: string) => void;
}): (path: string) => void {
  const { shell, log } = options;
  return (path) => {
    if (!isPlainFolder(path)) {
      log('A folder was not opened: it does not exist, or is no plain folder.');
      return;
    }
    shell.openPath(path).then(
      (problem) => problem !== '' && log(`The file manager could not open the folder: ${problem}`),
      (error: unknown) => log(`The file manager could not be asked: ${error instanceof Error ? error.message : String(error)}`),
    );
  };
}
