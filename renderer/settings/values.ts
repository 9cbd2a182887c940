// Plain JSON values and their places in the settings: reading, comparing, and writing a place as the engine's messages do. Pure.

export type Raw = Readonly<Record<string, unknown>>;
export type Path = readonly (string | number)[];

export function isRecord(value: unknown): value is Raw {
  return value !== null && typeof value === 'object' && !Array.isArray(value);
}

/** `monitors[2].interval`; empty for the file as a whole. */
export function pathText(path: Path): string {
  return path
    .map((key) => (typeof key === 'number' ? `[${key}]` : `.${key}`))
    .join('')
    .replace(/^\./, '');
}

/** Whether `place` is `path` or lies inside it, both as text. */
export function isWithin(place: string, path: string): boolean {
  if (path === '' || place === path) return true;
  return place.startsWith(path) && /^[.[]/.test(place.slice(path.length));
}

export function valueAt(value: unknown, path: Path): unknown {
  return path.reduce<unknown>((part, key) => {
    if (Array.isArray(part)) return typeof key === 'number' ? part[key] : undefined;
    return isRecord(part) && Object.hasOwn(part, key) ? part[String(key)] : undefined;
  }, value);
}

/** `record` with `key` set; `undefined` takes it out. A key keeps its place. */
export function withKey(record: Raw, key: string, value: unknown): Raw {
  const entries = Object.entries(record);
  if (value === undefined) return Object.fromEntries(entries.filter(([name]) => name !== key));
  if (!Object.hasOwn(record, key)) return Object.fromEntries([...entries, [key, value]]);
  return Object.fromEntries(entries.map(([name, old]) => [name, name === key ? value : old]));
}

/** `record` with `value` at a path of keys. Objects on the way are made, and go again when they are left empty. */
export function withAt(record: Raw, [key, ...rest]: readonly string[], value: unknown): Raw {
  if (key === undefined) return record;
  if (rest.length === 0) return withKey(record, key, value);
  const inner = Object.hasOwn(record, key) ? record[key] : undefined;
  const next = withAt(isRecord(inner) ? inner : {}, rest, value);
  return withKey(record, key, Object.keys(next).length === 0 ? undefined : next);
}

/** The same JSON, whatever the order of keys. */
export function same(a: unknown, b: unknown): boolean {
  if (Object.is(a, b)) return true;
  if (Array.isArray(a) && Array.isArray(b)) return a.length === b.length && a.every((item, index) => same(item, b[index]));
  if (!isRecord(a) || !isRecord(b)) return false;
  const keys = Object.keys(a);
  return keys.length === Object.keys(b).length && keys.every((key) => Object.hasOwn(b, key) && same(a[key], b[key]));
}

/** The list with its item at `from` standing at `to`. */
export function moved<T>(list: readonly T[], from: number, to: number): T[] {
  const rest = list.filter((_, index) => index !== from);
  const item = list[from];
  return item === undefined || to < 0 || to >= list.length ? [...list] : [...rest.slice(0, to), item, ...rest.slice(to)];
}

/** Items with a key for React: a form holds no truth of its own, so the place in the list is identity enough. */
export function places<T>(list: readonly T[]): { readonly key: string; readonly index: number; readonly item: T }[] {
  return list.map((item, index) => ({ key: `place ${index}`, index, item }));
}
