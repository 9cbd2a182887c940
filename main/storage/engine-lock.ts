// One engine per data folder. The lock is the operating system's own, held through an SQLite file; engine.json beside it
// only tells others who holds it and where its window is.
import { chmodSync, closeSync, existsSync, openSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { z } from 'zod';
import { FaultError } from '../../shared/fault.ts';
import { ensureFolder, reason } from './folders.ts';

const engineInfo = z.object({
  pid: z.number().int(),
  /** Epoch ms. */
  startedAt: z.number(),
  /** The window's address, with its token; `null` until it is served. */
  url: z.string().nullable(),
});
export type EngineInfo = z.infer<typeof engineInfo>;

export type EngineLock = {
  /** Tells others where the window is. */
  setUrl(url: string | null): void;
  /** May be called again. */
  release(): void;
};

/** SQLite's primary result code for "locked by someone else" (https://www.sqlite.org/rescode.html#busy). */
const busy = 5;
/** A reader of the lock holds it for well under a millisecond; it must not be taken for an engine. */
const patienceMs = 500;

/**
 * Takes the folder for this process until `release` or its death. Not a pid file: after a crash or a reboot the number in one
 * may belong to another program, and between reading and writing it two engines can both win. An exclusive SQLite transaction
 * is a lock of the kernel's, which goes with the process however it dies, on all three systems.
 * @throws FaultError `already-running`, `data-folder`
 */
export function takeEngineLock(folder: string, info: { readonly pid: number; readonly startedAt: number }): EngineLock {
  ensureFolder(folder);
  const lock = openLock(folder);
  try {
    lock.exec('BEGIN EXCLUSIVE');
  } catch (error: unknown) {
    lock.close();
    throw isBusy(error) ? alreadyRunning(folder, error) : unusable(folder, error);
  }
  const file = infoFile(folder);
  const tell = (url: string | null): void => writePrivately(file, `${JSON.stringify({ ...info, url })}\n`);
  tell(null);
  return {
    setUrl: tell,
    release() {
      if (!lock.isOpen) return;
      rmSync(file, { force: true });
      lock.close();
    },
  };
}

/** The engine that runs on this folder; `null` when none does, whatever an old engine.json says. */
export function readEngine(folder: string): EngineInfo | null {
  if (!existsSync(lockFile(folder))) return null;
  // A plain read asks for the shared lock, which an engine's exclusive one refuses.
  const lock = new DatabaseSync(lockFile(folder), { readOnly: true, timeout: 0 });
  try {
    lock.prepare('SELECT count(*) FROM sqlite_schema').get();
    return null;
  } catch (error: unknown) {
    if (isBusy(error)) return readInfo(folder);
    throw unusable(folder, error);
  } finally {
    lock.close();
  }
}

const lockFile = (folder: string): string => join(folder, 'engine.lock');
const infoFile = (folder: string): string => join(folder, 'engine.json');

function openLock(folder: string): DatabaseSync {
  try {
    closeSync(openSync(lockFile(folder), 'a', 0o600));
    return new DatabaseSync(lockFile(folder), { timeout: patienceMs });
  } catch (error: unknown) {
    throw unusable(folder, error);
  }
}

function isBusy(error: unknown): boolean {
  return error instanceof Error && 'errcode' in error && (Number(error.errcode) & 0xff) === busy;
}

/** The holder's own words; pid 0 in the moment before it has written them. */
function readInfo(folder: string): EngineInfo {
  const unknown: EngineInfo = { pid: 0, startedAt: 0, url: null };
  if (!existsSync(infoFile(folder))) return unknown;
  try {
    const read = engineInfo.safeParse(JSON.parse(readFileSync(infoFile(folder), 'utf8')));
    return read.success ? read.data : unknown;
  } catch (error: unknown) {
    if (error instanceof SyntaxError) return unknown;
    throw unusable(folder, error);
  }
}

function writePrivately(file: string, text: string): void {
  const partial = `${file}.partial`;
  writeFileSync(partial, text, { mode: 0o600 });
  chmodSync(partial, 0o600);
  renameSync(partial, file);
}

function alreadyRunning(folder: string, cause: unknown): FaultError {
  const { pid, url } = readInfo(folder);
  const who = pid > 0 ? `process ${pid}` : 'another process';
  return new FaultError({
    code: 'already-running',
    message: `Signalbox is already running on ${folder} (${who}).`,
    next: url
      ? `Open its window at ${url}, stop it first, or name another data folder with --data DIR.`
      : 'Open it from its tray icon, stop it first, or name another data folder with --data DIR.',
    cause,
  });
}

function unusable(folder: string, cause: unknown): FaultError {
  return new FaultError({
    code: 'data-folder',
    message: `The engine's lock in ${folder} cannot be used: ${reason(cause)}.`,
    next: 'Check that the folder is on a local disk and writable for your user, or name another with --data DIR.',
    cause,
  });
}
