// One outage as a person would tell it (DESIGN sections 3, 6 and 9).
import { z } from 'zod';
import { evidenceLine } from './evidence.ts';

export const incidentId = z.string().regex(/^inc-\d{8}-\d{6}(-\d{1,4})?$/);

/** Kinds of timeline entries. Entries are only ever added; a correction is an entry of its own. */
export const timelineKind = z.enum(['check', 'incident', 'alert', 'action', 'note', 'provider', 'diagnosis', 'engine']);
export const timelineEntry = z.object({
  /** ISO 8601 UTC. */
  at: z.iso.datetime(),
  kind: timelineKind,
  /** A sentence for people; text from outside is quoted in it as plain data. */
  text: z.string().max(2_000),
  data: z.record(z.string().max(64), z.unknown()).optional(),
});
export type TimelineEntry = z.infer<typeof timelineEntry>;

export const diagnosis = z.object({
  rule: z.string().max(64),
  sentence: z.string().max(1_000),
  confidence: z.enum(['high', 'medium', 'low']),
  /** What speaks for it. */
  evidence: z.array(evidenceLine).max(50),
  lever: z.enum(['banner', 'traffic', 'dump']).nullable(),
  /** What speaks against it: shown, not hidden. */
  against: z.array(evidenceLine).max(50).default([]),
  /** What to do about it, with the corrected value where there is one; never a password. */
  suggestion: z.string().max(1_000).nullable().default(null),
  /** Other causes that the evidence allows, likeliest first. */
  others: z
    .array(z.object({ rule: z.string().max(64), sentence: z.string().max(1_000), confidence: z.enum(['high', 'medium', 'low']) }))
    .max(10)
    .default([]),
});
export type Diagnosis = z.infer<typeof diagnosis>;

export const incident = z.object({
  id: incidentId,
  state: z.enum(['open', 'recovering', 'resolved']),
  title: z.string().max(300),
  /** The first failed check, not its confirmation. */
  openedAt: z.iso.datetime(),
  /** When thresholds confirmed it. */
  detectedAt: z.iso.datetime(),
  acknowledgedAt: z.iso.datetime().nullable(),
  /** When a lever's effect was verified from outside. */
  mitigatedAt: z.iso.datetime().nullable(),
  resolvedAt: z.iso.datetime().nullable(),
  /** openedAt to resolvedAt, or to the moment this was written; milliseconds. */
  durationMs: z.number().nonnegative(),
  flapping: z.boolean(),
  /** Monitors that were down in it, in the order they joined. */
  monitors: z.array(z.string().max(64)),
  diagnosis: diagnosis.nullable(),
  /** All that was found out, whether the diagnosis rests on it or not. */
  evidence: z.array(evidenceLine).max(200).default([]),
  timeline: z.array(timelineEntry),
});
export type Incident = z.infer<typeof incident>;
