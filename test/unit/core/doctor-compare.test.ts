import { describe, expect, it } from 'vitest';
import { compareConnections } from '../../../main/core/connection-compare.ts';
import type { ConnectionFacts } from '../../../main/core/connection-doctor.ts';
import { connectionComparison } from '../../../shared/doctor.ts';
import { both, canary, direct, onlyV6, poolerHost, production, sound, staging } from './doctor-places.ts';

const compare = (a: string, b: string, facts: readonly [ConnectionFacts, ConnectionFacts] = [{}, {}]) =>
  compareConnections({ name: 'staging', text: a, facts: facts[0] }, { name: 'production', text: b, facts: facts[1] });
const plain = `postgres://app:${canary}@db.example.com:5432/shop`;

describe('compareConnections', () => {
  it('finds nothing between a connection and itself, however it is written', () => {
    const { differences, same, problems } = compare(plain, plain.replace(':5432', '').replace('postgres:', 'postgresql:'));
    expect({ differences, problems }).toEqual({ differences: [], problems: [] });
    expect(same).toEqual(['host', 'way', 'port', 'user', 'database', 'password']);
  });

  it('finds the direct host beside the pooler, and says what that means', () => {
    const own = `postgresql://postgres:other@${direct}:5432/postgres`;
    const { differences } = compare(own, sound, [onlyV6, both]);
    expect(differences.map(({ what, a, b }) => [what, a, b])).toEqual([
      ['host', direct, poolerHost],
      ['way', 'direct', 'session pooler'],
      ['user', 'postgres', `postgres.${production}`],
      ['addresses', 'IPv6 only', 'IPv4 and IPv6'],
    ]);
    expect(differences.find(({ what }) => what === 'addresses')?.meaning).toContain('cannot reach');
  });

  it('finds two projects behind one pooler, and the password that was copied', () => {
    const { differences } = compare(sound.replace(production, staging), sound);
    expect(differences.map(({ what }) => what)).toEqual(['Supabase project', 'user', 'password']);
    expect(differences.at(-1)).toMatchObject({ a: null, b: null, meaning: expect.stringContaining('same password') });
  });

  it('does not mention the passwords of two accounts that differ', () => {
    const { differences, same } = compare(sound.replace(production, staging).replace(canary, 'other'), sound);
    expect([...differences.map(({ what }) => what), ...same]).not.toContain('password');
  });

  it('finds one account with two passwords', () => {
    expect(compare(plain, plain.replace(canary, 'other')).differences).toMatchObject([{ what: 'password' }]);
  });

  it('takes the same password, once encoded and once not, for the same', () => {
    expect(compare(plain.replace(canary, 'a@b'), plain.replace(canary, 'a%40b')).differences).toEqual([]);
  });

  it('does not take for a difference what it could find out of one only', () => {
    expect(compare(plain, plain, [{ serverVersion: '17.4', login: { ok: true } }, {}]).differences).toEqual([]);
  });

  it('weighs server versions by their major', () => {
    const versions = (a: string, b: string) => compare(plain, plain, [{ serverVersion: a }, { serverVersion: b }]).differences;
    expect(versions('15.8', '17.4')).toMatchObject([{ what: 'server version', meaning: expect.stringContaining('dump') }]);
    expect(versions('17.4', '17.5')).toMatchObject([{ what: 'server version', meaning: null }]);
  });

  it('names what is wrong with one by itself, and says nothing of what it cannot read', () => {
    const { problems } = compare(`"${plain}"`, plain);
    expect(problems.map(({ secret, finding }) => [secret, finding.id])).toEqual([['staging', 'quotes']]);
    const unread = compare(canary, plain);
    expect(unread).toMatchObject({ differences: [], same: [], problems: [{ finding: { id: 'not-a-url' } }] });
    expect(JSON.stringify(unread)).not.toContain(canary);
  });

  it('shows no password and keeps within its bounds, whatever stands in options and names', () => {
    const odd = `postgres://a@${canary}:x@db.example.com/s?options=${encodeURIComponent('\u001b[31m')}&sslmode=${canary}%20`;
    const compared = compare(odd, plain);
    expect(JSON.stringify(compared)).not.toContain(canary);
    expect(connectionComparison.safeParse(compared).success).toBe(true);
  });
});
