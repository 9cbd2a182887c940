// One SQLite file opened safely: modes, pragmas, migrations, and SQLite's errors turned into sentences. Knows no table.
import { chmodSync, closeSync, openSync, statSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { FaultError } from '../../shared/fault.ts';
import { ensureFolder, reason } from './folders.ts';
import { type Migration, migrate } from './migrations.ts';

/** A row that this program cannot have written. Guessing what it meant could repeat or lose an alert, so it stops. */
export class StoredValueError extends Error {}

export type Database = {
  readonly sql: DatabaseSync;
  /** Runs `work` in one `BEGIN IMMEDIATE` transaction: all of it is stored or none. @throws FaultError */
  transaction<T>(work: () => T): T;
  /** Runs reads or a single write with errors as sentences. @throws FaultError */
  guard<T>(work: () => T): T;
  close(): void;
};

/**
 * Opens `file`, creating folder (0700) and file (0600) when they are missing, and brings it to the newest version.
 *
 * WAL with `synchronous = NORMAL`: a committed transaction is in the operating system's hands before `commit` returns, so
 * that `kill -9` loses nothing; a power cut may lose the last seconds but never tears the file
 * (https://www.sqlite.org/pragma.html#pragma_synchronous). Checks are repeated anyway, so that is the right price.
 * @throws FaultError `data-folder`, `history-newer`, `history-unreadable`, `history-unwritable`, `history-busy`, `disk-full`
 */
export function openDatabase(file: string, migrations: readonly Migration[], now: number): Database {
  ensureFolder(dirname(file));
  privateFile(file);
  const guard = <T>(work: () => T): T => {
    try {
      return work();
    } catch (error: unknown) {
      throw asFault(error, file);
    }
  };
  const sql = guard(() => new DatabaseSync(file, { timeout: 5_000 }));
  try {
    guard(() => {
      sql.exec('PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL; PRAGMA foreign_keys = ON; PRAGMA temp_store = MEMORY;');
      migrate(sql, file, migrations, now);
    });
  } catch (error: unknown) {
    sql.close();
    throw error;
  }
  const [begin, commit, rollback] = ['BEGIN IMMEDIATE', 'COMMIT', 'ROLLBACK'].map((text) => sql.prepare(text));
  const transaction = <T>(work: () => T): T => {
    begin?.run();
    try {
      const result = work();
      commit?.run();
      return result;
    } catch (error: unknown) {
      // SQLite rolls back by itself on a full disk; a second ROLLBACK would hide the first error.
      if (sql.isTransaction) rollback?.run();
      throw error;
    }
  };
  return { sql, guard, transaction: (work) => guard(() => transaction(work)), close: () => sql.close() };
}

/** SQLite gives -wal and -shm the mode of the main file, so it must be private before SQLite sees it. */
function privateFile(file: string): void {
  try {
    closeSync(openSync(file, 'a', 0o600));
    if (process.platform !== 'win32' && (statSync(file).mode & 0o077) !== 0) chmodSync(file, 0o600);
  } catch (error: unknown) {
    throw new FaultError({
      code: 'history-unwritable',
      message: `The history in ${file} cannot be opened for writing: ${reason(error)}.`,
      next: 'Make the file and its folder writable for your user, or name another folder with --data DIR.',
      cause: error,
    });
  }
}

/** Primary result codes, https://www.sqlite.org/rescode.html; the extended ones carry them in the low byte. */
function asFault(error: unknown, file: string): unknown {
  if (error instanceof StoredValueError) return unreadable(file, error.message, error);
  if (error instanceof FaultError || !(error instanceof Error) || !('errcode' in error)) return error;
  const base = { cause: error };
  switch (Number(error.errcode) & 0xff) {
    case 13:
      return new FaultError({
        ...base,
        code: 'disk-full',
        message: `The disk is full: ${file} could not be written.`,
        next: 'Free some space; nothing that was already stored is lost.',
      });
    case 8:
    case 10:
    case 14:
      return new FaultError({
        ...base,
        code: 'history-unwritable',
        message: `The history in ${file} cannot be written (${error.message}).`,
        next: 'Check that the folder is writable and its disk is sound, or name another folder with --data DIR.',
      });
    case 5:
    case 6:
      return new FaultError({
        ...base,
        code: 'history-busy',
        message: `Another program has kept ${file} locked for more than 5 seconds.`,
        next: 'Close whatever has the file open and try again.',
      });
    case 11:
    case 26:
      return unreadable(file, error.message, error);
    default:
      return error;
  }
}

function unreadable(file: string, detail: string, cause?: unknown): FaultError {
  return new FaultError({
    code: 'history-unreadable',
    message: `The history in ${file} is damaged (${detail}).`,
    next: `Move ${basename(file)} away from ${join(dirname(file), '')} together with its -wal and -shm files; a new one is made at the next start.`,
    cause,
  });
}
