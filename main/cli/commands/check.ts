// `check`: each monitor once, now, and what it saw. Judges nothing and stores nothing: one look is no verdict, and a look
// between two runs of the engine must not count as watched time.
import { durationMs } from '../../../shared/duration.ts';
import { FaultError } from '../../../shared/fault.ts';
import type { MonitorConfig } from '../../../shared/monitor.ts';
import type { Observation, Phases } from '../../../shared/observation.ts';
import { secretsIn } from '../../../shared/settings.ts';
import type { Colour } from '../../../shared/snapshot.ts';
import { latency, statusWord } from '../../../shared/words.ts';
import { type AddCommand, type Context, withExamples } from '../context.ts';
import { nearest } from '../near.ts';
import { lamps, type Out, told } from '../output.ts';
import type { Ended, SecretBox } from '../services.ts';
import { runWithinLimits } from '../within-limits.ts';

export const addCheck: AddCommand = (program, run) => {
  const command = program
    .command('check')
    .description('Check each monitor once, or the named ones, and print what was seen. Ends with 1 when something is down.')
    .argument('[id...]', 'monitors to check; all enabled ones when none is named')
    .action((ids: string[]) => run((context) => check(context, ids)));
  withExamples(command, 'check', 'check api db', 'check --json');
};

/** 1 when anything is down; degraded and unknown (a page that cannot be read) are shown and are no bad news by themselves. */
export async function check(context: Context, ids: readonly string[]): Promise<Ended> {
  const { services, place, out, signal } = context;
  const { settings, file } = await services.openSettings(place);
  const chosen = choose(settings.monitors, ids, file);
  // A check that works where `watch` could not even start would comfort for the wrong reason.
  (await services.openBook(place)).close();
  await demandSecrets(services.secretsAt(place), chosen);

  let done = 0;
  const tell = (): void => out.progress(`Checked ${done} of ${chosen.length}…`);
  tell();
  const observations = await runWithinLimits(
    chosen,
    { ...settings.limits, gapPerHostMs: durationMs(settings.limits.gapPerHost) },
    services.hostOf,
    async (monitor) => {
      const observation = await services.check(place, monitor, signal);
      done += 1;
      tell();
      return observation;
    },
    signal,
  );
  out.progress('');
  signal.throwIfAborted();
  out.answer(
    () => observations,
    () => out.table(chosen.map((monitor, index) => row(out, monitor, observations[index]))),
  );
  return observations.some(({ outcome }) => outcome === 'down') ? 1 : 0;
}

function choose(monitors: readonly MonitorConfig[], ids: readonly string[], file: string): readonly MonitorConfig[] {
  if (ids.length > 0)
    return [...new Set(ids)].map((id) => monitors.find((monitor) => monitor.id === id) ?? unknownMonitor(id, monitors));
  const enabled = monitors.filter((monitor) => monitor.enabled);
  if (enabled.length > 0) return enabled;
  throw new FaultError({
    code: 'no-monitors',
    message: 'There is nothing to check: the settings name no enabled monitor.',
    next: `Add one under "monitors" in ${file}.`,
  });
}

function unknownMonitor(id: string, monitors: readonly MonitorConfig[]): never {
  const all = monitors.map((monitor) => monitor.id);
  const near = nearest(id, all);
  const named = near.length > 0 ? near : all.slice(0, 8);
  const more = near.length === 0 && all.length > named.length ? ' and more' : '';
  throw new FaultError({
    code: 'unknown-monitor',
    message: `There is no monitor "${told(id).slice(0, 64)}".`,
    next:
      all.length === 0
        ? 'The settings name no monitors yet.'
        : `${near.length > 0 ? 'Did you mean' : 'There are'} ${named.join(', ')}${more}${near.length > 0 ? '?' : '.'}`,
  });
}

/** Told before anything runs: a probe without its password would only report a wrong password. */
export async function demandSecrets(secrets: SecretBox, users: readonly unknown[]): Promise<void> {
  for (const name of secretsIn(users)) {
    if ((await secrets.get(name)) === null) throw secretMissing(name);
  }
}

function secretMissing(name: string): FaultError {
  return new FaultError({
    code: 'secret-missing',
    message: `The secret "${name}" is not set.`,
    next: `Store it with: signalbox secret set ${name} (or set ${variableOf(name)} in the environment).`,
  });
}

/** The environment variable that stands in for a secret (DESIGN section 4). */
export function variableOf(secret: string): string {
  return `SIGNALBOX_SECRET_${secret.toUpperCase().replaceAll(/[^A-Z0-9]/g, '_')}`;
}

const colourOf = { up: 'green', degraded: 'amber', down: 'red', unknown: 'grey' } as const satisfies Record<string, Colour>;

function row(out: Out, monitor: MonitorConfig, observation: Observation | undefined): readonly string[] {
  const outcome = observation?.outcome ?? 'unknown';
  const colour = colourOf[outcome];
  return [
    out.paint(colour, `${lamps[colour]} ${statusWord(outcome)}`),
    told(monitor.name ?? monitor.id),
    observation === undefined || observation.latencyMs === null ? '-' : latency(observation.latencyMs),
    observation?.error ? told(observation.error.message) : out.faint(phaseWords(observation?.phases ?? {})),
  ];
}

const phaseNames: readonly (readonly [keyof Phases, string])[] = [
  ['dnsMs', 'dns'],
  ['tcpMs', 'tcp'],
  ['tlsMs', 'tls'],
  ['firstByteMs', 'first byte'],
  ['loginMs', 'log-in'],
  ['queryMs', 'query'],
];

function phaseWords(phases: Phases): string {
  return phaseNames
    .flatMap(([key, name]) => {
      const ms = phases[key];
      return ms === undefined ? [] : [`${name} ${latency(ms)}`];
    })
    .join(', ');
}
