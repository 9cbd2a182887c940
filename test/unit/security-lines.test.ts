// Every line of the shared security checklist is named by the test that holds it: `S-NN` in a title or a comment. So no line
// goes without a test, and whoever changes one finds the other.
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';

const test = fileURLToPath(new URL('..', import.meta.url));
const checklist = fileURLToPath(new URL('../../../shared/design/SECURITY.md', import.meta.url));
const isThere = existsSync(checklist);
if (!isThere)
  console.warn('Left out: whether each line of SECURITY.md has its test, because ../shared is not beside this repository.');

/** The numbers that a text names; `S-22 to S-29` and `S-22…S-29` name all between. */
function named(text: string): number[] {
  const ranges = [...text.matchAll(/S-(\d\d) ?(?:to|…|–) ?S-(\d\d)/g)].flatMap(([, from, to]) =>
    Array.from({ length: Number(to) - Number(from) + 1 }, (_, index) => Number(from) + index),
  );
  return [...ranges, ...[...text.matchAll(/S-(\d\d)\b/g)].map(([, number]) => Number(number))];
}

const namedInTests = (): Set<number> => {
  const files = readdirSync(test, { recursive: true, encoding: 'utf8' }).filter(
    (name) => name.endsWith('.test.ts') && !name.endsWith('security-lines.test.ts'),
  );
  return new Set(files.flatMap((name) => named(readFileSync(join(test, name), 'utf8'))));
};

describe('the security checklist', () => {
  it('is read with its ranges', () => {
    expect(named('fuses (S-22 to S-24), and S-31')).toEqual([22, 23, 24, 22, 24, 31]);
  });

  it.skipIf(!isThere)('has a test for each of its lines', () => {
    const lines = [...readFileSync(checklist, 'utf8').matchAll(/^- S-(\d\d) /gm)].map(([, number]) => Number(number));
    expect(lines.length).toBeGreaterThan(40);
    const held = namedInTests();
    expect(lines.filter((number) => !held.has(number)).map((number) => `S-${number}`)).toEqual([]);
  });
});
