// Results as text: lines for the terminal and the page docs/benchmarks.md. Changes no figure, and calls a miss a miss.
import type { Bench, Row } from './bench.ts';
import { digits, isMet } from './figures.ts';
import type { Machine } from './machine.ts';

/** `load` is the machine's load averages just before the benchmark began. */
export type Result = { readonly bench: Bench; readonly rows: readonly Row[]; readonly load: string };

const withUnit = (value: number, unit: Row['unit']): string => `${digits(value)}${unit === '' ? '' : ` ${unit}`}`;
const targetOf = (row: Row): string => (row.target === null ? '' : `≤ ${withUnit(row.target, row.unit)}`);
const spreadOf = (row: Row): string => row.spread?.map(digits).join(' – ') ?? '';

function verdictOf(row: Row): string {
  const met = isMet(row);
  if (met === null) return '';
  return met ? 'met' : 'missed';
}

/** One line per row for whoever watches the run. */
export function linesOf({ bench, rows, load }: Result): readonly string[] {
  return [
    `\n${bench.title} (load before: ${load})`,
    ...rows.map((row) => {
      const result = `${withUnit(row.value, row.unit)} ${row.statistic}`.trim();
      const samples = row.n > 1 ? `n ${row.n}, ${spreadOf(row)}` : '';
      return `  ${row.what.padEnd(52)} ${result.padEnd(18)} ${samples.padEnd(28)} ${targetOf(row)} ${verdictOf(row)}`.trimEnd();
    }),
  ];
}

/** The whole page. `command` is what was typed, `date` when the run began. */
export function pageOf(results: readonly Result[], machine: Machine, command: string, date: Date): string {
  const rows = results.flatMap(({ bench, rows: own }) => own.map((row) => ({ bench, row })));
  const judged = rows.filter(({ row }) => isMet(row) !== null);
  const missed = judged.filter(({ row }) => isMet(row) === false);
  return `${[
    '# Benchmarks',
    `Written by \`${command}\`; not edited by hand. Targets are those of the design, and every figure is one machine's: look at the
spread before comparing. Each table says how it was measured and what it cannot tell.`,
    table(
      ['', ''],
      [
        ['Date', date.toISOString().slice(0, 16).replace('T', ' ').concat(' UTC')],
        ['Processor', machine.cpu],
        ['Memory', machine.memory],
        ['System', machine.system],
        ['Node', machine.node],
        ['Commit', machine.commit],
      ],
    ),
    `**${judged.length - missed.length} of ${judged.length} targets are met.**${missed.length > 0 ? ' Missed:' : ''}`,
    ...(missed.length > 0 ? [missed.map(({ bench, row }) => missOf(bench, row)).join('\n')] : []),
    ...results.flatMap(sectionOf),
  ].join('\n\n')}\n`;
}

function missOf(bench: Bench, row: Row): string {
  return `- ${bench.title}, ${row.what}: ${[withUnit(row.value, row.unit), row.statistic].join(' ').trim()} against ${targetOf(row)}`;
}

function sectionOf({ bench, rows, load }: Result): string[] {
  return [
    `## ${bench.title}`,
    bench.how,
    `Load averages before: ${load}.`,
    table(
      ['what', 'result', 'of', 'n', 'smallest – largest', 'target', ''],
      rows.map((row) => [
        row.what,
        withUnit(row.value, row.unit),
        row.statistic,
        String(row.n),
        spreadOf(row),
        targetOf(row),
        isMet(row) === false ? '**missed**' : verdictOf(row),
      ]),
    ),
  ];
}

function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]): string => `| ${cells.join(' | ')} |`;
  return [line(head), line(head.map(() => '---')), ...rows.map(line)].join('\n');
}
