// What the steps of a verification tell each other and an attempt after a crash: plain facts, no credential and no data.
import { z } from 'zod';
import type { Json, Memory } from '../engine/levers.ts';

const facts = z
  .object({
    /** Whole path, size, and whether it is encrypted. */
    file: z.string(),
    bytes: z.number(),
    encrypted: z.boolean(),
    /** Null: there is no sidecar to compare with. */
    sha256Matches: z.boolean().nullable(),
    /** It holds the tables themselves and not only their rows. */
    isFull: z.boolean(),
    /** The major version of the pg_dump that wrote it; null when unknown. */
    writtenBy: z.number().nullable(),
    /** Tables that should be in it by its sidecar, each as schema and name, without partitioned ones. */
    expected: z.array(z.tuple([z.string(), z.string()])).nullable(),
    archiveReadable: z.boolean(),
    /** What the archive holds: rows by table, values of sequences (text, as they exceed JSON's numbers). */
    rows: z.array(z.tuple([z.string(), z.string(), z.number()])),
    sequences: z.array(z.tuple([z.string(), z.string(), z.string(), z.boolean()])),
    largeObjects: z.number(),
    /** The scratch database, from just before it is made until it is dropped. */
    scratchDatabase: z.string().nullable(),
    /** Folder of ours for a schema on its way; whole path. */
    workFolder: z.string().nullable(),
    /** Why nothing was restored; null when it was. */
    notRestored: z.string().nullable(),
    /** What the restored database does not have as the dump has it, a sentence each. */
    differences: z.array(z.string()),
    /** What pg_restore could not do beside the rows: roles, extensions, policies of elsewhere. */
    notes: z.array(z.string()),
    compared: z.boolean(),
  })
  .partial();

export type VerifyFacts = z.infer<typeof facts>;

export const readFacts = (memory: Memory): VerifyFacts => facts.parse(memory);
export const asMemory = (known: VerifyFacts): Memory => known as { readonly [key: string]: Json };

/** A fact that an earlier step left; its absence is a mistake of ours, because steps run in order. */
export function known<K extends keyof VerifyFacts>(memory: Memory, key: K): NonNullable<VerifyFacts[K]> {
  const value = readFacts(memory)[key];
  if (value === undefined || value === null) throw new Error(`The verification does not know its "${key}" yet.`);
  return value;
}
