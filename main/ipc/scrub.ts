// Last look at what leaves the engine: every text in an answer passes `redact`, names and times are left as they are.
import { redact } from '../../shared/redact.ts';

/** Fields that hold names the two sides match on. They have a pattern of their own and cannot carry outside text. */
const names = new Set(['id', 'monitorId', 'monitors', 'incidentId', 'channel', 'at']);

/** Nothing shorter is shaped like a secret. */
const shortest = 8;

/** `value` with every string in it redacted; plain data only (what JSON can carry). */
export function scrub<T>(value: T, secrets: readonly string[] = []): T {
  return walk(value, null, secrets) as T;
}

function walk(part: unknown, key: string | null, secrets: readonly string[]): unknown {
  if (typeof part === 'string') return (key !== null && names.has(key)) || part.length < shortest ? part : redact(part, secrets);
  if (Array.isArray(part)) return part.map((item) => walk(item, key, secrets));
  if (part === null || typeof part !== 'object') return part;
  return Object.fromEntries(Object.entries(part).map(([name, item]) => [name, walk(item, name, secrets)]));
}
