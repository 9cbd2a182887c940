// Durations as people write them in settings ("30s", "5m", "1h") and as the code counts them: whole milliseconds.
import { z } from 'zod';

const unitMs = { ms: 1, s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 } as const;

/** Milliseconds of a duration such as `250ms`, `30s`, `5m`, `1h` or `7d`; `null` when the text is not one. */
export function parseDuration(text: string): number | null {
  const match = /^(\d{1,9}(?:\.\d{1,3})?)(ms|s|m|h|d)$/.exec(text.trim());
  if (!match) return null;
  return Math.round(Number(match[1]) * unitMs[match[2] as keyof typeof unitMs]);
}

/** Milliseconds of a duration that settings have already validated. */
export function durationMs(text: string): number {
  const ms = parseDuration(text);
  if (ms === null) throw new TypeError(`\`${text}\` is not a duration such as \`30s\``);
  return ms;
}

/** Schema of a duration string; keeps the string, so that a file written back reads as its author wrote it. */
export const duration = z
  .string()
  .max(16)
  .refine((text) => parseDuration(text) !== null, 'write a duration such as "250ms", "30s", "5m" or "1h"')
  .meta({ pattern: String.raw`^\d{1,9}(\.\d{1,3})?(ms|s|m|h|d)$`, examples: ['30s', '5m', '1h'] });

/** Schema of a duration with a lower bound, as in `durationOf({ min: '1s' })`. */
export function durationOf(limits: { readonly min: string }): typeof duration {
  return duration.refine((text) => (parseDuration(text) ?? 0) >= durationMs(limits.min), `must be at least ${limits.min}`);
}
