// One cell of the matrix: a lever is pulled, a fault comes exactly when one step begins and stays until the run has ended, and
// what holds of every run is checked.
import { expect } from 'vitest';
import type { Run } from '../../shared/run.ts';
import type { Bench } from './lever-bench.ts';
import type { World } from './lever-outside.ts';
import { type Row, same } from './lever-rows.ts';

export type Cell = {
  readonly row: Row;
  readonly step: number;
  readonly fault: string;
  /** The run is cancelled at its last step, and the fault comes when `step` is taken back. */
  readonly undo?: boolean;
};

/** `S` succeeded, `F` failed and put back, `C` cancelled and put back, `!` failed, and says that something is left;
 *  `D` a banner's end that is not put back on purpose, and the error says so; `·` the fault's moment never came. */
export type Letter = 'S' | 'F' | 'C' | '!' | 'D' | '·';
export type Outcome = { readonly letter: Letter; readonly problems: readonly string[]; readonly run: Run; readonly ms: number };

const endsWithinMs = 200_000;

/** Pulls the lever of a row and waits for its end. */
export async function pull(bench: Bench, request: Awaited<ReturnType<Row['request']>>): Promise<Run> {
  const started = await bench.levers.start(request, { by: 'command', force: false });
  return await started.finished;
}

/** A bench as the row wants to find it. */
export async function arrange(bench: Bench, row: Row): Promise<void> {
  await row.prepare?.(bench);
  for (const request of row.first ?? []) expect((await pull(bench, request)).error).toBeUndefined();
}

export async function runCell(bench: Bench, { row, step, fault, undo = false }: Cell): Promise<Outcome> {
  const { yard } = bench;
  const before = await bench.world();
  let isOn = false;
  const switchOn = async (runId: string): Promise<void> => {
    isOn = true;
    if (fault === 'cancel') bench.levers.cancel(runId);
    else if (fault === 'cancel-late') cancelAtNextChange(bench, runId);
    else await yard.switch(fault, true);
  };
  bench.before = async (phase, index, runId) => {
    if (isOn) return;
    if (undo ? phase === 'undo' && index === step : phase === 'run' && index === step) await switchOn(runId);
    else if (undo && phase === 'run' && index === lastOf.get(row)) bench.levers.cancel(runId);
  };
  const begun = performance.now();
  const marks = { deployments: deploymentsOf(bench).length, notices: noticesOf(bench).length };
  const request = await row.request(bench);
  const run = await Promise.race([pull(bench, request), tooLong()]);
  const ms = performance.now() - begun;
  bench.before = () => undefined;
  await yard.mend();
  const after = await bench.world();
  const { letter, problems: ended } = judge(run, row, before, after);
  const problems = isOn && fault.endsWith('-drop') ? [...ended, ...despiteLostAnswers(run, undo)] : ended;
  return {
    ...{ letter: isOn ? letter : '·', run, ms },
    problems: [...problems, ...onceOnly(bench, marks), ...foundBy(bench), ...leftovers(after)],
  };
}

/** Index of the last step of each row, known after its clean run. */
export const lastOf = new Map<Row, number>();

function tooLong(): Promise<never> {
  return new Promise((_, reject) => {
    setTimeout(() => reject(new Error(`the run did not end within ${endsWithinMs / 1_000} s`)), endsWithinMs).unref();
  });
}

/** What was done and only not answered is found by looking: no reason to fail. */
function despiteLostAnswers({ state, error }: Run, undo: boolean): string[] {
  return state === (undo ? 'cancelled' : 'succeeded') ? [] : [`${state} over lost answers alone: ${error?.message}`];
}

/** Cancels as soon as the provider has something to change. */
function cancelAtNextChange({ yard, levers }: Bench, runId: string): void {
  const part = yard.started.includes('vercel') ? yard.vercel : yard.statuspage;
  const known = part.received.length;
  const look = (): void => {
    if (part.received.slice(known).some(({ method }) => method !== 'GET')) levers.cancel(runId);
    else if (yard.switched.size < 100) void part.waitFor(part.received.length + 1).then(look);
  };
  look();
}

/** A program's name may begin one as it is written. */
const sentence = /^(?:[\p{Lu}\p{N}“"`/]|pg_).*[.!?)`]$/su;
const loud = /NOT PUT BACK|STILL ON|by hand/;

function judge(
  run: Run,
  row: Row,
  before: World,
  after: World,
): { readonly letter: Letter; readonly problems: readonly string[] } {
  const problems: string[] = [];
  if (run.state === 'succeeded') {
    if (!row.asked(after, before, run)) problems.push(`succeeded, but the world is ${difference(before, after)}`);
    if (run.error) problems.push(`succeeded with an error: ${run.error.message}`);
    return { letter: 'S', problems };
  }
  if (run.state !== 'failed' && run.state !== 'cancelled') return { letter: 'F', problems: [`ended as ${run.state}`] };
  const { error } = run;
  if (!error) return { letter: 'F', problems: [`${run.state} without an error`] };
  for (const [name, said] of Object.entries({ message: error.message, next: error.next }))
    if (!sentence.test(said.trim())) problems.push(`${name} is no sentence: ${said}`);
  if (run.steps.some(({ state }) => state === 'running' || state === 'waiting')) problems.push('a step is left under way');
  if (same(before, after)) return { letter: run.state === 'failed' ? 'F' : 'C', problems };
  const isLoud = (error.code === 'not-put-back' || loud.test(error.next)) && run.state === 'failed';
  if (isLoud && error.next.length > 20) return { letter: '!', problems };
  if (row.name.startsWith('banner') && /stays (?:off|down|resolved)/.test(error.message)) return { letter: 'D', problems };
  problems.push(`${run.state} (${error.code}: ${error.message} | ${error.next}) and left ${difference(before, after)}`);
  return { letter: '!', problems };
}

function difference(before: World, after: World): string {
  const names = Object.keys(before) as (keyof World)[];
  const changed = names.filter((name) => JSON.stringify(before[name]) !== JSON.stringify(after[name]));
  if (changed.length === 0) return 'as before';
  return changed.map((name) => `${name}: ${JSON.stringify(before[name])} → ${JSON.stringify(after[name])}`).join('; ');
}

const deploymentsOf = ({ yard }: Bench) => (yard.started.includes('vercel') ? yard.vercel.deployments : []);
const noticesOf = ({ yard }: Bench) => (yard.started.includes('statuspage') ? yard.statuspage.incidents : []);

/** A run may deploy twice by two ways; never twice by one, and it never tells subscribers twice. */
function onceOnly(bench: Bench, marks: { readonly deployments: number; readonly notices: number }): string[] {
  const made = deploymentsOf(bench)
    .slice(marks.deployments)
    .map(({ meta }) => `${meta.signalboxRun} ${meta.signalboxStep}`);
  const told = noticesOf(bench).slice(marks.notices);
  return [
    ...made.filter((mark, index) => made.indexOf(mark) !== index).map((mark) => `deployed twice: ${mark}`),
    ...(told.length > 1 ? [`${told.length} notices were opened`] : []),
  ];
}

function foundBy({ yard }: Bench): string[] {
  const parts = (['vercel', 'statuspage', 'supabase'] as const).filter((name) => yard.started.includes(name));
  return parts.flatMap((name) => yard[name].violations.map((violation) => `${name}: ${violation}`));
}

function leftovers({ files }: World): string[] {
  return files.filter((name) => name.endsWith('.partial')).map((name) => `left ${name}`);
}
