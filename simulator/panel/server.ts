// Serves the yard's panel to this machine: its files, the state as JSON, and the switches. Only a page that was opened with the
// token may read or switch anything. Knows HTTP and nothing of what a switch does.
import { randomBytes, timingSafeEqual } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { fileURLToPath } from 'node:url';
import { z } from 'zod';
import { type Control, makeControl, type PanelSource } from './control.ts';

export type Panel = {
  /** With the token, for the one user it is shown to. */
  readonly url: string;
  /** Ends a scenario under way, then the server. */
  close(): Promise<void>;
};

const files = {
  '/': ['page/index.html', 'text/html; charset=utf-8'],
  '/panel.js': ['page/panel.js', 'text/javascript; charset=utf-8'],
  '/slack.js': ['page/slack.js', 'text/javascript; charset=utf-8'],
  '/panel.css': ['page/panel.css', 'text/css; charset=utf-8'],
  '/levers.css': ['page/levers.css', 'text/css; charset=utf-8'],
  '/told.css': ['page/told.css', 'text/css; charset=utf-8'],
  // The window's own colours and measures: the two are looked at side by side.
  '/tokens.css': ['../../renderer/css/tokens.css', 'text/css; charset=utf-8'],
} as const;

const order = z.discriminatedUnion('do', [
  z.strictObject({ do: z.literal('switch'), id: z.string().max(64), on: z.boolean() }),
  z.strictObject({ do: z.literal('play'), id: z.string().max(64) }),
  z.strictObject({ do: z.literal('stop') }),
  z.strictObject({ do: z.literal('mend') }),
]);
export type Order = z.infer<typeof order>;

const bodyLimit = 4_096;

/** Starts it on a free port of 127.0.0.1. */
export async function openPanel(source: PanelSource): Promise<Panel> {
  const token = randomBytes(32).toString('base64url');
  const control = makeControl(source);
  const headers = headersFor(new URL(source.yard.production.url).origin);
  const server = createServer({ requestTimeout: 15_000, keepAliveTimeout: 5_000 }, (request, response) => {
    response.on('error', () => undefined);
    for (const [name, value] of Object.entries(headers)) response.setHeader(name, value);
    answer(request, response, { token, control, port: (server.address() as AddressInfo).port }).catch((error: unknown) => {
      if (response.headersSent) response.destroy();
      else send(response, 500, { problem: error instanceof Error ? error.message : String(error) });
    });
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(0, '127.0.0.1', resolve);
  });
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/#token=${token}`,
    async close() {
      await control.stop();
      await closeServer(server);
    },
  };
}

function headersFor(production: string): Readonly<Record<string, string>> {
  return {
    'content-security-policy':
      "default-src 'none'; script-src 'self'; style-src 'self'; img-src data:; connect-src 'self'; " +
      `frame-src ${production}; base-uri 'none'; form-action 'none'; frame-ancestors 'none'`,
    'x-content-type-options': 'nosniff',
    'referrer-policy': 'no-referrer',
    'cross-origin-opener-policy': 'same-origin',
    'cross-origin-resource-policy': 'same-origin',
    'permissions-policy': 'camera=(), geolocation=(), microphone=()',
    'cache-control': 'no-store',
  };
}

type Around = { readonly token: string; readonly control: Control; readonly port: number };

async function answer(request: IncomingMessage, response: ServerResponse, { token, control, port }: Around): Promise<void> {
  const { method = '', url = '/', headers } = request;
  const path = url.split(/[?#]/, 1)[0] ?? '/';
  const hosts = [`127.0.0.1:${port}`, `localhost:${port}`];
  // A name that was made to point here (DNS rebinding), or somebody else's page.
  if (!hosts.includes(headers.host ?? '')) return send(response, 403, { problem: 'This address is not the panel’s own.' });
  if (path !== '/state' && path !== '/order') return await sendFile(method, path, response);
  if (headers.origin !== undefined ? headers.origin !== `http://${headers.host}` : method !== 'GET') {
    return send(response, 403, { problem: 'Another page may not ask this.' });
  }
  if (!isSame(headers['x-yard-token'], token))
    return send(response, 401, { problem: 'Open the address that `signalbox demo` printed.' });
  if (path === '/state' && method === 'GET') return send(response, 200, control.state());
  if (path === '/order' && method === 'POST') {
    const parsed = order.safeParse(await readJson(request));
    if (!parsed.success) return send(response, 400, { problem: 'This is no order that the yard knows.' });
    await control.obey(parsed.data);
    return send(response, 200, control.state());
  }
  response.setHeader('allow', path === '/state' ? 'GET' : 'POST');
  send(response, 405, { problem: 'This is not asked that way.' });
}

async function sendFile(method: string, path: string, response: ServerResponse): Promise<void> {
  if (method !== 'GET' && method !== 'HEAD') {
    response.setHeader('allow', 'GET, HEAD');
    return send(response, 405, { problem: 'This is not asked that way.' });
  }
  if (!Object.hasOwn(files, path)) return send(response, 404, { problem: 'There is nothing here.' });
  const [file, type] = files[path as keyof typeof files];
  const body = await readFile(fileURLToPath(new URL(file, import.meta.url)));
  response.writeHead(200, { 'content-type': type, 'content-length': body.length });
  response.end(method === 'HEAD' ? undefined : body);
}

function send(response: ServerResponse, status: number, value: object): void {
  response.writeHead(status, { 'content-type': 'application/json; charset=utf-8' });
  response.end(JSON.stringify(value));
}

async function readJson(request: IncomingMessage): Promise<unknown> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (size > bodyLimit) return null;
    chunks.push(chunk);
  }
  try {
    return JSON.parse(Buffer.concat(chunks).toString('utf8'));
  } catch {
    return null;
  }
}

function isSame(offered: string | string[] | undefined, kept: string): boolean {
  const [a, b] = [Buffer.from(typeof offered === 'string' ? offered : ''), Buffer.from(kept)];
  return a.length === b.length && timingSafeEqual(a, b);
}

function closeServer(server: Server): Promise<void> {
  return new Promise((resolve) => {
    server.close(() => resolve());
    server.closeAllConnections();
  });
}
