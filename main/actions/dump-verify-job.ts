// What the steps of one verification share beside their memory: the file, the programs, the servers with their passwords.
import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import { FaultError } from '../../shared/fault.ts';
import type { DumpVerifyRequest } from '../../shared/lever.ts';
import { isPlainName } from './dump-files.ts';
import { type DumpDeps, makeJob } from './dump-job.ts';
import type { Route } from './dump-route.ts';
import { folderPath } from './dump-space.ts';
import type { Archive } from './dump-verify-restore.ts';
import { type ScratchServer, scratchServer } from './dump-verify-scratch.ts';
import type { PgDump } from './pg-dump-find.ts';

export type DumpVerifyDeps = Omit<DumpDeps, 'journal' | 'app'> & {
  /** What `dump.scratch` comes to; null when it is not set. Throws FaultError when the secret is missing. */
  readonly scratch: (() => Promise<string>) | null;
  /** The age secret key that opens encrypted dumps; null when there is none. */
  readonly identity: () => Promise<string | null>;
};

export type Program = PgDump & { readonly restore: string };

export type VerifyJob = {
  readonly deps: DumpVerifyDeps;
  /** The dump as a whole path. Throws FaultError when there is none. */
  find(): Promise<{ readonly path: string; readonly bytes: number }>;
  /** The archive at `path`; null when it is encrypted and there is no key. */
  archive(path: string, bytes: number): Promise<Archive | null>;
  /** Programs that read what a pg_dump of this major version wrote; null: unknown. Throws FaultError when there are none. */
  reader(writtenBy: number | null, signal: AbortSignal): Promise<Program>;
  /** The pg_dump for a server of this major version. Throws FaultError when there is none. */
  writer(serverMajor: number, signal: AbortSignal): Promise<Program>;
  /** Null when `dump.scratch` is not set. Throws FaultError when it cannot be used or is production itself. */
  scratch(): Promise<ScratchServer | null>;
  /** Connects to production; the caller ends its client. Throws FaultError. */
  production(signal: AbortSignal): Promise<Route>;
};

export const isEncrypted = (path: string): boolean => /\.age$/i.test(path);

export function makeVerifyJob(request: DumpVerifyRequest, deps: DumpVerifyDeps): VerifyJob {
  const { home } = deps;
  const job = makeJob({ action: 'dump', task: 'create', full: false, directory: null }, deps);
  return {
    deps,
    async find() {
      const { file } = request;
      const base = deps.workingDirectory ?? process.cwd();
      const paths = [...(isPlainName(file) ? [join(job.folder, file)] : []), folderPath(file, home, base)];
      for (const path of paths) {
        const found = await stat(path).catch(() => null);
        if (found?.isFile()) return { path, bytes: found.size };
      }
      throw new FaultError({
        code: 'no-such-dump',
        message: `There is no dump ${paths[0]}.`,
        next: '"signalbox dump list" shows the names; a path works as well.',
      });
    },
    async archive(path, bytes) {
      if (!isEncrypted(path)) return { path, bytes, identity: null };
      const identity = await deps.identity();
      return identity === null ? null : { path, bytes, identity };
    },
    async reader(writtenBy, signal) {
      try {
        return await job.pgDump(writtenBy ?? 0, signal);
      } catch (error) {
        if (writtenBy === null || !(error instanceof FaultError) || error.code !== 'pg-dump-too-old') throw error;
        throw new FaultError({
          code: 'pg-restore-too-old',
          message: `The dump was written by pg_dump ${writtenBy}, and every pg_restore found here is older.`,
          next: error.next,
          cause: error,
        });
      }
    },
    writer: (serverMajor, signal) => job.pgDump(serverMajor, signal),
    async scratch() {
      if (deps.scratch === null) return null;
      // Without production's address there is nothing to mistake the scratch server for, and nothing to ask it for either.
      const production = await deps.connection().catch((error: unknown) => {
        if (error instanceof FaultError) return null;
        throw error;
      });
      return scratchServer(await deps.scratch(), production);
    },
    production: (signal) => job.open(signal),
  };
}
