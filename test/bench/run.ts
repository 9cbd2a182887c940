// `npm run bench [-- names… --quick | --full]`: runs the benchmarks one after another, prints their figures, and after a whole
// run writes docs/benchmarks.md. `--quick` is a sanity check of about two minutes and writes nothing.
import { writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { allDown } from './all-down.ts';
import type { Bench, Effort } from './bench.ts';
import { checks } from './checks.ts';
import { detection } from './detection.ts';
import { dump } from './dump.ts';
import { frozen } from './frozen.ts';
import { history } from './history.ts';
import { idle } from './idle.ts';
import { levers } from './levers.ts';
import { load, machine } from './machine.ts';
import { linesOf, pageOf, type Result } from './page.ts';
import { startUp } from './start.ts';
import { windowSize } from './window.ts';

const benches: readonly Bench[] = [checks, startUp, detection, allDown, frozen, history, idle, levers, dump, windowSize];
const page = fileURLToPath(new URL('../../docs/benchmarks.md', import.meta.url));

// The history is `node:sqlite`, which says on every start that it is experimental.
process.removeAllListeners('warning');

const { values, positionals } = parseArgs({
  options: { quick: { type: 'boolean', default: false }, full: { type: 'boolean', default: false } },
  allowPositionals: true,
});
const unknown = positionals.filter((name) => !benches.some((bench) => bench.name === name));
if (unknown.length > 0) {
  process.stderr.write(
    `No benchmark is called ${unknown.join(', ')}. There are: ${benches.map(({ name }) => name).join(', ')}.\n`,
  );
  process.exit(2);
}
const effort: Effort = values.quick ? 'quick' : values.full ? 'full' : 'normal';
const chosen = positionals.length === 0 ? benches : benches.filter((bench) => positionals.includes(bench.name));
const began = new Date();
const subject = machine();
process.stdout.write(`${Object.values(subject).join('\n')}\n`);

const results: Result[] = [];
for (const bench of chosen) {
  const loadBefore = load();
  const rows = await bench.run(effort, (text) => process.stderr.write(`  … ${bench.name}: ${text}\n`));
  const result = { bench, rows, load: loadBefore };
  results.push(result);
  process.stdout.write(`${linesOf(result).join('\n')}\n`);
}
if (chosen === benches && effort !== 'quick') {
  writeFileSync(page, pageOf(results, subject, `npm run bench${effort === 'full' ? ' -- --full' : ''}`, began));
  process.stdout.write('\nWritten to docs/benchmarks.md.\n');
}
process.exit(0);
