// Whether a dump has a place to go: the folder, its rights, and room for what is expected.
import { constants } from 'node:fs';
import { access, mkdir, stat, statfs } from 'node:fs/promises';
import { dirname, isAbsolute, join, resolve } from 'node:path';
import { FaultError } from '../../shared/fault.ts';

/** pg_dump compresses: text to a third or less, what is compressed already to no less than itself. Six tenths of the size on the
 *  server lies between; a dump that needs more still fails with a clear sentence when the disk is full. */
const expectedShare = 0.6;
/** So that the rest of the machine goes on living beside it. */
const spareBytes = 64 * 1_048_576;

/** Bytes that must be free for a dump of `bytes`; encrypting writes the file a second time. */
export function spaceNeeded(bytes: number, encrypts: boolean): number {
  return Math.ceil(bytes * expectedShare) * (encrypts ? 2 : 1) + spareBytes;
}

/** The folder as a whole path. `~` is `home`, and a relative one lies in `base`. */
export function folderPath(text: string, home: string, base: string): string {
  const tilde = /^~(?:[/\\]|$)/.exec(text);
  if (tilde) return resolve(join(home, text.slice(tilde[0].length)));
  return isAbsolute(text) ? resolve(text) : resolve(base, text);
}

/** Looks at the folder, or at the nearest one above it that exists, and changes nothing. Throws FaultError when a dump of
 *  `needed` bytes could not be written there. */
export async function lookAtFolder(folder: string, needed: number): Promise<{ readonly free: number; readonly exists: boolean }> {
  const nearest = await nearestThere(folder);
  try {
    if (!(await stat(nearest)).isDirectory()) throw new Error(`${nearest} is a file`);
    await access(nearest, constants.W_OK | constants.X_OK);
  } catch (error) {
    throw notWritable(folder, error);
  }
  const { bavail, bsize } = await statfs(nearest);
  const free = bavail * bsize;
  if (free < needed) {
    throw new FaultError({
      code: 'disk-full',
      message: `The dump may need ${inBytes(needed)}, and only ${inBytes(free)} are free at ${folder}.`,
      next: 'Free some space, or name another folder in "dump.directory" or with --out.',
    });
  }
  return { free, exists: nearest === folder };
}

/** Makes the folder where it is missing, for its owner alone. */
export async function makeFolder(folder: string): Promise<void> {
  try {
    await mkdir(folder, { recursive: true, mode: 0o700 });
  } catch (error) {
    throw notWritable(folder, error);
  }
}

async function nearestThere(folder: string): Promise<string> {
  const isThere = await stat(folder).then(
    () => true,
    (error: NodeJS.ErrnoException) => error.code !== 'ENOENT',
  );
  const above = dirname(folder);
  return isThere || above === folder ? folder : nearestThere(above);
}

/** A folder that nothing can be written into, as a sentence. */
export function notWritable(folder: string, cause: unknown): FaultError {
  const why =
    cause instanceof Error && 'code' in cause
      ? { EROFS: 'its disk is read-only', EACCES: 'its rights forbid it' }[String(cause.code)]
      : undefined;
  return new FaultError({
    code: 'cannot-write',
    message: `Nothing can be written into ${folder}${why === undefined ? '' : `: ${why}`}.`,
    next: 'Correct the rights of the folder, or name another one in "dump.directory" or with --out.',
    cause,
  });
}

/** `812 kB`, `12.4 MB`: decimal units, as disks are sold and file managers count. */
export function inBytes(bytes: number): string {
  const units = ['bytes', 'kB', 'MB', 'GB', 'TB'];
  let value = Math.round(bytes);
  let unit = 0;
  // What would be rounded to 1000 is 1 of the next.
  for (; value >= 999.5 && unit < units.length - 1; unit += 1) value /= 1_000;
  return `${value >= 100 ? Math.round(value) : Number(value.toFixed(1))} ${units[unit]}`;
}
