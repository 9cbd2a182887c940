// One execution of an operator action, step by step (DESIGN sections 7 and 9).
import { z } from 'zod';

export const action = z.enum(['banner', 'traffic', 'dump', 'drill']);

const runState = z.enum(['running', 'succeeded', 'failed', 'cancelled', 'interrupted']);

/** Who pulled the lever. */
export const runBy = z.enum(['window', 'command', 'automation', 'expiry']);
export type RunBy = z.infer<typeof runBy>;

/** How far a step is; `total` null when nobody knows the end. */
const progress = z.object({
  done: z.number().nonnegative(),
  total: z.number().nonnegative().nullable(),
  unit: z.enum(['bytes', 'tables', 'seconds', 'rows']),
});
export type StepProgress = z.infer<typeof progress>;

export const run = z.object({
  id: z.string().max(64),
  action,
  /** What it does, in a few words: "Traffic to the standby". */
  title: z.string().max(200).optional(),
  by: runBy.optional(),
  state: runState,
  startedAt: z.iso.datetime(),
  finishedAt: z.iso.datetime().nullable(),
  steps: z
    .array(
      z.object({
        name: z.string().max(100),
        state: z.enum(['waiting', 'running', 'succeeded', 'failed', 'skipped', 'cancelled', 'undone']),
        startedAt: z.iso.datetime().nullable(),
        finishedAt: z.iso.datetime().nullable(),
        detail: z.string().max(2_000).optional(),
        progress: progress.optional(),
      }),
    )
    .max(100),
  result: z.record(z.string(), z.unknown()).optional(),
  error: z.object({ code: z.string().max(64), message: z.string().max(1_000), next: z.string().max(500) }).optional(),
  /** What can be done about a run that did not end: only while it is `interrupted`. */
  offers: z.array(z.enum(['resume', 'undo'])).optional(),
});
export type Run = z.infer<typeof run>;
export type RunAction = z.infer<typeof action>;
export type RunStep = Run['steps'][number];

/** How a command that executed this run exits (DESIGN section 9): 0 done, or an interrupted run was taken back as asked;
 *  1 it failed; 2 settings are missing; 3 a provider refused; 130 cancelled. */
export function exitCodeOfRun(run: Pick<Run, 'state' | 'error'>): 0 | 1 | 2 | 3 | 130 {
  const code = run.error?.code ?? '';
  if (run.state === 'succeeded' || (run.state === 'cancelled' && code === 'undone')) return 0;
  if (run.state === 'cancelled') return 130;
  if (code.startsWith('provider-')) return 3;
  return settingsCodes.has(code) ? 2 : 1;
}

/** Faults that a change of settings, secrets or the data folder mends. */
const settingsCodes = new Set([
  ...['not-set-up', 'settings', 'secret-missing', 'data-folder', 'no-variable', 'variable-is-secret', 'banner-text-missing'],
  ...['pg-dump-missing', 'pg-dump-too-old', 'pg-restore-missing', 'pg-restore-too-old', 'no-such-dump', 'no-root-certificate'],
  ...['bad-connection', 'bad-scratch', 'scratch-is-production', 'bad-recipient', 'bad-identity'],
]);
