// This machine, as the search for pg_dump sees it: real folders, real programs.
import { execFile } from 'node:child_process';
import { constants } from 'node:fs';
import { access, readdir, realpath, stat } from 'node:fs/promises';
import type { Machine } from './pg-dump-find.ts';

/** How long a program may take to say its version. */
const versionLimitMs = 5_000;

/** Aborting `signal` makes what is still being asked answer with nothing. */
export function thisMachine(options: {
  readonly platform: NodeJS.Platform;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly home: string;
  readonly signal: AbortSignal;
}): Machine {
  const { platform, env, home, signal } = options;
  return {
    platform,
    env,
    home,
    list: (folder) => readdir(folder).catch(() => []),
    async executable(path) {
      try {
        await access(path, constants.X_OK);
        return (await stat(path)).isFile() ? await realpath(path) : null;
      } catch {
        return null;
      }
    },
    version: (path) =>
      new Promise((resolve) => {
        const settings = {
          signal,
          timeout: versionLimitMs,
          killSignal: 'SIGKILL',
          env: { ...plainEnvironment(env), LC_ALL: 'C' },
        } as const;
        execFile(path, ['--version'], settings, (error, stdout) => resolve(error ? null : stdout));
      }),
  };
}

const kept = ['PATH', 'Path', 'HOME', 'USERPROFILE', 'APPDATA', 'SystemRoot', 'SYSTEMROOT', 'TEMP', 'TMP', 'TMPDIR'] as const;

/** What a Postgres program needs of our environment to start; no PG* variable, no secret, no library path of ours. */
export function plainEnvironment(env: Readonly<Record<string, string | undefined>>): Record<string, string> {
  const plain: Record<string, string> = {};
  for (const name of kept) {
    const value = env[name];
    if (value !== undefined) plain[name] = value;
  }
  return plain;
}
