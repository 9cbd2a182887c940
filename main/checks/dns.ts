// Kind `dns`: a record exists and, if wished, holds exactly the named values. Asks a DNS server, never the hosts file.
import { Resolver } from 'node:dns/promises';
import { isIP } from 'node:net';
import { z } from 'zod';
import { monitorBase } from '../../shared/monitor.ts';
import type { Observation } from '../../shared/observation.ts';
import { plainText } from '../../shared/redact.ts';
import type { CheckKind, CheckPorts } from '../engine/ports.ts';
import { abortFailure, codeOf, down, type Failure, reasonOf } from './failure.ts';
import { hostName } from './tcp.ts';
import { begin, withFailure } from './verdict.ts';

const server = z
  .string()
  .max(60)
  .refine(isServer, 'write an IP address, with ":port" if it is not 53; IPv6 with a port as [::1]:53');

const schema = monitorBase.extend({
  kind: z.literal('dns'),
  host: hostName.describe('Name to look up.'),
  record: z.enum(['A', 'AAAA', 'CNAME', 'MX', 'NS', 'TXT']).default('A').describe('Type of record.'),
  equals: z
    .array(z.string().min(1).max(500))
    .min(1)
    .max(100)
    .optional()
    .describe('Exactly these values, in any order; MX as "10 mail.example.com". Any value will do when absent.'),
  resolver: server.optional().describe('DNS server to ask, as ip or ip:port; the system’s when absent.'),
});
export type DnsConfig = z.infer<typeof schema>;

export const dns: CheckKind<DnsConfig> = {
  kind: 'dns',
  schema,
  defaultInterval: '30s',
  // The party that is talked to is the resolver; without one of its own the check depends on the internet.
  target: (config) => ({ ...serverOf(config), label: `${config.record} ${config.host}` }),
  run,
};

/** One attempt's time and how many there are: a lost UDP packet is no outage. The monitor's limit stands above them. */
const attempts = { timeout: 2_000, tries: 2 } as const;

async function run(config: DnsConfig, ports: CheckPorts, signal: AbortSignal): Promise<Observation> {
  const observation = begin(config, ports.clock);
  const started = ports.clock.monotonic();
  const resolver = new Resolver(attempts);
  const cancel = (): void => resolver.cancel();
  signal.addEventListener('abort', cancel);
  try {
    if (signal.aborted) return withFailure(observation, abortFailure(signal, asked(config), 'get a question'));
    if (config.resolver !== undefined) resolver.setServers([config.resolver]);
    const values = await ask(resolver, config);
    observation.latencyMs = ports.clock.monotonic() - started;
    observation.phases = { dnsMs: observation.latencyMs };
    const failure = compare(values, config);
    return failure ? withFailure(observation, failure) : observation;
  } catch (error) {
    if (signal.aborted) return withFailure(observation, abortFailure(signal, asked(config), 'answer'));
    return withFailure(observation, dnsFailure(error, config));
  } finally {
    signal.removeEventListener('abort', cancel);
  }
}

async function ask(resolver: Resolver, { host, record }: DnsConfig): Promise<string[]> {
  switch (record) {
    case 'A':
      return resolver.resolve4(host);
    case 'AAAA':
      return resolver.resolve6(host);
    case 'CNAME':
      return resolver.resolveCname(host);
    case 'NS':
      return resolver.resolveNs(host);
    case 'MX':
      return (await resolver.resolveMx(host)).map((one) => `${one.priority} ${one.exchange}`);
    case 'TXT':
      // A long text is stored in pieces of 255 bytes; people mean the whole (RFC 7208, section 3.3).
      return (await resolver.resolveTxt(host)).map((pieces) => pieces.join(''));
  }
}

function compare(values: readonly string[], config: DnsConfig): Failure | null {
  if (!config.equals) return null;
  const found = new Set(values.map((value) => canonical(value, config.record)));
  const wanted = new Set(config.equals.map((value) => canonical(value, config.record)));
  if (found.size === wanted.size && [...found].every((value) => wanted.has(value))) return null;
  const shown = plainText(values.join(', '), 300);
  return down(
    'assertion',
    `${config.record} of ${config.host} is ${shown}; expected ${plainText(config.equals.join(', '), 300)}.`,
  );
}

/** Names are alike whatever their case or final dot, and IPv6 addresses whatever their spelling; texts are not. */
function canonical(value: string, record: DnsConfig['record']): string {
  if (record === 'TXT') return value;
  const name = value.trim().toLowerCase().replace(/\.$/, '');
  return isIP(name) === 6 ? (URL.parse(`http://[${name}]`)?.hostname ?? name) : name;
}

function asked(config: DnsConfig): string {
  return config.resolver === undefined ? 'The DNS server of this machine' : `The DNS server ${config.resolver}`;
}

function dnsFailure(error: unknown, config: DnsConfig): Failure {
  switch (codeOf(error)) {
    case 'ENOTFOUND':
      return down('dns', `The name ${config.host} does not exist in DNS.`);
    case 'ENODATA':
      return down('dns', `${config.host} has no ${config.record} record.`);
    case 'ESERVFAIL':
      return down('dns', `${asked(config)} could not resolve ${config.host} (SERVFAIL).`);
    case 'EREFUSED':
      return down('dns', `${asked(config)} refuses to answer for ${config.host}.`);
    case 'ECONNREFUSED':
      return down('refused', `${asked(config)} is not answering.`);
    case 'ETIMEOUT':
      return down('timeout', `${asked(config)} did not answer in time.`);
    default:
      return down('dns', `Looking up ${config.record} of ${config.host} failed: ${reasonOf(error)}.`);
  }
}

function serverOf(config: DnsConfig): { readonly host: string; readonly port: number } {
  if (config.resolver === undefined) return { host: config.host, port: 53 };
  const parts = splitServer(config.resolver);
  return { host: parts.host, port: parts.port ?? 53 };
}

function splitServer(text: string): { readonly host: string; readonly port: number | null } {
  if (isIP(text) !== 0) return { host: text, port: null };
  const match = /^\[?([0-9a-f.:]+?)\]?:(\d{1,5})$/i.exec(text);
  return match?.[1] && match[2] ? { host: match[1], port: Number(match[2]) } : { host: '', port: null };
}

function isServer(text: string): boolean {
  const { host, port } = splitServer(text);
  return isIP(host) !== 0 && (port === null || (port > 0 && port < 65_536));
}
