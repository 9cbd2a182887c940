// Decides whether a host is on this machine or its own network. Pure: names are judged by their form, never looked up.
import { BlockList, isIP } from 'node:net';

const local = new BlockList();
// Loopback and "this host" (RFC 1122), private (RFC 1918, RFC 4193) and link-local (RFC 3927, RFC 4291).
local.addSubnet('127.0.0.0', 8, 'ipv4');
local.addAddress('0.0.0.0', 'ipv4');
local.addSubnet('10.0.0.0', 8, 'ipv4');
local.addSubnet('172.16.0.0', 12, 'ipv4');
local.addSubnet('192.168.0.0', 16, 'ipv4');
local.addSubnet('169.254.0.0', 16, 'ipv4');
local.addAddress('::1', 'ipv6');
local.addAddress('::', 'ipv6');
local.addSubnet('fc00::', 7, 'ipv6');
local.addSubnet('fe80::', 10, 'ipv6');

const loopback = new BlockList();
loopback.addSubnet('127.0.0.0', 8, 'ipv4');
loopback.addAddress('0.0.0.0', 'ipv4');
loopback.addAddress('::1', 'ipv6');
loopback.addAddress('::', 'ipv6');

const linkLocal = new BlockList();
linkLocal.addSubnet('169.254.0.0', 16, 'ipv4');
linkLocal.addSubnet('fe80::', 10, 'ipv6');
// The metadata service of AWS over IPv6; it lies in the private range, not in the link-local one.
linkLocal.addAddress('fd00:ec2::254', 'ipv6');

/** Whether the internet cannot explain this host's failure: loopback, private and link-local addresses, `localhost`,
 *  `*.localhost`, `*.local`, `*.internal` and names of one label. `null` (not known yet) is not local. */
export function isLocal(host: string | null): boolean {
  if (host === null) return false;
  const name = bare(host);
  if (isIP(name) !== 0) return inside(local, name);
  if (name === '') return false;
  return !name.includes('.') || /\.(?:localhost|local|internal)$/.test(name);
}

/** Whether this host is the machine itself. */
export function isLoopback(host: string): boolean {
  const name = bare(host);
  return isIP(name) !== 0 ? inside(loopback, name) : name === 'localhost' || name.endsWith('.localhost');
}

/** Whether an IP address is link-local or a cloud's metadata service (SECURITY S-35). */
export function isLinkLocal(address: string): boolean {
  return isIP(bare(address)) !== 0 && inside(linkLocal, bare(address));
}

function inside(list: BlockList, address: string): boolean {
  // BlockList knows that ::ffff:127.0.0.1 is 127.0.0.1; a zone such as %eth0 it does not know.
  const plain = address.split('%')[0] ?? address;
  return list.check(plain, isIP(plain) === 6 ? 'ipv6' : 'ipv4');
}

function bare(host: string): string {
  return host
    .replace(/^\[|\]$/g, '')
    .replace(/\.$/, '')
    .toLowerCase();
}
