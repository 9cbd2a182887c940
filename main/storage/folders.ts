// Where Signalbox keeps its files, and whether it may. Knows paths and modes; not what the files hold.
import { accessSync, chmodSync, constants, existsSync, mkdirSync, statSync } from 'node:fs';
import { homedir } from 'node:os';
import { dirname, posix, win32 } from 'node:path';
import { FaultError } from '../../shared/fault.ts';

/** The data folder when the user names none: the same as Electron's `userData` for an app named `signalbox`
 *  (https://www.electronjs.org/docs/latest/api/app#appgetpathname), so that tray and headless share one. */
export function defaultFolder(env: Readonly<Record<string, string | undefined>>, platform: NodeJS.Platform): string {
  if (platform === 'win32') {
    return win32.join(env.APPDATA || win32.join(env.USERPROFILE || homedir(), 'AppData', 'Roaming'), 'signalbox');
  }
  const home = env.HOME || homedir();
  if (platform === 'darwin') return posix.join(home, 'Library', 'Application Support', 'signalbox');
  return posix.join(env.XDG_CONFIG_HOME || posix.join(home, '.config'), 'signalbox');
}

/** Creates the folder (0700) when it is missing and makes sure that files can be written there.
 *  @throws FaultError `data-folder` */
export function ensureFolder(folder: string): void {
  try {
    // On a read-only disk a recursive mkdir says "no such file"; asking its nearest parent first gives the true reason.
    const parent = nearest(folder);
    if (!existsSync(folder) && statSync(parent).isDirectory()) accessSync(parent, constants.W_OK | constants.X_OK);
    const created = makeFolders(folder);
    if (!statSync(folder).isDirectory()) throw new Error('it is not a folder');
    accessSync(folder, constants.R_OK | constants.W_OK | constants.X_OK);
    // mkdir's mode is narrowed by the umask, never widened; a folder of the user's own making keeps its mode.
    if (created) chmodSync(folder, 0o700);
  } catch (error: unknown) {
    throw new FaultError({
      code: 'data-folder',
      message: `The data folder ${folder} cannot be used: ${reason(error)}.`,
      next: 'Make it writable for your user, or name another folder with --data DIR.',
      cause: error,
    });
  }
}

/** One level at a time: where a file system answers "no such file" to any new folder (as /proc does), Node's own recursive
 *  mkdir tries for ever. Returns whether the folder had to be made. */
function makeFolders(folder: string): boolean {
  if (existsSync(folder)) return false;
  const parent = dirname(folder);
  if (parent !== folder) makeFolders(parent);
  try {
    mkdirSync(folder, { mode: 0o700 });
  } catch (error: unknown) {
    // Another process made it in the meantime.
    if (existsSync(folder)) return false;
    throw error;
  }
  return true;
}

function nearest(path: string): string {
  const parent = dirname(path);
  return existsSync(parent) || parent === path ? parent : nearest(parent);
}

const reasons: Readonly<Record<string, string>> = {
  EACCES: 'permission is denied',
  EPERM: 'permission is denied',
  EROFS: 'the disk is read-only',
  ENOTDIR: 'part of its path is a file',
  EEXIST: 'a file of that name is in the way',
  ENOSPC: 'the disk is full',
  ENOENT: 'part of its path does not exist',
};

/** A file-system error in words. */
export function reason(error: unknown): string {
  const code = error instanceof Error && 'code' in error ? String(error.code) : '';
  return reasons[code] ?? (error instanceof Error ? error.message : String(error));
}
