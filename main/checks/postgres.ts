// Kind `postgres`: name, route, TLS, login and `select 1`, each timed, so that "the database is down" names which of them.
import { z } from 'zod';
import { monitorBase } from '../../shared/monitor.ts';
import type { Observation } from '../../shared/observation.ts';
import { plainText, redact } from '../../shared/redact.ts';
import { secretReference } from '../../shared/settings.ts';
import type { CheckKind, CheckPorts } from '../engine/ports.ts';
import { type PostgresTarget, parsePostgresUrl } from '../providers/postgres-url.ts';
import { abortFailure, type Failure, unknown } from './failure.ts';
import { login } from './postgres-login.ts';
import { openRoute, type Route } from './postgres-route.ts';
import { secure } from './postgres-tls.ts';
import { begin, targetOf, withFailure } from './verdict.ts';

const schema = monitorBase.extend({
  kind: z.literal('postgres'),
  connection: z
    .string()
    .min(1)
    .max(2_000)
    .superRefine((text, context) => {
      if (text.search(secretReference) >= 0) return;
      const target = parsePostgresUrl(text);
      if ('problem' in target) context.addIssue({ code: 'custom', message: `this connection cannot be used: ${target.problem}` });
    })
    .describe('Address as postgres://user:password@host:5432/database, best as a ${secret:name}.'),
  reachableFrom: z
    .enum(['any', 'ipv4', 'ipv6'])
    .default('any')
    .describe('The family that the database’s users have: "ipv4" makes an IPv6-only host down, even if this machine reaches it.'),
  query: z.literal('select 1').default('select 1').describe('What is asked after the login.'),
  allowLinkLocal: z.boolean().default(false).describe('Allow link-local and cloud metadata addresses.'),
});
export type PostgresConfig = z.infer<typeof schema>;

export const postgres: CheckKind<PostgresConfig> = {
  kind: 'postgres',
  schema,
  defaultInterval: '30s',
  target: (config) => targetOf(config.connection, () => 5_432),
  run,
};

async function run(config: PostgresConfig, ports: CheckPorts, signal: AbortSignal): Promise<Observation> {
  const observation = begin(config, ports.clock);
  const target = parsePostgresUrl(config.connection);
  if ('problem' in target) {
    return withFailure(observation, unknown('protocol', `The connection of "${config.id}" cannot be used: ${target.problem}.`));
  }
  if (signal.aborted) return withFailure(observation, abortFailure(signal, target.host, 'get its turn'));
  const started = ports.clock.monotonic();
  const route = await openRoute(
    { ...target, reachableFrom: config.reachableFrom, allowLinkLocal: config.allowLinkLocal },
    ports.clock,
    signal,
  );
  const failure = route.failure ?? (await talk(route, target, observation, ports, signal));
  if (!failure) observation.latencyMs = ports.clock.monotonic() - started;
  observation.phases = { ...times({ dnsMs: route.dnsMs, tcpMs: route.tcpMs }), ...observation.phases };
  if (route.address !== undefined) observation.address = route.address;
  // Waited for last: the family that is not used must not slow down the one that is.
  observation.families = await route.families;
  return failure ? withFailure(observation, withoutPassword(failure, target)) : observation;
}

/** TLS, login and query over an open route; writes what it learns into `observation`. */
async function talk(
  route: Route,
  target: PostgresTarget,
  observation: Observation,
  ports: CheckPorts,
  signal: AbortSignal,
): Promise<Failure | null> {
  if (!route.socket) return null;
  const since = ports.clock.monotonic();
  const secured = await secure(route.socket, target, ports.clock, signal);
  if (secured.certificate) observation.certificate = secured.certificate;
  const tlsMs = secured.encrypted ? ports.clock.monotonic() - since : undefined;
  observation.phases = times({ tlsMs });
  if (!secured.socket) return secured.failure;
  const { failure, loginMs, queryMs, serverVersion } = await login(secured.socket, target, ports.clock, signal);
  observation.phases = times({ tlsMs, loginMs, queryMs });
  if (serverVersion !== undefined) observation.serverVersion = plainText(serverVersion, 100);
  return failure;
}

/** Only the phases that happened. */
function times(phases: Readonly<Record<string, number | undefined>>): NonNullable<Observation['phases']> {
  return Object.fromEntries(Object.entries(phases).filter(([, ms]) => ms !== undefined));
}

// Servers quote what they were given. The runner knows whole secrets; only here is a password known that is part of one.
function withoutPassword(failure: Failure, { password }: PostgresTarget): Failure {
  return password ? { ...failure, message: redact(failure.message, [password]) } : failure;
}
