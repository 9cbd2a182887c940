// Counts what an archive holds, out of the SQL text that pg_restore makes of it: rows per table, sequences, large objects.
// Streams, whatever the size of a row. Knows neither process nor database.

/** By `keyOf(schema, name)`. */
export type Contents = {
  readonly rows: ReadonlyMap<string, number>;
  /** The value that each sequence will continue after. */
  readonly sequences: ReadonlyMap<string, { readonly last: bigint; readonly isCalled: boolean }>;
  readonly largeObjects: number;
};

export type Counter = {
  write(chunk: Uint8Array): void;
  /** Throws when the text ends within the rows of a table. */
  end(): Contents;
};

/** A table or sequence as a map's key: exact, whatever is in its names. */
export const keyOf = (schema: string, name: string): string => JSON.stringify([schema, name]);

/** The names behind a key, for people. */
export function nameOf(key: string): string {
  return (JSON.parse(key) as [string, string]).join('.');
}

const newline = 10;
const backslash = 92;
const dot = 46;
/** More of a statement than this is not looked at; only data are longer, and the longest name has 63 bytes. */
const longestStatement = 400_000;

/** Within rows every line is a row, because COPY writes a line break in a value as `\n`; they end with a line of `\.`
 *  (postgresql.org/docs/current/sql-copy.html, Text Format). Between them are statements, whose names may hold line breaks. */
export function makeCounter(): Counter {
  const rows = new Map<string, number>();
  const sequences = new Map<string, { readonly last: bigint; readonly isCalled: boolean }>();
  let largeObjects = 0;
  let table: string | null = null;
  let count = 0;
  /** Of the line that a chunk broke off in: its length and its first two bytes. */
  let length = 0;
  let first = 0;
  let second = 0;
  let statement = '';
  const decoder = new TextDecoder();

  const startRow = (): void => {
    length = 0;
  };
  /** Reads rows from `at` on and returns where it stopped. */
  const takeRows = (chunk: Uint8Array, from: number): number => {
    let at = from;
    while (at < chunk.length) {
      const end = chunk.indexOf(newline, at);
      const stop = end < 0 ? chunk.length : end;
      if (length === 0 && stop > at) first = chunk[at] ?? 0;
      if (length < 2 && length + stop - at >= 2) second = chunk[at + 1 - length] ?? 0;
      length += stop - at;
      if (end < 0) return chunk.length;
      at = end + 1;
      if (length === 2 && first === backslash && second === dot) {
        if (table !== null) rows.set(table, (rows.get(table) ?? 0) + count);
        table = null;
        startRow();
        return at;
      }
      count += 1;
      startRow();
    }
    return at;
  };
  const takeLine = (line: string): void => {
    // The names of a statement may hold line breaks: it goes on until it is one that is known, or a new one begins.
    const isInside = statement !== '' && statement.length < longestStatement;
    statement = isInside ? `${statement}\n${line}` : line;
    const copied = /^COPY ((?:"(?:[^"]|"")*"|[^".\s]+)\.(?:"(?:[^"]|"")*"|[^"\s(]+)) (?:\([\s\S]*\))? FROM stdin;$/.exec(
      statement,
    );
    if (copied?.[1]) {
      const names = namesIn(copied[1]);
      table = keyOf(names[0] ?? '', names[1] ?? '');
      count = 0;
      if (!rows.has(table)) rows.set(table, 0);
      startRow();
    }
    const set = /^SELECT pg_catalog\.setval\('((?:[^']|'')*)', (-?\d+), (true|false)\);$/.exec(statement);
    if (set?.[1] && set[2]) {
      const [schema = '', name = ''] = namesIn(set[1].replaceAll("''", "'"));
      sequences.set(keyOf(schema, name), { last: BigInt(set[2]), isCalled: set[3] === 'true' });
    }
    if (/^SELECT pg_catalog\.lo_open\('\d+', \d+\);$/.test(statement)) largeObjects += 1;
    const goesOn = !copied && !set && /^(?:COPY |SELECT pg_catalog\.setval\()/.test(statement);
    if (!goesOn) statement = '';
  };
  let line: string[] = [];
  const takeStatements = (chunk: Uint8Array, from: number): number => {
    const end = chunk.indexOf(newline, from);
    const stop = end < 0 ? chunk.length : end;
    length += stop - from;
    // The lines of a large object hold its data.
    if (length <= longestStatement) line.push(decoder.decode(chunk.subarray(from, stop), { stream: true }));
    if (end < 0) return chunk.length;
    line.push(decoder.decode());
    const whole = line.join('');
    line = [];
    length = 0;
    takeLine(whole);
    return end + 1;
  };
  return {
    write(chunk) {
      let at = 0;
      while (at < chunk.length) at = table === null ? takeStatements(chunk, at) : takeRows(chunk, at);
    },
    end() {
      if (table !== null) throw new Error(`the rows of ${nameOf(table)} do not end`);
      return { rows, sequences, largeObjects };
    },
  };
}

/** The parts of a qualified name, quoted or not. */
function namesIn(text: string): readonly string[] {
  return [...text.matchAll(/"((?:[^"]|"")*)"|([^".]+)/g)].map(
    ([, quoted, plain]) => quoted?.replaceAll('""', '"') ?? plain ?? '',
  );
}
