// One HTTP request over its own new connection, timed by phase, the body capped. Knows HTTP; judges nothing but transport.
// Redirects are a list of such requests: see http-redirects.ts.
import { type ClientRequest, request as httpRequest, type IncomingMessage } from 'node:http';
import type { Socket } from 'node:net';
import type { Certificate, Phases } from '../../shared/observation.ts';
import type { Clock } from '../engine/ports.ts';
import { type Connection, connect, type Endpoint } from './connection.ts';
import { abortFailure, codeOf, down, type Failure, reasonOf, seconds } from './failure.ts';

export type HttpRequest = {
  readonly endpoint: Endpoint;
  readonly method: string;
  /** Path and query. */
  readonly path: string;
  /** Name and value in turn, as in `rawHeaders`; they include `host`. */
  readonly headers: readonly string[];
  readonly body: Buffer | null;
  /** Bytes of the answer that are kept; reading stops there. */
  readonly maxBody: number;
};

export type HttpAnswer = {
  readonly status: number;
  readonly statusText: string;
  readonly headers: IncomingMessage['headers'];
  readonly body: Buffer;
  /** The body was longer than `maxBody`. */
  readonly truncated: boolean;
};

/** Either an answer or a failure, with whatever was learned on the way. */
export type HttpResult = {
  readonly answer: HttpAnswer | null;
  readonly failure: Failure | null;
  readonly phases: Phases;
  readonly address: string | undefined;
  readonly certificate: Certificate | undefined;
};

/** Time for the body once its headers are there, milliseconds (ENGINE section 4, point 5). */
const bodyLimitMs = 5_000;

/** Sends a request and reads the answer; never rejects, and leaves no socket behind. */
export async function sendRequest(request: HttpRequest, clock: Clock, signal: AbortSignal): Promise<HttpResult> {
  const connection = await connect(request.endpoint, clock, signal);
  const { socket } = connection;
  if (!socket) return resultOf(connection, connection.timing, null, connection.failure);
  if (signal.aborted) {
    socket.destroy();
    return resultOf(connection, connection.timing, null, abortFailure(signal, request.endpoint.host, 'answer'));
  }
  return new Promise((resolve) => {
    new Exchange(request, connection, clock, signal, resolve).start(socket);
  });
}

function resultOf(from: Connection, phases: Phases, answer: HttpAnswer | null, failure: Failure | null): HttpResult {
  return { answer, failure, phases, address: from.address, certificate: from.certificate };
}

class Exchange {
  readonly #request: HttpRequest;
  readonly #connection: Connection;
  readonly #clock: Clock;
  readonly #signal: AbortSignal;
  readonly #resolve: (result: HttpResult) => void;
  readonly #since: number;
  readonly #chunks: Buffer[] = [];
  #size = 0;
  #outgoing: ClientRequest | undefined;
  #incoming: IncomingMessage | undefined;
  #firstByteMs: number | undefined;
  #stopWatch: (() => void) | undefined;

  constructor(
    request: HttpRequest,
    connection: Connection,
    clock: Clock,
    signal: AbortSignal,
    resolve: (result: HttpResult) => void,
  ) {
    this.#request = request;
    this.#connection = connection;
    this.#clock = clock;
    this.#signal = signal;
    this.#resolve = resolve;
    this.#since = clock.monotonic();
  }

  start(socket: Socket): void {
    this.#signal.addEventListener('abort', this.#aborted);
    try {
      const outgoing = httpRequest({
        method: this.#request.method,
        path: this.#request.path,
        headers: [...this.#request.headers, 'connection', 'close'],
        // Given a connection and no agent, Node neither makes nor pools one.
        createConnection: () => socket,
      });
      this.#outgoing = outgoing;
      outgoing.on('error', this.#failed);
      outgoing.once('response', this.#answered);
      // A connection may close without an error, as after `101 Switching Protocols`.
      outgoing.once('close', this.#closed);
      outgoing.end(this.#request.body ?? undefined);
    } catch (error) {
      // Node refuses header values that a server could misread; its message names the header, never the value.
      socket.destroy();
      this.#finish(down('protocol', `The request cannot be sent: ${reasonOf(error)}.`));
    }
  }

  readonly #answered = (incoming: IncomingMessage): void => {
    this.#incoming = incoming;
    this.#firstByteMs = this.#clock.monotonic() - this.#since;
    incoming.on('data', this.#read);
    incoming.on('error', this.#failed);
    incoming.once('end', () => this.#finish(null));
    this.#stopWatch = this.#clock.after(bodyLimitMs, this.#slowBody);
  };

  readonly #read = (chunk: Buffer): void => {
    this.#chunks.push(chunk);
    this.#size += chunk.length;
    if (this.#size > this.#request.maxBody) this.#finish(null);
  };

  readonly #slowBody = (): void => {
    this.#finish(down('timeout', `${this.#host} began to answer but did not finish within ${seconds(bodyLimitMs)}.`));
  };

  readonly #aborted = (): void => {
    this.#finish(abortFailure(this.#signal, this.#host, this.#incoming ? 'finish its answer' : 'answer'));
  };

  readonly #failed = (error: Error): void => {
    this.#finish(exchangeFailure(error, this.#host, this.#incoming !== undefined));
  };

  readonly #closed = (): void => {
    this.#finish(brokenOff(this.#host, this.#incoming !== undefined));
  };

  get #host(): string {
    return this.#request.endpoint.host;
  }

  #finish(failure: Failure | null): void {
    this.#stopWatch?.();
    this.#signal.removeEventListener('abort', this.#aborted);
    const { timing } = this.#connection;
    const phases = this.#firstByteMs === undefined ? timing : { ...timing, firstByteMs: this.#firstByteMs };
    this.#resolve(resultOf(this.#connection, phases, failure ? null : this.#answer(), failure));
    this.#outgoing?.destroy();
  }

  #answer(): HttpAnswer | null {
    const incoming = this.#incoming;
    if (!incoming) return null;
    const whole = this.#chunks.length === 1 && this.#chunks[0] ? this.#chunks[0] : Buffer.concat(this.#chunks);
    const truncated = whole.length > this.#request.maxBody;
    return {
      status: incoming.statusCode ?? 0,
      statusText: incoming.statusMessage ?? '',
      headers: incoming.headers,
      body: truncated ? whole.subarray(0, this.#request.maxBody) : whole,
      truncated,
    };
  }
}

// The connection stood, so a reset is not a refusal: the server, or what stands before it, broke off in mid-talk.
function exchangeFailure(error: Error, host: string, answering: boolean): Failure {
  const code = codeOf(error);
  if (code.startsWith('HPE_')) return down('protocol', `${host} answered with something that is not HTTP: ${reasonOf(error)}.`);
  if (code === 'ECONNRESET' || code === 'EPIPE') return brokenOff(host, answering);
  return down('protocol', `Talking to ${host} failed: ${reasonOf(error)}.`);
}

function brokenOff(host: string, answering: boolean): Failure {
  return down('protocol', `${host} closed the connection ${answering ? 'in the middle of' : 'before'} its answer.`);
}
