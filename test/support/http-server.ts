// Real servers that answer as a test wishes: HTTP and HTTPS with a handler, and raw TCP for answers that no HTTP server gives.

import { createServer, type Server as HttpServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { createServer as createSecureServer, type ServerOptions } from 'node:https';
import { type AddressInfo, createServer as createTcpServer, type Server, type Socket } from 'node:net';
import { afterEach } from 'vitest';

export type Handler = (request: IncomingMessage, response: ServerResponse) => void;

export type TestServer = {
  readonly port: number;
  /** `http://127.0.0.1:PORT` or `https://localhost:PORT`; no slash at the end. */
  readonly url: string;
  /** Connections that are open now. */
  readonly open: ReadonlySet<Socket>;
  /** Connections there have been. */
  connections(): number;
  /** Ends every connection and stops listening. */
  close(): Promise<void>;
};

/** Serves HTTP on `host`, a free port. */
export function serveHttp(handler: Handler, host = '127.0.0.1', port = 0): Promise<TestServer> {
  const place = host.includes(':') ? `[${host}]` : host;
  return listen(createServer(handler), host, port, (bound) => `http://${place}:${bound}`);
}

/** Serves HTTPS on 127.0.0.1; its address names `localhost`. */
export function serveHttps(options: ServerOptions, handler: Handler): Promise<TestServer> {
  return listen(createSecureServer(options, handler), '127.0.0.1', 0, (port) => `https://localhost:${port}`);
}

/** Hands every connection to `handler` as it is. */
export function serveTcp(handler: (socket: Socket) => void, host = '127.0.0.1'): Promise<TestServer> {
  return listen(createTcpServer(handler), host, 0, (port) => `http://${host}:${port}`);
}

/** A port on 127.0.0.1 on which nothing listens: one that was free a moment ago. */
export async function closedPort(): Promise<number> {
  const server = await serveTcp((socket) => socket.destroy());
  await server.close();
  return server.port;
}

function listen(server: Server | HttpServer, host: string, port: number, url: (port: number) => string): Promise<TestServer> {
  const open = new Set<Socket>();
  let connections = 0;
  server.on('connection', (socket: Socket) => {
    connections += 1;
    open.add(socket);
    socket.on('error', () => undefined);
    socket.once('close', () => open.delete(socket));
  });
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, host, () => {
      const bound = (server.address() as AddressInfo).port;
      resolve({
        port: bound,
        url: url(bound),
        open,
        connections: () => connections,
        close: () =>
          new Promise((done) => {
            server.close(() => done());
            for (const socket of open) socket.destroy();
          }),
      });
    });
  });
}

/** Servers for the tests of one file, each closed after the test that started it. */
export function serversPerTest(): {
  readonly serve: (handler: Handler, host?: string) => Promise<TestServer>;
  readonly serveRaw: (handler: (socket: Socket) => void) => Promise<TestServer>;
} {
  const servers: TestServer[] = [];
  afterEach(async () => {
    await Promise.all(servers.splice(0).map((server) => server.close()));
  });
  const keep = async (starting: Promise<TestServer>): Promise<TestServer> => {
    const server = await starting;
    servers.push(server);
    return server;
  };
  return { serve: (handler, host) => keep(serveHttp(handler, host)), serveRaw: (handler) => keep(serveTcp(handler)) };
}
