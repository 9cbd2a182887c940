// Draws the matrix of (lever × step × fault) as text.
import type { Cell, Outcome } from './lever-cells.ts';
import type { Row } from './lever-rows.ts';

export type Drawn = { readonly cell: Cell; readonly outcome: Outcome };

const legend = [
  'S  succeeded, seen from outside',
  'F  failed, with a sentence and a next step, and everything is as before',
  'C  cancelled, and everything is as before',
  'D  failed or cancelled; a banner that was taken down stays down, and the error says so',
  '!  failed, and says loudly what is left and what to do',
  '·  the moment of the fault never came',
  'X  something that must hold did not',
];

export function drawMatrix(rows: readonly Row[], steps: ReadonlyMap<Row, readonly string[]>, drawn: readonly Drawn[]): string {
  const columns = [...new Set(drawn.map(({ cell }) => columnOf(cell)))].sort();
  const letters = new Map(drawn.map(({ cell, outcome }) => [keyOf(cell), outcome.problems.length > 0 ? 'X' : outcome.letter]));
  const lines = rows.flatMap((row) => [
    '',
    row.name,
    ...(steps.get(row) ?? []).map((name, step) => {
      const marks = columns.map((column) => letters.get(`${row.name}|${step}|${column}`) ?? ' ');
      return `  ${name.slice(0, 46).padEnd(46)} ${marks.join('  ')}`;
    }),
  ]);
  const heads = columns.map((column, index) => `  ${' '.repeat(46)} ${'│  '.repeat(index)}┌ ${column}`);
  const time = drawn.reduce((sum, { outcome }) => sum + outcome.ms, 0);
  const counted = `${drawn.length} cells, ${Math.round(time / 1_000)} s of runs.`;
  return ['', ...heads, ...lines, '', ...legend, counted].join('\n');
}

const columnOf = ({ fault, undo }: Cell): string => (undo ? `undo: ${fault}` : fault);
const keyOf = (cell: Cell): string => `${cell.row.name}|${cell.step}|${columnOf(cell)}`;
