// Ports of the yard's servers, which come back on the same port after they have been down. They lie below the range from which
// systems lend ports to whoever asks for any and to outgoing connections, so that nobody moves in meanwhile.
import { randomInt } from 'node:crypto';
import type { AddressInfo, Server } from 'node:net';

/** First and last port tried: below Linux's 32768 and the 49152 of Windows and macOS. */
const range = { from: 20_000, to: 32_000 } as const;
const tries = 50;

/** Listens on `port` of `host`, or on a free one of the yard's range. Resolves with the port; rejects when none can be had. */
export async function listenOn(server: Server, host: string, port: number | null = null): Promise<number> {
  if (port !== null) return listen(server, host, port);
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await listen(server, host, randomInt(range.from, range.to));
    } catch (error) {
      if (!isTaken(error) || attempt === tries) throw error;
    }
  }
}

/** Whether somebody else holds the port. */
export function isTaken(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 'EADDRINUSE';
}

function listen(server: Server, host: string, port: number): Promise<number> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen({ host, port, ipv6Only: host.includes(':') }, () => {
      server.off('error', reject);
      resolve((server.address() as AddressInfo).port);
    });
  });
}
