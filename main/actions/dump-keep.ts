// The last bytes of a dump's way: hashed, forced to disk, described, and only then given its name. A file with a dump's name is
// therefore always a whole one.
import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { lstat, open, rm } from 'node:fs/promises';
import { FaultError } from '../../shared/fault.ts';

/** SHA-256 of the file, lower-case hex, and its size. Read after it was written, and not while: pg_dump goes back at the end
 *  to fill in where each table begins. */
export async function hashFile(
  path: string,
  signal: AbortSignal,
  onBytes: (done: number) => void,
): Promise<{ readonly sha256: string; readonly bytes: number }> {
  const hash = createHash('sha256');
  let bytes = 0;
  for await (const piece of createReadStream(path, { highWaterMark: 1_048_576, signal })) {
    hash.update(piece as Buffer);
    bytes += (piece as Buffer).length;
    onBytes(bytes);
  }
  return { sha256: hash.digest('hex'), bytes };
}

/** Returns once the file's bytes are on the disk, and how many there are. */
export async function syncFile(path: string): Promise<number> {
  const file = await open(path, 'r+');
  try {
    await file.sync();
    return (await file.stat()).size;
  } finally {
    await file.close();
  }
}

/** Creates an empty file that only its owner may read; refuses one that is there. */
export async function createPrivate(path: string): Promise<void> {
  await (await open(path, 'wx', 0o600)).close();
}

/** Removes files, those that are not there included. */
export async function removeAll(paths: readonly string[]): Promise<void> {
  for (const path of paths) await rm(path, { force: true });
}

export async function isThere(path: string): Promise<boolean> {
  return lstat(path).then(
    () => true,
    (error: NodeJS.ErrnoException) => {
      if (error.code === 'ENOENT') return false;
      throw error;
    },
  );
}

/** Throws FaultError when there is a file at `path`: a rename would replace it without a word. */
export async function refuseTaken(path: string): Promise<void> {
  if (!(await isThere(path))) return;
  throw new FaultError({
    code: 'name-taken',
    message: `There is a file named ${path} already.`,
    next: 'Make the dump again; it gets a name of its own.',
  });
}
