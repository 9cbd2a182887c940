// The socket side of a simulated server: one handler behind HTTP, and behind HTTPS when asked, on ports that stay the same
// while it is down. Breaks in the ways that servers break; what an answer means is the handler's business.
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { createServer as createSecureServer, type Server as SecureServer } from 'node:https';
import { setTimeout as delay } from 'node:timers/promises';
import { makeAuthority, makeCertificate } from './certificates.ts';
import { type Received, type Reply, readRequest } from './http.ts';
import { listenOn } from './listen.ts';

export type ServerFault =
  /** Nothing listens. */
  | { readonly kind: 'refuse' }
  /** Takes requests, never answers. */
  | { readonly kind: 'hang' }
  /** Answers `ms` later. */
  | { readonly kind: 'slow'; readonly ms: number }
  /** Answers this without asking the handler. */
  | { readonly kind: 'answer'; readonly reply: Reply }
  /** The handler's status, and a page of somebody else's. */
  | { readonly kind: 'wrong-body' }
  /** Promises the whole answer and ends the connection half-way. */
  | { readonly kind: 'truncate' }
  /** Refuses for `everyMs`, answers for `everyMs`, and so on. */
  | { readonly kind: 'flap'; readonly everyMs: number };

export type FaultyServer = {
  /** `http://127.0.0.1:port` */
  readonly url: string;
  /** `https://localhost:port`, signed by `authority`; for a name of one's own, ask for it in `names`. */
  readonly secureUrl: string;
  /** PEM of the authority to trust. */
  readonly authority: string;
  readonly fault: ServerFault | null;
  /** Requests that arrived so far, whatever became of them. */
  readonly requests: number;
  fail(fault: ServerFault | null): Promise<void>;
  /** Serves HTTPS with a certificate that ended yesterday, or again with a good one. */
  setExpired(expired: boolean): void;
  stop(): Promise<void>;
};

/** `signal` is aborted when the client has gone or the server ends. */
export type Handler = (request: Received, signal: AbortSignal) => Promise<Reply>;

const host = '127.0.0.1';
const maintenancePage = '<!doctype html><title>Welcome to nginx!</title><h1>Welcome to nginx!</h1>';

/** Starts it on free ports of 127.0.0.1. `names` go into the certificate beside `localhost`. */
export async function startFaultyServer(handle: Handler, names: readonly string[] = []): Promise<FaultyServer> {
  const authority = makeAuthority('Rehearsal yard');
  const allNames = ['localhost', ...names];
  const good = makeCertificate(authority, allNames, 90);
  let fault: ServerFault | null = null;
  let requests = 0;
  let flapping: NodeJS.Timeout | undefined;

  const listener = (request: IncomingMessage, response: ServerResponse): void => {
    requests += 1;
    const gone = new AbortController();
    response.once('close', () => gone.abort());
    answer(request, response, handle, fault, gone.signal).catch((error: unknown) => {
      // Whoever has gone needs no answer; anything else is a mistake in the yard, and is said.
      if (gone.signal.aborted || response.headersSent) response.destroy();
      else response.writeHead(500).end(`The rehearsal yard failed: ${error instanceof Error ? error.stack : error}`);
    });
  };
  const plain = createServer(listener);
  const secure = createSecureServer(good, listener);
  const servers = [plain, secure] as const;
  const [port, securePort] = await Promise.all([listenOn(plain, host), listenOn(secure, host)]);
  const ports = [port, securePort] as const;
  const setListening = async (wanted: boolean): Promise<void> => {
    await Promise.all(
      servers.map((server, index) =>
        server.listening === wanted ? undefined : wanted ? listenOn(server, host, ports[index]) : close(server),
      ),
    );
  };
  // Changes wait for each other, so that a fault ended in the middle of a flap stays ended.
  let last: Promise<void> = Promise.resolve();
  const soon = (wanted: boolean): Promise<void> => {
    const next = last.then(() => setListening(wanted));
    // Whoever asked for it is told; the next change goes on from what is.
    last = next.catch(() => undefined);
    return next;
  };

  return {
    url: `http://127.0.0.1:${port}`,
    secureUrl: `https://localhost:${securePort}`,
    authority: authority.pem,
    get fault() {
      return fault;
    },
    get requests() {
      return requests;
    },
    async fail(next) {
      clearInterval(flapping);
      fault = next;
      let isUp = next?.kind !== 'refuse' && next?.kind !== 'flap';
      if (next?.kind === 'flap') {
        flapping = setInterval(() => {
          isUp = !isUp;
          void soon(isUp);
        }, next.everyMs);
      }
      await soon(isUp);
    },
    setExpired(expired) {
      secure.setSecureContext(expired ? makeCertificate(authority, allNames, -1) : good);
      secure.closeAllConnections();
    },
    async stop() {
      clearInterval(flapping);
      await soon(false);
    },
  };
}

async function answer(
  request: IncomingMessage,
  response: ServerResponse,
  handle: Handler,
  fault: ServerFault | null,
  signal: AbortSignal,
): Promise<void> {
  const received = await readRequest(request);
  if (fault?.kind === 'hang') return;
  if (fault?.kind === 'slow') await delay(fault.ms, undefined, { signal });
  const reply = fault?.kind === 'answer' ? fault.reply : await handle(received, signal);
  if (response.destroyed) return;
  const body = Buffer.from(fault?.kind === 'wrong-body' ? maintenancePage : reply.body);
  const headers = fault?.kind === 'wrong-body' ? { 'content-type': 'text/html' } : reply.headers;
  response.writeHead(reply.status, { ...headers, 'content-length': body.length });
  if (fault?.kind === 'truncate') {
    response.write(body.subarray(0, Math.floor(body.length / 2)), () => response.destroy());
  } else response.end(request.method === 'HEAD' ? undefined : body);
}

function close(server: Server | SecureServer): Promise<void> {
  return new Promise((resolve) => {
    server.close(() => resolve());
    server.closeAllConnections();
  });
}
