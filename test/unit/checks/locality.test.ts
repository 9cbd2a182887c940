import { describe, expect, it } from 'vitest';
import { interfaceDown, lacksFamily } from '../../../main/checks/interfaces.ts';
import { isLinkLocal, isLocal, isLoopback } from '../../../main/providers/locality.ts';

describe('isLocal', () => {
  it.each([
    '127.0.0.1',
    '127.9.9.9',
    '0.0.0.0',
    '::1',
    '[::1]',
    '10.1.2.3',
    '172.16.0.1',
    '172.31.255.255',
    '192.168.1.1',
    '169.254.1.1',
    'fc00::1',
    'fd12:3456::1',
    'fe80::1',
    'fe80::1%eth0',
    '::ffff:10.0.0.1',
    'localhost',
    'LOCALHOST.',
    'api.localhost',
    'printer.local',
    'db.internal',
    'postgres',
    'notlocal',
  ])('%s is', (host) => {
    expect(isLocal(host)).toBe(true);
  });

  it.each([
    null,
    '',
    'example.com',
    'local.example.com',
    'localhost.example.com',
    '8.8.8.8',
    '172.15.0.1',
    '172.32.0.1',
    '11.0.0.1',
    '2606:4700::1111',
    '::ffff:8.8.8.8',
  ])('%s is not', (host) => {
    expect(isLocal(host)).toBe(false);
  });
});

describe('isLinkLocal', () => {
  it.each(['169.254.169.254', '::ffff:169.254.169.254', 'fe80::1', 'febf::1', '[fe80::1]', 'fd00:ec2::254'])(
    '%s is',
    (address) => {
      expect(isLinkLocal(address)).toBe(true);
    },
  );
  it.each(['169.253.1.1', '127.0.0.1', 'fec0::1', 'fd00:ec2::253', 'metadata.example.com', ''])('%s is not', (address) => {
    expect(isLinkLocal(address)).toBe(false);
  });
});

describe('isLoopback', () => {
  it('knows addresses and names of this machine', () => {
    expect(['127.0.0.1', '::1', 'localhost', 'a.localhost', '::ffff:127.0.0.1'].map(isLoopback)).toEqual([
      true,
      true,
      true,
      true,
      true,
    ]);
    expect(['10.0.0.1', 'localhost.example.com', 'printer.local'].map(isLoopback)).toEqual([false, false, false]);
  });
});

const base = { netmask: '', mac: '', cidr: null };
const lo = { lo: [{ ...base, address: '127.0.0.1', family: 'IPv4' as const, internal: true }] };
const eth = { eth0: [{ ...base, address: '192.168.1.7', family: 'IPv4' as const, internal: false }] };
const ipv6 = (address: string) => ({ eth1: [{ ...base, address, family: 'IPv6' as const, internal: false, scopeid: 0 }] });

describe('interfaceDown', () => {
  it.each([
    ['example.com', lo, true],
    ['example.com', { ...lo, ...eth }, false],
    ['example.com', { ...lo, ...ipv6('fe80::1') }, true],
    ['192.168.1.9', lo, true],
    ['localhost', eth, true],
    ['127.0.0.1', { ...lo, ...eth }, false],
    ['127.0.0.1', lo, false],
    [null, {}, false],
  ])('%s, case %#', (host, interfaces, expected) => {
    expect(interfaceDown(host, interfaces)).toBe(expected);
  });

  it('sees that this machine can reach itself', () => {
    expect(interfaceDown('127.0.0.1')).toBe(false);
  });
});

describe('lacksFamily', () => {
  it('counts private IPv4, which is translated, and only global IPv6', () => {
    expect([lacksFamily(4, eth), lacksFamily(4, lo), lacksFamily(4, {})]).toEqual([false, true, true]);
    expect(['2001:db8::1', 'fd00::2', 'fe80::1'].map((address) => lacksFamily(6, ipv6(address)))).toEqual([false, true, true]);
  });
});
