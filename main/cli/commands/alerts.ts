// `alerts test`: one test message per channel, sent for real and at once, beside any running engine.
import { Argument } from 'commander';
import { FaultError } from '../../../shared/fault.ts';
import type { AlertSettings } from '../../../shared/settings.ts';
import { type ChannelName, channelName } from '../../../shared/snapshot.ts';
import { channelWord } from '../../../shared/words.ts';
import { type AddCommand, type Context, withExamples } from '../context.ts';
import { lamps, told } from '../output.ts';
import type { Ended } from '../services.ts';
import { demandSecrets } from './check.ts';

export const addAlerts: AddCommand = (program, run) => {
  const group = program.command('alerts').description('Try the ways in which Signalbox tells you.');
  withExamples(group, 'alerts test', 'alerts test slack');
  const testing = group
    .command('test')
    .description('Send a test message by every channel that is set up, or by one. Ends with 3 when one is refused.')
    .addArgument(new Argument('[channel]', 'which channel').choices(channelName.options))
    .action((channel: ChannelName | undefined) => run((context) => testAlerts(context, channel ?? null)));
  withExamples(testing, 'alerts test', 'alerts test rollbar --json');
};

/** Channels that the settings switch on. */
export function configuredChannels(alerts: AlertSettings): readonly ChannelName[] {
  return channelName.options.filter((channel) => alerts[channel]?.enabled === true);
}

export async function testAlerts(context: Context, only: ChannelName | null): Promise<Ended> {
  const { services, place, out, signal } = context;
  const { settings } = await services.openSettings(place);
  const configured = configuredChannels(settings.alerts);
  if (only !== null && !configured.includes(only)) throw notConfigured(only);
  const channels = only === null ? configured : [only];
  if (channels.length === 0) {
    throw new FaultError({
      code: 'not-configured',
      message: 'No alert channel is switched on.',
      next: 'Set up desktop, rollbar or slack under "alerts" in the settings file.',
    });
  }
  await demandSecrets(
    services.secretsAt(place),
    channels.map((channel) => settings.alerts[channel]),
  );
  const results = await Promise.all(
    channels.map(async (channel) => ({ channel, ...(await services.testAlert(place, settings, channel, signal)) })),
  );
  signal.throwIfAborted();
  out.answer(
    () => results,
    () =>
      out.table(
        results.map(({ channel, ok, message }) => [
          ok ? out.paint('green', `${lamps.green} Sent`) : out.paint('red', `${lamps.red} Failed`),
          channelWord(channel),
          told(message),
        ]),
      ),
  );
  return results.every(({ ok }) => ok) ? 0 : 3;
}

function notConfigured(channel: ChannelName): FaultError {
  return new FaultError({
    code: 'not-configured',
    message: `The ${channelWord(channel)} channel is not set up or is switched off.`,
    next: `Set it up under "alerts.${channel}" in the settings file.`,
  });
}
