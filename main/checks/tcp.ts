// Kind `tcp`: something accepts connections on a port. Says nothing of what it would answer.
import { z } from 'zod';
import { monitorBase } from '../../shared/monitor.ts';
import type { Observation } from '../../shared/observation.ts';
import type { CheckKind, CheckPorts } from '../engine/ports.ts';
import { connect } from './connection.ts';
import { begin, withFailure } from './verdict.ts';

/** A host name or IP address as settings hold it; no scheme, no port. */
export const hostName = z
  .string()
  .regex(
    /^(?:[a-z0-9_](?:[a-z0-9_.-]{0,251}[a-z0-9_])?\.?|[0-9a-f:.]{2,45})$/i,
    'write a host name or an IP address, without a scheme or port',
  );

const schema = monitorBase.extend({
  kind: z.literal('tcp'),
  host: hostName.describe('Host name or IP address.'),
  port: z.int().min(1).max(65_535).describe('Port that must accept a connection.'),
  family: z.enum(['auto', 'ipv4', 'ipv6']).default('auto').describe('IP family to use; auto takes what answers.'),
  allowLinkLocal: z.boolean().default(false).describe('Allow link-local and cloud metadata addresses.'),
});
export type TcpConfig = z.infer<typeof schema>;

export const tcp: CheckKind<TcpConfig> = {
  kind: 'tcp',
  schema,
  defaultInterval: '30s',
  target: (config) => ({ host: config.host, port: config.port, label: `${config.host}:${config.port}` }),
  run,
};

async function run(config: TcpConfig, ports: CheckPorts, signal: AbortSignal): Promise<Observation> {
  const observation = begin(config, ports.clock);
  const started = ports.clock.monotonic();
  const { host, port, family, allowLinkLocal } = config;
  const to = { host, port, family, allowLinkLocal, tls: null };
  const { socket, failure, timing, address } = await connect(to, ports.clock, signal);
  observation.phases = timing;
  if (address !== undefined) observation.address = address;
  if (failure) return withFailure(observation, failure);
  observation.latencyMs = ports.clock.monotonic() - started;
  socket?.destroy();
  return observation;
}
