import { describe, expect, it } from 'vitest';
import { connectFailure, seconds } from '../../../main/checks/failure.ts';
import { lacksFamily } from '../../../main/checks/interfaces.ts';
import { lookupFor } from '../../../main/checks/lookup.ts';

const to = { host: 'api.example.com', port: 443 };
const error = (code: string, address?: string): Error => Object.assign(new Error(code), { code }, address ? { address } : {});

describe('what a connection error means', () => {
  it.each([
    ['ENOTFOUND', 'dns', 'The name api.example.com does not exist in DNS.'],
    ['EAI_AGAIN', 'dns', 'The name api.example.com could not be looked up: no DNS server gave an answer.'],
    ['ECONNREFUSED', 'refused', 'api.example.com refused the connection on port 443.'],
    ['ECONNRESET', 'refused', 'api.example.com reset the connection on port 443 before it was ready.'],
    ['ETIMEDOUT', 'timeout', 'api.example.com did not accept a connection on port 443 in time.'],
    ['EPROTO', 'tls', 'TLS with api.example.com failed: EPROTO.'],
    ['EMFILE', 'protocol', 'The connection to api.example.com on port 443 failed: EMFILE.'],
  ])('%s is %s', (code, expected, message) => {
    expect(connectFailure(error(code), to)).toEqual({ code: expected, message, outcome: 'down' });
  });

  it('says which family has no address', () => {
    expect(connectFailure(error('ENOTFOUND'), { ...to, family: 'ipv6' }).message).toContain('with an IPv6 address');
  });

  it('prefers the family that was refused to the one without a route', () => {
    const race = new AggregateError([error('ENETUNREACH', '2001:db8::1'), error('ECONNREFUSED', '192.0.2.1')]);
    expect(connectFailure(race, to).code).toBe('refused');
  });

  it('calls no route an outage, unless this machine has no such family at all', () => {
    expect(connectFailure(error('EHOSTUNREACH', '192.168.77.1'), to)).toMatchObject({ code: 'unreachable', outcome: 'down' });
    for (const [family, address] of [
      [4, '192.0.2.1'],
      [6, '2001:db8::1'],
    ] as const) {
      expect(connectFailure(error('ENETUNREACH', address), to)).toMatchObject({
        code: 'unreachable',
        outcome: lacksFamily(family) ? 'unknown' : 'down',
      });
    }
  });
});

describe('the lookup of a check', () => {
  const found = (host: string, allow: boolean, all: boolean): Promise<unknown> =>
    new Promise((resolve) => {
      lookupFor(allow)(host, { all }, (problem, address) => resolve(problem ? problem.code : address));
    });

  it('drops link-local addresses, whichever way it is asked', async () => {
    expect(await found('169.254.169.254', false, false)).toBe('ELINKLOCAL');
    expect(await found('169.254.169.254', false, true)).toBe('ELINKLOCAL');
    expect(await found('169.254.169.254', true, false)).toBe('169.254.169.254');
    expect(await found('127.0.0.1', false, false)).toBe('127.0.0.1');
    expect(await found('127.0.0.1', false, true)).toEqual([{ address: '127.0.0.1', family: 4 }]);
  });
});

describe('seconds', () => {
  it('reads as people write', () => {
    expect([50, 1_000, 1_500, 90_000].map(seconds)).toEqual(['50 ms', '1 s', '1.5 s', '90 s']);
  });
});
