// One run per lever at a time, across processes: a kernel lock per lever beside the history. A drill moves traffic, so it
// holds traffic's lock as well as its own.
import { join } from 'node:path';
import { FaultError } from '../../shared/fault.ts';
import type { RunAction } from '../../shared/run.ts';
import type { LeverLocks } from '../engine/levers.ts';
import { ensureFolder, reason } from './folders.ts';
import { isKernelLockHeld, type KernelLock, takeKernelLock } from './kernel-lock.ts';

/** What each lever needs, always taken in this order, so that two who want both cannot hold one each. */
const needs: Readonly<Record<RunAction, readonly RunAction[]>> = {
  banner: ['banner'],
  traffic: ['traffic'],
  dump: ['dump'],
  drill: ['traffic', 'drill'],
};

/** The locks `lever-<name>.lock` (0600) in the data folder. `held('traffic')` is true while a drill runs, too.
 *  Both methods throw FaultError `data-folder` when the folder cannot hold locks. */
export function openLeverLocks(folder: string): LeverLocks {
  const file = (action: RunAction): string => join(folder, `lever-${action}.lock`);
  /** Held by this process: known without waiting for SQLite's patience. */
  const own = new Set<RunAction>();
  const guard = <T>(work: () => T): T => {
    try {
      return work();
    } catch (error: unknown) {
      throw unusable(folder, error);
    }
  };

  return {
    take(action) {
      ensureFolder(folder);
      const names = needs[action];
      if (names.some((name) => own.has(name))) return 'taken';
      const locks: KernelLock[] = [];
      const release = (): void => {
        for (const lock of locks.toReversed()) lock.release();
      };
      try {
        for (const name of names) {
          const lock = guard(() => takeKernelLock(file(name)));
          if (lock === 'taken') {
            release();
            return 'taken';
          }
          locks.push(lock);
        }
      } catch (error: unknown) {
        release();
        throw error;
      }
      for (const name of names) own.add(name);
      let isOurs = true;
      return {
        release() {
          if (!isOurs) return;
          isOurs = false;
          for (const name of names) own.delete(name);
          release();
        },
      };
    },
    held: (action) => own.has(action) || guard(() => isKernelLockHeld(file(action))),
  };
}

function unusable(folder: string, cause: unknown): FaultError {
  return new FaultError({
    code: 'data-folder',
    message: `The levers' locks in ${folder} cannot be used: ${reason(cause)}.`,
    next: 'Check that the folder is on a local disk and writable for your user, or name another with --data DIR.',
    cause,
  });
}
