// The alert channels that the settings ask for. Secrets are looked up at each send, so that one set or changed while the
// engine runs is used at once.
import { FaultError } from '../../shared/fault.ts';
import { fillSecrets } from '../../shared/fill-secrets.ts';
import { type AlertSettings, secretReference } from '../../shared/settings.ts';
import type { ChannelName } from '../../shared/snapshot.ts';
import { type Channel, DeliveryError, type Secrets } from '../engine/ports.ts';
import { makeDesktop } from './desktop.ts';
import { slowRetryMs } from './exchange.ts';
import { makeRollbar } from './rollbar.ts';
import { makeSlack } from './slack.ts';
import type { App } from './slack-message.ts';

export type ChannelDeps = {
  readonly secrets: Secrets;
  readonly app: App;
  /** Signalbox's own version. */
  readonly version: string;
  readonly desktop?: { readonly iconPath?: string; readonly onClick?: (incidentId: string | null) => void };
};

export type Channels = {
  readonly channels: readonly Channel[];
  /** What is unwise about the settings of a channel that is used all the same. */
  readonly problems: readonly { readonly channel: ChannelName; readonly problem: string }[];
};

/** The enabled channels, in the order desktop, Rollbar, Slack. */
export function makeChannels(settings: AlertSettings, deps: ChannelDeps): Channels {
  const { app, secrets, version } = deps;
  const { desktop, rollbar, slack } = settings;
  const channels: Channel[] = [];
  if (desktop.enabled) channels.push(makeDesktop({ appName: `Signalbox: ${app.name}`, ...deps.desktop }));
  if (rollbar?.enabled) {
    const source = { appName: app.name, environment: app.environment, version, apiUrl: rollbar.apiUrl };
    const tokens = { token: rollbar.token, ...(rollbar.readToken === undefined ? {} : { readToken: rollbar.readToken }) };
    channels.push(withSecrets(tokens, secrets, (filled) => makeRollbar({ ...source, ...filled })));
  }
  if (slack?.enabled) {
    const { webhook } = slack;
    channels.push(withSecrets({ webhook }, secrets, (filled) => makeSlack({ ...filled, app })));
  }
  return { channels, problems: [...plainSecrets('rollbar', rollbar), ...plainSecrets('slack', slack)] };
}

/** A channel whose settings hold references: made anew for each send with the secrets of that moment. */
function withSecrets<S>(settings: S, secrets: Secrets, make: (filled: S) => Channel): Channel {
  return {
    ...make(settings),
    async send(alert, memory, signal) {
      const { value } = await fillSecrets(settings, (name) => secretValue(secrets, name));
      return make(value).send(alert, memory, signal);
    },
  };
}

async function secretValue(secrets: Secrets, name: string): Promise<string> {
  try {
    const secret = await secrets.get(name);
    if (secret) return secret.value;
  } catch (cause) {
    if (!(cause instanceof FaultError)) throw cause;
    throw new DeliveryError(`${cause.message} ${cause.next}`, { retryAfterMs: slowRetryMs, cause });
  }
  throw new DeliveryError(`Secret "${name}" is not set. Run: signalbox secret set ${name}`, { retryAfterMs: slowRetryMs });
}

/** Settings are files that get copied and committed; a secret written into them outright is told, though it works. */
function plainSecrets(channel: 'rollbar' | 'slack', settings: object | undefined): Channels['problems'] {
  const names = { token: 'rollbar-token', readToken: 'rollbar-read-token', webhook: 'slack-webhook' } as const;
  const problems: { channel: ChannelName; problem: string }[] = [];
  for (const [key, value] of Object.entries(settings ?? {})) {
    if (!(key in names) || typeof value !== 'string' || value.search(secretReference) >= 0 || isLoopback(value)) continue;
    const name = names[key as keyof typeof names];
    const problem = `alerts.${channel}.${key} is written out in the settings file. Run: signalbox secret set ${name}, and write "\${secret:${name}}" there.`;
    problems.push({ channel, problem });
  }
  return problems;
}

function isLoopback(value: string): boolean {
  return /^https?:\/\/(localhost|127\.|\[::1\])/.test(value);
}
