// Slack and Rollbar over real sockets, against stand-ins that can be told to fail.
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { makeRollbar } from '../../../main/alerts/rollbar.ts';
import { makeSlack } from '../../../main/alerts/slack.ts';
import type { Channel } from '../../../main/engine/ports.ts';
import { type RollbarStandIn, startRollbar } from '../../../simulator/rollbar.ts';
import { type SlackStandIn, startSlack } from '../../../simulator/slack.ts';
import { anAlert } from '../../support/alerts.ts';

const signal = new AbortController().signal;
const app = { name: 'Nine Panels', environment: 'production' };

describe('Slack webhook', () => {
  let slack: SlackStandIn;
  let channel: Channel;
  beforeEach(async () => {
    slack = await startSlack();
    channel = makeSlack({ webhook: slack.webhook, app });
  });
  afterEach(() => slack.stop());

  it('posts every kind of alert within Slack’s limits', async () => {
    const monitors = Array.from({ length: 20 }, (_, index) => `monitor-${index}-${'x'.repeat(45)}`);
    for (const kind of ['opened', 'reopened', 'escalated', 'reminder', 'resolved', 'certificate'] as const) {
      await channel.send(anAlert({ kind, title: '<&>'.repeat(200), text: '<&>'.repeat(5_000), monitors }), {}, signal);
    }
    expect(slack.posts).toHaveLength(6);
  });

  it('waits for an answer that takes its time', async () => {
    await slack.fail({ kind: 'hang', ms: 1_000 });
    await expect(channel.send(anAlert(), {}, signal)).resolves.toEqual({});
    expect(slack.posts).toHaveLength(1);
  });

  it('stops when told to', async () => {
    await slack.fail({ kind: 'hang', ms: 10_000 });
    const abort = new AbortController();
    const sending = channel.send(anAlert(), {}, abort.signal);
    await slack.waitFor(1);
    abort.abort();
    await expect(sending).rejects.toThrow('Stopped before Slack had answered.');
  });

  it.each([
    [404, 'no_service', { final: false, retryAfterMs: 300_000, message: expect.stringMatching(/removed or switched off/) }],
    [403, 'action_prohibited', { final: false, retryAfterMs: 300_000, message: expect.stringMatching(/administrator/) }],
    [410, 'channel_is_archived', { final: false, retryAfterMs: 300_000, message: expect.stringMatching(/archived/) }],
    [400, 'invalid_payload', { final: true, message: 'Slack refused (400): it could not read our message.' }],
    [500, 'rollup_error', { final: false, retryAfterMs: null, message: 'Slack refused (500): it says “rollup_error”.' }],
    [503, '', { final: false, retryAfterMs: null, message: 'Slack refused (503): it gave no reason.' }],
    [200, '<html>Sign in</html>', { final: false, message: expect.stringMatching(/answered in Slack’s place \(200/) }],
    [302, '', { final: false, retryAfterMs: null, message: expect.stringMatching(/sign-in page/) }],
  ])('%i %s', async (status, body, error) => {
    await slack.fail({ kind: 'answer', reply: { status, body, headers: { location: 'http://127.0.0.1:9/' } } });
    await expect(channel.send(anAlert(), {}, signal)).rejects.toMatchObject({ name: 'DeliveryError', ...error });
  });

  it('hands on Retry-After', async () => {
    await slack.fail({ kind: 'answer', reply: { status: 429, body: '', headers: { 'retry-after': '37' } } });
    await expect(channel.send(anAlert(), {}, signal)).rejects.toMatchObject({ retryAfterMs: 37_000, final: false });
  });

  it.each([
    ['refuse', 'Slack refused the connection.'],
    ['drop', 'Slack closed the connection before it answered.'],
  ] as const)('%s', async (kind, message) => {
    await slack.fail({ kind });
    await expect(channel.send(anAlert(), {}, signal)).rejects.toThrow(message);
  });

  it('never shows its address', async () => {
    const secret = slack.webhook.split('/').at(-1) ?? 'none';
    await slack.fail({ kind: 'answer', reply: { status: 500, body: `no ${new URL(slack.webhook).pathname} here` } });
    const error = await channel.send(anAlert(), {}, signal).catch((caught: unknown) => caught);
    expect(String(error)).toContain('no ••• here');
    expect(String(error)).not.toContain(secret);
  });
});

describe('Rollbar', () => {
  let rollbar: RollbarStandIn;
  const make = (parts: Partial<Parameters<typeof makeRollbar>[0]> = {}): Channel =>
    makeRollbar({
      token: rollbar.token,
      readToken: rollbar.readToken,
      apiUrl: rollbar.url,
      appName: 'Nine Panels',
      environment: 'production',
      version: '0.1.0',
      now: () => anAlert().at,
      ...parts,
    });
  const resolved = anAlert({ kind: 'resolved', key: 'inc-20261120-090200:2:resolved' });
  const reopened = anAlert({ kind: 'reopened', key: 'inc-20261120-090200:3:reopened' });
  beforeEach(async () => {
    rollbar = await startRollbar();
  });
  afterEach(() => rollbar.stop());

  it('makes one item of an incident: opened, resolved, reopened, resolved', async () => {
    const channel = make();
    let memory = await channel.send(anAlert(), {}, signal);
    expect(rollbar.items).toMatchObject([{ status: 'active', level: 'critical', fingerprint: 'signalbox-inc-20261120-090200' }]);
    memory = await channel.send(resolved, memory, signal);
    expect(rollbar.items[0]?.status).toBe('resolved');
    memory = await channel.send(reopened, memory, signal);
    expect(rollbar.items[0]?.status).toBe('active');
    await channel.send({ ...resolved, key: 'inc-20261120-090200:4:resolved' }, memory, signal);
    expect(rollbar.items).toHaveLength(1);
    expect(rollbar.items[0]).toMatchObject({ status: 'resolved' });
    expect(rollbar.items[0]?.occurrences).toHaveLength(2);
  });

  it('counts an occurrence once, however often it is sent', async () => {
    await rollbar.fail({ kind: 'drop' }, 1);
    await expect(make().send(anAlert(), {}, signal)).rejects.toThrow(/closed the connection/);
    await make().send(anAlert(), {}, signal);
    expect(rollbar.received).toHaveLength(2);
    expect(rollbar.items[0]?.occurrences).toHaveLength(1);
  });

  it('waits for Rollbar to have processed the item', async () => {
    rollbar.processingLookups = 2;
    const channel = make();
    const memory = await channel.send(anAlert(), {}, signal);
    for (const final of [false, false]) {
      await expect(channel.send(resolved, memory, signal)).rejects.toMatchObject({ final, message: /not processed/ });
    }
    await channel.send(resolved, memory, signal);
    expect(rollbar.items[0]?.status).toBe('resolved');
  });

  it('gives up on an item that never appears', async () => {
    const late = make({ now: () => resolved.at + 3_600_001 });
    await expect(late.send(resolved, { uuid: 'never-seen' }, signal)).rejects.toMatchObject({ final: true });
  });

  it('finds the item in the list where look-up by uuid is not known', async () => {
    rollbar.findsByUuid = false;
    const channel = make();
    await channel.send(anAlert({ incidentId: 'inc-20261119-010101', key: 'other' }), {}, signal);
    const memory = await channel.send(anAlert(), {}, signal);
    await channel.send(resolved, memory, signal);
    expect(rollbar.items.map((item) => item.status)).toEqual(['active', 'resolved']);
  });

  it('has nothing to resolve when the opening never arrived', async () => {
    await expect(make().send(resolved, {}, signal)).resolves.toEqual({});
    expect(rollbar.received).toEqual([]);
  });

  it('accepts an address that ends in /api/1', async () => {
    await make({ apiUrl: `${rollbar.url}/api/1/` }).send(anAlert(), {}, signal);
    expect(rollbar.items).toHaveLength(1);
  });

  it('names the token and the scope that is missing', async () => {
    const posting = make({ token: 'nobody-knows-this-token' }).send(anAlert(), {}, signal);
    await expect(posting).rejects.toMatchObject({
      message: 'Rollbar does not know the token in alerts.rollbar.token (401, “Invalid access token”). Set it again.',
      retryAfterMs: 300_000,
      final: false,
    });
    const { token, url: apiUrl } = rollbar;
    const single = makeRollbar({ token, apiUrl, appName: 'x', environment: 'production', version: '0' });
    const memory = await single.send(anAlert(), {}, signal);
    await expect(single.send(resolved, memory, signal)).rejects.toThrow(/alerts\.rollbar\.readToken needs read scope/);
    await rollbar.fail({ kind: 'answer', reply: { status: 403, body: '{"err":1,"message":"insufficient privileges"}' } });
    const patching = make().send(resolved, { ...memory, itemOf: memory.uuid ?? '', itemId: '1001' }, signal);
    await expect(patching).rejects.toThrow(/needs write scope/);
  });

  it.each([
    [429, { 'x-rate-limit-remaining-seconds': '9' }, { retryAfterMs: 9_000, final: false }],
    [429, {}, { retryAfterMs: 60_000, final: false }],
    [500, {}, { retryAfterMs: null, final: false }],
    [503, { 'retry-after': '5' }, { retryAfterMs: 5_000, final: false }],
    [422, {}, { final: true }],
    [413, {}, { final: true }],
    [404, {}, { retryAfterMs: 300_000, final: false }],
    [200, {}, { message: expect.stringMatching(/makes no sense/), final: false }],
  ])('%i %j', async (status, headers, error) => {
    await rollbar.fail({ kind: 'answer', reply: { status, body: 'oops', headers } });
    await expect(make().send(anAlert(), {}, signal)).rejects.toMatchObject({ name: 'DeliveryError', ...error });
  });

  it('does not carry its token along a redirect', async () => {
    const elsewhere = await startRollbar();
    await rollbar.fail({
      kind: 'answer',
      reply: { status: 307, body: '', headers: { location: `${elsewhere.url}/api/1/item/` } },
    });
    await expect(make().send(anAlert(), {}, signal)).rejects.toThrow('Rollbar refused (307).');
    expect(elsewhere.received).toEqual([]);
    await elsewhere.stop();
  });
});
