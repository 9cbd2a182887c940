// Runs the dump lever for real, with the runner and a journal in memory, into a folder of its own. What the tests look at
// afterwards is what a person would find: the run, its memory, the files.
import { chmod, mkdtemp, readdir, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type DumpDeps, makeDump } from '../../../main/actions/dump.ts';
import { runAction } from '../../../main/actions/runner.ts';
import { systemClock } from '../../../main/engine/clock.ts';
import type { JournalRun, LeverMemory } from '../../../main/engine/levers.ts';
import type { DumpRequest } from '../../../shared/lever.ts';
import type { Run } from '../../../shared/run.ts';

export type DumpSettings = DumpDeps['settings'];

export type Rehearsal = {
  readonly run: Run;
  readonly entry: JournalRun;
  /** Everything that was ever saved, as text: where no password may be. */
  readonly journal: string;
  /** The states that the journal was given, in order. */
  readonly saved: readonly string[];
  readonly remembered: LeverMemory['dump'] | null;
  readonly files: readonly string[];
};

/** Names in the folder; none when there is no such folder. */
export const filesIn = (folder: string): Promise<string[]> =>
  readdir(folder).then(
    (names) => names.sort(),
    () => [],
  );

export const emptyFolder = (): Promise<string> => mkdtemp(join(tmpdir(), 'signalbox-dump-'));

export function settingsFor(directory: string, more: Partial<DumpSettings> = {}): DumpSettings {
  return {
    connection: '${secret:database-url}',
    directory,
    mode: 'data-only',
    schemas: ['public'],
    tables: [],
    keep: 20,
    encryptTo: null,
    ...more,
  };
}

export const request: DumpRequest = { action: 'dump', task: 'create', full: false, directory: null };

export function depsFor(connection: string, settings: DumpSettings, more: Partial<DumpDeps> = {}): DumpDeps {
  return {
    settings,
    connection: async () => connection,
    app: { name: 'Nine Panels', environment: 'production' },
    journal: { remember: () => undefined },
    clock: systemClock,
    env: process.env,
    platform: process.platform,
    home: '/nowhere',
    ...more,
  };
}

export type RehearsalOptions = {
  readonly request?: DumpRequest;
  readonly signal?: AbortSignal;
  readonly onRun?: (run: Run) => void;
  /** Goes on with a run that was interrupted, instead of beginning one. */
  readonly entry?: JournalRun;
};

export function beginRun(deps: DumpDeps, asked: DumpRequest = request): JournalRun {
  const action = makeDump(asked, deps);
  const steps = action.steps.map(({ name }) => ({ name, state: 'waiting' as const, startedAt: null, finishedAt: null }));
  return {
    run: {
      id: 'run-1',
      action: 'dump',
      title: action.title,
      by: 'command',
      state: 'running',
      startedAt: new Date().toISOString(),
      finishedAt: null,
      steps,
    },
    request: asked,
    by: 'command',
    direction: 'forward',
    incidentIds: [],
    memory: {},
  };
}

/** Makes a dump with `deps` and tells what became of it. */
export async function makeOne(deps: DumpDeps, options: RehearsalOptions = {}): Promise<Rehearsal> {
  const remembered: LeverMemory['dump'][] = [];
  const saved: string[] = [];
  const told: string[] = [];
  const withJournal: DumpDeps = {
    ...deps,
    journal: { remember: (_name, value) => void remembered.push(value as LeverMemory['dump']) },
  };
  const entry = await runAction({
    action: makeDump(options.request ?? request, withJournal),
    entry: options.entry ?? beginRun(deps, options.request),
    journal: { save: (run) => void saved.push(JSON.stringify(run)), cancelAsked: () => false },
    clock: systemClock,
    signal: options.signal ?? new AbortController().signal,
    force: false,
    clean: (text) => text,
    onRun: (run) => {
      told.push(JSON.stringify(run));
      options.onRun?.(run);
    },
  });
  const files = await filesIn(deps.settings.directory);
  return { run: entry.run, entry, journal: [...saved, ...told].join('\n'), saved, remembered: remembered[0] ?? null, files };
}

/** A pg_dump and its pg_restore in `folder` that do what `before` says, then the work of the real ones. Returns its path. */
export async function wrapped(
  folder: string,
  real: { readonly path: string; readonly restore: string | null } | null,
  before: string,
) {
  const scripts = { pg_dump: `${before}\nexec '${real?.path}' "$@"`, pg_restore: `exec '${real?.restore}' "$@"` };
  for (const [name, script] of Object.entries(scripts)) {
    await writeFile(join(folder, name), `#!/bin/sh\n${script}\n`);
    await chmod(join(folder, name), 0o755);
  }
  return join(folder, 'pg_dump');
}
