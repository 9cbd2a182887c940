// Texts and times out of a provider's answer, made small and harmless. However long they come, little work is spent on them.
import { safeText } from '../../shared/redact.ts';

/** Read of one text at most; what is cut off takes a margin along, in which half a secret could be left. */
const most = { characters: 20_000, margin: 2_048 } as const;

/** One plain line without secrets, at most `maxLength` characters. */
export function outsideText(text: string, maxLength: number, secrets: readonly string[] = []): string {
  const part = text.length <= most.characters ? text : text.slice(0, most.characters - most.margin);
  return safeText(part, maxLength, secrets);
}

/** ISO 8601 UTC of a date as text or epoch milliseconds; null when it is neither. */
export function outsideTime(value: string | number | null | undefined): string | null {
  if (value === null || value === undefined || value === '') return null;
  const date = new Date(value);
  return Number.isNaN(date.getTime()) || date.getUTCFullYear() > 9_999 || date.getUTCFullYear() < 1_970
    ? null
    : date.toISOString();
}
