// Binds loopback, both families on one port, and gives the port back in full. Never any other address (SECURITY S-44).
import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { FaultError } from '../../shared/fault.ts';

/** Tries for a port that is free on both families. */
const mostTries = 5;

export type Bound = { readonly port: number; close(): Promise<void> };

/**
 * Listens on 127.0.0.1 and, where the machine has it, on ::1. Port 0 takes any that is free on both.
 * Rejects with a FaultError: `port-in-use`, or `port-refused` when the system does not let us (ports below 1024).
 */
export async function listenOnLoopback(makeServer: () => Server, port: number): Promise<Bound> {
  for (let attempt = 1; ; attempt += 1) {
    const first = makeServer();
    const taken = await listen(first, '127.0.0.1', port).catch((error: unknown) => {
      throw portFault(error, port);
    });
    const second = makeServer();
    try {
      await listen(second, '::1', taken);
      return { port: taken, close: () => closeAll([first, second]) };
    } catch (error) {
      const code = codeOf(error);
      if (code === 'EADDRNOTAVAIL' || code === 'EAFNOSUPPORT') return { port: taken, close: () => closeAll([first]) };
      // Someone else answers on ::1: `localhost` might lead the user's browser to them, so this port will not do.
      await closeAll([first]);
      if (code !== 'EADDRINUSE' || port !== 0 || attempt === mostTries) throw portFault(error, taken);
    }
  }
}

function listen(server: Server, host: string, port: number): Promise<number> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen({ host, port, exclusive: true }, () => {
      server.off('error', reject);
      resolve((server.address() as AddressInfo).port);
    });
  });
}

/** Idle connections go at once; those under way get half a second to finish what was written. */
async function closeAll(servers: readonly Server[]): Promise<void> {
  await Promise.all(
    servers.map(
      (server) =>
        new Promise<void>((resolve) => {
          const limit = setTimeout(() => server.closeAllConnections(), 500);
          server.close(() => {
            clearTimeout(limit);
            resolve();
          });
          server.closeIdleConnections();
        }),
    ),
  );
}

function portFault(error: unknown, port: number): unknown {
  const code = codeOf(error);
  if (code === 'EADDRINUSE') {
    return new FaultError({
      code: 'port-in-use',
      message: `Port ${port} is in use by another program.`,
      next: 'Choose another with --port N, or leave --port out to take any free one.',
      cause: error,
    });
  }
  if (code === 'EACCES') {
    return new FaultError({
      code: 'port-refused',
      message: `The system does not let this user listen on port ${port}.`,
      next: 'Choose a port above 1023 with --port N, or leave --port out.',
      cause: error,
    });
  }
  return error;
}

function codeOf(error: unknown): unknown {
  return error instanceof Error && 'code' in error ? error.code : undefined;
}
