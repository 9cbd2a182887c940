// What a name resolves to at a DNS server, both families, and whether that is something to remember as good.
import { Resolver } from 'node:dns/promises';
import type { Addresses } from '../../shared/evidence.ts';
import { plainText } from '../../shared/redact.ts';

export type LookedUp = { readonly addresses: Addresses; readonly error: string | null };
/** Never rejects but for an aborted signal, with its reason. */
export type LookUp = (host: string, signal: AbortSignal) => Promise<LookedUp>;

const attempts = { timeout: 2_000, tries: 2 } as const;
const most = 20;
/** A lost family is believed to be meant to be lost after this time. */
const believedAfterMs = 86_400_000;

/** Asks DNS and never the hosts file. `servers` as `ip:port`; the system’s when absent. */
export function makeLookUp(servers?: readonly string[]): LookUp {
  return async (host, signal) => {
    signal.throwIfAborted();
    const resolver = new Resolver(attempts);
    if (servers) resolver.setServers(servers);
    const cancel = (): void => resolver.cancel();
    signal.addEventListener('abort', cancel, { once: true });
    try {
      const [a, aaaa] = await Promise.all([familyOf(resolver.resolve4(host)), familyOf(resolver.resolve6(host))]);
      signal.throwIfAborted();
      const code = a.code ?? aaaa.code;
      const error = code === null ? null : wordsOf(host, code);
      return { addresses: { a: a.found, aaaa: aaaa.found }, error };
    } finally {
      signal.removeEventListener('abort', cancel);
    }
  };
}

type Family = { readonly found: string[] | null; readonly code: string | null };

async function familyOf(asked: Promise<string[]>): Promise<Family> {
  try {
    return { found: (await asked).toSorted().slice(0, most), code: null };
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : 'EUNKNOWN';
    if (code === 'ENODATA') return { found: [], code: null };
    return { found: code === 'ENOTFOUND' ? [] : null, code };
  }
}

function wordsOf(host: string, code: string): string {
  if (code === 'ENOTFOUND') return `The name ${plainText(host, 255)} does not exist in DNS.`;
  if (code === 'ETIMEOUT') return 'The DNS server did not answer in time.';
  if (code === 'ECONNREFUSED') return 'The DNS server is not answering.';
  return `The DNS server could not resolve ${plainText(host, 255)} (${plainText(code, 40)}).`;
}

const has = (family: readonly string[] | null): boolean => (family?.length ?? 0) > 0;

export function isSame(one: Addresses, other: Addresses): boolean {
  return JSON.stringify([one.a, one.aaaa]) === JSON.stringify([other.a, other.aaaa]);
}

/** Whether `now` is what the name should resolve to: it has an address, and lost no family that it had within the last day. */
export function isGood(
  now: Addresses,
  before: { readonly addresses: Addresses; readonly at: number } | null,
  at: number,
): boolean {
  if (now.a === null || now.aaaa === null || !(has(now.a) || has(now.aaaa))) return false;
  if (before === null || at - before.at > believedAfterMs) return true;
  return !((has(before.addresses.a) && !has(now.a)) || (has(before.addresses.aaaa) && !has(now.aaaa)));
}
