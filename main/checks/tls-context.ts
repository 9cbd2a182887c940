// One SecureContext per trusted authority, made once: parsing the roots for every check would cost half a millisecond.
// No context keeps sessions, because a resumed session skips the certificate that a check is there to see.
import { readFileSync, statSync } from 'node:fs';
import { createSecureContext, getCACertificates, type SecureContext } from 'node:tls';

type Kept = { readonly context: SecureContext; readonly changedMs: number };

let standard: SecureContext | undefined;
const kept = new Map<string, Kept>();

/** The context that trusts what Node trusts by default. */
export function defaultContext(): SecureContext {
  standard ??= createSecureContext();
  return standard;
}

/** The context that trusts the PEM authorities in `file`; with `alone` nothing else, otherwise the default ones too.
 *  Read again when the file changes. Throws what the file system or OpenSSL throws. */
export function contextFor(file: string, alone: boolean): SecureContext {
  const key = `${alone}:${file}`;
  const changedMs = statSync(file).mtimeMs;
  const known = kept.get(key);
  if (known?.changedMs === changedMs) return known.context;
  const pem = readFileSync(file, 'utf8');
  if (!pem.includes('-----BEGIN CERTIFICATE-----')) throw new Error('it holds no PEM certificate');
  const context = createSecureContext({ ca: alone ? pem : [...getCACertificates('default'), pem] });
  kept.set(key, { context, changedMs });
  return context;
}
