// The words of a run: everything a step says or throws becomes text that may be stored and shown, within the contract's
// lengths and without known secrets.
import { FaultError } from '../../shared/fault.ts';
import type { Fault } from '../../shared/ipc.ts';
import { plainText, safeText } from '../../shared/redact.ts';
import { duration } from '../../shared/words.ts';

/** `text` without the values of known secrets. */
export type Clean = (text: string) => string;

/** Shapes first, so that no control character hides a known value; the cap last, so that it leaves no half of one behind. */
export function say(text: string, maxLength: number, clean: Clean): string {
  return plainText(clean(safeText(text, Number.MAX_SAFE_INTEGER)), maxLength);
}

export const detailLength = 2_000;

export function sayFault({ code, message, next }: Fault, clean: Clean): Fault {
  return { code: code.slice(0, 64), message: say(message, 1_000, clean), next: say(next, 500, clean) };
}

/** Plain data with every text in it cleaned. */
export function cleanData<T>(value: T, clean: Clean): T {
  return walk(value, clean) as T;
}

function walk(part: unknown, clean: Clean): unknown {
  if (typeof part === 'string') return say(part, 10_000, clean);
  if (Array.isArray(part)) return part.map((item) => walk(item, clean));
  if (part === null || typeof part !== 'object') return part;
  return Object.fromEntries(Object.entries(part).map(([name, item]) => [name, walk(item, clean)]));
}

export function timeOver(step: string, limitMs: number): FaultError {
  return new FaultError({
    code: 'timeout',
    message: `“${step}” was not done after ${duration(limitMs)} and was stopped.`,
    next: 'See whether the other side answers at all, then start it again.',
    exitCode: 1,
  });
}

/** Joins sentences, leaving out the empty ones. */
export function sentences(...parts: readonly string[]): string {
  return parts.filter((part) => part !== '').join(' ');
}
