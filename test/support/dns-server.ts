// The yard's DNS server, under the name that tests know.
export { type DnsServer, serveDns, type Zone } from '../../simulator/dns-server.ts';
