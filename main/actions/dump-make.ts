// The step that writes the archive, and how it is taken back. Until it has its name at the very end of a run, everything lies
// under a name that ends in `.partial`, and every such name is in the memory before the file exists.
import { join } from 'node:path';
import { FaultError } from '../../shared/fault.ts';
import { safeText } from '../../shared/redact.ts';
import type { Step, StepContext, StepEnd } from './action.ts';
import type { DumpJob } from './dump-job.ts';
import { createPrivate, isThere, removeAll, syncFile } from './dump-keep.ts';
import { lockedOut } from './dump-locks.ts';
import { codeOf } from './dump-login.ts';
import { known, note, readFacts } from './dump-memory.ts';
import { dumpName } from './dump-name.ts';
import { stopOrphan } from './dump-orphan.ts';
import { inBytes, notWritable } from './dump-space.ts';
import { type DumpOrder, dumpArguments, dumpEnvironment } from './pg-dump-command.ts';
import { runPgDump } from './pg-dump-run.ts';
import { dumpFault, dumpWarnings, tail } from './pg-dump-words.ts';

/** Removes what an attempt began; also ends a pg_dump that outlived its Signalbox. */
export async function takeBack(job: DumpJob, { memory }: Pick<StepContext, 'memory'>): Promise<StepEnd> {
  const { unfinished = [], pid = null } = readFacts(memory);
  if (pid !== null) for (const file of unfinished) await stopOrphan(pid, file, job.deps.platform);
  const there = (await Promise.all(unfinished.map(isThere))).filter(Boolean).length;
  await removeAll(unfinished);
  return there === 0 ? { skipped: 'No unfinished file was left.' } : { done: 'The unfinished file was removed.' };
}

export const dump = (job: DumpJob): Step => ({
  name: 'Dump',
  limitMs: 12 * 3_600_000,
  undoLimitMs: 60_000,
  undo: (context) => takeBack(job, context),
  async run(context) {
    const { clock, app } = job.deps;
    // What an interrupted attempt left is of an older moment than the name that this one gets.
    if (context.again) await takeBack(job, context);
    const folder = known(context.memory, 'folder');
    const begunAt = clock.now();
    const name = await dumpName(folder, { at: begunAt, environment: app.environment, mode: job.mode });
    const file = join(folder, `${name}.partial`);
    note(context, { name, begunAt: new Date(begunAt).toISOString(), unfinished: [file], pid: null });
    try {
      await createPrivate(file).catch((error: unknown) => {
        throw notWritable(folder, error);
      });
      const stderr = await fill(job, context, file);
      // On disk before the step is told to be done: a run that resumes after a power cut trusts it.
      const archiveBytes = await syncFile(file);
      const warnings = [...known(context.memory, 'warnings'), ...stderr];
      note(context, { archiveBytes, warnings, pid: null, ready: file, encrypted: false });
      return { done: `${inBytes(archiveBytes)} written` };
    } catch (error) {
      await removeAll([file]);
      throw error;
    }
  },
});

/** Has pg_dump write the file, and returns what it warned of. Throws FaultError when it fails. */
async function fill(job: DumpJob, context: StepContext, file: string): Promise<readonly string[]> {
  const way = await job.way(context.signal);
  const pgDump = known(context.memory, 'pgDump');
  const { host, user, password } = way.target;
  const secrets = password === null ? [] : [password];
  note(context, { route: way.name, host });
  const total = known(context.memory, 'tables').filter(([, , , isPartitioned]) => !isPartitioned).length;
  const end = await runPgDump({
    program: pgDump.path,
    arguments: dumpArguments(orderOf(job, context), file, pgDump),
    environment: dumpEnvironment(way, job.deps.env, pgDump),
    file,
    clock: job.deps.clock,
    signal: context.signal,
    onStart: (pid) => note(context, { pid }),
    onProgress: ({ tables, bytes }) => {
      context.progress({ done: Math.min(tables, total), total, unit: 'tables' });
      context.tell(`${Math.min(tables, total)} of ${total} tables, ${inBytes(bytes)} written`);
    },
  });
  if (!end.succeeded) {
    context.tell(safeText(tail(end.stderr, 4), 1_000, secrets));
    const fault = dumpFault(end.stderr, end.ending, { host, user, password, folder: known(context.memory, 'folder') });
    throw fault.code === 'locked' ? await nameHolder(job, fault, context.signal) : fault;
  }
  context.progress({ done: total, total, unit: 'tables' });
  return dumpWarnings(end.stderr, secrets);
}

/** The same failure with the name of whoever holds the lock, where that can still be asked. */
async function nameHolder(job: DumpJob, fault: FaultError, signal: AbortSignal): Promise<FaultError> {
  try {
    const { client } = await job.open(signal);
    return await lockedOut(client, fault).finally(() => client.end());
  } catch (error) {
    signal.throwIfAborted();
    if (error instanceof FaultError || codeOf(error) !== '') return fault;
    throw error;
  }
}

function orderOf(job: DumpJob, { memory }: StepContext): DumpOrder {
  const { schemas, tables } = job.deps.settings;
  return {
    full: job.mode === 'full',
    schemas,
    tables: tables.length === 0 ? null : known(memory, 'tables').map(([, schema, name]) => ({ schema, name })),
    extensions: known(memory, 'extensions'),
    largeObjects: known(memory, 'largeObjects'),
  };
}
