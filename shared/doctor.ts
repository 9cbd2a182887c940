// What the connection doctor is asked and what it answers (DESIGN section 6). A password never appears in an answer: where a
// URL is shown, `[password]` stands in its place.
import { z } from 'zod';
import { secretName } from './settings.ts';

export const connectionFinding = z.object({
  /** Names the rule, such as `ipv6-only`; does not change between versions. */
  id: z.string().max(64),
  level: z.enum(['bad', 'warn', 'ok']),
  message: z.string().max(1_000),
  /** What to do; null when nothing is. */
  next: z.string().max(1_000).nullable(),
  /** The part of the URL as it should be, such as `:5432` or `postgres.abcd`. */
  corrected: z.string().max(500).optional(),
});
export type ConnectionFinding = z.infer<typeof connectionFinding>;

export const connectionReport = z.object({
  /** The worst first. */
  findings: z.array(connectionFinding).max(50),
  /** The whole URL with everything put right that could be; null when nothing was to be changed, or it could not be read. */
  corrected: z.string().max(5_000).nullable(),
});
export type ConnectionReport = z.infer<typeof connectionReport>;

/** Something pasted, or the name of a stored secret. */
export const connectionQuestion = z.union([
  z.strictObject({ text: z.string().max(2_000) }),
  z.strictObject({ secret: secretName }),
]);
export type ConnectionQuestion = z.infer<typeof connectionQuestion>;

/** One thing in which two connections differ; `a` and `b` are null where the URL does not say. */
export const connectionDifference = z.object({
  what: z.string().max(60),
  a: z.string().max(500).nullable(),
  b: z.string().max(500).nullable(),
  /** Why it matters; null where the values speak for themselves. */
  meaning: z.string().max(500).nullable(),
});
export type ConnectionDifference = z.infer<typeof connectionDifference>;

export const connectionComparison = z.object({
  differences: z.array(connectionDifference).max(30),
  /** What was compared and is alike. */
  same: z.array(z.string().max(60)).max(30),
  /** Names the ones that are wrong in themselves. */
  problems: z.array(z.object({ secret: z.string().max(64), finding: connectionFinding })).max(100),
});
export type ConnectionComparison = z.infer<typeof connectionComparison>;
