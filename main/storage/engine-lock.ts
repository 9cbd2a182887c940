// One engine per data folder. The lock is the kernel's (kernel-lock.ts); engine.json beside it only
// tells others who holds it and where its window is.
import { chmodSync, existsSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { FaultError } from '../../shared/fault.ts';
import { ensureFolder, reason } from './folders.ts';
import { isKernelLockHeld, takeKernelLock } from './kernel-lock.ts';

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

/** Takes the folder for this process until `release` or its death, however it dies.
 *  @throws FaultError `already-running`, `data-folder` */
export function takeEngineLock(folder: string, info: { readonly pid: number; readonly startedAt: number }): EngineLock {
  ensureFolder(folder);
  const lock = guard(folder, () => takeKernelLock(lockFile(folder)));
  if (lock === 'taken') throw alreadyRunning(folder);
  const file = infoFile(folder);
  const tell = (url: string | null): void => writePrivately(file, `${JSON.stringify({ ...info, url })}\n`);
  tell(null);
  let isOurs = true;
  return {
    setUrl: tell,
    release() {
      if (!isOurs) return;
      isOurs = false;
      rmSync(file, { force: true });
      lock.release();
    },
  };
}

/** The engine that runs on this folder; `null` when none does, whatever an old engine.json says. */
export function readEngine(folder: string): EngineInfo | null {
  return guard(folder, () => isKernelLockHeld(lockFile(folder))) ? readInfo(folder) : null;
}

const lockFile = (folder: string): string => join(folder, 'engine.lock');
const infoFile = (folder: string): string => join(folder, 'engine.json');

function guard<T>(folder: string, work: () => T): T {
  try {
    return work();
  } catch (error: unknown) {
    throw unusable(folder, error);
  }
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

function alreadyRunning(folder: string): FaultError {
  const { pid, url } = readInfo(folder);
  const who = pid > 0 ? `process ${pid}` : 'another process';
  return new FaultError({
    code: 'already-running',
    message: `Signalbox is already running on ${folder} (${who}).`,
    next: url
      ? `Open its window at ${url}, stop it first, or name another data folder with --data DIR.`
      : 'Open it from its tray icon, stop it first, or name another data folder with --data DIR.',
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
