// How the command line speaks of levers and their runs: sizes, times, marks and the one closing sentence. Knows the
// `result` of a run by DESIGN section 9 and says less where something in it is missing.
import { z } from 'zod';
import type { Run, RunStep, StepProgress } from '../../shared/run.ts';
import { duration } from '../../shared/words.ts';
import { told } from './output.ts';

/** What a step's state looks like at the start of a line. */
export const stepMarks = {
  waiting: '·',
  running: '…',
  succeeded: '✓',
  failed: '✗',
  skipped: '–',
  cancelled: '–',
  undone: '↩',
} as const satisfies Record<RunStep['state'], string>;

/** `340 MB`, `1.2 GB`: decimal units, as file managers and disks count. */
export function size(bytes: number): string {
  const units = ['bytes', 'kB', 'MB', 'GB', 'TB'] as const;
  let value = bytes;
  let unit = 0;
  while (value >= 999.5 && unit < units.length - 1) {
    value /= 1_000;
    unit += 1;
  }
  const rounded = unit > 0 && value < 9.95 ? value.toFixed(1) : String(Math.round(value));
  return `${rounded} ${units[unit] ?? 'TB'}`;
}

/** A length of time to a tenth of a second while that matters: `7.2 s`, `38 s`, `4 min 12 s`. */
export function elapsed(ms: number): string {
  return ms < 9_950 ? `${(Math.max(0, ms) / 1_000).toFixed(1)} s` : duration(ms);
}

/** `12 of 87 tables`, `340 MB`, `38 s of 1 min 30 s`. */
export function howFar({ done, total, unit }: StepProgress): string {
  if (unit === 'bytes') return total === null ? size(done) : `${size(done)} of ${size(total)}`;
  if (unit === 'seconds')
    return total === null ? duration(done * 1_000) : `${duration(done * 1_000)} of ${duration(total * 1_000)}`;
  const count = (value: number): string => Math.round(value).toLocaleString('en-GB');
  return total === null ? `${count(done)} ${unit}` : `${count(done)} of ${count(total)} ${unit}`;
}

const ways: Readonly<Record<string, string>> = {
  'global-config': 'a value in Global Config',
  'promote-twin': 'promotion of the twin',
  'vercel-env': 'environment variable and new deployment',
  statuspage: 'an incident on the status page',
};

/** How a lever was moved, in words; an unknown way keeps its name. */
export function wayWords(way: string): string {
  return ways[way] ?? told(way);
}

/** What people call a run. */
export function titleOf(run: Run): string {
  return told(run.title ?? { banner: 'Banner', traffic: 'Traffic', dump: 'Dump', drill: 'Drill' }[run.action]);
}

// Parts that are absent or of another form are simply not said.
const optional = <T extends z.ZodType>(schema: T) => schema.optional().catch(undefined);
const resultShape = z.object({
  on: optional(z.boolean()),
  to: optional(z.string()),
  way: optional(z.string()),
  verified: optional(z.boolean()),
  elapsedMs: optional(z.number()),
  file: optional(z.string()),
  bytes: optional(z.number()),
  tables: optional(z.number()),
  /** Only a dump that was made has come by a route; one that was verified has not. */
  route: optional(z.unknown()),
  switchedMs: optional(z.number()),
  backMs: optional(z.number()),
  warnings: optional(z.array(z.string())),
});

/** The sentence that closes a run which ended as it was asked to (done, or taken back), and what to mind all the same. */
export function closingLines(run: Run): readonly string[] {
  const result = resultShape.parse(run.result ?? {});
  return [
    run.error ? told(run.error.message) : closingSentence(run, result),
    ...(result.warnings ?? []).map((text) => `! ${told(text)}`),
  ];
}

function closingSentence(run: Run, result: z.infer<typeof resultShape>): string {
  const { on, to, way, verified = false, elapsedMs, file, bytes, tables, route, switchedMs, backMs } = result;
  const took = elapsedMs === undefined ? '' : ` after ${elapsed(elapsedMs)}`;
  const by = way === undefined ? '' : ` (${wayWords(way)})`;
  if (run.action === 'banner' && on !== undefined) {
    return `The banner is ${on ? 'on' : 'off'}${verified ? `, read back from outside${took}` : ''}${by}.`;
  }
  if (run.action === 'traffic' && (to === 'standby' || to === 'primary')) {
    return `Traffic is on the ${to}${verified ? `, seen from outside${took}` : ''}${by}.`;
  }
  if (run.action === 'drill' && switchedMs !== undefined && backMs !== undefined) {
    return `The drill went well: traffic was on the standby after ${elapsed(switchedMs)} and back after ${elapsed(backMs)}, seen from outside.`;
  }
  if (run.action === 'dump' && file !== undefined && bytes !== undefined && route !== undefined) {
    const held = tables === undefined ? '' : `${tables} ${tables === 1 ? 'table' : 'tables'}, `;
    return `Dumped to ${told(file)} (${held}${size(bytes)}).`;
  }
  const lasted = lastedMs(run);
  return `${titleOf(run)}: done${lasted === null ? '' : ` after ${elapsed(lasted)}`}.`;
}

/** How long it took, ms; null while it runs. */
export function lastedMs({ startedAt, finishedAt }: { readonly startedAt: string | null; readonly finishedAt: string | null }) {
  return startedAt === null || finishedAt === null ? null : Math.max(0, Date.parse(finishedAt) - Date.parse(startedAt));
}
