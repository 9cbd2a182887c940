// Verifies a dump for real: the action with the runner and a journal in memory.
import { type DumpVerifyDeps, makeDumpVerify } from '../../../main/actions/dump-verify.ts';
import { runAction } from '../../../main/actions/runner.ts';
import { systemClock } from '../../../main/engine/clock.ts';
import type { JournalRun, Memory } from '../../../main/engine/levers.ts';
import type { Run } from '../../../shared/run.ts';
import { settingsFor } from './dump-rehearsal.ts';

export type Asked = {
  readonly file: string;
  /** Production's URL. */
  readonly connection: string;
  readonly scratch?: string;
  readonly identity?: string;
  readonly directory?: string;
  /** Instead of the pg_dump that is found, and the pg_restore beside it. */
  readonly pgDump?: string;
  readonly signal?: AbortSignal;
  readonly onRun?: (run: Run) => void;
  /** Goes on with a run that was interrupted. */
  readonly entry?: JournalRun;
};

export type Verified = {
  readonly run: Run;
  readonly memory: Memory;
  /** Everything that was saved or shown, as text: where no password and no data may be. */
  readonly journal: string;
};

export function verifyDeps({ connection, scratch, identity, directory = '/nowhere', pgDump }: Asked): DumpVerifyDeps {
  return {
    settings: settingsFor(directory, pgDump === undefined ? {} : { pgDump }),
    connection: async () => connection,
    scratch: scratch === undefined ? null : async () => scratch,
    identity: async () => identity ?? null,
    clock: systemClock,
    env: process.env,
    platform: process.platform,
    home: '/nowhere',
    workingDirectory: '/nowhere',
  };
}

export function beginVerify(asked: Asked): JournalRun {
  const request = { action: 'dump', task: 'verify', file: asked.file } as const;
  const { steps, title } = makeDumpVerify(request, verifyDeps(asked));
  return {
    run: {
      id: 'run-1-ABC',
      action: 'dump',
      title,
      by: 'command',
      state: 'running',
      startedAt: new Date().toISOString(),
      finishedAt: null,
      steps: steps.map(({ name }) => ({ name, state: 'waiting' as const, startedAt: null, finishedAt: null })),
    },
    request,
    by: 'command',
    direction: 'forward',
    incidentIds: [],
    memory: {},
  };
}

export async function verify(asked: Asked): Promise<Verified> {
  const entry = asked.entry ?? beginVerify(asked);
  const said: string[] = [];
  const ended = await runAction({
    action: makeDumpVerify({ action: 'dump', task: 'verify', file: asked.file }, verifyDeps(asked)),
    entry,
    journal: { save: (run) => void said.push(JSON.stringify(run)), cancelAsked: () => false },
    clock: systemClock,
    signal: asked.signal ?? new AbortController().signal,
    force: false,
    clean: (text) => text,
    onRun: (run) => {
      said.push(JSON.stringify(run));
      asked.onRun?.(run);
    },
  });
  return { run: ended.run, memory: ended.memory, journal: said.join('\n') };
}
