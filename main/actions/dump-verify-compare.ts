// Compares a restored database with what the archive was counted to hold.
import type pg from 'pg';
import { plainText } from '../../shared/redact.ts';
import { codeOf } from './dump-login.ts';
import type { VerifyFacts } from './dump-verify-facts.ts';
import { number } from './dump-verify-read.ts';
import { quoted } from './dump-verify-scratch.ts';

/** Tables and sequences that are not there: undefined table, schema, and a name that is something else now. */
const absent = new Set(['42P01', '3F000', '42809']);

type Expected = { readonly [K in 'rows' | 'sequences' | 'largeObjects']: NonNullable<VerifyFacts[K]> };

export type Comparison = {
  /** A sentence each; empty when the database has exactly what the dump has. */
  readonly differences: readonly string[];
  /** What was counted, by "schema.table". */
  readonly rowCounts: Readonly<Record<string, number>>;
};

/** Counts every table, reads every sequence. `onTable` is called after each table with how many are done. */
export async function compareWith(
  client: pg.Client,
  { rows, sequences, largeObjects }: Expected,
  onTable: (done: number) => void,
): Promise<Comparison> {
  const differences: string[] = [];
  const rowCounts: Record<string, number> = {};
  for (const [index, [schema, name, count]] of rows.entries()) {
    const found = await ask(client, `select count(*)::text as value from only ${quoted(schema)}.${quoted(name)}`);
    const table = plainText(`${schema}.${name}`, 130);
    if (found === null) differences.push(`${table} is not there; the dump has ${rowsOf(count)} of it.`);
    else if (Number(found.value) !== count) {
      differences.push(`${table} has ${rowsOf(Number(found.value))} restored; the dump has ${rowsOf(count)}.`);
    }
    if (found !== null) rowCounts[`${schema}.${name}`] = Number(found.value);
    onTable(index + 1);
  }
  for (const [schema, name, last, isCalled] of sequences) {
    const found = await ask(
      client,
      `select last_value::text || ' ' || is_called as value from ${quoted(schema)}.${quoted(name)}`,
    );
    const sequence = plainText(`${schema}.${name}`, 130);
    if (found === null) differences.push(`The sequence ${sequence} is not there.`);
    else if (found.value !== `${last} ${isCalled}`) {
      differences.push(`The sequence ${sequence} stands at ${found.value.split(' ')[0]}; in the dump it stands at ${last}.`);
    }
  }
  const objects = Number((await ask(client, 'select count(*)::text as value from pg_catalog.pg_largeobject_metadata'))?.value);
  if (objects !== largeObjects) {
    differences.push(`${number(objects)} large objects are restored; the dump has ${number(largeObjects)}.`);
  }
  return { differences, rowCounts };
}

async function ask(client: pg.Client, sql: string): Promise<{ readonly value: string } | null> {
  try {
    return (await client.query<{ value: string }>(sql)).rows[0] ?? null;
  } catch (error) {
    if (absent.has(codeOf(error))) return null;
    throw error;
  }
}

const rowsOf = (count: number): string => `${number(count)} ${count === 1 ? 'row' : 'rows'}`;
