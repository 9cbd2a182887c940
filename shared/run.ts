// One execution of an operator action, step by step (DESIGN sections 7 and 9).
import { z } from 'zod';

export const action = z.enum(['banner', 'traffic', 'dump', 'drill']);

const runState = z.enum(['running', 'succeeded', 'failed', 'cancelled', 'interrupted']);

export const run = z.object({
  id: z.string().max(64),
  action,
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
      }),
    )
    .max(100),
  result: z.record(z.string(), z.unknown()).optional(),
  error: z.object({ code: z.string().max(64), message: z.string().max(1_000), next: z.string().max(500) }).optional(),
});
export type Run = z.infer<typeof run>;
