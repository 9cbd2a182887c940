// Tries a database connection once, for the connection doctor: the addresses of the host, which family connects, whether the
// login works. The same steps as the `postgres` check, with all that was seen on the way.
import { lookup } from 'node:dns/promises';
import { isIP } from 'node:net';
import type { Addresses } from '../../shared/evidence.ts';
import type { Families } from '../../shared/observation.ts';
import { plainText, redact } from '../../shared/redact.ts';
import type { Clock } from '../engine/ports.ts';
import type { PostgresTarget } from '../providers/postgres-url.ts';
import { codeOf, type Failure } from './failure.ts';
import { login } from './postgres-login.ts';
import { openRoute, type Resolve } from './postgres-route.ts';
import { secure } from './postgres-tls.ts';

export type Trial = {
  /** Null for a literal address, which nobody has to look up. */
  readonly addresses: Addresses | null;
  readonly families: Families;
  /** Null when it worked. The message does not hold the password. */
  readonly failure: Failure | null;
  readonly serverVersion: string | null;
};

const none = new Set(['ENOTFOUND', 'ENODATA', 'EAI_NODATA', 'EAI_ADDRFAMILY']);
const mostAddresses = 20;

/** The system's own look-up, which knows the hosts file as every program here does. */
export const systemAddresses: Resolve = async (host, family) => {
  try {
    return (await lookup(host, { family, all: true })).map(({ address }) => address);
  } catch (error) {
    if (none.has(codeOf(error))) return [];
    throw error;
  }
};

/** Never rejects; aborting `signal` is told as a failure (`timeout` or `cancelled`). `resolve` is for tests. */
export async function tryConnection(
  target: PostgresTarget,
  clock: Clock,
  signal: AbortSignal,
  resolve: Resolve = systemAddresses,
): Promise<Trial> {
  const seen = new Map<4 | 6, readonly string[]>();
  const recording: Resolve = async (host, family) => {
    const found = await resolve(host, family);
    seen.set(family, found.slice(0, mostAddresses));
    return found;
  };
  const route = await openRoute({ ...target, reachableFrom: 'any', allowLinkLocal: false }, clock, signal, recording);
  let { failure } = route;
  let serverVersion: string | null = null;
  if (route.socket) {
    const secured = await secure(route.socket, target, clock, signal);
    failure = secured.failure;
    if (secured.socket) {
      const entry = await login(secured.socket, target, clock, signal);
      failure = entry.failure;
      serverVersion = entry.serverVersion === undefined ? null : plainText(entry.serverVersion, 30);
    }
  }
  return {
    addresses: isIP(target.host) === 0 ? { a: listOf(seen, 4), aaaa: listOf(seen, 6) } : null,
    families: await route.families,
    failure: failure && { ...failure, message: withoutPassword(failure.message, target.password) },
    serverVersion,
  };
}

const listOf = (seen: ReadonlyMap<4 | 6, readonly string[]>, family: 4 | 6): string[] | null => {
  const list = seen.get(family);
  return list === undefined ? null : [...list];
};

// Servers quote what they were given.
function withoutPassword(message: string, password: string | null): string {
  return password ? redact(message, [password]) : message;
}
