// What a database host's name tells: whose it is, which way it takes connections, and whether it is on the internet at all.
import type { Parts } from './parts.ts';

export const sessionPort = 5_432;
export const transactionPort = 6_543;

/** The project whose own host this is; null for any other host. */
export function directRef(host: string): string | null {
  return /^db\.([a-z0-9]+)\.supabase\.co\.?$/i.exec(host)?.[1]?.toLowerCase() ?? null;
}

/** Supabase's shared pooler. */
export function isSupabasePooler(host: string): boolean {
  return /\.pooler\.supabase\.com\.?$/i.test(host);
}

/** A pooler that is told by its host's name and hands out transactions: neon.com/docs/connect/connection-pooling. */
export function isNeonPooler(host: string): boolean {
  return /^[\w-]+-pooler\.[\w.-]+\.neon\.tech\.?$/i.test(host);
}

/** The project in a pooler's user, as in `postgres.abcdefghij`; null when it names none. */
export function refInUser(user: string): string | null {
  return /^[^.]+\.([a-z0-9]+)$/i.exec(user)?.[1]?.toLowerCase() ?? null;
}

/** The project that a connection leads to, as far as it says. */
export function refOf({ host, user }: Pick<Parts, 'host' | 'user'>): string | null {
  return directRef(host) ?? (isSupabasePooler(host) ? refInUser(user) : null);
}

export type Mode = 'direct' | 'session pooler' | 'transaction pooler' | 'unknown';

export function modeOf({ host, port }: Pick<Parts, 'host' | 'port'>): Mode {
  if (port === transactionPort || isNeonPooler(host)) return 'transaction pooler';
  if (isSupabasePooler(host)) return 'session pooler';
  return directRef(host) === null ? 'unknown' : 'direct';
}

/** Whether the way there leads over the internet. Private ranges: RFC 1918, RFC 4193, RFC 3927; names of one label, `.local`
 *  and `.internal` are of one's own network. */
export function isPublic(host: string): boolean {
  const name = host.toLowerCase().replace(/\.$/, '');
  if (name === '' || name.startsWith('/')) return false;
  if (name.includes(':')) return !/^(?:::1?$|f[cd]|fe[89ab])/.test(name);
  if (/^\d+(?:\.\d+){3}$/.test(name)) {
    return !/^(?:0|10|127)\.|^192\.168\.|^169\.254\.|^172\.(?:1[6-9]|2\d|3[01])\./.test(name);
  }
  return name.includes('.') && !/\.(?:localhost|local|internal)$/.test(name);
}
