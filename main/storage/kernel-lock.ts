// A lock between processes that dies with its holder: an exclusive SQLite transaction is a lock of the kernel's, on all three
// systems. Not a pid file: after a crash or a reboot the number in one may belong to another program, and between reading
// and writing it two can both win. Knows nothing of what is locked.
import { closeSync, existsSync, openSync } from 'node:fs';
import { DatabaseSync } from 'node:sqlite';

export type KernelLock = {
  /** May be called again. */
  release(): void;
};

/** SQLite's primary result code for "locked by someone else" (https://www.sqlite.org/rescode.html#busy). */
const busy = 5;
/** One who only looks holds the lock for well under a millisecond; it must not be taken for a holder. */
const patienceMs = 500;

/** Takes the lock on `file` (made with mode 0600) until `release` or the death of this process. Waits at most half a second.
 *  @throws whatever the file system or SQLite says when the file cannot be a lock at all */
export function takeKernelLock(file: string): KernelLock | 'taken' {
  makeFile(file);
  const lock = new DatabaseSync(file, { timeout: patienceMs });
  try {
    lock.exec('BEGIN EXCLUSIVE');
  } catch (error: unknown) {
    lock.close();
    if (isBusy(error)) return 'taken';
    throw error;
  }
  return {
    release() {
      if (lock.isOpen) lock.close();
    },
  };
}

/** Whether some process, this one included, holds the lock now. @throws as `takeKernelLock` */
export function isKernelLockHeld(file: string): boolean {
  if (!existsSync(file)) return false;
  // A plain read asks for the shared lock, which a holder's exclusive one refuses.
  const lock = new DatabaseSync(file, { readOnly: true, timeout: 0 });
  try {
    lock.prepare('SELECT count(*) FROM sqlite_schema').get();
    return false;
  } catch (error: unknown) {
    if (isBusy(error)) return true;
    throw error;
  } finally {
    lock.close();
  }
}

/** An existing file is never opened here: closing any descriptor of it would drop the lock that this very process may hold
 *  on it (fcntl(2), "Record locks"; SQLite keeps its own descriptors from that, https://www.sqlite.org/howtocorrupt.html). */
function makeFile(file: string): void {
  try {
    closeSync(openSync(file, 'wx', 0o600));
  } catch (error: unknown) {
    if (!(error instanceof Error && 'code' in error && error.code === 'EEXIST')) throw error;
  }
}

function isBusy(error: unknown): boolean {
  return error instanceof Error && 'errcode' in error && (Number(error.errcode) & 0xff) === busy;
}
