// What this machine's own network interfaces already tell, so that nobody needs to be asked. Knows no target.
import { type NetworkInterfaceInfo, networkInterfaces } from 'node:os';
import { isLinkLocal, isLoopback } from '../providers/locality.ts';

type Interfaces = NodeJS.Dict<NetworkInterfaceInfo[]>;

/** True when this machine has no interface that could reach `host`: the loopback for itself, any other for the rest.
 *  `interfaces` is for tests. */
export function interfaceDown(host: string | null, interfaces: Interfaces = networkInterfaces()): boolean {
  if (host === null) return false;
  const internal = isLoopback(host);
  return !addresses(interfaces).some((one) => one.internal === internal && !isLinkLocal(one.address));
}

/** True when no interface has an address with which this machine could speak IPv4 or IPv6 to the internet. A unique local
 *  IPv6 address (RFC 4193) is not one: unlike private IPv4 it is hardly ever translated. */
export function lacksFamily(family: 4 | 6, interfaces: Interfaces = networkInterfaces()): boolean {
  return !addresses(interfaces).some(
    (one) =>
      !one.internal && one.family === `IPv${family}` && (family === 4 ? !isLinkLocal(one.address) : /^[23]/.test(one.address)),
  );
}

// The system lists only interfaces that are up.
function addresses(interfaces: Interfaces): NetworkInterfaceInfo[] {
  return Object.values(interfaces).flatMap((list) => list ?? []);
}
