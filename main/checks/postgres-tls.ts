// Turns an open Postgres connection into an encrypted one, as `sslmode` asks (postgresql.org/docs/current/libpq-ssl.html and
// protocol-flow.html, SSL session encryption). Done here rather than in pg so that it is timed and follows libpq's meaning.
import { isIP, type Socket } from 'node:net';
import { connect as tlsConnect } from 'node:tls';
import type { Certificate } from '../../shared/observation.ts';
import type { Clock } from '../engine/ports.ts';
import type { PostgresTarget } from '../providers/postgres-url.ts';
import { certificateOf } from './certificate.ts';
import { phaseLimits } from './connection.ts';
import { abortFailure, down, type Failure, reasonOf, seconds, tlsFailure, unknown } from './failure.ts';
import { contextFor, defaultContext } from './tls-context.ts';

export type Secured = {
  /** The socket to go on with: encrypted, or plain where `sslmode` and server agree on that. Null when it failed. */
  readonly socket: Socket | null;
  readonly failure: Failure | null;
  readonly encrypted: boolean;
  /** Only where `sslmode` verifies it; an unverified one may expire without harm. */
  readonly certificate?: Certificate | undefined;
};

/** Length 8, then the code 1234.5679 (protocol-message-formats.html, SSLRequest). */
const sslRequest = Buffer.from([0, 0, 0, 8, 0x04, 0xd2, 0x16, 0x2f]);

type Verification = 'none' | 'chain' | 'full';

/** Never rejects; on failure the socket is destroyed. */
export function secure(plain: Socket, target: PostgresTarget, clock: Clock, signal: AbortSignal): Promise<Secured> {
  if (target.sslMode === 'disable' || target.sslMode === 'allow') {
    return Promise.resolve({ socket: plain, failure: null, encrypted: false });
  }
  return new Promise((resolve) => {
    const limit = phaseLimits.tls;
    const slow = (): void => fail(down('timeout', `${target.host} did not finish the TLS handshake within ${seconds(limit)}.`));
    const aborted = (): void => fail(abortFailure(signal, target.host, 'finish the TLS handshake'));
    const broken = (error: Error): void => fail(tlsFailure(error, target));
    const closed = (): void => fail(down('protocol', `${target.host} closed the connection when asked for TLS.`));
    const stopTimer = clock.after(limit, slow);

    const settle = (secured: Secured): void => {
      stopTimer();
      signal.removeEventListener('abort', aborted);
      plain.off('close', closed);
      if (secured.failure) plain.destroy();
      resolve(secured);
    };
    const fail = (failure: Failure): void => settle({ socket: null, failure, encrypted: false });

    if (signal.aborted) return aborted();
    signal.addEventListener('abort', aborted);
    plain.on('error', broken);
    plain.on('close', closed);
    plain.once('data', (answer: Buffer) => {
      plain.off('error', broken);
      plain.on('error', ignore);
      // Bytes after the S would be plain text posing as encrypted (CVE-2021-23222).
      if (answer.toString('latin1') === 'S') return upgrade(plain, target, clock, broken, settle);
      const declined = answer.toString('latin1') === 'N';
      if (declined && target.sslMode === 'prefer') return settle({ socket: plain, failure: null, encrypted: false });
      fail(
        declined
          ? noTls(target)
          : down('protocol', `${target.host} does not speak the Postgres protocol on port ${target.port}.`),
      );
    });
    plain.write(sslRequest);
  });
}

function noTls(target: PostgresTarget): Failure {
  return down('tls', `${target.host} does not offer TLS, and sslmode=${target.sslMode} insists on it.`);
}

// libpq's `prefer` would try again without TLS after a failed handshake; a check tells the failure instead.
function upgrade(
  plain: Socket,
  target: PostgresTarget,
  clock: Clock,
  broken: (error: Error) => void,
  settle: (secured: Secured) => void,
): void {
  const trust = trustOf(target);
  if ('code' in trust) {
    settle({ socket: null, failure: trust, encrypted: false });
    return;
  }
  const socket = tlsConnect({
    socket: plain,
    host: target.host,
    secureContext: trust.context,
    // As in connection.ts: verified all the same, the verdict is read below.
    rejectUnauthorized: false,
    ...(isIP(target.host) === 0 ? { servername: target.host } : {}),
    ...(trust.verify === 'chain' ? { checkServerIdentity: () => undefined } : {}),
  });
  socket.once('error', broken);
  socket.on('error', ignore);
  socket.once('secureConnect', () => {
    socket.off('error', broken);
    if (trust.verify === 'none') return settle({ socket, failure: null, encrypted: true });
    const certificate = certificateOf(socket, target.host, clock.now());
    if (socket.authorized) return settle({ socket, failure: null, encrypted: true, certificate });
    const problem = Object.assign(new Error(String(socket.authorizationError)), { code: String(socket.authorizationError) });
    settle({ socket: null, failure: tlsFailure(problem, target, certificate?.expiresAt), encrypted: true, certificate });
  });
}

// libpq: `require` with a root certificate verifies like `verify-ca`; `sslrootcert=system` always verifies in full.
function trustOf({ sslMode, rootCert }: PostgresTarget) {
  const wanted: Verification =
    sslMode === 'verify-full' || rootCert === 'system' ? 'full' : sslMode === 'verify-ca' || rootCert ? 'chain' : 'none';
  const verify = sslMode === 'prefer' ? 'none' : wanted;
  if (verify === 'none' || !rootCert || rootCert === 'system') return { context: defaultContext(), verify };
  try {
    return { context: contextFor(rootCert, true), verify };
  } catch (error) {
    return unknown('tls', `The sslrootcert of the connection cannot be used: ${reasonOf(error)}.`);
  }
}

// A socket that fails after its verdict must find a listener; what follows speaks of it.
function ignore(): void {}
