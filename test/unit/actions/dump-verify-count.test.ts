import { describe, expect, it } from 'vitest';
import { keyOf, makeCounter, nameOf } from '../../../main/actions/dump-verify-count.ts';

const text = `--
-- PostgreSQL database dump
--
SET client_encoding = 'UTF8';
SELECT pg_catalog.set_config('search_path', '', false);
--
-- Data for Name: users; Type: TABLE DATA
--
COPY "public"."users" ("id", "na""me (x)", "FROM stdin;") FROM stdin;
1\tCOPY "public"."ghost" ("a") FROM stdin;\tx
2\t\\\\.\tSELECT pg_catalog.setval('"public"."ghost"', 9, true);
\\N\tü🚦\t\\.x

.
\\
\\.


COPY "public"."empty" ("id") FROM stdin;
\\.
COPY "public"."no_columns"  FROM stdin;


\\.
COPY plain.unquoted (id) FROM stdin;
1
\\.
COPY "odd ""one"".x"."line
break (1)
" ("a
b") FROM stdin;
1
2
\\.
SELECT pg_catalog.lo_open('16876', 131072);
SELECT pg_catalog.lowrite(0, '\\x00');
SELECT pg_catalog.lo_close(0);
SELECT pg_catalog.lo_open('16877', 131072);
SELECT pg_catalog.setval('"public"."users_id_seq"', 9223372036854775807, true);
SELECT pg_catalog.setval('"public"."it''s ""a""
sequence"', -5, false);
`;

function countIn(chunkSize: number, of = text) {
  const counter = makeCounter();
  const bytes = new TextEncoder().encode(of);
  for (let at = 0; at < bytes.length; at += chunkSize) counter.write(bytes.subarray(at, at + chunkSize));
  return counter.end();
}

describe('the counter of an archive', () => {
  it.each([1, 2, 3, 7, 64, 100_000])('counts rows, sequences and large objects, in pieces of %i bytes', (chunkSize) => {
    const { rows, sequences, largeObjects } = countIn(chunkSize);
    expect([...rows]).toEqual([
      [keyOf('public', 'users'), 6],
      [keyOf('public', 'empty'), 0],
      [keyOf('public', 'no_columns'), 2],
      [keyOf('plain', 'unquoted'), 1],
      [keyOf('odd "one".x', 'line\nbreak (1)\n'), 2],
    ]);
    expect([...sequences]).toEqual([
      [keyOf('public', 'users_id_seq'), { last: 9_223_372_036_854_775_807n, isCalled: true }],
      [keyOf('public', `it's "a"\nsequence`), { last: -5n, isCalled: false }],
    ]);
    expect(largeObjects).toBe(2);
  });

  it('refuses a text that ends within the rows of a table', () => {
    expect(() => countIn(64, 'COPY "public"."users" ("id") FROM stdin;\n1\n2\n')).toThrow('the rows of public.users do not end');
  });

  it('does not keep the lines of large objects', () => {
    const many = `SELECT pg_catalog.lowrite(0, '\\x${'0'.repeat(3_000_000)}');\nCOPY a.b (c) FROM stdin;\n1\n\\.\n`;
    expect([...countIn(65_536, many).rows]).toEqual([[keyOf('a', 'b'), 1]]);
  });

  it('names tables for people', () => {
    expect(nameOf(keyOf('a.b', 'c'))).toBe('a.b.c');
  });
});
