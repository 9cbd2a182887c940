// Where the tables of a data-only dump come from: production's schema as it is now. Only what rows need is taken (pg_dump's section
// `pre-data`): without triggers, foreign keys and indexes, rows go in in any order and by any user. No row of it is read here.
import { mkdtemp, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, dirname, join, resolve } from 'node:path';
import type pg from 'pg';
import type { StepContext } from './action.ts';
import type { Candidate } from './dump-route.ts';
import { asMemory } from './dump-verify-facts.ts';
import type { VerifyJob } from './dump-verify-job.ts';
import type { Archive } from './dump-verify-restore.ts';
import { archiveArguments, dumpEnvironment, pattern } from './pg-dump-command.ts';
import { runPgDump } from './pg-dump-run.ts';
import { dumpFault } from './pg-dump-words.ts';

export type Production = {
  readonly way: Candidate;
  readonly serverMajor: number;
  readonly encoding: string;
  /** Each in its schema; types of columns may come from them, and a dump of some schemas leaves them out. */
  readonly extensions: readonly { readonly name: string; readonly schema: string }[];
};

const folderPrefix = 'signalbox-verify-';

/** What of production a restore needs to know. Throws FaultError when it cannot be reached. */
export async function lookAtProduction(job: VerifyJob, signal: AbortSignal): Promise<Production> {
  const route = await job.production(signal);
  try {
    const { rows } = await route.client.query<{ version: string; encoding: string }>(
      `select current_setting('server_version_num') as version, current_setting('server_encoding') as encoding`,
    );
    const extensions = await extensionsOf(route.client);
    return {
      way: route,
      serverMajor: Math.floor(Number(rows[0]?.version) / 10_000),
      encoding: rows[0]?.encoding ?? 'UTF8',
      extensions,
    };
  } catch (error) {
    signal.throwIfAborted();
    throw error;
  } finally {
    await route.client.end().catch(() => undefined);
  }
}

async function extensionsOf(client: pg.Client): Promise<Production['extensions']> {
  const { rows } = await client.query<{ name: string; schema: string }>(
    `select e.extname as name, n.nspname as schema
      from pg_catalog.pg_extension e join pg_catalog.pg_namespace n on n.oid = e.extnamespace
      where e.extname <> 'plpgsql' order by e.oid`,
  );
  return rows;
}

/** Writes production's schema of `schemas` into a folder of ours, which is remembered before and stays for `removeWork`. */
export async function fetchSchema(
  job: VerifyJob,
  production: Production,
  schemas: readonly string[],
  context: StepContext,
): Promise<Archive & { readonly program: string }> {
  const { deps } = job;
  const pgDump = await job.writer(production.serverMajor, context.signal);
  const folder = await mkdtemp(join(tmpdir(), folderPrefix));
  context.remember(asMemory({ workFolder: folder }));
  const file = join(folder, 'schema');
  const end = await runPgDump({
    program: pgDump.path,
    arguments: [
      ...archiveArguments,
      '--schema-only',
      '--section=pre-data',
      ...schemas.map((schema) => `--schema=${pattern(schema)}`),
      `--file=${file}`,
    ],
    environment: dumpEnvironment(production.way, deps.env, pgDump),
    file,
    clock: deps.clock,
    signal: context.signal,
    onStart: () => undefined,
    onProgress: () => undefined,
  });
  const { host, user, password } = production.way.target;
  if (!end.succeeded) throw dumpFault(end.stderr, end.ending, { host, user, password, folder });
  return { path: file, bytes: (await stat(file)).size, identity: null, program: pgDump.restore };
}

/** Removes the folder of a schema; one that is not ours by its name is left alone. */
export async function removeWork(folder: string | null | undefined): Promise<void> {
  if (!folder || dirname(folder) !== resolve(tmpdir()) || !basename(folder).startsWith(folderPrefix)) return;
  await rm(folder, { recursive: true, force: true });
}
