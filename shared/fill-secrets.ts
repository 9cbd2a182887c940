// Puts secrets in place of their `${secret:name}` references inside a settings value. Knows nothing of where they are kept.
import { secretReference, secretsIn } from './settings.ts';

/** `value` is a copy with every reference replaced; `secrets` are the values used, for redacting what is said afterwards. */
export type Filled<T> = { readonly value: T; readonly secrets: readonly string[] };

/** Replaces each `${secret:name}` in the strings of a plain JSON value, at any depth; the value itself is left alone.
 *  `lookup` is asked once per name and throws, in its caller's own kind of error, for a secret that is not set. */
export async function fillSecrets<T>(value: T, lookup: (name: string) => Promise<string>): Promise<Filled<T>> {
  const found = new Map<string, string>();
  for (const name of secretsIn(value)) found.set(name, await lookup(name));
  return { value: replaced(value, found) as T, secrets: [...found.values()] };
}

function replaced(part: unknown, found: ReadonlyMap<string, string>): unknown {
  if (typeof part === 'string') {
    return part.replace(secretReference, (reference, name: string) => found.get(name) ?? reference);
  }
  if (Array.isArray(part)) return part.map((item) => replaced(item, found));
  if (!part || typeof part !== 'object') return part;
  return Object.fromEntries(Object.entries(part).map(([key, item]) => [key, replaced(item, found)]));
}
