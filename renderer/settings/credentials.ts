// What in the settings is a credential, which secrets it refers to, and what a new secret is called. Pure; never sees a value.
import type { SecretView } from '../../shared/settings-view.ts';
import { ago } from '../../shared/words.ts';
import { isRecord, type Path } from './values.ts';

/** As in shared/settings.ts, which the page does not load for its validator. */
const reference = /\$\{secret:([a-z0-9][a-z0-9._-]{0,63})\}/g;
const wholeReference = /^\$\{secret:([a-z0-9][a-z0-9._-]{0,63})\}$/;
/** Stands in place of a secret that is written in the file itself. */
const mask = '•••';

const credentialKeys = new Set(['token', 'readToken', 'webhook', 'connection', 'password', 'identity', 'scratch']);

export function isCredential(path: Path): boolean {
  const key = path.at(-1);
  return typeof key === 'string' && credentialKeys.has(key);
}

/** Names of the secrets that a value refers to, anywhere inside it. */
export function referencesIn(value: unknown): string[] {
  if (typeof value === 'string') return [...new Set([...value.matchAll(reference)].map((match) => match[1] ?? ''))];
  const parts = Array.isArray(value) ? value : isRecord(value) ? Object.values(value) : [];
  return [...new Set(parts.flatMap(referencesIn))];
}

export function referenceTo(name: string): string {
  return `\${secret:${name}}`;
}

/** How a credential field stands: empty, one stored secret, written out in the file, or a text that a person composes. */
export type CredentialState =
  | { readonly at: 'empty' }
  | { readonly at: 'stored'; readonly name: string }
  | { readonly at: 'hidden' }
  | { readonly at: 'text' };

export function credentialState(value: unknown): CredentialState {
  if (value === undefined || value === '') return { at: 'empty' };
  if (typeof value !== 'string') return { at: 'text' };
  const name = wholeReference.exec(value)?.[1];
  if (name !== undefined) return { at: 'stored', name };
  return value === mask ? { at: 'hidden' } : { at: 'text' };
}

/** Whether part of a text was hidden before the page saw it. */
export function hidesSomething(value: unknown): boolean {
  return typeof value === 'string' && value.includes(mask);
}

const spelled: Readonly<Record<string, string>> = { readToken: 'read-token' };

/** `rollbar-token` for `alerts.rollbar.token`, `db-connection` for the monitor `db`; with a number when `taken`. */
export function suggestedName(path: Path, monitorId: string | null, taken: readonly string[]): string {
  const key = String(path.at(-1) ?? 'secret');
  const owner = path[0] === 'monitors' ? (monitorId ?? 'monitor') : String(path.at(-2) ?? 'signalbox');
  const plain = `${owner}-${spelled[key] ?? key}`.toLowerCase().replace(/[^a-z0-9._-]+/g, '-');
  const name = plain.replace(/^[^a-z0-9]+/, '').slice(0, 60) || 'secret';
  if (!taken.includes(name)) return name;
  for (let number = 2; ; number += 1) if (!taken.includes(`${name}-${number}`)) return `${name}-${number}`;
}

/** `SIGNALBOX_SECRET_ROLLBAR_TOKEN`, which wins over the keychain. */
export function environmentName(name: string): string {
  return `SIGNALBOX_SECRET_${name.toUpperCase().replaceAll(/[^A-Z0-9]/g, '_')}`;
}

/** `Stored in GNOME Keyring, set 3 days ago`. `now` is epoch milliseconds. */
export function whereabouts(secret: SecretView | undefined, keychain: string, now: number): string {
  if (secret?.source === 'environment') return `From the environment variable ${environmentName(secret.name)}`;
  if (secret?.source === 'keychain') {
    return secret.setAt === null ? `Stored in ${keychain}` : `Stored in ${keychain}, set ${ago(Date.parse(secret.setAt), now)}`;
  }
  return 'Not stored yet';
}
