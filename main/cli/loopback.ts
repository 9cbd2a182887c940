// The window over loopback for the headless face (SECURITY S-44): static files, one session exchange, calls, events, and
// nothing else. Binds 127.0.0.1 and ::1 only. Knows HTTP and nothing of what the methods do.
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { performance } from 'node:perf_hooks';
import type { Reply } from '../../shared/ipc.ts';
import { contentSecurityPolicy } from '../../shared/page.ts';
import type { Engine } from '../ipc/face.ts';
import { type Doorkeeper, makeDoorkeeper } from './doorkeeper.ts';
import { listenOnLoopback } from './listen.ts';
import { jsonLine } from './output.ts';
import { readJson } from './request-body.ts';
import { makeStreams, type Streams } from './sse.ts';
import { builtWindow, findFile } from './static-files.ts';

/** As the app's own policy, but for `connect-src`: here the page reaches its engine by fetch and EventSource. */
export const contentPolicy = contentSecurityPolicy("'self'");

const headers: Readonly<Record<string, string>> = {
  'content-security-policy': contentPolicy,
  'x-content-type-options': 'nosniff',
  'referrer-policy': 'no-referrer',
  'cross-origin-opener-policy': 'same-origin',
  'cross-origin-resource-policy': 'same-origin',
  'cross-origin-embedder-policy': 'require-corp',
  'permissions-policy': 'camera=(), geolocation=(), microphone=()',
  'cache-control': 'no-store',
};

export type ServedWindow = {
  /** The address with its token, for the one user it is shown to. */
  readonly url: string;
  /** An address for a browser's command line: its token works once, within a minute. */
  ticketUrl(): string;
  /** Ends streams and connections; resolves when the ports are free. */
  close(): Promise<void>;
};

export type WindowOptions = {
  readonly engine: Pick<Engine, 'dispatch' | 'subscribe'>;
  /** 0 or null for any free port. */
  readonly port: number | null;
  /** The built window's folder. */
  readonly files?: string;
};

type Parts = {
  readonly engine: WindowOptions['engine'];
  readonly files: string;
  readonly door: Doorkeeper;
  readonly streams: Streams;
};

/** Serves the window until closed. Rejects with a FaultError `port-in-use` or `port-refused` (exit 2). */
export async function serveWindow({ engine, port, files = builtWindow }: WindowOptions): Promise<ServedWindow> {
  const waiting: { parts: Parts | null } = { parts: null };
  const makeServer = (): Server =>
    createServer(
      { maxHeaderSize: 16_384, headersTimeout: 10_000, requestTimeout: 15_000, keepAliveTimeout: 5_000 },
      (request, response) => {
        if (waiting.parts) void respond(waiting.parts, request, response);
        else response.destroy();
      },
    );
  const bound = await listenOnLoopback(makeServer, port ?? 0);
  const door = makeDoorkeeper(bound.port, () => performance.now());
  const streams = makeStreams(engine.subscribe);
  waiting.parts = { engine, files, door, streams };

  const address = `http://127.0.0.1:${bound.port}/`;
  return {
    url: `${address}#token=${door.token}`,
    ticketUrl: () => `${address}#token=${door.ticket()}`,
    async close() {
      streams.close();
      await bound.close();
    },
  };
}

async function respond(parts: Parts, request: IncomingMessage, response: ServerResponse): Promise<void> {
  for (const [name, value] of Object.entries(headers)) response.setHeader(name, value);
  // A reader that went away is no error of ours; the response's `close` tells those who care.
  response.on('error', () => undefined);
  try {
    await route(parts, request, response);
  } catch {
    // Only a file that cannot be read comes here (dispatch never rejects); its path is nobody's business.
    if (response.headersSent) response.destroy();
    else refuse(response, 500, 'internal', 'Signalbox could not read a file of its window.');
  }
}

async function route(parts: Parts, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const { door } = parts;
  const { host, origin } = request.headers;
  const method = request.method ?? '';
  const path = (request.url ?? '').split(/[?#]/, 1)[0] ?? '';
  const isRead = method === 'GET' || method === 'HEAD';

  if (!door.isOurHost(host)) return refuse(response, 403, 'forbidden', 'This address is not Signalbox’s own.');
  if (!door.isOurOrigin(host, origin, !isRead)) return refuse(response, 403, 'forbidden', 'Another page may not ask this.');

  if (path === '/session') return method === 'POST' ? startSession(door, request, response) : notAllowed(response, 'POST');
  if (path === '/events' || path.startsWith('/rpc/')) {
    const wanted = path === '/events' ? 'GET' : 'POST';
    if (method !== wanted) return notAllowed(response, wanted);
    if (!door.knows(request.headers.cookie)) return refuse(response, 401, 'unauthorized', 'This window has not been let in.');
    if (path === '/events') return openStream(parts.streams, response);
    return await call(parts, path.slice('/rpc/'.length), request, response);
  }
  if (!isRead) return notAllowed(response, 'GET, HEAD');
  return await sendFile(parts.files, request, response);
}

function startSession(door: Doorkeeper, request: IncomingMessage, response: ServerResponse): void {
  const offered = request.headers['x-signalbox-token'];
  const admission = door.admit(typeof offered === 'string' ? offered : undefined);
  if (admission.kind === 'welcome') {
    response.writeHead(204, { 'set-cookie': admission.cookie }).end();
  } else if (admission.kind === 'shut') {
    response.setHeader('retry-after', String(admission.retryAfterS));
    refuse(response, 429, 'rate-limited', 'Too many wrong tokens; the door stays shut for a minute.');
  } else {
    refuse(response, 401, 'unauthorized', 'The token in the address is missing, wrong or used up.');
  }
}

function openStream(streams: Streams, response: ServerResponse): void {
  if (!streams.open(response)) refuse(response, 503, 'too-many', 'Too many windows are open at once.');
}

async function call(parts: Parts, method: string, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const body = await readJson(request, method);
  if (!body.ok) return refuse(response, body.status, 'bad-input', body.message);
  const reply = await parts.engine.dispatch(method, body.value);
  sendReply(response, 200, reply);
}

async function sendFile(files: string, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const file = await findFile(files, request.url ?? '');
  if (!file) return refuse(response, 404, 'not-found', 'There is nothing here.');
  response.writeHead(200, { 'content-type': file.type, 'content-length': file.body.length });
  response.end(request.method === 'HEAD' ? undefined : file.body);
}

function notAllowed(response: ServerResponse, allow: string): void {
  response.setHeader('allow', allow);
  refuse(response, 405, 'not-allowed', 'This is not asked that way.');
}

function refuse(response: ServerResponse, status: number, code: string, message: string): void {
  sendReply(response, status, {
    ok: false,
    error: { code, message, next: 'Open the window with the address that `signalbox watch` printed, exactly as it is.' },
  });
}

function sendReply(response: ServerResponse, status: number, reply: Reply<unknown>): void {
  response.writeHead(status, { 'content-type': 'application/json; charset=utf-8' });
  response.end(jsonLine(reply));
}
