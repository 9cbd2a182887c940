// The settings file as it is written: its text, its version, its plain value, what it refers to. Knows no meaning of it.
import { createHash } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { FaultError } from '../../shared/fault.ts';
import { secretReference } from '../../shared/settings.ts';
import type { SettingsProblem } from '../../shared/settings-view.ts';
import { reason } from './folders.ts';
import { settingsPath } from './settings-problem.ts';
import { parseSettingsText, withoutComments } from './settings-text.ts';

export type RawSettings = Readonly<Record<string, unknown>>;

export type WrittenFile = {
  /** Differs whenever the text does. */
  readonly version: string;
  /** Null when it is missing or is no JSON object. */
  readonly document: RawSettings | null;
};

/** @throws FaultError `settings-unreadable` */
export function writtenFile(file: string): WrittenFile {
  const text = textOf(file);
  if (text === null) return { version: 'none', document: null };
  const version = createHash('sha256').update(text).digest('hex').slice(0, 32);
  const read = documentIn(text, file);
  return { version, document: 'document' in read ? read.document : null };
}

function textOf(file: string): string | null {
  if (!existsSync(file)) return null;
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    throw new FaultError({
      code: 'settings-unreadable',
      message: `The settings file ${file} cannot be read: ${reason(error)}.`,
      next: 'Make it readable for your user.',
      cause: error,
    });
  }
}

/** The object in `text`, comments allowed, or why there is none. `name` stands for the text in sentences. */
export function documentIn(
  text: string,
  name: string,
): { readonly document: RawSettings } | { readonly problem: SettingsProblem } {
  try {
    const document = parseSettingsText(withoutComments(text), name);
    const tooMuch = excess(document);
    return tooMuch ? { problem: tooMuch } : { document };
  } catch (error) {
    if (!(error instanceof FaultError)) throw error;
    return { problem: { path: '', message: error.message.slice(0, 1_000) } };
  }
}

/** Far beyond any settings; what walks a document may then do so without care. */
const most = { depth: 50, parts: 200_000 } as const;

/** Says so when `document` is too deep or too large to be settings. */
export function excess(document: RawSettings): SettingsProblem | null {
  let parts = 0;
  let level: readonly unknown[] = [document];
  for (let depth = 0; level.length > 0; depth += 1) {
    parts += level.length;
    if (depth > most.depth) return { path: '', message: `it is nested more than ${most.depth} levels deep` };
    if (parts > most.parts) return { path: '', message: `it has more than ${most.parts.toLocaleString('en')} parts` };
    level = level.flatMap((part) => (part !== null && typeof part === 'object' ? Object.values(part) : []));
  }
  return null;
}

/** Names of the secrets that `document` refers to, each with the places where it does. */
export function secretUses(document: RawSettings): ReadonlyMap<string, readonly string[]> {
  const uses = new Map<string, string[]>();
  const walk = (part: unknown, path: readonly (string | number)[]): void => {
    if (typeof part === 'string') {
      for (const match of part.matchAll(secretReference)) {
        const name = match[1] as string;
        uses.set(name, [...(uses.get(name) ?? []), settingsPath(path).slice(0, 200)]);
      }
    } else if (part !== null && typeof part === 'object') {
      const items: readonly (readonly [string | number, unknown])[] = Array.isArray(part)
        ? [...part.entries()]
        : Object.entries(part);
      for (const [key, item] of items) walk(item, [...path, key]);
    }
  };
  walk(document, []);
  return uses;
}
