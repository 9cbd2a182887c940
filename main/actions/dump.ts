// The dump lever: a copy of production's data as a file that is proven readable, named only when it is whole. Joins the steps
// and says beforehand what they will find.
import { basename } from 'node:path';
import { FaultError } from '../../shared/fault.ts';
import type { DumpRequest, Finding, Preflight } from '../../shared/lever.ts';
import type { Action } from './action.ts';
import { listDumps } from './dump-files.ts';
import { encrypt, keep, prove } from './dump-finish.ts';
import { type DumpDeps, type DumpJob, makeJob } from './dump-job.ts';
import { checkDisk, findProgram, findRoute, lookAtDatabase, wayWords } from './dump-look.ts';
import { dump } from './dump-make.ts';
import { type DumpFacts, readFacts } from './dump-memory.ts';
import { inBytes, lookAtFolder, spaceNeeded } from './dump-space.ts';

export type { DumpDeps } from './dump-job.ts';

/** The action that makes one dump. */
export function makeDump(request: DumpRequest, deps: DumpDeps): Action {
  const job = makeJob(request, deps);
  return {
    title: job.mode === 'full' ? 'Dump of schema and data' : 'Dump of the data',
    prepare: (signal) => prepare(job, signal),
    steps: [findRoute(job), findProgram(job), checkDisk(job), dump(job), prove(job), encrypt(job), keep(job)],
    result: (memory, elapsedMs) => resultOf(readFacts(memory), job, elapsedMs),
    settle: (memory, at) => settle(job, readFacts(memory), at),
    summary: (memory, succeeded) => ({ text: summary(readFacts(memory), succeeded), mitigates: false }),
  };
}

/** As the face shows it before a click: everything that the first three steps would find, and nothing written. */
async function prepare(job: DumpJob, signal: AbortSignal): Promise<Omit<Preflight, 'title'>> {
  const findings: Finding[] = [];
  const changes: string[] = [];
  const note = (level: Finding['level'], text: string): void => void findings.push({ level, text: text.slice(0, 1_000) });
  let refusal: Preflight['refusal'] = null;
  try {
    const { facts, notes } = await lookAtDatabase(job, signal);
    note('good', `Reachable: ${wayWords(facts)}.`);
    for (const text of notes) note('note', text);
    for (const text of facts.warnings ?? []) note('warning', text);
    const pgDump = await job.pgDump(facts.serverMajor ?? 0, signal);
    note('good', `pg_dump ${pgDump.version} fits (${pgDump.path}).`);
    const needed = spaceNeeded(facts.estimate ?? 0, job.deps.settings.encryptTo !== null);
    const { free, exists } = await lookAtFolder(job.folder, needed);
    note('good', `${inBytes(free)} are free; the dump needs at most about ${inBytes(needed)}.`);
    const what = job.mode === 'full' ? 'Schema and data' : 'The data';
    changes.push(`${what} of ${wayWords(facts)}, go${what === 'The data' ? 'es' : ''} into a new file in ${job.folder}.`);
    if (!exists) changes.push(`The folder ${job.folder} is made.`);
    if (job.deps.settings.encryptTo !== null) changes.push('The file is encrypted with age.');
    await sayWhatGoes(job, changes);
  } catch (error) {
    signal.throwIfAborted();
    if (!(error instanceof FaultError)) throw error;
    refusal = { code: error.code, message: error.message.slice(0, 1_000), next: error.next.slice(0, 500) };
  }
  return { changes, findings: findings.slice(0, 20), refusal, forceable: false, asks: false };
}

async function sayWhatGoes(job: DumpJob, changes: string[]): Promise<void> {
  const { keep: kept } = job.deps.settings;
  const ours = (await listDumps(job.folder)).filter(({ sha256 }) => sha256 !== null);
  const surplus = ours.length + 1 - kept;
  if (surplus > 0)
    changes.push(`The oldest ${surplus === 1 ? 'dump is' : `${surplus} dumps are`} removed: "dump.keep" is ${kept}.`);
}

function resultOf(facts: DumpFacts, job: DumpJob, elapsedMs: number): Record<string, unknown> {
  return {
    file: facts.file ?? null,
    bytes: facts.file === undefined ? null : (facts.bytes ?? null),
    sha256: facts.file === undefined ? null : (facts.sha256 ?? null),
    tables: facts.proven ?? null,
    mode: job.mode,
    serverVersion: facts.serverVersion ?? null,
    pgDumpVersion: facts.pgDump?.version ?? null,
    route: facts.route ?? null,
    encrypted: facts.encrypted ?? false,
    elapsedMs,
    ...(facts.warnings === undefined || facts.warnings.length === 0 ? {} : { warnings: facts.warnings }),
  };
}

function settle(job: DumpJob, { file, bytes }: DumpFacts, at: number): void {
  if (file === undefined || bytes === undefined) throw new Error('A dump without a file was called finished.');
  job.deps.journal.remember('dump', { at, name: basename(file), bytes });
}

function summary({ file, bytes = 0, proven = 0, host }: DumpFacts, succeeded: boolean): string {
  if (!succeeded || file === undefined) return `The dump${host === undefined ? '' : ` of ${host}`} was not made.`;
  return `Dump made: ${basename(file)}, ${inBytes(bytes)}, ${proven === 1 ? '1 table' : `${proven} tables`}.`;
}
