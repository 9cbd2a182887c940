// What the steps of one dump share beside their memory: its settings, and the address with its password, which is never stored.
import { FaultError } from '../../shared/fault.ts';
import type { DumpRequest } from '../../shared/lever.ts';
import type { Settings } from '../../shared/settings.ts';
import type { Journal } from '../engine/levers.ts';
import type { Clock } from '../engine/ports.ts';
import { type Candidate, openRoute, type Route } from './dump-route.ts';
import { folderPath } from './dump-space.ts';
import { choose, findPgDumps, noPgDump, type PgDump, pgDumpAt } from './pg-dump-find.ts';
import { thisMachine } from './pg-dump-machine.ts';

export type DumpDeps = {
  /** With `${secret:…}` as it is written; `connection()` is what its `connection` comes to. */
  readonly settings: NonNullable<Settings['dump']>;
  /** Throws FaultError when the secret is missing. Asked anew for each connection. */
  readonly connection: () => Promise<string>;
  /** The session pooler's connection string with its password; asked only when the host itself cannot be reached. Null when
   *  there is none; throws FaultError when the provider refuses. */
  readonly poolerConnection?: () => Promise<string | null>;
  readonly app: { readonly name: string; readonly environment: string };
  readonly journal: Pick<Journal, 'remember'>;
  readonly clock: Clock;
  readonly env: NodeJS.ProcessEnv;
  readonly platform: NodeJS.Platform;
  readonly home: string;
  /** Relative folders of the request lie in it; those of the settings lie in `home`. The process's own when absent. */
  readonly workingDirectory?: string;
};

/** What reaching the database and finding pg_dump need of it; verifying a dump needs the same. */
export type ConnectDeps = Omit<DumpDeps, 'app' | 'journal'>;

export type DumpJob<D extends ConnectDeps = DumpDeps> = {
  readonly deps: D;
  readonly mode: 'data-only' | 'full';
  readonly folder: string;
  /** Opens a connection over the best way; the caller ends its client. */
  open(signal: AbortSignal): Promise<Route>;
  /** The way that `open` found last in this process; found anew when there is none yet. */
  way(signal: AbortSignal): Promise<Candidate>;
  /** The pg_dump for a server of this major version. Throws FaultError when there is none. */
  pgDump(serverMajor: number, signal: AbortSignal): Promise<PgDump & { readonly restore: string }>;
};

export function makeJob<D extends ConnectDeps>(request: DumpRequest, deps: D): DumpJob<D> {
  const { settings, home, clock } = deps;
  let last: Candidate | null = null;
  const job: DumpJob<D> = {
    deps,
    mode: request.full ? 'full' : settings.mode,
    folder:
      request.directory === null
        ? folderPath(settings.directory, home, home)
        : folderPath(request.directory, home, deps.workingDirectory ?? process.cwd()),
    async open(signal) {
      const route = await openRoute(await deps.connection(), deps.poolerConnection ?? null, clock, signal);
      last = route;
      return route;
    },
    async way(signal) {
      if (last !== null) return last;
      const route = await job.open(signal);
      await route.client.end();
      return route;
    },
    pgDump: (serverMajor, signal) => findOne(deps, serverMajor, signal),
  };
  return job;
}

async function findOne(
  deps: ConnectDeps,
  serverMajor: number,
  signal: AbortSignal,
): Promise<PgDump & { readonly restore: string }> {
  const { settings, platform, env, home } = deps;
  const machine = thisMachine({ platform, env, home, signal });
  const named = settings.pgDump === undefined ? null : folderPath(settings.pgDump, home, home);
  const one = named === null ? null : await pgDumpAt(named, machine);
  signal.throwIfAborted();
  if (named !== null && one === null) {
    throw new FaultError({
      code: 'pg-dump-missing',
      message: `${named} is not a pg_dump that answers.`,
      next: 'Correct "dump.pgDump", or leave it out so that Signalbox looks for one itself.',
    });
  }
  const found = one === null ? await findPgDumps(machine) : [one];
  signal.throwIfAborted();
  const chosen = choose(found, serverMajor);
  if (chosen === null || chosen.restore === null) throw noPgDump(found, serverMajor, platform);
  return { ...chosen, restore: chosen.restore };
}
