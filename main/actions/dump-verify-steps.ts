// The second half of a verification: the dump is restored into a database of its own, which is compared and dropped again.
import { FaultError } from '../../shared/fault.ts';
import type { Step, StepContext, StepEnd } from './action.ts';
import { readSidecar, writeSidecar } from './dump-sidecar.ts';
import { compareWith } from './dump-verify-compare.ts';
import { asMemory, known, readFacts } from './dump-verify-facts.ts';
import type { VerifyJob } from './dump-verify-job.ts';
import { number, tablesAndRows } from './dump-verify-read.ts';
import { type RestoreEnd, runRestore } from './dump-verify-restore.ts';
import { fetchSchema, lookAtProduction, type Production, removeWork } from './dump-verify-schema.ts';
import {
  createScratch,
  dropScratch,
  quoted,
  type ScratchServer,
  scratchFailed,
  scratchName,
  withClient,
} from './dump-verify-scratch.ts';
import { dumpEnvironment } from './pg-dump-command.ts';

const hourMs = 3_600_000;
/** So that a dump of many objects does not fill the history. */
const keptSentences = 50;

const how = [
  '--no-owner',
  '--no-privileges',
  '--no-comments',
  '--no-publications',
  '--no-subscriptions',
  '--no-security-labels',
  '--no-tablespaces',
  '--no-password',
] as const;

/** Always there in a new database; a dump of the schema makes it once more. Settings that an older server does not know. */
const harmless = /^schema "public" already exists$|^unrecognized configuration parameter /;
/** The server gave up, and not because of the dump. */
const aboutServer =
  /No space left|could not extend file|server closed the connection|terminating connection|out of (?:shared )?memory|connection to server/i;
/** The rows themselves are at odds with their own schema. */
const aboutRows = /could not create unique index|violates |is violated by|^COPY failed|malformed|invalid (?:input|byte)/i;

/** Leaves nothing on the scratch server or on this disk; safe to call twice. */
async function clear(job: VerifyJob, context: StepContext): Promise<boolean> {
  const { scratchDatabase = null, workFolder = null } = readFacts(context.memory);
  await removeWork(workFolder);
  if (scratchDatabase === null) return false;
  const server = await job.scratch();
  if (server === null) {
    throw new FaultError({
      code: 'scratch-stays',
      message: `The scratch database ${scratchDatabase} is still there, and "dump.scratch" is not set any more.`,
      next: `Drop it by hand: drop database ${scratchDatabase}.`,
    });
  }
  const limits = { clock: job.deps.clock, signal: context.signal };
  const wasThere = await withClient(server, limits, (client) => dropScratch(client, scratchDatabase));
  context.remember(asMemory({ scratchDatabase: null, workFolder: null }));
  return wasThere;
}

async function takeBack(job: VerifyJob, context: StepContext): Promise<StepEnd> {
  return (await clear(job, context))
    ? { done: 'The scratch database was dropped.' }
    : { skipped: 'No scratch database was left.' };
}

export const restoreIt = (job: VerifyJob): Step => ({
  name: 'Restore into a scratch database',
  limitMs: 12 * hourMs,
  undoLimitMs: 120_000,
  undo: (context) => takeBack(job, context),
  async run(context) {
    const { notRestored = null } = readFacts(context.memory);
    if (notRestored !== null) return { skipped: notRestored };
    const server = await job.scratch();
    if (server === null) return notAtAll(context, 'No "dump.scratch" is set, so the archive itself is proven and nothing more.');
    if (context.again) await clear(job, context);
    const production = await lookAtProduction(job, context.signal).catch((error: unknown) => {
      if (error instanceof FaultError) return error;
      throw error;
    });
    const isFull = known(context.memory, 'isFull');
    if (production instanceof FaultError && !isFull) {
      const why = `The dump has data only, and its tables could not be taken from production: ${production.message}`;
      return notAtAll(context, why.slice(0, 500));
    }
    return restore(job, context, server, production instanceof FaultError ? null : production);
  },
});

function notAtAll(context: StepContext, why: string): StepEnd {
  context.remember(asMemory({ notRestored: why }));
  return { skipped: why };
}

async function restore(
  job: VerifyJob,
  context: StepContext,
  server: ScratchServer,
  production: Production | null,
): Promise<StepEnd> {
  const { signal, memory } = context;
  const { file = '', bytes = 0, writtenBy = null, isFull } = readFacts(memory);
  const archive = await job.archive(file, bytes);
  if (archive === null) return notAtAll(context, 'The secret key that opens the dump is gone.');
  const name = scratchName(context.runId);
  const limits = { clock: job.deps.clock, signal };
  await withClient(server, limits, async (client) => {
    context.remember(asMemory({ scratchDatabase: name, notRestored: null }));
    await createScratch(client, name, production?.encoding ?? 'UTF8');
  });
  const scratch = { ...server, target: { ...server.target, database: name } };
  const notes = production === null ? [] : await addExtensions(scratch, production, limits);
  const secrets = server.target.password === null ? [] : [server.target.password];
  const into = ['--dbname', name, ...how];
  const environment = (major: number) => dumpEnvironment(scratch, job.deps.env, { major });
  if (isFull !== true && production !== null) {
    context.tell('The schema is taken from production.');
    const schemas = [
      ...new Set(
        known(memory, 'rows')
          .concat(sequencesAsRows(memory))
          .map(([schema]) => schema),
      ),
    ];
    const schema = schemas.length === 0 ? null : await fetchSchema(job, production, schemas, context);
    if (schema !== null) {
      const run = { program: schema.program, arguments: into, archive: schema, signal, secrets };
      notes.push(...(await runRestore({ ...run, environment: environment(production.serverMajor) })).errors);
    }
    await removeWork(readFacts(context.memory).workFolder);
  }
  const { restore: program, major } = await job.reader(writtenBy, signal);
  const end = await runRestore({
    program,
    arguments: into,
    environment: environment(major),
    archive,
    signal,
    secrets,
    onProgress: (done) => context.progress({ done, total: bytes, unit: 'bytes' }),
  });
  return restored(context, end, notes);
}

const sequencesAsRows = (memory: StepContext['memory']): [string, string, number][] =>
  known(memory, 'sequences').map(([schema, name]) => [schema, name, 0]);

/** An extension that this server does not have is told; the tables that need it will be missed. */
async function addExtensions(
  scratch: ScratchServer,
  { extensions }: Production,
  limits: Parameters<typeof withClient>[1],
): Promise<string[]> {
  const notes: string[] = [];
  await withClient(scratch, limits, async (client) => {
    const available = await client.query<{ name: string }>('select name from pg_catalog.pg_available_extensions');
    const names = new Set(available.rows.map(({ name }) => name));
    for (const { name, schema } of extensions) {
      try {
        if (!names.has(name)) throw new Error('the scratch server does not have it');
        await client.query(`create schema if not exists ${quoted(schema)}`);
        await client.query(`create extension if not exists ${quoted(name)} with schema ${quoted(schema)} cascade`);
      } catch (error) {
        limits.signal.throwIfAborted();
        notes.push(`extension ${name}: ${error instanceof Error ? error.message : String(error)}`.slice(0, 300));
      }
    }
  });
  return notes;
}

function restored(context: StepContext, { succeeded, errors }: RestoreEnd, before: readonly string[]): StepEnd {
  const said = [...before, ...errors].filter((text) => !harmless.test(text));
  if (!succeeded && errors.length === 0) throw new Error('pg_restore failed and did not say why');
  const broken = errors.find((text) => aboutServer.test(text));
  if (broken !== undefined) throw scratchFailed(broken);
  const differences = errors.filter((text) => aboutRows.test(text)).slice(0, keptSentences);
  const notes = said.filter((text) => !differences.includes(text)).slice(0, keptSentences);
  context.remember(asMemory({ differences, notes }));
  if (said.length === 0) return { done: 'Everything in the dump was restored.' };
  const many = said.length === 1 ? 'One thing' : `${said.length} things`;
  return { done: `Restored. ${many} could not be made there, first: ${said[0]}` };
}

export const compare = (job: VerifyJob): Step => ({
  name: 'Compare',
  limitMs: 4 * hourMs,
  async run(context) {
    const { notRestored = null, scratchDatabase = null, differences: before = [] } = readFacts(context.memory);
    if (notRestored !== null) return { skipped: notRestored };
    const server = await job.scratch();
    if (server === null || scratchDatabase === null) throw new Error('there is no scratch database to compare with');
    const rows = known(context.memory, 'rows');
    const there = { ...server, target: { ...server.target, database: scratchDatabase } };
    const expected = { rows, sequences: known(context.memory, 'sequences'), largeObjects: known(context.memory, 'largeObjects') };
    const { differences, rowCounts } = await withClient(there, { clock: job.deps.clock, signal: context.signal }, (client) =>
      compareWith(client, expected, (done) => context.progress({ done, total: rows.length, unit: 'tables' })),
    );
    const all = [...before, ...differences];
    context.remember(asMemory({ compared: true, differences: all.slice(0, keptSentences) }));
    if (all.length > 0) throw differs(all, readFacts(context.memory).notes ?? []);
    await describe(known(context.memory, 'file'), rowCounts, job.deps.clock.now());
    return { done: `${tablesAndRows(rows)}: exactly as in the dump.` };
  },
});

function differs(differences: readonly string[], notes: readonly string[]): FaultError {
  const more = differences.length > 1 ? ` And ${number(differences.length - 1)} more.` : '';
  return new FaultError({
    code: 'dump-differs',
    message: `The restored database is not what the dump holds: ${differences[0]}${more}`.slice(0, 1_000),
    next: notes[0]
      ? `pg_restore said: ${notes[0]}`.slice(0, 500)
      : 'Do not rely on this dump until that is explained; make another and verify it.',
    exitCode: 1,
  });
}

/** Notes the proof beside the dump, where it has a description. */
async function describe(file: string, rowCounts: Readonly<Record<string, number>>, at: number): Promise<void> {
  const beside = await readSidecar(file);
  if (beside === null || 'problem' in beside) return;
  const { damage: _, ...good } = beside;
  await writeSidecar(file, { ...good, verifiedAt: new Date(at).toISOString(), rowCounts });
}

export const dropIt = (job: VerifyJob): Step => ({
  name: 'Drop the scratch database',
  limitMs: 120_000,
  async run(context) {
    return (await clear(job, context)) ? { done: 'Nothing of it is left.' } : { skipped: 'There is none.' };
  },
});
