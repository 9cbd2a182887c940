// Tells a Slack incoming webhook. A message cannot be edited or taken back, and Slack keeps no idempotency key.

import { safeText } from '../../shared/redact.ts';
import { type Channel, DeliveryError } from '../engine/ports.ts';
import { type Answer, askedToWaitMs, exchange, slowRetryMs } from './exchange.ts';
import { type App, slackMessage } from './slack-message.ts';

/** Long on purpose: an endpoint that answers after 15 s has accepted the message all the same, and giving up sooner
 *  would send it twice. It delays nothing else: the outbox has a worker per channel. */
const timeoutMs = 20_000;

export type SlackOptions = {
  /** The webhook's address: a secret in itself, so it appears in no message. */
  readonly webhook: string;
  readonly app: App;
  /** Tests and Slack-compatible servers. Loopback is always allowed. */
  readonly allowAnyHost?: boolean;
};

/** Throws DeliveryError from `send` for everything but a 200 whose body is `ok` (docs.slack.dev, incoming webhooks). */
export function makeSlack(options: SlackOptions): Channel {
  return {
    name: 'slack',
    idempotent: false,
    timeoutMs,
    async send(alert, _memory, signal) {
      const url = checkedAddress(options);
      const secrets = [options.webhook, url.pathname];
      const answer = await exchange({
        who: 'Slack',
        method: 'POST',
        url: url.href,
        json: slackMessage(alert, options.app),
        timeoutMs,
        signal,
        secrets,
      });
      if (answer.status === 200 && answer.body.trim() === 'ok') return {};
      throw refusal(answer, secrets);
    },
  };
}

const loopback = /^(localhost|127(\.\d{1,3}){3}|\[::1\])$/;

/** A mistyped address must not send the state of production to a stranger. */
function checkedAddress({ webhook, allowAnyHost = false }: SlackOptions): URL {
  const url = URL.parse(webhook.trim());
  const known = url?.protocol === 'https:' && url.hostname === 'hooks.slack.com';
  const local = url !== null && /^https?:$/.test(url.protocol) && (allowAnyHost || loopback.test(url.hostname));
  if (url && (known || local)) return url;
  throw new DeliveryError(
    'The Slack webhook is not an https://hooks.slack.com/ address. Copy it again from the Slack app’s page “Incoming Webhooks”.',
    { retryAfterMs: slowRetryMs },
  );
}

/** Slack's plain-text error codes in words, with what to do. */
const codes: Readonly<Record<string, string>> = {
  no_service: 'this webhook was removed or switched off; make a new one and set the secret again',
  no_active_hooks: 'this webhook is switched off; make a new one and set the secret again',
  invalid_token: 'the webhook’s address is wrong; copy it again and set the secret',
  no_team: 'the webhook’s workspace is unknown; copy its address again and set the secret',
  channel_not_found: 'the channel is gone; make a webhook for another one',
  channel_is_archived: 'the channel is archived; make a webhook for another one',
  action_prohibited: 'a workspace administrator does not allow it',
  posting_to_general_channel_denied: 'a workspace administrator does not allow posting to #general',
  team_disabled: 'the workspace is disabled',
  invalid_payload: 'it could not read our message',
  invalid_blocks: 'it could not read our message',
  no_text: 'it could not read our message',
};

function refusal({ status, headers, body }: Answer, secrets: readonly string[]): DeliveryError {
  if (status === 429) {
    return new DeliveryError('Slack asks for fewer messages (429).', {
      retryAfterMs: askedToWaitMs(headers, Date.now()) ?? 60_000,
    });
  }
  if (status < 400) {
    return new DeliveryError(
      `Something answered in Slack’s place (${status}, not “ok”). Is a proxy or a network’s sign-in page in between?`,
    );
  }
  const code = safeText(body, 80, secrets);
  const words = codes[code] ?? (code === '' ? 'it gave no reason' : `it says “${code}”`);
  const message = `Slack refused (${status}): ${words}.`;
  // What a person must put right is kept and tried again slowly; a message that Slack cannot read will not improve.
  if ([400, 413, 422].includes(status)) return new DeliveryError(message, { final: true });
  if (status < 500) return new DeliveryError(message, { retryAfterMs: slowRetryMs });
  const wait = askedToWaitMs(headers, Date.now());
  return new DeliveryError(message, wait === null ? {} : { retryAfterMs: wait });
}
