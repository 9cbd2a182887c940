// Our requests and the stand-ins' answers against the published samples. The sample folder is shared beside the checkout
// and may be absent elsewhere.
import { existsSync, readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { makeRollbar } from '../../main/alerts/rollbar.ts';
import { makeSlack } from '../../main/alerts/slack.ts';
import { type RollbarStandIn, startRollbar } from '../../simulator/rollbar.ts';
import { type SlackStandIn, startSlack } from '../../simulator/slack.ts';
import { anAlert } from '../support/alerts.ts';

const samples = new URL('../../../shared/providers/samples/', import.meta.url);
const absent = !existsSync(samples);
if (absent) console.warn('SKIPPED: ../shared/providers/samples is absent, so Rollbar and Slack are not compared with it.');
const sample = (name: string): unknown => JSON.parse(readFileSync(new URL(name, samples), 'utf8'));

/** The shape of a value: keys with the types beneath them. */
function shape(value: unknown): unknown {
  if (Array.isArray(value)) return value.length > 0 ? [shape(value[0])] : [];
  if (value === null || typeof value !== 'object') return value === null ? 'null' : typeof value;
  return Object.fromEntries(Object.entries(value).map(([key, part]) => [key, shape(part)]));
}

describe.skipIf(absent)('published samples', () => {
  const signal = new AbortController().signal;
  let rollbar: RollbarStandIn;
  let slack: SlackStandIn;
  beforeAll(async () => {
    [rollbar, slack] = await Promise.all([startRollbar(), startSlack()]);
    const { token, readToken, url: apiUrl } = rollbar;
    const source = { appName: 'Nine Panels', environment: 'production', version: '0.1.0' };
    await makeRollbar({ ...source, token, readToken, apiUrl }).send(anAlert(), {}, signal);
    await makeSlack({ webhook: slack.webhook, app: { name: 'Nine Panels', environment: 'production' } }).send(
      anAlert(),
      {},
      signal,
    );
  });
  afterAll(async () => {
    await Promise.all([rollbar.stop(), slack.stop()]);
  });

  it('Rollbar: our item has every field of the sample, of the same type', () => {
    const { data } = sample('outgoing/rollbar-incident-item.json') as { data: Record<string, unknown> };
    const ours = JSON.parse(rollbar.received[0]?.body ?? '{}').data;
    for (const [key, value] of Object.entries(data)) {
      if (key === 'body' || key === 'custom') continue;
      expect(shape(ours[key]), key).toEqual(shape(value));
    }
    expect(ours.body.message.body).toBeTypeOf('string');
    expect(ours.custom.incidentId).toBe('inc-20261120-090200');
    expect(rollbar.received[0]).toMatchObject({ method: 'POST', path: '/api/1/item/' });
    expect(rollbar.received[0]?.headers['x-rollbar-access-token']).toBe(rollbar.token);
  });

  it('Rollbar: the stand-in answers a post as the sample does', async () => {
    const post = (token: string): Promise<Response> =>
      fetch(`${rollbar.url}/api/1/item/`, {
        method: 'POST',
        headers: { 'x-rollbar-access-token': token },
        body: JSON.stringify(sample('outgoing/rollbar-incident-item.json')),
      });
    expect(shape(await (await post(rollbar.token)).json())).toEqual(shape(sample('rollbar/item-post-200.json')));
    const unknown = await post('wrong');
    expect(unknown.status).toBe(401);
    expect(await unknown.json()).toEqual(sample('rollbar/error-401.json'));
  });

  it('Rollbar: the stand-in’s list has only fields of the sample’s, of the same type', async () => {
    const headers = { 'x-rollbar-access-token': rollbar.readToken };
    const list = await (await fetch(`${rollbar.url}/api/1/items/?status=active`, { headers })).json();
    const published = sample('rollbar/items-list-200.json') as { result: { items: [object] } };
    expect(shape(published)).toMatchObject({ err: 'number', result: { page: 'number', total_count: 'number' } });
    expect(shape(published.result.items[0])).toMatchObject(shape(list.result.items[0]) as object);
  });

  it('Rollbar: our parser finds the published item by an incident’s mark', async () => {
    const listed = structuredClone(sample('rollbar/items-list-200.json')) as {
      result: { items: [{ id: number; title: string }] };
    };
    listed.result.items[0].title = 'Outage: API is down [inc-20261120-090200]';
    const { token, readToken, url: apiUrl } = rollbar;
    const channel = makeRollbar({ token, readToken, apiUrl, appName: 'x', environment: 'production', version: '0' });
    rollbar.findsByUuid = false;
    const before = rollbar.received.length;
    const sending = channel.send(anAlert({ kind: 'resolved' }), { uuid: 'u' }, signal);
    await rollbar.waitFor(before + 1);
    await rollbar.fail({ kind: 'answer', reply: { status: 200, body: JSON.stringify(listed) } }, 1);
    await expect(sending).resolves.toMatchObject({ itemId: '1' });
  });

  it('Slack: our message has the sample’s blocks, and the stand-in takes both', async () => {
    const published = sample('outgoing/slack-webhook-outage.json') as { blocks: { type: string }[] };
    const ours = JSON.parse(slack.received[0]?.body ?? '{}');
    expect(new Set(published.blocks.map((block) => block.type))).toEqual(
      new Set(ours.blocks.map((b: { type: string }) => b.type)),
    );
    expect(ours.text).toMatch(/^Outage/);
    const answer = await fetch(slack.webhook, { method: 'POST', body: JSON.stringify(published) });
    expect([answer.status, await answer.text()]).toEqual([200, 'ok']);
  });
});
