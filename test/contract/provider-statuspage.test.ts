// Our Statuspage client against the stand-in and, through it, against the published document. Real time: the limit is a second.
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { ProviderError } from '../../main/providers/call.ts';
import { makeStatuspage, type StatuspageClient } from '../../main/providers/statuspage-management.ts';
import { json } from '../../simulator/http.ts';
import { type StatuspageStandIn, startStatuspage } from '../../simulator/statuspage-management.ts';
import { refusedBy } from '../support/provider-error.ts';
import { contractOr } from './ask.ts';

const key = 'canary-key-0123456789';
const { signal } = new AbortController();
let page: StatuspageStandIn;
let client: StatuspageClient;

beforeEach(async () => {
  page = await startStatuspage({ token: key, contract: contractOr('statuspage') });
  client = clientOf();
});
afterEach(async () => {
  await page.stop();
  expect(page.violations, 'requests that the document rejects').toEqual([]);
});

function clientOf(changes: { readonly token?: string; readonly pageId?: string } = {}): StatuspageClient {
  const { token = key, pageId = page.pageId } = changes;
  return makeStatuspage({ apiUrl: page.url, pageId, token: async () => token });
}

const refused = (promise: Promise<unknown>): Promise<ProviderError> => refusedBy(promise, 'canary');

describe('the Statuspage client', () => {
  it('opens, finds and resolves an incident, never asking twice within a second', async () => {
    const [who, { id }, open] = await Promise.all([
      client.whoami(signal),
      client.create({ name: 'x'.repeat(300), body: 'We are looking.', impact: 'major' }, signal),
      client.unresolved(signal),
    ]);
    expect(who).toEqual({ open: 0 });
    expect(open).toEqual([{ id, name: 'x'.repeat(255), status: 'investigating' }]);
    await client.resolve(id, 'All is well.', signal);
    expect(page.incidents).toMatchObject([{ id, status: 'resolved', impact: 'major' }]);
    expect(page.incidents[0]?.updates.map((one) => one.body)).toEqual(['All is well.', 'We are looking.']);
    expect(page.received).toHaveLength(4);
  });

  it('waits a second when somebody else with the same key has just asked', async () => {
    const other = clientOf();
    await Promise.all([client.whoami(signal), other.resolve('none', '', signal).catch(() => undefined)]);
    const statuses = page.received.length;
    expect(statuses).toBe(3);
  });

  it('tells a wrong key and a wrong page apart', async () => {
    const wrongKey = await refused(clientOf({ token: 'canary-other' }).whoami(signal));
    expect(wrongKey).toMatchObject({ code: 'provider-auth', status: 401, exitCode: 3 });
    expect(wrongKey.next).toContain('signalbox secret set statuspage-token');
    const wrongPage = await refused(clientOf({ pageId: 'other' }).whoami(signal));
    expect(wrongPage).toMatchObject({ code: 'provider-not-found', said: 'The requested resource could not be found.' });
    expect(wrongPage.next).toContain('providers.statuspage.pageId');
  });

  it('may have opened an incident whose answer was lost, and says no more than that', async () => {
    await page.fail({ kind: 'drop' }, 1);
    const incident = { name: 'Outage', body: 'b', impact: 'minor' } as const;
    expect(await refused(client.create(incident, signal))).toMatchObject({ code: 'provider-unreachable', sent: 'maybe' });
    expect(await client.unresolved(signal)).toMatchObject([{ name: 'Outage' }]);
    await page.fail({ kind: 'answer', reply: json(422, { error: ['Name is odd'] }) }, 1);
    expect(await refused(client.create(incident, signal))).toMatchObject({
      ...{ code: 'provider-refused', said: 'Name is odd', sent: 'no' },
    });
  });
});
