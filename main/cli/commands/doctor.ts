// `doctor`: looks at every part that must be right before Signalbox can be trusted, and says what to do about those that
// are not. A part that is broken does not hide the others.
import { durationMs } from '../../../shared/duration.ts';
import { faultOf } from '../../../shared/fault.ts';
import type { Observation } from '../../../shared/observation.ts';
import { type Settings, secretsIn } from '../../../shared/settings.ts';
import type { Colour } from '../../../shared/snapshot.ts';
import { channelWord, latency, statusWord } from '../../../shared/words.ts';
import { type AddCommand, type Context, withExamples } from '../context.ts';
import { lamps, told } from '../output.ts';
import { pgDumpVersion } from '../pg-dump.ts';
import type { Ended, SecretBox } from '../services.ts';
import { runWithinLimits } from '../within-limits.ts';
import { configuredChannels } from './alerts.ts';
import { variableOf } from './check.ts';
import { type ConnectionOptions, connectionDoctor, withConnection } from './doctor-connection.ts';
import { examineProviders } from './doctor-providers.ts';

export const addDoctor: AddCommand = (program, run) => {
  const command = program
    .command('doctor')
    .description(
      'Examine settings, keychain, data folder, pg_dump, tokens, monitors and alert channels. Ends with 1 when something is bad.',
    )
    .action((name: string | undefined, options: ConnectionOptions) =>
      run((context) => connectionDoctor(context, name, options) ?? doctor(context)),
    );
  withConnection(command);
  withExamples(
    command,
    'doctor',
    'doctor --json',
    'doctor database-url',
    'doctor --stdin',
    'doctor --compare staging-url database-url',
  );
};

export type Finding = {
  /** What was looked at, such as `settings` or `monitor api`. */
  readonly subject: string;
  readonly level: 'ok' | 'warn' | 'bad';
  readonly message: string;
  /** What to do; null when nothing is. */
  readonly next: string | null;
};

export async function doctor(context: Context): Promise<Ended> {
  const { out, signal } = context;
  out.progress('Examining…');
  const [settings, settingsFinding] = await examineSettings(context);
  const findings = [
    settingsFinding,
    await examineFolder(context),
    ...(await examineSecrets(context, settings)),
    await examinePgDump(settings, signal),
    ...(settings ? await examineProviders(context, settings) : []),
    ...(settings ? await examineMonitors(context, settings) : []),
    ...(settings ? await examineChannels(context, settings) : []),
  ];
  out.progress('');
  signal.throwIfAborted();
  out.answer(
    () => findings,
    () =>
      findings.flatMap(({ subject, level, message, next }) => [
        `${out.paint(colourOf[level], `${lamps[colourOf[level]]} ${level.padEnd(4)}`)}  ${subject}: ${told(message)}`,
        ...(next === null ? [] : [`        ${told(next)}`]),
      ]),
  );
  return findings.some(({ level }) => level === 'bad') ? 1 : 0;
}

const colourOf = { ok: 'green', warn: 'amber', bad: 'red' } as const satisfies Record<Finding['level'], Colour>;

/** A finding for what a part threw; a bug of ours is told as one and ends nothing. */
function trouble(subject: string, error: unknown): Finding {
  const { message, next } = faultOf(error);
  return { subject, level: 'bad', message, next };
}

async function examineSettings({ services, place }: Context): Promise<readonly [Settings | null, Finding]> {
  const subject = 'settings';
  try {
    const { settings, file } = await services.openSettings(place);
    const count = settings.monitors.length;
    if (count > 0) {
      const message = `${file} is valid and names ${count} ${count === 1 ? 'monitor' : 'monitors'}.`;
      return [settings, { subject, level: 'ok', message, next: null }];
    }
    const message = `${file} names no monitors, so nothing is watched.`;
    return [settings, { subject, level: 'warn', message, next: 'Add one under "monitors".' }];
  } catch (error) {
    return [null, trouble(subject, error)];
  }
}

async function examineFolder({ services, place }: Context): Promise<Finding> {
  const subject = 'data folder';
  try {
    (await services.openBook(place)).close();
    const running = await services.running(place);
    const message = running
      ? 'It can be written, and an engine is running on it.'
      : 'It can be written; no engine runs on it now.';
    return { subject, level: 'ok', message, next: null };
  } catch (error) {
    return trouble(subject, error);
  }
}

/** Whether the keychain answers, then every secret that the settings refer to. */
async function examineSecrets({ services, place }: Context, settings: Settings | null): Promise<readonly Finding[]> {
  const names = secretsIn(settings);
  const needed = new Set(secretsIn(settings && inUse(settings)));
  const secrets = services.secretsAt(place);
  const findings: Finding[] = [];
  for (const name of names) findings.push(await examineSecret(secrets, name, needed.has(name) ? 'bad' : 'warn'));
  // Without a keychain the environment may still hold all that is needed: worth a word then, and no alarm.
  const level = findings.some((finding) => finding.level === 'bad') ? 'bad' : 'warn';
  return [await examineKeychain(secrets, level), ...findings];
}

async function examineKeychain(secrets: SecretBox, whenBroken: 'bad' | 'warn'): Promise<Finding> {
  const subject = 'keychain';
  try {
    const { name, problem } = await secrets.keychain();
    if (problem === undefined) return { subject, level: 'ok', message: `${name} answers.`, next: null };
    const next = 'Unlock it, or set secrets in the environment as SIGNALBOX_SECRET_<NAME>.';
    return { subject, level: whenBroken, message: problem, next };
  } catch (error) {
    return trouble(subject, error);
  }
}

/** What runs without anybody's doing: a secret missing there is felt at once, elsewhere only when a lever is pulled. */
function inUse(settings: Settings): readonly unknown[] {
  const channels = configuredChannels(settings.alerts).map((channel) => settings.alerts[channel]);
  return [...settings.monitors.filter((monitor) => monitor.enabled), ...channels];
}

async function examineSecret(secrets: SecretBox, name: string, whenMissing: 'bad' | 'warn'): Promise<Finding> {
  const subject = `secret ${name}`;
  try {
    const found = await secrets.get(name);
    if (found) return { subject, level: 'ok', message: `Set, from the ${found.source}.`, next: null };
    const next = `Store it with: signalbox secret set ${name} (or set ${variableOf(name)}).`;
    return { subject, level: whenMissing, message: 'Not set.', next };
  } catch (error) {
    return trouble(subject, error);
  }
}

async function examinePgDump(settings: Settings | null, signal: AbortSignal): Promise<Finding> {
  const subject = 'pg_dump';
  const program = settings?.dump?.pgDump ?? 'pg_dump';
  const version = await pgDumpVersion(program, signal);
  if (version !== null) return { subject, level: 'ok', message: `Version ${version}.`, next: null };
  return {
    subject,
    level: settings?.dump ? 'bad' : 'warn',
    message: `${told(program)} was not found, so no dump can be made.`,
    next: 'Install PostgreSQL’s client programs, at least as new as your server.',
  };
}

async function examineMonitors({ services, place, signal }: Context, settings: Settings): Promise<readonly Finding[]> {
  const enabled = settings.monitors.filter((monitor) => monitor.enabled);
  const limits = { ...settings.limits, gapPerHostMs: durationMs(settings.limits.gapPerHost) };
  const check = async (monitor: (typeof enabled)[number]): Promise<Finding> => {
    const observation = await services.check(place, monitor, signal);
    return monitorFinding(`monitor ${monitor.id}`, monitor.id, observation);
  };
  return await runWithinLimits(enabled, limits, services.hostOf, check, signal);
}

function monitorFinding(subject: string, id: string, { outcome, latencyMs, error }: Observation): Finding {
  if (outcome === 'up' || outcome === 'degraded') {
    const level = outcome === 'up' ? 'ok' : 'warn';
    const message = error?.message ?? `${statusWord(outcome)}${latencyMs === null ? '' : `, ${latency(latencyMs)}`}.`;
    return { subject, level, message, next: null };
  }
  const next = `Try it alone: signalbox check ${id}`;
  return { subject, level: outcome === 'down' ? 'bad' : 'warn', message: error?.message ?? `${statusWord(outcome)}.`, next };
}

async function examineChannels({ services, place }: Context, settings: Settings): Promise<readonly Finding[]> {
  const channels = configuredChannels(settings.alerts);
  if (channels.length === 0) {
    const next = 'Set up desktop, rollbar or slack under "alerts".';
    return [{ subject: 'alerts', level: 'warn', message: 'No channel is switched on: nobody would be told.', next }];
  }
  const findings: Finding[] = [];
  const secrets = services.secretsAt(place);
  for (const channel of channels) {
    const subject = `alerts by ${channelWord(channel)}`;
    try {
      const names = secretsIn(settings.alerts[channel]);
      const found = await Promise.all(names.map((name) => secrets.get(name)));
      const missing = names.filter((_, index) => found[index] === null);
      if (missing.length > 0) {
        const next = `Store it with: signalbox secret set ${missing[0]}`;
        findings.push({ subject, level: 'bad', message: `The secret "${missing[0]}" is not set.`, next });
      } else {
        findings.push({ subject, level: 'ok', message: 'Set up.', next: `Try it: signalbox alerts test ${channel}` });
      }
    } catch (error) {
      findings.push(trouble(subject, error));
    }
  }
  return findings;
}
