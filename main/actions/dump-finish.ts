// The steps after pg_dump: prove, encrypt, keep. A file with a dump's name is always a whole one, because the name comes last.
import { rename } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { FaultError } from '../../shared/fault.ts';
import { safeText } from '../../shared/redact.ts';
import type { Step, StepContext } from './action.ts';
import { encryptFile, parseRecipients } from './dump-encryption.ts';
import { applyRetention } from './dump-files.ts';
import type { DumpJob } from './dump-job.ts';
import { hashFile, isThere, refuseTaken, removeAll, syncFile } from './dump-keep.ts';
import { codeOf } from './dump-login.ts';
import { takeBack } from './dump-make.ts';
import { known, note, readFacts } from './dump-memory.ts';
import { compare, incomplete, readArchive } from './dump-prove.ts';
import { checksumOf, type Sidecar, sidecarOf, syncFolder, writeSidecar } from './dump-sidecar.ts';
import { inBytes, notWritable } from './dump-space.ts';
import { stillThere } from './dump-survey.ts';
import { plainEnvironment } from './pg-dump-machine.ts';

export const prove = (job: DumpJob): Step => ({
  name: 'Prove it can be read',
  limitMs: 15 * 60_000,
  async run(context) {
    const { memory, signal } = context;
    const file = known(memory, 'ready');
    const pgDump = known(memory, 'pgDump');
    const bytes = await syncFile(file).catch((error: unknown) => Promise.reject(asDiskFault(error, job.folder)));
    const expectedBytes = known(memory, 'archiveBytes');
    if (bytes !== expectedBytes) throw changed(file, expectedBytes, bytes);
    const environment = { ...plainEnvironment(job.deps.env), LC_ALL: 'C' };
    const archive = await readArchive(file, { restore: pgDump.restore ?? '', environment, signal });
    const expected = known(memory, 'tables')
      .filter(([, , , isPartitioned]) => !isPartitioned)
      .map(([oid, schema, name]) => ({ oid, name: `${schema}.${name}` }));
    const { missing, added } = compare(archive, expected);
    const warnings = [...known(memory, 'warnings')];
    if (missing.length > 0) {
      const gone = await whatIsGone(job, missing, signal);
      const lacking = missing.filter(({ oid }) => !gone.has(oid));
      if (lacking.length > 0) throw incomplete(lacking);
      warnings.push(`Dropped while the dump began, and not in it: ${missing.map(({ name }) => name).join(', ')}.`.slice(0, 500));
    }
    if (known(memory, 'largeObjects') && !archive.largeObjects) throw incomplete([{ oid: 0, name: 'the large objects' }]);
    if (added > 0) {
      const what =
        added === 1 ? 'A table that was created while the dump began is' : `${added} tables created while the dump began are`;
      warnings.push(`${what} in it too.`);
    }
    const there = known(memory, 'tables').filter(([oid, , , isPartitioned]) => isPartitioned || archive.tables.has(oid));
    note(context, { proven: archive.tables.size, tables: there, warnings });
    return { done: `pg_restore lists ${archive.tables.size} of ${expected.length - missing.length + added} tables` };
  },
});

async function whatIsGone(
  job: DumpJob,
  missing: readonly { readonly oid: number }[],
  signal: AbortSignal,
): Promise<ReadonlySet<number>> {
  const { client } = await job.open(signal);
  try {
    const oids = missing.map(({ oid }) => oid);
    const there = new Set(await stillThere(client, oids));
    return new Set(oids.filter((oid) => !there.has(oid)));
  } finally {
    await client.end().catch(() => undefined);
  }
}

export const encrypt = (job: DumpJob): Step => ({
  name: 'Encrypt',
  limitMs: 6 * 3_600_000,
  undoLimitMs: 60_000,
  undo: (context) => takeBack(job, context),
  async run(context) {
    const { encryptTo } = job.deps.settings;
    if (encryptTo === null) return { skipped: 'No recipient is set in "dump.encryptTo".' };
    const from = join(known(context.memory, 'folder'), `${known(context.memory, 'name')}.partial`);
    const to = join(known(context.memory, 'folder'), `${known(context.memory, 'name')}.age.partial`);
    // It was encrypted before the interruption, and only the plain archive was still to go.
    if (context.again && readFacts(context.memory).ready === to) {
      await removeAll([from]);
      return { done: 'It was encrypted before the interruption.' };
    }
    note(context, { unfinished: [from, to] });
    const total = known(context.memory, 'archiveBytes');
    try {
      await removeAll([to]);
      await encryptFile(from, to, parseRecipients(encryptTo), {
        signal: context.signal,
        onProgress: (done) => context.progress({ done, total, unit: 'bytes' }),
      });
      const bytes = await syncFile(to);
      note(context, { ready: to, encrypted: true, archiveBytes: bytes });
      await removeAll([from]);
      return { done: `${inBytes(bytes)}, readable by the holder of the key only` };
    } catch (error) {
      throw asDiskFault(error, job.folder);
    }
  },
});

export const keep = (job: DumpJob): Step => ({
  name: 'Keep it',
  limitMs: 2 * 3_600_000,
  undoLimitMs: 60_000,
  undo: (context) => takeBack(job, context),
  async run(context) {
    const folder = known(context.memory, 'folder');
    const from = known(context.memory, 'ready');
    const file = from.replace(/\.partial$/, '');
    const facts = readFacts(context.memory);
    // Its name was given before the interruption: it was written down only when nobody had it.
    const isNamed = context.again && facts.unfinished?.includes(file) && !(await isThere(from)) && (await isThere(file));
    if (!isNamed) await finish(job, context, from, file).catch((error: unknown) => Promise.reject(asDiskFault(error, folder)));
    // From here on it is a dump: it is not taken back, whatever else happens.
    note(context, { file, unfinished: [] });
    const gone = await retain(job, context, folder, basename(file));
    const removed = gone.length === 0 ? '' : `; removed ${gone.length === 1 ? gone[0] : `${gone.length} older ones`}`;
    return { done: `${basename(file)}, ${inBytes(known(context.memory, 'bytes'))}${removed}` };
  },
});

/** What stands beside a dump, and what it is called while it is written. */
const besideOf = (file: string): string[] => [sidecarOf(file), checksumOf(file)].flatMap((path) => [path, `${path}.partial`]);

/** Hash, sidecars, name, in this order: whatever has a dump's name is whole and described. */
async function finish(job: DumpJob, context: StepContext, from: string, file: string): Promise<void> {
  const { signal, memory } = context;
  const total = known(memory, 'archiveBytes');
  const { sha256, bytes } = await hashFile(from, signal, (done) => context.progress({ done, total, unit: 'bytes' }));
  if (bytes !== total) throw changed(from, total, bytes);
  await refuseTaken(file);
  note(context, { sha256, bytes, unfinished: [from, file, ...besideOf(file)] });
  await writeSidecar(file, sidecarFor(job, memory, { name: basename(file), sha256, bytes }));
  signal.throwIfAborted();
  await rename(from, file);
  await syncFolder(dirname(file));
}

/** A dump is not lost because an older one cannot be removed: that becomes a warning. */
async function retain(job: DumpJob, context: StepContext, folder: string, name: string): Promise<readonly string[]> {
  try {
    return await applyRetention(folder, job.deps.settings.keep, name);
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    const warning = safeText(`Older dumps could not be removed: ${reason}`, 300);
    note(context, { warnings: [...known(context.memory, 'warnings'), warning] });
    return [];
  }
}

function sidecarFor(
  job: DumpJob,
  memory: StepContext['memory'],
  written: { name: string; sha256: string; bytes: number },
): Sidecar {
  const { settings, app } = job.deps;
  const tables = known(memory, 'tables').filter(([, , , isPartitioned]) => !isPartitioned);
  return {
    version: 1,
    file: written.name,
    bytes: written.bytes,
    sha256: written.sha256,
    at: known(memory, 'begunAt'),
    app: app.name,
    environment: app.environment,
    mode: job.mode,
    schemas: settings.tables.length === 0 ? settings.schemas : [...new Set(tables.map(([, schema]) => schema))],
    tables: tables.map(([, schema, name]) => ({ schema, name, rows: null })),
    serverVersion: known(memory, 'serverVersion'),
    pgDumpVersion: known(memory, 'pgDump').version,
    route: known(memory, 'route'),
    encryptedTo:
      readFacts(memory).encrypted === true && settings.encryptTo !== null ? [...parseRecipients(settings.encryptTo)] : null,
    verifiedAt: null,
    rowCounts: null,
  };
}

function changed(file: string, expected: number, bytes: number): FaultError {
  return new FaultError({
    code: 'dump-unreadable',
    message: `${file} has ${bytes} bytes and should have ${expected}: something else changed it.`,
    next: 'Make the dump again; nothing was kept of this one.',
    exitCode: 1,
  });
}

/** Errors of writing that a person can do something about, as sentences; others as they are. */
function asDiskFault(error: unknown, folder: string): unknown {
  const code = codeOf(error);
  if (code === 'EACCES' || code === 'EPERM' || code === 'EROFS' || code === 'EIO') return notWritable(folder, error);
  if (code === 'ENOENT') return vanished(folder, error);
  if (code !== 'ENOSPC' && code !== 'EDQUOT') return error;
  return new FaultError({
    code: 'disk-full',
    message: `The disk that holds ${folder} became full before the dump was finished.`,
    next: 'Free some space or name another folder in "dump.directory"; nothing was kept of this dump.',
    cause: error,
  });
}

function vanished(folder: string, cause: unknown): FaultError {
  return new FaultError({
    code: 'dump-unreadable',
    message: `The unfinished dump is no longer in ${folder}: something else removed it.`,
    next: 'Make the dump again; nothing was kept of this one.',
    exitCode: 1,
    cause,
  });
}
