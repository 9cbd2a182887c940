// What a dump's steps tell each other and an attempt after a crash: plain facts, no credential. Written once per step.
import { z } from 'zod';
import type { Json, Memory } from '../engine/levers.ts';
import type { StepContext } from './action.ts';

const facts = z
  .object({
    /** Where it goes; whole path. */
    folder: z.string(),
    route: z.enum(['direct', 'pooler']),
    host: z.string(),
    serverVersion: z.string(),
    serverMajor: z.number(),
    /** Number in the catalogue, schema, name; and whether it is a partitioned table, which has no data of its own. */
    tables: z.array(z.tuple([z.number(), z.string(), z.string(), z.boolean()])),
    /** Size on the server. */
    estimate: z.number(),
    largeObjects: z.boolean(),
    extensions: z.array(z.string()),
    warnings: z.array(z.string()),
    pgDump: z.object({
      path: z.string(),
      restore: z.string().nullable(),
      version: z.string(),
      major: z.number(),
      isWrapper: z.boolean(),
    }),
    /** Name that the dump will have, `.age` not counted, and when it was begun (ISO 8601). */
    name: z.string(),
    begunAt: z.string(),
    /** Every file that was begun and must not stay; whole paths. */
    unfinished: z.array(z.string()),
    /** pg_dump's process id while it runs. */
    pid: z.number().nullable(),
    /** Size of the archive when pg_dump had ended well. */
    archiveBytes: z.number(),
    /** Tables with data in the archive, as pg_restore lists it. */
    proven: z.number(),
    /** The file that becomes the dump. */
    ready: z.string(),
    encrypted: z.boolean(),
    sha256: z.string(),
    bytes: z.number(),
    /** The dump has its name. */
    file: z.string(),
  })
  .partial();

export type DumpFacts = z.infer<typeof facts>;

export const readFacts = (memory: Memory): DumpFacts => facts.parse(memory);

/** Stores facts before it returns. */
export function note(context: Pick<StepContext, 'remember'>, facts: DumpFacts): void {
  context.remember(facts as { readonly [key: string]: Json });
}

/** A fact that an earlier step left; its absence is a mistake of ours, because steps run in order. */
export function known<K extends keyof DumpFacts>(memory: Memory, key: K): NonNullable<DumpFacts[K]> {
  const value = readFacts(memory)[key];
  if (value === undefined || value === null) throw new Error(`The dump does not know its "${key}" yet.`);
  return value;
}
