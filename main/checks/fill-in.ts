// Puts secrets where settings say `${secret:name}`. Knows where they go, not where they come from.
import { secretReference, secretsIn } from '../../shared/settings.ts';

/** `value` with every reference in its strings replaced; keys and other types are left alone, and so is the original.
 *  A name that `secrets` does not hold stays as it is written. */
export function fillIn<T>(value: T, secrets: ReadonlyMap<string, string>): T {
  return fill(value, secrets) as T;
}

function fill(value: unknown, secrets: ReadonlyMap<string, string>): unknown {
  if (typeof value === 'string') return value.replace(secretReference, (text, name: string) => secrets.get(name) ?? text);
  if (Array.isArray(value)) return value.map((item) => fill(item, secrets));
  if (value === null || typeof value !== 'object') return value;
  // fromEntries defines properties, so that a key called __proto__ is just a key.
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, fill(item, secrets)]));
}

type Filled<T> = { readonly names: readonly string[]; values: readonly string[]; result: T | null };

/** Remembers which settings hold no reference, and the last result for those that do: an unchanged secret yields the
 *  same object again, so that what a check has prepared for it stays valid. */
export class FillInCache<T extends object> {
  readonly #known = new WeakMap<T, Filled<T>>();

  /** Names of the secrets that `config` needs. */
  namesIn(config: T): readonly string[] {
    return this.#entry(config).names;
  }

  /** `config` with `values` filled in, in the order of `namesIn`. */
  fill(config: T, values: readonly string[]): T {
    const entry = this.#entry(config);
    if (entry.result && values.every((value, index) => value === entry.values[index])) return entry.result;
    entry.values = values;
    entry.result = fillIn(config, new Map(entry.names.map((name, index) => [name, values[index] ?? ''])));
    return entry.result;
  }

  #entry(config: T): Filled<T> {
    const known = this.#known.get(config);
    if (known) return known;
    const names = secretsIn(config);
    const fresh: Filled<T> = { names, values: [], result: names.length === 0 ? config : null };
    this.#known.set(config, fresh);
    return fresh;
  }
}

/** Everything that must not be shown when `value` is a secret: itself and, when it is an address, its password. */
export function hiddenParts(value: string): string[] {
  const password = URL.parse(value)?.password;
  if (!password) return [value];
  return [value, password, decoded(password)];
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
