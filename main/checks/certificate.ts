// What a server's certificate says about its own end. Knows no threshold: core warns.
import type { TLSSocket } from 'node:tls';
import type { Certificate } from '../../shared/observation.ts';

const dayMs = 86_400_000;

/** The leaf certificate that `socket` was shown, also when it was not accepted; `now` is epoch ms. */
export function certificateOf(socket: TLSSocket, host: string, now: number): Certificate | undefined {
  const validTo = Date.parse(socket.getPeerX509Certificate()?.validTo ?? '');
  if (Number.isNaN(validTo)) return undefined;
  return { host, expiresAt: new Date(validTo).toISOString(), daysLeft: Math.floor((validTo - now) / dayMs) };
}
