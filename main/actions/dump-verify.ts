// The proof of a dump: it is the file that was made, its archive can be read to the end, and, where there is a scratch server, it
// restores into a database that has what the archive has. Changes nothing of production and nothing of the dump.
import { basename } from 'node:path';
import { FaultError } from '../../shared/fault.ts';
import type { DumpVerifyRequest, Finding, Preflight } from '../../shared/lever.ts';
import { parsePostgresUrl } from '../providers/postgres-url.ts';
import type { Action } from './action.ts';
import { readSidecar } from './dump-sidecar.ts';
import { inBytes } from './dump-space.ts';
import { readFacts, type VerifyFacts } from './dump-verify-facts.ts';
import { type DumpVerifyDeps, isEncrypted, makeVerifyJob, type VerifyJob } from './dump-verify-job.ts';
import { checkFile, number, readArchive, tablesAndRows, unusable } from './dump-verify-read.ts';
import { isSameServer } from './dump-verify-scratch.ts';
import { compare, dropIt, restoreIt } from './dump-verify-steps.ts';

export type { DumpVerifyDeps } from './dump-verify-job.ts';

/** The action that verifies one dump. */
export function makeDumpVerify(request: DumpVerifyRequest, deps: DumpVerifyDeps): Action {
  const job = makeVerifyJob(request, deps);
  return {
    title: `Verify ${basename(request.file)}`.slice(0, 200),
    prepare: (signal) => prepare(job, signal),
    steps: [checkFile(job), readArchive(job), restoreIt(job), compare(job), dropIt(job)],
    result: (memory, elapsedMs) => resultOf(readFacts(memory), request, elapsedMs),
    // What was proven stands in the dump's own sidecar, where it goes with the file.
    settle: () => undefined,
    summary: (memory, succeeded) => ({ text: summary(readFacts(memory), request, succeeded), mitigates: false }),
  };
}

async function prepare(job: VerifyJob, signal: AbortSignal): Promise<Omit<Preflight, 'title'>> {
  const findings: Finding[] = [];
  const changes: string[] = [];
  const note = (level: Finding['level'], text: string): void => void findings.push({ level, text: text.slice(0, 1_000) });
  let refusal: Preflight['refusal'] = null;
  try {
    const { path, bytes } = await job.find();
    note('good', `${path}, ${inBytes(bytes)}.`);
    const beside = await readSidecar(path);
    if (beside === null) note('warning', 'There is no description beside it: its checksum is unknown.');
    else if ('problem' in beside) throw unusable(path, beside.problem);
    else note('note', beside.verifiedAt === null ? 'It was never verified.' : `It was verified last at ${beside.verifiedAt}.`);
    if (isEncrypted(path) && (await job.archive(path, bytes)) === null) {
      note('warning', 'It is encrypted, and there is no secret key to open it with: only its checksum will be proven.');
    } else {
      const written = beside === null ? null : Number.parseInt(beside.pgDumpVersion, 10);
      const { version, restore } = await job.reader(written, signal);
      note('good', `pg_restore ${version} reads it (${restore}).`);
      await sayWhere(job, note, changes);
    }
  } catch (error) {
    signal.throwIfAborted();
    if (!(error instanceof FaultError)) throw error;
    refusal = { code: error.code, message: error.message.slice(0, 1_000), next: error.next.slice(0, 500) };
  }
  return { changes, findings: findings.slice(0, 20), refusal, forceable: false, asks: false };
}

async function sayWhere(job: VerifyJob, note: (level: Finding['level'], text: string) => void, changes: string[]): Promise<void> {
  const server = await job.scratch();
  if (server === null) return note('warning', 'No "dump.scratch" is set: the archive is proven readable, but not restored.');
  const { host, port } = server.target;
  changes.push(`A new database is made on ${host}:${port}, filled, compared and dropped again. No other database is touched.`);
  const connection = await job.deps.connection().catch((error: unknown) => {
    if (error instanceof FaultError) return '';
    throw error;
  });
  const production = parsePostgresUrl(connection);
  if (!('problem' in production) && isSameServer(server.target, production)) {
    note('warning', 'The scratch server is the production server: restoring will load its processor and its disk.');
  }
}

function resultOf(facts: VerifyFacts, request: DumpVerifyRequest, elapsedMs: number): Record<string, unknown> {
  const { rows, notes = [], notRestored = null } = facts;
  return {
    file: facts.file ?? request.file,
    sha256Matches: facts.sha256Matches ?? null,
    archiveReadable: facts.archiveReadable ?? false,
    restored: facts.compared ?? false,
    tables: rows?.length ?? null,
    rows: rows?.reduce((sum, [, , count]) => sum + count, 0) ?? null,
    largeObjects: facts.largeObjects ?? null,
    differences: facts.differences ?? [],
    elapsedMs,
    ...(notRestored === null ? {} : { notRestored }),
    ...(notes.length === 0 ? {} : { notes }),
  };
}

function summary(facts: VerifyFacts, request: DumpVerifyRequest, succeeded: boolean): string {
  const name = basename(facts.file ?? request.file);
  const { differences = [], rows = [] } = facts;
  if (!succeeded) {
    const found = differences.length === 0 ? '' : ` with ${number(differences.length)} differences`;
    return `The dump ${name} was not verified${found}.`;
  }
  if (facts.compared === true) return `Dump verified by restoring it: ${name}, ${tablesAndRows(rows)}.`;
  return facts.archiveReadable === true
    ? `The archive of ${name} is readable: ${tablesAndRows(rows)}.`
    : `The checksum of ${name} is right.`;
}
