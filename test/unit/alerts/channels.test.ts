import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { makeChannels } from '../../../main/alerts/channels.ts';
import { askedToWaitMs } from '../../../main/alerts/exchange.ts';
import { makeSlack } from '../../../main/alerts/slack.ts';
import { tryChannel } from '../../../main/alerts/test-alert.ts';
import type { Secrets } from '../../../main/engine/ports.ts';
import { FaultError } from '../../../shared/fault.ts';
import { fillSecrets } from '../../../shared/fill-secrets.ts';
import { type AlertSettings, settingsSchema } from '../../../shared/settings.ts';
import { anAlert, scriptedChannel } from '../../support/alerts.ts';

const app = { name: 'Nine Panels', environment: 'production' };
const none: Secrets = { get: async () => null };
const settings = (alerts: object): AlertSettings => settingsSchema(z.never()).parse({ alerts }).alerts;
const signal = new AbortController().signal;

describe('channels from settings', () => {
  it('are the enabled ones', () => {
    const names = (alerts: object): string[] =>
      makeChannels(settings(alerts), { secrets: none, app, version: '0.1.0' }).channels.map((channel) => channel.name);
    const both = { rollbar: { token: '${secret:a}' }, slack: { webhook: '${secret:b}' } };
    expect(names({})).toEqual(['desktop']);
    expect(names(both)).toEqual(['desktop', 'rollbar', 'slack']);
    expect(names({ ...both, desktop: { enabled: false }, slack: { webhook: '${secret:b}', enabled: false } })).toEqual([
      'rollbar',
    ]);
  });

  it('say which secret is missing and how to set it', async () => {
    const { channels } = makeChannels(settings({ desktop: { enabled: false }, slack: { webhook: '${secret:slack-webhook}' } }), {
      secrets: none,
      app,
      version: '0.1.0',
    });
    await expect(channels[0]?.send(anAlert(), {}, signal)).rejects.toMatchObject({
      name: 'DeliveryError',
      message: 'Secret "slack-webhook" is not set. Run: signalbox secret set slack-webhook',
      final: false,
      retryAfterMs: 300_000,
    });
  });

  it('pass on what a locked keychain says', async () => {
    const locked: Secrets = {
      get: async () => {
        throw new FaultError({ code: 'keychain', message: 'The keychain is locked.', next: 'Unlock it.' });
      },
    };
    const { channels } = makeChannels(settings({ desktop: { enabled: false }, rollbar: { token: '${secret:t}' } }), {
      secrets: locked,
      app,
      version: '0.1.0',
    });
    await expect(channels[0]?.send(anAlert(), {}, signal)).rejects.toThrow('The keychain is locked. Unlock it.');
  });

  it('tell of a secret that is written out in the settings, without repeating it', () => {
    const { problems } = makeChannels(settings({ slack: { webhook: 'https://hooks.slack.com/services/T/B/topsecret' } }), {
      secrets: none,
      app,
      version: '0.1.0',
    });
    expect(problems).toEqual([
      {
        channel: 'slack',
        problem:
          'alerts.slack.webhook is written out in the settings file. Run: signalbox secret set slack-webhook, and write "${secret:slack-webhook}" there.',
      },
    ]);
  });
});

describe('Slack’s address', () => {
  it.each([
    'http://hooks.slack.com/services/T/B/x',
    'https://hooks.slack.com.evil.example/services/T/B/x',
    'https://hooks.slack.com@evil.example/services/T/B/x',
    'https://evil.example/hooks.slack.com',
    'http://127.0.0.1.evil.example/',
    'file:///etc/passwd',
    'nonsense',
  ])('%s is refused before anything is sent', async (webhook) => {
    const refused = makeSlack({ webhook, app }).send(anAlert(), {}, signal);
    await expect(refused).rejects.toThrow(/is not an https:\/\/hooks\.slack\.com\/ address/);
  });
});

describe('asking to wait', () => {
  const now = Date.parse('2026-11-23T14:00:00Z');
  it.each([
    [{ 'retry-after': '30' }, 30_000],
    [{ 'retry-after': 'Mon, 23 Nov 2026 14:02:00 GMT' }, 120_000],
    [{ 'retry-after': 'Mon, 23 Nov 2026 13:00:00 GMT' }, 0],
    [{ 'x-rate-limit-remaining-seconds': '12' }, 12_000],
    [{ 'retry-after': 'soon' }, null],
    [{ 'retry-after': '-1' }, null],
    [{}, null],
  ])('%j is %s ms', (headers, ms) => expect(askedToWaitMs(new Headers(headers), now)).toBe(ms));
});

describe('trying a channel', () => {
  it('says that the test went out', async () => {
    const channel = scriptedChannel();
    expect(await tryChannel(channel, 1)).toEqual({ ok: true, message: 'A test went out by Slack.' });
    expect(channel.sent[0]).toMatchObject({ key: 'test-slack-1', incidentId: null });
  });
  it('says why not', async () => {
    const channel = scriptedChannel({}, [() => Promise.reject(new Error('boom'))]);
    expect(await tryChannel(channel, 1)).toEqual({ ok: false, message: 'Unexpected: boom' });
  });
});

describe('filling in secrets', () => {
  it('replaces references at any depth, asks once per name and leaves the settings alone', async () => {
    const asked: string[] = [];
    const before = { a: 'x ${secret:one} ${secret:two}', list: [{ b: '${secret:one}' }], n: 1, z: null };
    const { value, secrets } = await fillSecrets(before, async (name) => {
      asked.push(name);
      return `$&-${name}`;
    });
    expect(value).toEqual({ a: 'x $&-one $&-two', list: [{ b: '$&-one' }], n: 1, z: null });
    expect(secrets).toEqual(['$&-one', '$&-two']);
    expect(asked).toEqual(['one', 'two']);
    expect(before.list[0]?.b).toBe('${secret:one}');
  });
});
