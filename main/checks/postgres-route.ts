// Which way a database host can be reached: A and AAAA looked up apart, a connection tried over each family at the same time.
import { lookup } from 'node:dns/promises';
import { isIP, type Socket } from 'node:net';
import type { Families } from '../../shared/observation.ts';
import type { Clock } from '../engine/ports.ts';
import { isLinkLocal } from '../providers/locality.ts';
import { type Connection, connect, phaseLimits } from './connection.ts';
import { abortFailure, codeOf, connectFailure, down, type Failure, linkLocalSentence, seconds, unknown } from './failure.ts';

export type ReachableFrom = 'any' | 'ipv4' | 'ipv6';

export type Destination = {
  readonly host: string;
  readonly port: number;
  readonly reachableFrom: ReachableFrom;
  readonly allowLinkLocal: boolean;
};

export type Route = {
  /** Open; the caller destroys it. Null when there is a failure. */
  readonly socket: Socket | null;
  readonly failure: Failure | null;
  readonly address: string | undefined;
  readonly dnsMs: number | undefined;
  readonly tcpMs: number | undefined;
  /** Settles when both families have been tried, at most a connection's time limit after the start. Never rejects. */
  readonly families: Promise<Families>;
};

/** The addresses of `host` in one family; an empty list when it has none, an error when that could not be found out. */
export type Resolve = (host: string, family: 4 | 6) => Promise<readonly string[]>;

type Addresses = { readonly list: readonly string[]; readonly failure: Failure | null };

const noSuchAddress = new Set(['ENOTFOUND', 'ENODATA', 'EAI_NODATA', 'EAI_ADDRFAMILY']);

const systemResolve: Resolve = async (host, family) => {
  try {
    return (await lookup(host, { family, all: true })).map((one) => one.address);
  } catch (error) {
    if (noSuchAddress.has(codeOf(error))) return [];
    throw error;
  }
};

/** Opens a connection over a family that `reachableFrom` allows; the other is only tried. `resolve` is for tests. */
export async function openRoute(
  to: Destination,
  clock: Clock,
  signal: AbortSignal,
  resolve: Resolve = systemResolve,
): Promise<Route> {
  const started = clock.monotonic();
  const literal = isIP(to.host);
  const [v4, v6] = await Promise.all([addressesOf(to, 4, resolve, clock, signal), addressesOf(to, 6, resolve, clock, signal)]);
  const dnsMs = literal === 0 ? clock.monotonic() - started : undefined;
  const ipv4 = v4.list.length > 0 ? reach(v4.list, to, clock, signal) : null;
  const ipv6 = v6.list.length > 0 ? reach(v6.list, to, clock, signal) : null;
  const tcpStarted = clock.monotonic();
  const allowed = [to.reachableFrom === 'ipv6' ? null : ipv4, to.reachableFrom === 'ipv4' ? null : ipv6].filter(
    (one) => one !== null,
  );
  const won = allowed.length > 0 ? await firstOpen(allowed) : null;
  const tcpMs = won?.socket ? clock.monotonic() - tcpStarted : undefined;
  return {
    socket: won?.socket ?? null,
    failure: won ? won.failure : noAddress(to, v4, v6),
    address: won?.address,
    dnsMs,
    tcpMs,
    families: familiesOf(ipv4, ipv6, won?.socket ?? null),
  };
}

async function addressesOf(
  to: Destination,
  family: 4 | 6,
  resolve: Resolve,
  clock: Clock,
  signal: AbortSignal,
): Promise<Addresses> {
  const literal = isIP(to.host);
  if (literal !== 0) return permitted(literal === family ? [to.host] : [], to);
  const { promise, resolve: settle } = Promise.withResolvers<Addresses>();
  const aborted = (): void => settle({ list: [], failure: abortFailure(signal, to.host, 'get an answer from DNS') });
  const limit = phaseLimits.dns;
  const stopTimer = clock.after(limit, () =>
    settle({ list: [], failure: down('timeout', `${to.host} did not get an answer from DNS within ${seconds(limit)}.`) }),
  );
  if (signal.aborted) aborted();
  signal.addEventListener('abort', aborted);
  resolve(to.host, family).then(
    (list) => settle(permitted(list, to)),
    (error: unknown) => settle({ list: [], failure: connectFailure(error, to) }),
  );
  const found = await promise;
  stopTimer();
  signal.removeEventListener('abort', aborted);
  return found;
}

function permitted(list: readonly string[], to: Destination): Addresses {
  const allowed = to.allowLinkLocal ? list : list.filter((address) => !isLinkLocal(address));
  const refused = allowed.length === 0 && list.length > 0;
  return { list: allowed, failure: refused ? unknown('unreachable', linkLocalSentence(to.host)) : null };
}

/** Tries at most three addresses of one family in turn, as libpq does. */
async function reach(addresses: readonly string[], to: Destination, clock: Clock, signal: AbortSignal): Promise<Connection> {
  const family = addresses[0]?.includes(':') ? 'ipv6' : 'ipv4';
  let last: Connection | undefined;
  for (const host of addresses.slice(0, 3)) {
    last = await connect(
      { host, label: to.host, port: to.port, family, allowLinkLocal: to.allowLinkLocal, tls: null },
      clock,
      signal,
    );
    if (last.socket || signal.aborted) break;
  }
  if (!last) throw new TypeError('There is no address to try.');
  return last;
}

/** The connection that opens first; when none does, the one whose failure says most about the host. */
function firstOpen(attempts: readonly Promise<Connection>[]): Promise<Connection> {
  return new Promise((resolve) => {
    const failed: Connection[] = [];
    for (const attempt of attempts) {
      attempt.then((connection) => {
        if (connection.socket) resolve(connection);
        else failed.push(connection);
        const [first] = failed;
        if (first && failed.length === attempts.length) resolve(failed.find((one) => says(one.failure)) ?? first);
      });
    }
  });
}

function says(failure: Failure | null): boolean {
  return failure?.outcome === 'down' && failure.code !== 'unreachable';
}

async function familiesOf(
  ipv4: Promise<Connection> | null,
  ipv6: Promise<Connection> | null,
  kept: Socket | null,
): Promise<Families> {
  const reached = async (attempt: Promise<Connection> | null): Promise<boolean | null> => {
    const connection = await attempt;
    if (!connection) return null;
    if (connection.socket !== kept) connection.socket?.destroy();
    return connection.failure === null;
  };
  const [four, six] = await Promise.all([reached(ipv4), reached(ipv6)]);
  return { ipv4: four, ipv6: six };
}

// Only an answered lookup proves that there is no address: one that failed may not be told as "IPv6-only".
function noAddress(to: Destination, v4: Addresses, v6: Addresses): Failure {
  const wanted = to.reachableFrom === 'ipv4' ? v4 : to.reachableFrom === 'ipv6' ? v6 : null;
  const failure = wanted ? wanted.failure : (v4.failure ?? v6.failure);
  if (failure) return failure;
  const other = to.reachableFrom === 'ipv4' ? v6 : v4;
  if (to.reachableFrom === 'any' || other.list.length === 0) return down('dns', `The name ${to.host} does not exist in DNS.`);
  return to.reachableFrom === 'ipv4'
    ? onlyIpv6(to)
    : down('unreachable', `${to.host} has no IPv6 address, and must be reachable over IPv6.`);
}

/** The second real outage of REPLAYS.md in one sentence; pooler facts: supabase.com/docs/guides/database/connecting-to-postgres. */
function onlyIpv6(to: Destination): Failure {
  const cause = `${to.host} has no IPv4 address, only IPv6, so servers without IPv6 cannot reach it.`;
  const project = /^db\.([a-z0-9]+)\.supabase\.co$/i.exec(to.host)?.[1];
  const remedy = /\.supabase\.co$/i.test(to.host)
    ? ` Use Supabase's session pooler instead: the host that ends in .pooler.supabase.com, port 5432, user postgres.${project ?? '<project ref>'}.`
    : ' Give it an IPv4 address, or connect through a proxy that has one.';
  return down('unreachable', cause + remedy);
}
