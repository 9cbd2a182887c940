// A run of a lever in words: its title, its steps, how far it is, and what it amounts to. Pure.
import type { Finding } from '../shared/lever.ts';
import type { Run, RunStep, StepProgress } from '../shared/run.ts';
import { byteSize, duration, latency, wayWords } from '../shared/words.ts';

const titles = { banner: 'Banner', traffic: 'Traffic', dump: 'Dump', drill: 'Drill' } as const;

export function runTitle(run: Run): string {
  return run.title ?? titles[run.action];
}

const stepWords: Readonly<Record<RunStep['state'], string>> = {
  waiting: 'Waiting',
  running: 'Under way',
  succeeded: 'Done',
  failed: 'Failed',
  skipped: 'Skipped',
  cancelled: 'Cancelled',
  undone: 'Taken back',
};

export function stepWord(state: RunStep['state']): string {
  return stepWords[state];
}

const grouped = new Intl.NumberFormat('en-GB');

/** `340 MB of 1.2 GB`, `340 MB`, `12 of 40 tables`, `38 s`. */
export function progressWords({ done, total, unit }: StepProgress): string {
  const amount = (value: number): string => {
    if (unit === 'bytes') return byteSize(value);
    return unit === 'seconds' ? duration(value * 1_000) : grouped.format(Math.floor(value));
  };
  const noun = unit === 'tables' || unit === 'rows' ? ` ${unit}` : '';
  return total === null ? `${amount(done)}${noun}` : `${amount(done)} of ${amount(total)}${noun}`;
}

/** Time a finished step took; `null` while it has not ended, and for steps too short to tell. */
export function stepTime({ startedAt, finishedAt }: RunStep): string | null {
  if (startedAt === null || finishedAt === null) return null;
  const ms = Date.parse(finishedAt) - Date.parse(startedAt);
  return ms < 100 ? null : latency(ms);
}

const text = (value: unknown): string | null => (typeof value === 'string' && value !== '' ? value : null);
const number = (value: unknown): number | null => (typeof value === 'number' && Number.isFinite(value) ? value : null);

/** What a run that went well amounts to, in a sentence. */
export function resultSentence(run: Run): string {
  const { elapsedMs, way, to, verified, bytes, restored } = run.result ?? {};
  const elapsed = number(elapsedMs) ?? (run.finishedAt ? Date.parse(run.finishedAt) - Date.parse(run.startedAt) : null);
  const after = elapsed === null ? '' : ` after ${latency(elapsed)}`;
  const by = text(way) === null ? '' : `, by ${wayWords(String(way))}`;
  if (run.action === 'dump' && number(bytes) !== null) return dumpSentence(run.result ?? {});
  if (run.action === 'dump' && typeof restored === 'boolean') return verifySentence(run.result ?? {});
  if (run.action === 'drill') {
    const facts = drillFacts(run);
    return facts.length > 0 ? `${capital(facts.join(', '))}.` : `Done${after}.`;
  }
  if (run.action === 'traffic' && run.result && to === undefined) return `Built${after}; nothing was moved.`;
  return verified === true ? `Seen from outside${after}${by}.` : `Done${after}${by}.`;
}

type Result = Readonly<Record<string, unknown>>;

function dumpSentence({ file, bytes, tables }: Result): string {
  const name = text(file)?.split(/[\\/]/).at(-1) ?? null;
  const proven = Array.isArray(tables) ? tables.length : number(tables);
  const parts = [name, byteSize(number(bytes) ?? 0), proven === null ? null : counted(proven, 'table')];
  return `${parts.filter((part) => part !== null).join(', ')}.`;
}

function verifySentence({ restored, tables, rows }: Result): string {
  if (restored !== true) return 'The archive can be read; it was not restored elsewhere.';
  return `Restored elsewhere and compared: ${counted(number(tables) ?? 0, 'table')}, ${counted(number(rows) ?? 0, 'row')}.`;
}

const counted = (value: number, noun: string): string => `${grouped.format(value)} ${noun}${value === 1 ? '' : 's'}`;

/** The report of a drill: every length of time in its result, in the order it was written: `switched in 8.40 s`, `back in 7.90 s`. */
export function drillFacts(run: Run): string[] {
  return Object.entries(run.result ?? {}).flatMap(([key, value]) => {
    const ms = number(value);
    if (ms === null || !key.endsWith('Ms')) return [];
    const name = key.slice(0, -2).replaceAll(/[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`);
    return [`${known[name] ?? name} in ${latency(ms)}`];
  });
}

/** How a run's result calls its lengths of time, where that does not read by itself. */
const known: Readonly<Record<string, string>> = { elapsed: 'all' };

/** What a person should still know about a run that is over: warnings, and why a faster way was not taken. */
export function resultNotes(run: Run): Finding[] {
  const { warnings, reasons, notes, notRestored } = run.result ?? {};
  const list = (value: unknown, level: Finding['level']): Finding[] =>
    [value].flat().flatMap((item) => (typeof item === 'string' ? [{ level, text: item }] : []));
  return [...list(warnings, 'warning'), ...list([reasons, notes, notRestored].flat(), 'note')];
}

const capital = (words: string): string => words.charAt(0).toUpperCase() + words.slice(1);

/** The step that is under way, or the last one that was. */
export function currentStep(run: Run): RunStep | null {
  return run.steps.find(({ state }) => state === 'running') ?? run.steps.findLast(({ state }) => state !== 'waiting') ?? null;
}
