// What went wrong, in the closed list of codes and in a sentence for the person on call. Knows the errors of sockets, DNS
// and TLS; knows nothing of HTTP, Postgres or thresholds.
import type { ErrorCode } from '../../shared/observation.ts';
import { isLocal } from '../providers/locality.ts';
import { lacksFamily } from './interfaces.ts';

/** A check's bad news. `unknown` says that the failure is ours, or nobody's: it must not count against the target. */
export type Failure = {
  readonly code: ErrorCode;
  readonly message: string;
  readonly outcome: 'down' | 'unknown';
};

export function down(code: ErrorCode, message: string): Failure {
  return { code, message, outcome: 'down' };
}

export function unknown(code: ErrorCode, message: string): Failure {
  return { code, message, outcome: 'unknown' };
}

/** The reason that a check's signal carries when its time is up; `limitMs` is the limit that passed. */
export class TimeLimit extends Error {
  readonly limitMs: number;
  constructor(limitMs: number) {
    super(`The time limit of ${seconds(limitMs)} has passed.`);
    this.name = 'TimeoutError';
    this.limitMs = limitMs;
  }
}

/** Whether `signal` was aborted because the time was up, rather than because nobody wants the answer any more. */
export function isTimeUp(signal: AbortSignal): boolean {
  return signal.reason instanceof Error && signal.reason.name === 'TimeoutError';
}

/** The failure behind an aborted signal. `doing` completes "... did not ...", as in `finish the TLS handshake`. */
export function abortFailure(signal: AbortSignal, who: string, doing: string): Failure {
  if (!isTimeUp(signal)) return unknown('cancelled', 'The check was cancelled.');
  const within = signal.reason instanceof TimeLimit ? ` within ${seconds(signal.reason.limitMs)}` : ' in time';
  return down('timeout', `${who} did not ${doing}${within}.`);
}

/** `3 s`, `2.5 s` or `250 ms`. */
export function seconds(ms: number): string {
  return ms < 1_000 ? `${Math.round(ms)} ms` : `${Number((ms / 1_000).toFixed(1))} s`;
}

/** Where a socket was going. */
export type Destination = { readonly host: string; readonly port: number; readonly family?: 'auto' | 'ipv4' | 'ipv6' };

/** The code that Node hides behind an `unknown`: `ECONNREFUSED`, `CERT_HAS_EXPIRED`, `HPE_INVALID_CONSTANT`, ... */
export function codeOf(error: unknown): string {
  return error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : '';
}

// A family race fails with one error per address. "No route" is about one family; any other error says more about the target.
const noRoute = new Set(['ENETUNREACH', 'EHOSTUNREACH', 'EADDRNOTAVAIL']);

function mostTelling(error: unknown): unknown {
  if (!(error instanceof AggregateError)) return error;
  return error.errors.find((one) => !noRoute.has(codeOf(one))) ?? error.errors[0] ?? error;
}

/** Judges an error met while looking up, connecting to, or agreeing on TLS with `to`. */
export function connectFailure(raw: unknown, to: Destination): Failure {
  const error = mostTelling(raw);
  const code = codeOf(error);
  return lookupFailure(code, to) ?? routeFailure(error, code, to) ?? tlsFailure(error, to);
}

function lookupFailure(code: string, to: Destination): Failure | null {
  const wanted = to.family === 'ipv4' ? ' with an IPv4 address' : to.family === 'ipv6' ? ' with an IPv6 address' : '';
  switch (code) {
    case 'ENOTFOUND':
    case 'ENODATA':
      return down('dns', `The name ${to.host} does not exist in DNS${wanted}.`);
    case 'EAI_AGAIN':
    case 'EAI_FAIL':
    case 'ESERVFAIL':
    case 'ETIMEOUT':
      return down('dns', `The name ${to.host} could not be looked up: no DNS server gave an answer.`);
    case linkLocalCode:
      return unknown('unreachable', linkLocalSentence(to.host));
    default:
      return null;
  }
}

function routeFailure(error: unknown, code: string, to: Destination): Failure | null {
  switch (code) {
    case 'ECONNREFUSED':
      return down('refused', `${to.host} refused the connection on port ${to.port}.`);
    // A reset before the connection stood is a firewall's or proxy's way to refuse.
    case 'ECONNRESET':
      return down('refused', `${to.host} reset the connection on port ${to.port} before it was ready.`);
    case 'ETIMEDOUT':
      return down('timeout', `${to.host} did not accept a connection on port ${to.port} in time.`);
    case 'ENETUNREACH':
    case 'EHOSTUNREACH':
    case 'EADDRNOTAVAIL':
      return noRouteFailure(error, to);
    case 'EACCES':
    case 'EPERM':
      return unknown('unreachable', `This machine's firewall does not let Signalbox connect to ${to.host} on port ${to.port}.`);
    default:
      return null;
  }
}

// A machine without IPv6 cannot judge a target that has nothing else. Otherwise "no route" may come from a router near the
// target, as when a provider withdraws its network, and then it is an outage.
function noRouteFailure(error: unknown, to: Destination): Failure {
  const address = error instanceof Error && 'address' in error && typeof error.address === 'string' ? error.address : to.host;
  const family = address.includes(':') ? 6 : 4;
  if (!isLocal(address) && lacksFamily(family)) {
    return unknown('unreachable', `${to.host} was tried over IPv${family}, and this machine has no IPv${family} connection.`);
  }
  return down('unreachable', `There is no route to ${to.host} (${address}).`);
}

/** The code our own lookup gives to an address that S-35 of SECURITY.md forbids. */
export const linkLocalCode = 'ELINKLOCAL';

export function linkLocalSentence(host: string): string {
  return `${host} is a link-local or cloud metadata address, which Signalbox does not contact; set "allowLinkLocal" if you mean it.`;
}

const untrusted = new Set([
  'DEPTH_ZERO_SELF_SIGNED_CERT',
  'SELF_SIGNED_CERT_IN_CHAIN',
  'UNABLE_TO_GET_ISSUER_CERT',
  'UNABLE_TO_GET_ISSUER_CERT_LOCALLY',
]);

/** Judges a certificate or handshake error; the codes are OpenSSL's verify codes (nodejs.org/api/tls.html, X509 errors).
 *  `expiresAt` is the certificate's end, ISO 8601, where it is known. */
export function tlsFailure(error: unknown, to: Destination, expiresAt?: string): Failure {
  const code = codeOf(error);
  if (untrusted.has(code)) {
    return down('tls', `The certificate of ${to.host} is signed by an authority that this machine does not trust (${code}).`);
  }
  switch (code) {
    case 'CERT_HAS_EXPIRED':
      return down('tls', `The certificate of ${to.host} expired${expiresAt ? ` on ${expiresAt.slice(0, 10)}` : ''}.`);
    case 'CERT_NOT_YET_VALID':
      return down('tls', `The certificate of ${to.host} is not valid yet; is the clock of this machine right?`);
    case 'ERR_TLS_CERT_ALTNAME_INVALID':
      return down('tls', `The certificate of ${to.host} was issued for another name.`);
    case 'UNABLE_TO_VERIFY_LEAF_SIGNATURE':
      return down('tls', `${to.host} does not send the intermediate certificate that leads to a trusted authority.`);
    case 'ECONNRESET':
    case 'EPIPE':
      return down('tls', `${to.host} closed the connection during the TLS handshake on port ${to.port}.`);
    case 'ERR_SSL_WRONG_VERSION_NUMBER':
    case 'ERR_SSL_PACKET_LENGTH_TOO_LONG':
      return down('tls', `${to.host} does not speak TLS on port ${to.port}.`);
    default:
      return code.startsWith('ERR_SSL') || code.startsWith('ERR_TLS') || code.includes('CERT') || code === 'EPROTO'
        ? down('tls', `TLS with ${to.host} failed: ${reasonOf(error)}.`)
        : down('protocol', `The connection to ${to.host} on port ${to.port} failed: ${reasonOf(error)}.`);
  }
}

/** The part of an error that a person can use: OpenSSL's own reason where there is one, else the first line. */
export function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  if ('reason' in error && typeof error.reason === 'string') return error.reason;
  const line = error.message.split('\n')[0] ?? '';
  return (line || codeOf(error) || error.name).replace(/\.$/, '');
}
