// The three steps before anything is written: the way to the database and what is in it, the pg_dump for it, the room for it.
import { plainText } from '../../shared/redact.ts';
import type { Step, StepContext } from './action.ts';
import { parseRecipients } from './dump-encryption.ts';
import type { DumpJob } from './dump-job.ts';
import { type DumpFacts, known, note } from './dump-memory.ts';
import { inBytes, lookAtFolder, makeFolder, spaceNeeded } from './dump-space.ts';
import { type Survey, survey } from './dump-survey.ts';

export type Look = {
  readonly facts: DumpFacts & { readonly host: string };
  /** What a person may want to know of the way, a sentence each. */
  readonly notes: readonly string[];
};

/** Logs in, asks what there is, and leaves. Throws FaultError. */
export async function lookAtDatabase(job: DumpJob, signal: AbortSignal): Promise<Look> {
  // A key that nobody can encrypt to should not be found out after an hour.
  if (job.deps.settings.encryptTo !== null) parseRecipients(job.deps.settings.encryptTo);
  const route = await job.open(signal);
  try {
    const { schemas, tables } = job.deps.settings;
    const found = await survey(route.client, { schemas, tables });
    const notes = [...(route.note === null ? [] : [route.note]), ...route.passedOver];
    return { facts: factsOf(found, route.name, route.target.host), notes: notes.map((note) => plainText(note, 500)) };
  } catch (error) {
    signal.throwIfAborted();
    throw error;
  } finally {
    // The connection may be what failed; it is gone either way.
    await route.client.end().catch(() => undefined);
  }
}

function factsOf(found: Survey, route: 'direct' | 'pooler', host: string): Look['facts'] {
  return {
    route,
    host,
    serverVersion: found.serverVersion,
    serverMajor: found.serverMajor,
    tables: found.tables.map(({ oid, schema, name, isPartitioned }) => [oid, schema, name, isPartitioned]),
    estimate: found.bytes,
    largeObjects: found.largeObjects,
    extensions: [...found.extensions],
    warnings: [...found.warnings],
  };
}

export const findRoute = (job: DumpJob): Step => ({
  name: 'Find the route',
  limitMs: 90_000,
  async run(context) {
    const { facts, notes } = await lookAtDatabase(job, context.signal);
    note(context, { ...facts, folder: job.folder });
    return { done: [`${wayWords(facts)}.`, ...notes].join(' ') };
  },
});

/** "db.example.com directly, Postgres 17.6, 8 tables of 12.4 MB". */
export function wayWords({ host = '', route, serverVersion = '', tables = [], estimate = 0 }: DumpFacts): string {
  const count = tables.filter(([, , , isPartitioned]) => !isPartitioned).length;
  const way = route === 'pooler' ? `over the session pooler ${host}` : `${host} directly`;
  return `${way}, Postgres ${serverVersion}, ${count === 1 ? '1 table' : `${count} tables`} of ${inBytes(estimate)}`;
}

export const findProgram = (job: DumpJob): Step => ({
  name: 'Find pg_dump',
  limitMs: 30_000,
  async run(context) {
    const pgDump = await job.pgDump(known(context.memory, 'serverMajor'), context.signal);
    note(context, { pgDump });
    return { done: `pg_dump ${pgDump.version}, ${pgDump.path}` };
  },
});

export const checkDisk = (job: DumpJob): Step => ({
  name: 'Check the disk',
  limitMs: 30_000,
  async run(context: StepContext) {
    const folder = known(context.memory, 'folder');
    const needed = spaceNeeded(known(context.memory, 'estimate'), job.deps.settings.encryptTo !== null);
    await makeFolder(folder);
    const { free } = await lookAtFolder(folder, needed);
    return { done: `${inBytes(free)} free in ${folder}` };
  },
});
