// What names resolved to when things were well outlives a restart.
import { expect, it } from 'vitest';
import { openHistory } from '../../../main/storage/history.ts';
import { noon, temporaryFolder } from '../../support/history-values.ts';

it('addresses are remembered per host, the newest only, across a restart', () => {
  const folder = temporaryFolder();
  const first = openHistory(folder);
  expect(first.addresses.recalled('db.example.com')).toBeNull();
  first.addresses.remember('db.example.com', { a: ['192.0.2.1'], aaaa: null }, noon);
  first.addresses.remember('db.example.com', { a: ['192.0.2.2'], aaaa: ['2001:db8::1'] }, noon + 1);
  first.addresses.remember('api.example.com', { a: [], aaaa: [] }, noon);
  first.close();
  const second = openHistory(folder);
  expect(second.addresses.recalled('db.example.com')).toEqual({
    addresses: { a: ['192.0.2.2'], aaaa: ['2001:db8::1'] },
    at: noon + 1,
  });
  second.close();
});
