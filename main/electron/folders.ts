// The only way from the engine to the file manager: a folder is opened, a file is only shown in its folder, since opening one
// starts a program (SECURITY S-15). Which it is says the engine, out of the user's own settings; the page cannot name one.
import { statSync } from 'node:fs';
import { isAbsolute } from 'node:path';
import type { ShellPart } from './parts.ts';

/** Folders that macOS starts as programs. */
const bundle = /\.(?:app|pkg|bundle|workflow|action|prefpane|plugin|kext|command|tool)$/i;

/** What the file manager may be asked to do with `path`: open a plain folder, show a plain file, or nothing. */
export function wayToShow(path: string): 'open' | 'show' | null {
  if (!isAbsolute(path) || path.includes('\0')) return null;
  const found = statSync(path, { throwIfNoEntry: false });
  if (found?.isFile()) return 'show';
  return found?.isDirectory() && !bundle.test(path.replace(/[\\/]+$/, '')) ? 'open' : null;
}

/** Shows a folder or a file, or logs why it was not shown. */
export function folderOpener(options: {
  readonly shell: ShellPart;
  readonly log: (line: string) => void;
}): (path: string) => void {
  const { shell, log } = options;
  return (path) => {
    const way = wayToShow(path);
    if (way === null) {
      log('A folder was not opened: it does not exist, or is no plain folder.');
      return;
    }
    if (way === 'show') {
      shell.showItemInFolder(path);
      return;
    }
    shell.openPath(path).then(
      (problem) => problem !== '' && log(`The file manager could not open the folder: ${problem}`),
      (error: unknown) => log(`The file manager could not be asked: ${error instanceof Error ? error.message : String(error)}`),
    );
  };
}
