// The outbox with real channels over real sockets and the machine's own clock.
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { makeChannels } from '../../../main/alerts/channels.ts';
import type { OutboxResult } from '../../../main/alerts/ledger.ts';
import { makeOutbox, type Outbox } from '../../../main/alerts/outbox.ts';
import type { Clock, Secrets } from '../../../main/engine/ports.ts';
import { type RollbarStandIn, startRollbar } from '../../../simulator/rollbar.ts';
import { type SlackStandIn, startSlack } from '../../../simulator/slack.ts';
import { anAlert } from '../../support/alerts.ts';
import { type MemoryHistory, memoryHistory } from '../../support/memory-history.ts';

const clock: Clock = {
  now: () => Date.now(),
  monotonic: () => performance.now(),
  after(ms, callback) {
    const timer = setTimeout(callback, ms);
    return () => clearTimeout(timer);
  },
};
const opened = () => anAlert({ at: Date.now() });
const resolved = () => anAlert({ kind: 'resolved', key: 'inc-20261120-090200:2:resolved', at: Date.now() });

describe('outbox over sockets', () => {
  let slack: SlackStandIn;
  let rollbar: RollbarStandIn;
  let history: MemoryHistory;
  let outbox: Outbox;
  let results: OutboxResult[];
  let heard: () => void;
  let secrets: Map<string, string>;

  const until = async (done: () => boolean): Promise<void> => {
    while (!done()) {
      await new Promise<void>((resolve) => {
        heard = resolve;
      });
    }
  };
  const sent = (channel: string): OutboxResult[] =>
    results.filter((item) => item.type === 'delivered' && item.channel === channel);
  const channels = () => {
    const keychain: Secrets = {
      get: async (name) => {
        const value = secrets.get(name);
        return value === undefined ? null : { value, source: 'environment' };
      },
    };
    return makeChannels(
      {
        desktop: { enabled: false },
        rollbar: {
          token: '${secret:rollbar-token}',
          readToken: '${secret:rollbar-read-token}',
          apiUrl: rollbar.url,
          enabled: true,
          crashReports: false,
        },
        slack: { webhook: '${secret:slack-webhook}', enabled: true },
        digest: { enabled: false, day: 'monday', at: '09:00' },
        remindEvery: '15m',
      },
      { secrets: keychain, app: { name: 'Nine Panels', environment: 'production' }, version: '0.1.0' },
    ).channels;
  };
  const tell = (alert = opened()): void => {
    for (const channel of ['slack', 'rollbar'] as const) history.add(channel, alert);
    outbox.wake();
  };

  beforeEach(async () => {
    [slack, rollbar] = await Promise.all([startSlack(), startRollbar()]);
    secrets = new Map([
      ['slack-webhook', slack.webhook],
      ['rollbar-token', rollbar.token],
      ['rollbar-read-token', rollbar.readToken],
    ]);
    history = memoryHistory();
    results = [];
    heard = () => {};
    const onResult = (result: OutboxResult): void => {
      results.push(result);
      heard();
    };
    outbox = makeOutbox({ history, clock, channels: channels(), onResult, random: () => 0 });
    outbox.start();
  });
  afterEach(async () => {
    await outbox.stop();
    await Promise.all([slack.stop(), rollbar.stop()]);
  });

  it('tells every channel of an outage and of its end, once each', async () => {
    tell();
    tell(resolved());
    await until(() => results.length === 4);
    expect(slack.posts).toHaveLength(2);
    expect(rollbar.items).toMatchObject([{ status: 'resolved' }]);
    expect(results.every((result) => result.type === 'delivered')).toBe(true);
  });

  it('delays nothing else while a webhook hangs', async () => {
    await slack.fail({ kind: 'hang', ms: 1_500 });
    tell();
    tell(resolved());
    await until(() => sent('rollbar').length === 2);
    expect(sent('slack')).toHaveLength(0);
    expect(rollbar.items).toMatchObject([{ status: 'resolved' }]);
    await slack.waitFor(1);
    await slack.fail(null);
    await until(() => sent('slack').length === 2);
    expect(slack.posts).toHaveLength(2);
  });

  it('comes back when Retry-After says, not before', async () => {
    await slack.fail({ kind: 'answer', reply: { status: 429, body: '', headers: { 'retry-after': '2' } } }, 1);
    tell();
    await until(() => sent('slack').length === 1);
    const [first, second] = slack.received;
    expect((second?.at ?? 0) - (first?.at ?? 0)).toBeGreaterThanOrEqual(1_990);
    expect(slack.posts).toHaveLength(1);
  });

  it('tells in order once a service that refused is there again', async () => {
    await slack.fail({ kind: 'refuse' });
    tell();
    tell(resolved());
    await until(() => results.some((result) => result.type === 'undelivered'));
    await slack.fail(null);
    await until(() => sent('slack').length === 2);
    expect(slack.posts.map((post) => post.text?.split(':')[0])).toEqual(['Outage', 'Resolved']);
  });

  it('resolves an item that Rollbar takes its time to process', async () => {
    rollbar.processingLookups = 1;
    tell();
    tell(resolved());
    await until(() => sent('rollbar').length === 2);
    expect(rollbar.items).toMatchObject([{ status: 'resolved' }]);
  });

  it('uses a secret that was set after the failure, once settings are taken up again', async () => {
    secrets.delete('slack-webhook');
    tell();
    await until(() => results.some((result) => result.type === 'undelivered'));
    expect(results.find((result) => result.type === 'undelivered')).toMatchObject({
      problem: 'Secret "slack-webhook" is not set. Run: signalbox secret set slack-webhook',
    });
    secrets.set('slack-webhook', slack.webhook);
    outbox.setChannels(channels());
    await until(() => sent('slack').length === 1);
    expect(slack.posts).toHaveLength(1);
  });

  it('after a kill between sending and sent: Rollbar has one occurrence, Slack is not told twice', async () => {
    await outbox.stop();
    // What a process leaves behind that died after the services had accepted and before it could write so.
    for (const channel of channels()) {
      await channel.send(opened(), {}, new AbortController().signal);
      history.markDelivery(history.add(channel.name, opened()), { state: 'sending', at: Date.now() });
    }
    outbox.start();
    await until(() => results.length === 2);
    expect(rollbar.items[0]?.occurrences).toHaveLength(1);
    expect(slack.posts).toHaveLength(1);
    expect(history.rows.map((row) => [row.channel, row.state])).toEqual([
      ['rollbar', 'sent'],
      ['slack', 'uncertain'],
    ]);
  });
});
