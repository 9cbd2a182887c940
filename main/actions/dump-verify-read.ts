// The first half of a verification: the file is the one that was made, and its archive can be read to the last row.
import { FaultError } from '../../shared/fault.ts';
import type { Step, StepContext, StepEnd } from './action.ts';
import { hashFile } from './dump-keep.ts';
import { readSidecar, type Sidecar, writeSidecar } from './dump-sidecar.ts';
import { inBytes } from './dump-space.ts';
import { keyOf, makeCounter } from './dump-verify-count.ts';
import { asMemory, readFacts } from './dump-verify-facts.ts';
import { isEncrypted, type VerifyJob } from './dump-verify-job.ts';
import { type Archive, damaged, type RestoreEnd, runRestore } from './dump-verify-restore.ts';
import { plainEnvironment } from './pg-dump-machine.ts';

const hourMs = 3_600_000;

export const checkFile = (job: VerifyJob): Step => ({
  name: 'Check the file',
  limitMs: 2 * hourMs,
  async run(context) {
    const { path, bytes } = await job.find();
    const beside = await readSidecar(path);
    if (beside !== null && 'problem' in beside) throw unusable(path, beside.problem);
    context.remember(asMemory({ file: path, bytes, encrypted: isEncrypted(path), ...sayings(beside) }));
    if (beside === null) {
      return { done: `${inBytes(bytes)}. There is no description beside it, so its checksum is unknown.` };
    }
    if (beside.bytes !== bytes) {
      throw differs(path, `it has ${bytes} bytes, and ${beside.bytes} when it was made`);
    }
    const hashed = await hashFile(path, context.signal, (done) => context.progress({ done, total: bytes, unit: 'bytes' }));
    context.remember(asMemory({ sha256Matches: hashed.sha256 === beside.sha256 }));
    if (hashed.sha256 !== beside.sha256) {
      await mark(path, 'Its SHA-256 is another one than when it was made: it is damaged.');
      throw differs(path, 'its SHA-256 is another one than when it was made');
    }
    return { done: `${inBytes(bytes)}, SHA-256 as when it was made.` };
  },
});

/** A file that was found damaged is not listed as verified any more, and retention does not count on it. */
async function mark(path: string, damage: string): Promise<void> {
  const beside = await readSidecar(path);
  if (beside === null || 'problem' in beside) return;
  await writeSidecar(path, { ...beside, verifiedAt: null, damage: damage.slice(0, 500) });
}

function sayings(beside: Sidecar | null) {
  const major = Number.parseInt(beside?.pgDumpVersion ?? '', 10);
  return {
    sha256Matches: null,
    writtenBy: Number.isNaN(major) ? null : major,
    expected: beside?.tables.map(({ schema, name }): [string, string] => [schema, name]) ?? null,
  };
}

/** The failure of a dump whose sidecar cannot be used. */
export function unusable(path: string, problem: string): FaultError {
  return new FaultError({
    code: 'sidecar-unusable',
    message: `${path} cannot be checked. ${problem}`,
    next: `Restore ${path}.json from another copy, or remove it: then the archive is proven without it.`,
    exitCode: 1,
  });
}

function differs(path: string, how: string): FaultError {
  return new FaultError({
    code: 'dump-damaged',
    message: `${path} is not the dump that was made: ${how}.`,
    next: 'Do not rely on it. Take another dump, or wait if the folder is still being synchronised.',
    exitCode: 1,
  });
}

export const readArchive = (job: VerifyJob): Step => ({
  name: 'Read the archive',
  limitMs: 6 * hourMs,
  async run(context) {
    const { file = '', bytes = 0 } = readFacts(context.memory);
    const archive = await job.archive(file, bytes);
    if (archive === null) return withoutKey(context);
    try {
      return await readAll(job, context, archive);
    } catch (error) {
      if (error instanceof FaultError && error.code === 'dump-damaged') await mark(file, error.message);
      throw error;
    }
  },
});

async function readAll(job: VerifyJob, context: StepContext, archive: Archive): Promise<StepEnd> {
  const { writtenBy = null } = readFacts(context.memory);
  const { restore } = await job.reader(writtenBy, context.signal);
  const environment = { ...plainEnvironment(job.deps.env), LC_ALL: 'C' };
  const run = { program: restore, environment, archive, signal: context.signal };
  let isFull = false;
  const look = (chunk: Buffer): void => {
    isFull ||= /^\d+; \d+ \d+ TABLE (?!DATA )/m.test(chunk.toString('latin1'));
  };
  refuseUnless(await runRestore({ ...run, arguments: ['--list'], onOutput: look }));
  context.remember(asMemory({ isFull }));
  const counter = makeCounter();
  const end = await runRestore({
    ...run,
    // Every row as text: the archive is unpacked from its first byte to its last.
    arguments: ['--data-only', '--file=-'],
    onProgress: (done) => context.progress({ done, total: archive.bytes, unit: 'bytes' }),
    onOutput: (chunk) => counter.write(chunk),
  });
  refuseUnless(end);
  return counted(context, counter);
}

function withoutKey(context: StepContext): StepEnd {
  const why = 'It is encrypted, and there is no secret key to open it with.';
  context.remember(asMemory({ archiveReadable: false, notRestored: why }));
  return { skipped: `${why} Only its checksum is proven. Store the key as the secret "age-identity" to prove the rest.` };
}

function refuseUnless({ succeeded, errors }: RestoreEnd): void {
  if (succeeded) return;
  const [first] = errors;
  // The file may be good: it is the program that cannot, or something that ended it.
  if (first === undefined || /unsupported version|not support compression|unrecognized compression/.test(first)) {
    throw new FaultError({
      code: 'pg-restore-failed',
      message: first === undefined ? 'pg_restore ended without a reason.' : `pg_restore cannot read such an archive: ${first}.`,
      next: first === undefined ? 'Try again.' : 'Install a newer Postgres, or name its pg_dump in "dump.pgDump".',
      exitCode: 1,
    });
  }
  throw damaged(new Error(first));
}

function counted(context: StepContext, counter: ReturnType<typeof makeCounter>): StepEnd {
  const found = wholeOf(counter);
  const expected = readFacts(context.memory).expected ?? [];
  const missing = expected.filter(([schema, name]) => !found.rows.has(keyOf(schema, name)));
  const [first] = missing;
  if (first !== undefined) {
    const others = missing.length > 1 ? ` and ${missing.length - 1} more` : '';
    throw new FaultError({
      code: 'dump-differs',
      message: `The archive lacks the table ${first.join('.')}${others}, which its description names.`,
      next: 'Do not rely on this dump; make another.',
      exitCode: 1,
    });
  }
  const pair = (key: string): [string, string] => JSON.parse(key) as [string, string];
  const sequences = [...found.sequences].map(([key, { last, isCalled }]): [string, string, string, boolean] => [
    ...pair(key),
    String(last),
    isCalled,
  ]);
  const rows = [...found.rows].map(([key, count]): [string, string, number] => [...pair(key), count]);
  context.remember(asMemory({ archiveReadable: true, rows, sequences, largeObjects: found.largeObjects }));
  return { done: `${tablesAndRows(rows)}${found.largeObjects > 0 ? `, ${number(found.largeObjects)} large objects` : ''}.` };
}

function wholeOf(counter: ReturnType<typeof makeCounter>) {
  try {
    return counter.end();
  } catch (error) {
    throw damaged(error);
  }
}

export const number = (value: number): string => value.toLocaleString('en-GB');

export function tablesAndRows(rows: NonNullable<ReturnType<typeof readFacts>['rows']>): string {
  const sum = rows.reduce((total, [, , count]) => total + count, 0);
  return `${number(rows.length)} ${rows.length === 1 ? 'table' : 'tables'}, ${number(sum)} ${sum === 1 ? 'row' : 'rows'}`;
}
