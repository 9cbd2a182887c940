// What is secret in a settings file although it should not stand there (a password inside an address, a token written out):
// hidden before the window sees it, and put back when the window saves what it was given.
import { mask, redact } from '../../shared/redact.ts';
import { secretReference } from '../../shared/settings.ts';
import type { RawSettings } from './settings-document.ts';

type Raw = RawSettings;
type Path = readonly (string | number)[];

const secretKey = /^(token|readToken|webhook|identity|password|passwd|authorization|cookie|.*[-_](?:api[-_]?key|token|secret))$/i;

/** `document` with every secret in it masked. References stay as they are: a name is not a secret. `values` are known secrets. */
export function hideSecrets(document: Raw, values: readonly string[]): Raw {
  return mapTexts(document, [], (text, path) => hidden(text, path, values)) as Raw;
}

/** `document` as the window gave it back, with what was hidden taken from `before`, which it was made of: from the same place,
 *  or from wherever it stood when its list has been sorted or shortened. `lost` are paths whose hidden text fits nothing. */
export function restoreSecrets(
  document: Raw,
  before: Raw,
  values: readonly string[],
): { readonly document: Raw; readonly lost: readonly Path[] } {
  const originals = new Map<string, Set<string>>();
  const places = new Map<string, string>();
  mapTexts(before, [], (text, path) => {
    const shown = hidden(text, path, values);
    if (shown === text) return text;
    originals.set(shown, (originals.get(shown) ?? new Set()).add(text));
    places.set(`${path.join('\n')}\n\n${shown}`, text);
    return text;
  });
  const lost: Path[] = [];
  const restored = mapTexts(document, [], (text, path, written) => {
    if (!text.includes(mask)) return text;
    const anywhere = [...(originals.get(text) ?? [])];
    const found = places.get(`${path.join('\n')}\n\n${text}`) ?? (anywhere.length === 1 ? anywhere[0] : undefined);
    if (found === undefined) lost.push(written);
    return found ?? text;
  });
  return { document: restored as Raw, lost };
}

function hidden(text: string, path: Path, values: readonly string[]): string {
  const key = path.at(-1);
  const isWrittenOut = typeof key === 'string' && secretKey.test(key) && text.search(secretReference) < 0;
  return isWrittenOut && !/^https?:\/\/(localhost|127\.|\[::1\])/.test(text) ? mask : redact(text, values);
}

/** `change` gets each text with its place, and with the path at which it is written. */
function mapTexts(
  part: unknown,
  path: Path,
  change: (text: string, path: Path, written: Path) => string,
  written = path,
): unknown {
  if (typeof part === 'string') return change(part, path, written);
  if (Array.isArray(part)) {
    return part.map((item, index) => mapTexts(item, [...path, placeOf(item, index)], change, [...written, index]));
  }
  if (part === null || typeof part !== 'object') return part;
  // fromEntries defines properties, so that a key called __proto__ is just a key.
  return Object.fromEntries(
    Object.entries(part).map(([key, item]) => [key, mapTexts(item, [...path, key], change, [...written, key])]),
  );
}

/** An item with an id keeps its place when the list around it changes: what belongs to one host is never put to another's. */
function placeOf(item: unknown, index: number): string | number {
  const id = item !== null && typeof item === 'object' && 'id' in item ? item.id : null;
  return typeof id === 'string' ? `#${id}` : index;
}
