// The alert channels that the settings ask for, and a test message by one of them.
import packageJson from '../package.json' with { type: 'json' };
import { FaultError } from '../shared/fault.ts';
import type { Settings } from '../shared/settings.ts';
import type { TestResult } from '../shared/settings-view.ts';
import type { ChannelName } from '../shared/snapshot.ts';
import { type Channels, makeChannels } from './alerts/channels.ts';
import { tryChannel } from './alerts/test-alert.ts';
import type { Secrets } from './engine/ports.ts';

export function channelsFor(settings: Settings, secrets: Secrets, onClick?: (incidentId: string | null) => void): Channels {
  const { version } = packageJson;
  return makeChannels(settings.alerts, { secrets, app: settings.app, version, ...(onClick ? { desktop: { onClick } } : {}) });
}

/** One test message past the outbox. @throws FaultError when the channel is not set up */
export async function tryNamed(channels: Channels, name: ChannelName, at: number, signal: AbortSignal): Promise<TestResult> {
  const channel = channels.channels.find((item) => item.name === name);
  if (channel) return await tryChannel(channel, at, AbortSignal.any([signal, AbortSignal.timeout(channel.timeoutMs)]));
  throw new FaultError({
    code: 'channel-not-set-up',
    message: `Alerts by ${name} are not set up.`,
    next: `Add alerts.${name} to the settings file; README shows how.`,
  });
}
