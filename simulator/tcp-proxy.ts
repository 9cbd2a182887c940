// A TCP proxy that can be broken: stands before a server so that one way to it fails while the server itself is well.
// Knows bytes, not protocols.
import { connect, createServer, type Server, type Socket } from 'node:net';
import { isTaken, listenOn } from './listen.ts';

export type ProxyFault =
  /** Nothing listens. */
  | { readonly kind: 'refuse' }
  /** Takes connections and says nothing. */
  | { readonly kind: 'hang' }
  /** Each piece that the server sends arrives `ms` late, one after the other. */
  | { readonly kind: 'slow'; readonly ms: number }
  /** Cuts each connection once `bytes` have come from the server. */
  | { readonly kind: 'drop'; readonly bytes: number };

export type Family = 'ipv4' | 'ipv6';

export type TcpProxy = {
  /** The same for both families and across refusals. */
  readonly port: number;
  /** The families it was able to listen on at the start: machines without IPv6 on their loopback exist. */
  readonly available: readonly Family[];
  readonly fault: ProxyFault | null;
  /** Breaks new connections, and those there are; null mends it. */
  fail(fault: ProxyFault | null): Promise<void>;
  /** Listens on these families only; connections over the others end. */
  listenOn(families: readonly Family[]): Promise<void>;
  /** Ends every connection there is. */
  cut(): void;
  stop(): Promise<void>;
};

const hosts = { ipv4: '127.0.0.1', ipv6: '::1' } as const;
const families = ['ipv4', 'ipv6'] as const;

/** Starts a proxy to `target` on a free port of both loopback addresses, or of IPv4's alone where there is no IPv6. */
export async function startTcpProxy(target: { readonly host: string; readonly port: number }): Promise<TcpProxy> {
  const pairs = new Set<readonly [Socket, Socket | null]>();
  let fault: ProxyFault | null = null;
  let wanted: readonly Family[] = families;

  const cut = (): void => {
    for (const pair of pairs) for (const socket of pair) socket?.destroy();
  };
  const onConnection = (client: Socket): void => {
    const server = fault?.kind === 'hang' ? null : connect(target);
    const pair = [client, server] as const;
    pairs.add(pair);
    for (const socket of [client, server]) {
      // A broken connection is what this is for; `close` follows.
      socket?.on('error', () => undefined);
      socket?.once('close', () => {
        pairs.delete(pair);
        // What was on its way is still delivered.
        client.destroySoon();
        server?.destroySoon();
      });
    }
    if (server) join(client, server, () => fault);
  };

  const servers = { ipv4: createServer(onConnection), ipv6: createServer(onConnection) };
  const { port, available } = await openBoth(servers);
  const settle = async (): Promise<void> => {
    for (const family of available) {
      const isOpen = fault?.kind !== 'refuse' && wanted.includes(family);
      if (isOpen && !servers[family].listening) await listenOn(servers[family], hosts[family], port);
      if (!isOpen && servers[family].listening) await close(servers[family], cut);
    }
  };
  return {
    port,
    available,
    get fault() {
      return fault;
    },
    async fail(next) {
      fault = next;
      if (next?.kind !== 'slow' && next?.kind !== 'drop') cut();
      await settle();
    },
    async listenOn(next) {
      wanted = next;
      cut();
      await settle();
    },
    cut,
    async stop() {
      cut();
      for (const family of available) if (servers[family].listening) await close(servers[family], cut);
    },
  };
}

/** Carries bytes both ways; the fault is looked at for each piece, so that it also meets connections that are open. */
function join(client: Socket, server: Socket, fault: () => ProxyFault | null): void {
  client.pipe(server);
  let received = 0;
  server.on('data', (piece: Buffer) => {
    const now = fault();
    if (now?.kind === 'slow') {
      server.pause();
      const timer = setTimeout(() => {
        if (!client.destroyed) client.write(piece);
        server.resume();
      }, now.ms);
      client.once('close', () => clearTimeout(timer));
      return;
    }
    received += piece.length;
    if (now?.kind === 'drop' && received > now.bytes) {
      client.end(piece.subarray(0, Math.max(0, piece.length - (received - now.bytes))));
      server.destroy();
    } else if (!client.write(piece)) {
      server.pause();
      client.once('drain', () => server.resume());
    }
  });
  server.once('end', () => client.end());
}

/** The IPv6 port must be the IPv4 one, which somebody else may hold there: then another is tried. */
async function openBoth(
  servers: Readonly<Record<Family, Server>>,
): Promise<{ readonly port: number; readonly available: readonly Family[] }> {
  for (let attempt = 0; attempt < 20; attempt += 1) {
    const port = await listenOn(servers.ipv4, hosts.ipv4);
    try {
      await listenOn(servers.ipv6, hosts.ipv6, port);
      return { port, available: families };
    } catch (error) {
      if (!isTaken(error)) return { port, available: ['ipv4'] };
      await close(servers.ipv4, () => undefined);
    }
  }
  throw new Error('No port is free on both 127.0.0.1 and ::1.');
}

function close(server: Server, cut: () => void): Promise<void> {
  return new Promise((resolve) => {
    server.close(() => resolve());
    cut();
  });
}
