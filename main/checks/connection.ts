// One new connection: look up, connect, agree on TLS, each timed and limited. Knows sockets; knows no protocol above TLS.
import { isIP, type NetConnectOpts, type Socket, connect as tcpConnect } from 'node:net';
import { type SecureContext, type TLSSocket, connect as tlsConnect } from 'node:tls';
import type { Certificate, Phases } from '../../shared/observation.ts';
import type { Clock } from '../engine/ports.ts';
import { isLinkLocal } from '../providers/locality.ts';
import { certificateOf } from './certificate.ts';
import {
  abortFailure,
  connectFailure,
  type Destination,
  down,
  type Failure,
  linkLocalSentence,
  seconds,
  tlsFailure,
  unknown,
} from './failure.ts';
import { lookupFor } from './lookup.ts';

export type Endpoint = {
  readonly host: string;
  readonly port: number;
  /** What messages call it, when `host` is an address that was looked up already. */
  readonly label?: string;
  readonly family: 'auto' | 'ipv4' | 'ipv6';
  readonly allowLinkLocal: boolean;
  /** `null` for a plain connection. Without `verify` any certificate will do. */
  readonly tls: { readonly context: SecureContext; readonly verify: boolean } | null;
};

/** How far a connection came. `socket` is open and, over TLS, proven to be the right host; it is null when it failed. */
export type Connection = {
  readonly socket: Socket | null;
  readonly failure: Failure | null;
  readonly timing: Phases;
  readonly address: string | undefined;
  /** Told even when it has expired. */
  readonly certificate: Certificate | undefined;
};

type Phase = 'dns' | 'tcp' | 'tls';

/** Longest time per phase, milliseconds (ENGINE section 4, point 5). */
export const phaseLimits = { dns: 3_000, tcp: 3_000, tls: 4_000 } as const;

const phaseField = { dns: 'dnsMs', tcp: 'tcpMs', tls: 'tlsMs' } as const;

// Node gives up on an address after 250 ms when there is another one: too little for a far host behind a slow line.
const attemptMs = 500;

/** Opens a connection; never rejects. The caller owns the socket and destroys it. */
export function connect(to: Endpoint, clock: Clock, signal: AbortSignal): Promise<Connection> {
  const refusal = refuse(to, signal);
  if (refusal) return Promise.resolve(failedWith(refusal));
  return new Promise((resolve) => new Dial(to, clock, signal, resolve).start());
}

function refuse(to: Endpoint, signal: AbortSignal): Failure | null {
  if (signal.aborted) return abortFailure(signal, to.host, 'get its turn');
  // A name is judged by what it resolves to (lookup.ts); a literal never reaches the lookup.
  return !to.allowLinkLocal && isLinkLocal(to.host) ? unknown('unreachable', linkLocalSentence(to.host)) : null;
}

/** A connection that was not even tried. */
export function failedWith(failure: Failure): Connection {
  return { socket: null, failure, timing: {}, address: undefined, certificate: undefined };
}

class Dial {
  readonly #to: Endpoint;
  readonly #who: Destination;
  readonly #clock: Clock;
  readonly #signal: AbortSignal;
  readonly #resolve: (connection: Connection) => void;
  readonly #socket: Socket;
  readonly #timing: Phases = {};
  #phase: Phase;
  #since: number;
  #stopWatch: () => void;

  constructor(to: Endpoint, clock: Clock, signal: AbortSignal, resolve: (connection: Connection) => void) {
    this.#to = to;
    this.#who = { host: to.label ?? to.host, port: to.port, family: to.family };
    this.#clock = clock;
    this.#signal = signal;
    this.#resolve = resolve;
    // An IP literal never fires `lookup`, so its first phase is the connection.
    this.#phase = isIP(to.host) === 0 ? 'dns' : 'tcp';
    this.#since = clock.monotonic();
    this.#stopWatch = clock.after(phaseLimits[this.#phase], this.#watch);
    this.#socket = open(to);
  }

  start(): void {
    this.#signal.addEventListener('abort', this.#aborted);
    this.#socket.on('error', this.#failed);
    // `lookup` fires for a failed lookup too, and then the error event follows.
    if (this.#phase === 'dns') this.#socket.once('lookup', (error) => error ?? this.#enter('tcp'));
    this.#socket.once('connect', this.#connected);
    if (this.#to.tls) this.#socket.once('secureConnect', this.#secured);
  }

  // One timer serves all phases: when it fires, it looks which one is running and how long that may still take.
  readonly #watch = (): void => {
    const limit = phaseLimits[this.#phase];
    const left = limit - (this.#clock.monotonic() - this.#since);
    if (left > 1) this.#stopWatch = this.#clock.after(left, this.#watch);
    else this.#finish(down('timeout', `${this.#who.host} did not ${this.#undone()} within ${seconds(limit)}.`));
  };

  readonly #connected = (): void => {
    this.#enter('tls');
    if (!this.#to.tls) this.#finish(null);
  };

  readonly #secured = (): void => {
    const socket = this.#socket as TLSSocket;
    this.#enter('tls');
    const certificate = certificateOf(socket, this.#to.host, this.#clock.now());
    const accepted = socket.authorized || !this.#to.tls?.verify;
    this.#finish(accepted ? null : tlsFailure(verifyError(socket), this.#who, certificate?.expiresAt), certificate);
  };

  readonly #failed = (error: Error): void => {
    this.#finish(this.#phase === 'tls' ? tlsFailure(error, this.#who) : connectFailure(error, this.#who));
  };

  readonly #aborted = (): void => {
    this.#finish(abortFailure(this.#signal, this.#who.host, this.#undone()));
  };

  #enter(next: Phase): void {
    const now = this.#clock.monotonic();
    this.#timing[phaseField[this.#phase]] = now - this.#since;
    this.#phase = next;
    this.#since = now;
  }

  #undone(): string {
    if (this.#phase === 'dns') return 'get an answer from DNS';
    return this.#phase === 'tcp' ? `accept a connection on port ${this.#to.port}` : 'finish the TLS handshake';
  }

  // The error listener stays: a socket that fails later must not find none.
  #finish(failure: Failure | null, certificate?: Certificate): void {
    this.#stopWatch();
    this.#signal.removeEventListener('abort', this.#aborted);
    const address = this.#socket.remoteAddress;
    if (failure) this.#socket.destroy();
    this.#resolve({ socket: failure ? null : this.#socket, failure, timing: this.#timing, address, certificate });
  }
}

function open(to: Endpoint): Socket {
  const options: NetConnectOpts = {
    host: to.host,
    port: to.port,
    lookup: lookupFor(to.allowLinkLocal),
    noDelay: true,
    autoSelectFamilyAttemptTimeout: attemptMs,
    ...(to.family === 'auto' ? { autoSelectFamily: true } : { family: to.family === 'ipv4' ? 4 : 6 }),
  };
  if (!to.tls) return tcpConnect(options);
  // Verification is done by OpenSSL and Node as ever; only the verdict is read here instead of there, because a socket that
  // Node itself gives up cannot be asked for its certificate. Nothing is sent before that verdict.
  const tls = { ...options, secureContext: to.tls.context, rejectUnauthorized: false };
  return tlsConnect(isIP(to.host) === 0 ? { ...tls, servername: to.host } : tls);
}

// Typed as an Error, but Node stores the code (lib/internal/tls/wrap.js, onConnectSecure).
function verifyError(socket: TLSSocket): Error {
  const problem: unknown = socket.authorizationError;
  return problem instanceof Error ? problem : Object.assign(new Error(String(problem)), { code: String(problem) });
}
