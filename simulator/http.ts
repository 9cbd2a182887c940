// The socket side of every stand-in: a loopback server that keeps what it received and fails on request in the ways that
// real services do. What a request means is the stand-in's own business.
import { createServer, type IncomingHttpHeaders, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { listenOn } from './listen.ts';

export type Received = {
  /** Epoch milliseconds. */
  readonly at: number;
  readonly method: string;
  /** Path with query. */
  readonly path: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
};

export type Reply = {
  readonly status: number;
  readonly body: string;
  readonly headers?: Readonly<Record<string, string>>;
};

/** How to fail. `hang` and `drop` happen after the request was handled: it counts, its sender only does not hear so. */
type HttpFault =
  /** Nothing listens. */
  | { readonly kind: 'refuse' }
  /** Handles the request, answers `ms` later. */
  | { readonly kind: 'hang'; readonly ms: number }
  /** Handles the request, closes the connection without an answer. */
  | { readonly kind: 'drop' }
  /** Answers this without handling the request. */
  | { readonly kind: 'answer'; readonly reply: Reply };

export type StandIn = {
  /** `http://127.0.0.1:port`, the same across refusals. */
  readonly url: string;
  /** Every request, in order of arrival, also those answered with a fault. */
  readonly received: readonly Received[];
  /** Fails the next `times` requests (all, when absent) of those that `only` picks (any, when absent; `refuse` refuses all);
   *  null mends it. */
  fail(fault: HttpFault | null, times?: number, only?: (request: Received) => boolean): Promise<void>;
  /** Resolves with the first `count` requests once they are there. */
  waitFor(count: number): Promise<readonly Received[]>;
  stop(): Promise<void>;
};

const bodyLimit = 1_048_576;

/** Starts a stand-in on a free loopback port. */
export async function startStandIn(handle: (request: Received) => Reply): Promise<StandIn> {
  const received: Received[] = [];
  const waiting = new Set<() => void>();
  let fault: HttpFault | null = null;
  let faultsLeft = 0;
  let isMeant: (request: Received) => boolean = () => true;
  const hanging = new Set<NodeJS.Timeout>();

  function takeFault(request: Received): HttpFault | null {
    if (faultsLeft <= 0 || !isMeant(request)) return null;
    faultsLeft -= 1;
    return fault;
  }

  async function onRequest(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const arrived = await readRequest(request);
    received.push(arrived);
    const failing = takeFault(arrived);
    const reply = failing?.kind === 'answer' ? failing.reply : handle(arrived);
    for (const check of waiting) check();
    if (failing?.kind === 'drop') response.destroy();
    else if (failing?.kind === 'hang') {
      const timer = setTimeout(() => send(response, reply), failing.ms);
      hanging.add(timer);
    } else send(response, reply);
  }

  const server = createServer((request, response) => {
    onRequest(request, response).catch((error: unknown) => response.destroy(error instanceof Error ? error : undefined));
  });
  const port = await listenOn(server, '127.0.0.1');

  return {
    url: `http://127.0.0.1:${port}`,
    received,
    async fail(next, times = Number.POSITIVE_INFINITY, only = () => true) {
      fault = next;
      isMeant = only;
      faultsLeft = next === null ? 0 : times;
      if (next?.kind === 'refuse') await close(server);
      else if (!server.listening) await listenOn(server, '127.0.0.1', port);
    },
    waitFor(count) {
      return new Promise((resolve) => {
        const check = (): void => {
          if (received.length < count) return;
          waiting.delete(check);
          resolve(received.slice(0, count));
        };
        waiting.add(check);
        check();
      });
    },
    async stop() {
      for (const timer of hanging) clearTimeout(timer);
      await close(server);
    },
  };
}

/** A JSON reply. */
export function json(status: number, value: unknown, headers: Readonly<Record<string, string>> = {}): Reply {
  return { status, body: JSON.stringify(value), headers: { 'content-type': 'application/json', ...headers } };
}

/** A plain-text reply. */
export function text(status: number, body: string, headers: Readonly<Record<string, string>> = {}): Reply {
  return { status, body, headers: { 'content-type': 'text/plain; charset=utf-8', ...headers } };
}

/** The whole request, as stand-ins keep it. Rejects when its body is over 1 MiB. */
export async function readRequest(request: IncomingMessage): Promise<Received> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (size > bodyLimit) throw new Error('request body over 1 MiB');
    chunks.push(chunk);
  }
  const { method = 'GET', url = '/', headers } = request;
  return { at: Date.now(), method, path: url, headers, body: Buffer.concat(chunks).toString('utf8') };
}

function send(response: ServerResponse, { status, body, headers = {} }: Reply): void {
  response.writeHead(status, headers);
  response.end(body);
}

function close(server: Server): Promise<void> {
  if (!server.listening) return Promise.resolve();
  return new Promise((resolve) => {
    server.close(() => resolve());
    server.closeAllConnections();
  });
}
