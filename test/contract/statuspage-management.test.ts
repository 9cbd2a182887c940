// The Statuspage management stand-in against the published document and samples.
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Contract } from '../../simulator/contract.ts';
import { type StatuspageStandIn, startStatuspage } from '../../simulator/statuspage-management.ts';
import { FakeClock } from '../support/fake-clock.ts';
import { type Answer, type Ask, asker, contractOr, sample, samplesAbsent } from './ask.ts';

const page = '/v1/pages/simulatedpage';
let clock: FakeClock;
let contract: Contract | null;
let statuspage: StatuspageStandIn;
let ask: Ask;
let faults: string[];

beforeEach(async () => {
  clock = new FakeClock();
  contract = contractOr('statuspage');
  statuspage = await startStatuspage({ token: 'key-1', clock, contract });
  ({ ask, faults } = asker(statuspage.url, 'OAuth key-1', contract));
});
afterEach(async () => {
  await statuspage.stop();
  expect(faults, 'answers that the document does not allow').toEqual([]);
});

/** Asks a second after the last request, as the limit wants. */
async function later(...args: Parameters<Ask>): Promise<Answer> {
  await clock.pass(1_000);
  return ask(...args);
}

const outage = {
  incident: {
    name: 'API unavailable in EU',
    status: 'investigating',
    body: 'We are investigating.',
    impact_override: 'major',
    components: { '8kbf7d35c070': 'major_outage' },
    component_ids: ['8kbf7d35c070'],
    deliver_notifications: true,
  },
};
const end = {
  incident: {
    status: 'resolved',
    body: 'Service is restored.',
    components: { '8kbf7d35c070': 'operational' },
    component_ids: ['8kbf7d35c070'],
  },
};

describe('an incident on the Statuspage stand-in', () => {
  it('is opened, told of, found while it lasts, and resolved', async () => {
    const created = await later('POST', `${page}/incidents`, outage);
    expect(created).toMatchObject({ status: 201, body: { status: 'investigating', impact: 'major', resolved_at: null } });
    expect(statuspage.components[0]?.status).toBe('major_outage');
    const { id } = created.body;
    await later('PATCH', `${page}/incidents/${id}`, { incident: { status: 'monitoring', body: 'A fix is in place.' } });
    const open = (await later('GET', `${page}/incidents/unresolved`)).body;
    expect(open).toHaveLength(1);
    expect(open[0].incident_updates.map((one: { body: string }) => one.body)).toEqual([
      'A fix is in place.',
      'We are investigating.',
    ]);
    const resolved = await later('PATCH', `${page}/incidents/${id}`, end);
    expect(resolved.body).toMatchObject({ status: 'resolved', components: [{ status: 'operational' }] });
    expect(Date.parse(resolved.body.resolved_at)).toBe(clock.now());
    expect((await later('GET', `${page}/incidents/unresolved`)).body).toEqual([]);
    expect((await later('GET', `${page}/incidents`)).body).toHaveLength(1);
    expect(statuspage.violations).toEqual([]);
  });

  it.skipIf(samplesAbsent)('takes the published outgoing samples, which are what is sent above', async () => {
    expect(sample('outgoing/statuspage-incident-create.json')).toEqual(outage);
    expect(sample('outgoing/statuspage-incident-resolve.json')).toEqual(end);
  });

  it('is refused without a name, with a strange status or for a strange component', async () => {
    const refused = [
      await later('POST', `${page}/incidents`, { incident: { status: 'investigating' } }),
      await later('POST', `${page}/incidents`, { incident: { name: 'x', status: 'broken' } }),
    ];
    expect(refused.map((one) => one.status)).toEqual(contract ? [400, 400] : [422, 422]);
    if (contract)
      expect(statuspage.violations).toEqual([
        `POST ${page}/incidents: body.incident.name: is required`,
        `POST ${page}/incidents: body.incident.status: must be equal to one of the allowed values`,
      ]);
    const stranger = { incident: { name: 'x', components: { none: 'operational' } } };
    expect((await later('POST', `${page}/incidents`, stranger)).status).toBe(422);
    expect((await later('PATCH', `${page}/incidents/none`, end)).status).toBe(404);
    expect(statuspage.incidents).toEqual([]);
  });
});

describe('the Statuspage stand-in', () => {
  it('sets one component', async () => {
    const path = `${page}/components/8kbf7d35c070`;
    const { body } = await later('PATCH', path, { component: { status: 'partial_outage' } });
    expect(body).toMatchObject({ name: 'API', status: 'partial_outage' });
    expect((await later('GET', `${page}/components`)).body[0].status).toBe('partial_outage');
    expect((await later('PATCH', `${page}/components/none`, { component: {} })).status).toBe(404);
  });

  it('wants OAuth and the right key', async () => {
    expect((await later('GET', `${page}/incidents`, undefined, { authorization: 'Bearer key-1' })).status).toBe(401);
    expect((await later('GET', '/v1/pages/other/incidents')).status).toBe(404);
  });

  it.each([420, 429] as const)('answers %d to a second request within a second', async (limitStatus) => {
    const limited = await startStatuspage({ token: 't', clock, contract, limitStatus });
    const { ask: get, faults: wrong } = asker(limited.url, 'OAuth t', contract);
    expect((await get('GET', `${page}/incidents`)).status).toBe(200);
    const refused = await get('GET', `${page}/incidents`);
    expect([refused.status, refused.headers.get('retry-after')]).toEqual([limitStatus, '1']);
    await clock.pass(1_000);
    expect((await get('GET', `${page}/incidents`)).status).toBe(200);
    await limited.stop();
    expect(wrong).toEqual([]);
  });
});
