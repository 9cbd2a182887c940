import { afterEach, describe, expect, it } from 'vitest';
import { check } from '../../support/check-ports.ts';
import { type DnsServer, serveDns, type Zone } from '../../support/dns-server.ts';

const servers: DnsServer[] = [];
afterEach(async () => {
  await Promise.all(servers.splice(0).map((server) => server.close()));
});

async function serve(zone: Zone): Promise<DnsServer> {
  const server = await serveDns(zone);
  servers.push(server);
  return server;
}

const answers: Zone['answers'] = [
  { type: 'A', name: 'www.example.test', data: '192.0.2.1' },
  { type: 'A', name: 'www.example.test', data: '192.0.2.2' },
  { type: 'AAAA', name: 'www.example.test', data: '2001:db8:0:0:0:0:0:1' },
  { type: 'CNAME', name: 'alias.example.test', data: 'www.example.test' },
  { type: 'MX', name: 'example.test', data: { preference: 10, exchange: 'mail.example.test' } },
  { type: 'NS', name: 'example.test', data: 'ns1.example.test' },
  { type: 'TXT', name: 'example.test', data: ['v=spf1 ', '-all'] },
];

describe('a dns check', () => {
  it.each([
    ['www.example.test', 'A', ['192.0.2.2', '192.0.2.1']],
    ['www.example.test', 'AAAA', ['2001:DB8::1']],
    ['alias.example.test', 'CNAME', ['WWW.example.test.']],
    ['example.test', 'MX', ['10 mail.example.test']],
    ['example.test', 'NS', ['ns1.example.test']],
    ['example.test', 'TXT', ['v=spf1 -all']],
  ])('of %s %s is up with the values in any order and spelling', async (host, record, equals) => {
    const server = await serve({ answers });
    const seen = await check({ kind: 'dns', host, record, equals, resolver: server.address });
    expect(seen).toMatchObject({ outcome: 'up', latencyMs: expect.any(Number), phases: { dnsMs: expect.any(Number) } });
    expect(server.questions).toEqual([`${record} ${host}`]);
  });

  it('is up with any value when none is named', async () => {
    const server = await serve({ answers });
    expect((await check({ kind: 'dns', host: 'www.example.test', resolver: server.address })).outcome).toBe('up');
  });

  it.each([
    ['an extra value', ['192.0.2.1']],
    ['a missing value', ['192.0.2.1', '192.0.2.2', '192.0.2.3']],
    ['another value', ['192.0.2.1', '192.0.2.9']],
  ])('is down with %s', async (_, equals) => {
    const server = await serve({ answers });
    expect(await check({ kind: 'dns', host: 'www.example.test', equals, resolver: server.address })).toMatchObject({
      outcome: 'down',
      error: { code: 'assertion', message: `A of www.example.test is 192.0.2.1, 192.0.2.2; expected ${equals.join(', ')}.` },
    });
  });

  it('tells a name that does not exist from one without such a record', async () => {
    const server = await serve({ answers });
    const message = async (host: string, record: string): Promise<unknown> =>
      (await check({ kind: 'dns', host, record, resolver: server.address })).error;
    expect(await message('nothing.example.test', 'A')).toEqual({
      code: 'dns',
      message: 'The name nothing.example.test does not exist in DNS.',
    });
    expect(await message('www.example.test', 'MX')).toEqual({ code: 'dns', message: 'www.example.test has no MX record.' });
  });

  it.each([
    ['servfail', 'dns', /SERVFAIL/],
    ['refused', 'dns', /refuses to answer/],
    ['silent', 'timeout', /did not answer within 300 ms/],
  ] as const)('is down when the server is %s', async (mood, code, message) => {
    const server = await serve({ answers, mood });
    const seen = await check({ kind: 'dns', host: 'www.example.test', resolver: server.address, timeout: '300ms' });
    expect(seen).toMatchObject({ outcome: 'down', latencyMs: null, error: { code, message: expect.stringMatching(message) } });
  });

  it('is down when nobody listens there', async () => {
    const server = await serveDns({});
    await server.close();
    const seen = await check({ kind: 'dns', host: 'www.example.test', resolver: server.address, timeout: '9s' });
    expect(seen.outcome).toBe('down');
    expect(['refused', 'timeout']).toContain(seen.error?.code);
  });

  it('can be cancelled', async () => {
    const server = await serve({ mood: 'silent' });
    const controller = new AbortController();
    const running = check({ kind: 'dns', host: 'www.example.test', resolver: server.address }, { signal: controller.signal });
    queueMicrotask(() => controller.abort());
    expect(await running).toMatchObject({ outcome: 'unknown', error: { code: 'cancelled' } });
  });
});
