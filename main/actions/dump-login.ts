// Logs in to a Postgres server with the meaning that libpq gives to `sslmode`, within a time limit. Decides nothing about
// which server.
import { readFile } from 'node:fs/promises';
import { isIP, Socket } from 'node:net';
import type { ConnectionOptions } from 'node:tls';
import type pg from 'pg';
import type { ErrorCode } from '../../shared/observation.ts';
import { plainText } from '../../shared/redact.ts';
import type { Clock } from '../engine/ports.ts';
import { postgresClient } from '../providers/postgres-client.ts';
import { postgresFailure } from '../providers/postgres-errors.ts';
import type { PostgresTarget } from '../providers/postgres-url.ts';

/** Why it was not let in; the message is a sentence without the password. `auth` means that asking again will not help. */
export class LoginError extends Error {
  readonly failure: ErrorCode;

  constructor(failure: ErrorCode, message: string, cause: unknown) {
    super(message, { cause });
    this.name = 'LoginError';
    this.failure = failure;
  }
}

type Limits = { readonly limitMs: number; readonly clock: Clock; readonly signal: AbortSignal };

/** A client that is logged in and that dies with `signal`; the caller ends it. Rejects with a LoginError, or with the reason of
 *  `signal`. */
export async function connectTo(target: PostgresTarget, limits: Limits): Promise<pg.Client> {
  const tls = await tlsFor(target);
  try {
    return await attempt(target, tls, limits);
  } catch (error) {
    const isPlain = error instanceof LoginError && /does not support SSL/i.test(reasonOf(error.cause));
    if (!isPlain || (target.sslMode !== 'prefer' && target.sslMode !== 'allow')) throw error;
    return attempt(target, false, limits);
  }
}

async function attempt(target: PostgresTarget, ssl: ConnectionOptions | false, limits: Limits): Promise<pg.Client> {
  const { limitMs, clock, signal } = limits;
  signal.throwIfAborted();
  const socket = new Socket();
  const client = postgresClient(target, () => socket, ssl);
  let isLate = false;
  const stopTimer = clock.after(limitMs, () => {
    isLate = true;
    socket.destroy(new Error('too slow'));
  });
  const aborted = (): void => void socket.destroy(new Error('aborted'));
  signal.addEventListener('abort', aborted);
  socket.once('close', () => signal.removeEventListener('abort', aborted));
  try {
    await client.connect();
    return client;
  } catch (error) {
    socket.destroy();
    signal.throwIfAborted();
    if (isLate) {
      const sentence = `${target.host} did not let anybody in on port ${target.port} within ${limitMs / 1_000} s.`;
      throw new LoginError('timeout', sentence, error);
    }
    throw failureOf(error, target);
  } finally {
    stopTimer();
  }
}

// libpq: `require` with a root certificate verifies like `verify-ca`; `sslrootcert=system` always verifies in full.
async function tlsFor({ sslMode, rootCert, host }: PostgresTarget): Promise<ConnectionOptions | false> {
  if (sslMode === 'disable') return false;
  const isFull = sslMode === 'verify-full' || rootCert === 'system';
  const verifies = sslMode !== 'prefer' && sslMode !== 'allow' && (isFull || sslMode === 'verify-ca' || rootCert !== null);
  const ca = verifies && rootCert !== null && rootCert !== 'system' ? await rootCertificate(rootCert, host) : undefined;
  return {
    rejectUnauthorized: verifies,
    ...(ca === undefined ? {} : { ca }),
    ...(verifies && !isFull ? { checkServerIdentity: () => undefined } : {}),
    ...(isIP(host) === 0 ? { servername: host } : {}),
  };
}

async function rootCertificate(path: string, host: string): Promise<string> {
  try {
    return await readFile(path, 'utf8');
  } catch (error) {
    throw new LoginError('tls', `The sslrootcert of the connection to ${host} cannot be read.`, error);
  }
}

function failureOf(raw: unknown, target: PostgresTarget): LoginError {
  const error = raw instanceof AggregateError ? mostTelling(raw) : raw;
  const { host, port } = target;
  const say = (failure: ErrorCode, message: string): LoginError => new LoginError(failure, message, error);
  const code = codeOf(error);
  switch (code) {
    case 'ENOTFOUND':
    case 'ENODATA':
      return say('dns', `The name ${host} has no address that this machine can use.`);
    case 'EAI_AGAIN':
      return say('dns', `The name ${host} could not be looked up.`);
    case 'ECONNREFUSED':
      return say('refused', `${host} refused the connection on port ${port}.`);
    case 'ENETUNREACH':
    case 'EHOSTUNREACH':
    case 'EADDRNOTAVAIL':
      return say('unreachable', `This machine has no way to ${host}${isIPv6Error(error) ? ', which has IPv6 only' : ''}.`);
    case 'ETIMEDOUT':
      return say('timeout', `${host} did not accept a connection on port ${port} in time.`);
  }
  if (/^(?:CERT|UNABLE|DEPTH|SELF|ERR_TLS|ERR_SSL|EPROTO)/.test(code) || /does not support SSL/i.test(reasonOf(error))) {
    return say('tls', `TLS with ${host} failed: ${plainText(reasonOf(error), 200)}.`);
  }
  const { code: failure, message } = postgresFailure({ code, message: reasonOf(error) }, target);
  return say(failure, message);
}

// "No route" is about one address family; any other error says more about the server.
function mostTelling(error: AggregateError): unknown {
  return error.errors.find((one) => !/^(?:ENETUNREACH|EHOSTUNREACH|EADDRNOTAVAIL)$/.test(codeOf(one))) ?? error.errors[0];
}

const isIPv6Error = (error: unknown): boolean =>
  error instanceof Error && 'address' in error && typeof error.address === 'string' && error.address.includes(':');

/** SQLSTATE or system code; empty when there is none. */
export function codeOf(error: unknown): string {
  return error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : '';
}

/** The first line of an error without its full stop. */
export function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  return ((error.message.split('\n')[0] ?? '') || codeOf(error) || error.name).replace(/\.$/, '');
}
