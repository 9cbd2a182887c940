// A suggestion for a pasted address becomes settings: which parts were chosen, which secrets they need, how they are merged. Pure.
import type { Suggestion } from '../../shared/settings-view.ts';
import { referencesIn } from './credentials.ts';
import { freeId, monitorsOf, monitorTarget, monitorTitle } from './monitors-model.ts';
import { kindWords } from './names.ts';
import { providerName } from './sections.ts';
import { isRecord, type Raw, withAt, withKey } from './values.ts';

export type Part = Suggestion['parts'][number];

/** A part as a person reads it: `API (Frankfurt) · HTTP · api.example.com`. */
export function partTitle({ path, value }: Part): string {
  if (path !== 'monitors' || !isRecord(value)) return providerName(path.split('.').at(-1) ?? path);
  const kind = typeof value.kind === 'string' ? kindWords(value.kind).title : '';
  return [monitorTitle(value), kind, monitorTarget(value)].filter((word) => word !== '').join(' · ');
}

/** Secrets that the chosen parts refer to, each once. */
export function secretsOf(parts: readonly Part[]): string[] {
  return [...new Set(parts.flatMap(({ value }) => referencesIn(value)))];
}

/** `document` with the chosen parts: monitors are added under ids of their own, anything else is set. */
export function merged(document: Raw, parts: readonly Part[]): Raw {
  return parts.reduce<Raw>((result, { path, value }) => {
    if (path !== 'monitors') return withAt(result, path.split('.'), value);
    const monitors = monitorsOf(result);
    const monitor = isRecord(value) && typeof value.id === 'string' ? { ...value, id: freeId(value.id, monitors) } : value;
    return withKey(result, 'monitors', [...monitors, monitor]);
  }, document);
}
