// The shared beginning and end of every check's observation.
import type { MonitorConfig } from '../../shared/monitor.ts';
import type { Observation } from '../../shared/observation.ts';
import type { Clock } from '../engine/ports.ts';
import type { Failure } from './failure.ts';

/** An observation that starts now and has no bad news yet. */
export function begin(config: MonitorConfig, clock: Clock): Observation {
  return { monitorId: config.id, at: new Date(clock.now()).toISOString(), outcome: 'up', latencyMs: null };
}

/** `observation`, with a failure entered into it. */
export function withFailure(observation: Observation, failure: Failure): Observation {
  observation.outcome = failure.outcome;
  observation.error = { code: failure.code, message: failure.message };
  return observation;
}

const reference = /\$\{secret:/;

/** The host and port of settings whose secrets may not be filled in yet: null where a part of them is still a reference. */
export function targetOf(
  address: string,
  defaultPort: (protocol: string) => number | null,
): { readonly host: string | null; readonly port: number | null; readonly label: string } {
  // Everything after the authority may hold references; neither it nor a password belongs in a label.
  const authority = /^([a-z][a-z0-9+.-]*:)\/\/([^/?#]*)/i.exec(address);
  const place = authority?.[2]?.split('@').at(-1) ?? '';
  if (!authority?.[1] || reference.test(place) || place.includes('}')) return { host: null, port: null, label: 'secret address' };
  const port = /:(\d+)$/.exec(place)?.[1];
  const host = place.replace(/:\d+$/, '').replace(/^\[|\]$/g, '');
  return { host: host || null, port: port ? Number(port) : defaultPort(authority[1].toLowerCase()), label: place };
}
