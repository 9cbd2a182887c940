import { describe, expect, it } from 'vitest';
import { postgresFailure } from '../../../main/providers/postgres-errors.ts';
import { type PostgresTarget, parsePostgresUrl } from '../../../main/providers/postgres-url.ts';

function parsed(text: string): PostgresTarget {
  const target = parsePostgresUrl(text);
  if ('problem' in target) throw new Error(target.problem);
  return target;
}

describe('a connection URL', () => {
  it('is read whole', () => {
    expect(
      parsed('postgresql://postgres.ref:p%40ss@aws-1-eu.pooler.supabase.com:6543/postgres?sslmode=verify-full&options=-c%20a=b'),
    ).toEqual({
      host: 'aws-1-eu.pooler.supabase.com',
      port: 6_543,
      user: 'postgres.ref',
      password: 'p@ss',
      database: 'postgres',
      namesDatabase: true,
      sslMode: 'verify-full',
      rootCert: null,
      options: '-c a=b',
    });
  });

  it.each([
    ['postgres://u@h.example.com', { port: 5_432, password: null, database: 'u', namesDatabase: false, sslMode: 'require' }],
    ['postgres://u@localhost/d', { sslMode: 'prefer' }],
    ['postgres://u@10.0.0.1/d', { sslMode: 'prefer' }],
    ['postgres://u@localhost/d?sslmode=disable', { sslMode: 'disable' }],
    ['postgres://u@localhost/d?ssl=true', { sslMode: 'require' }],
    ['postgres://u@localhost/d?sslmode=no-verify', { sslMode: 'require' }],
    ['postgres://u@[2001:db8::1]:6000/d', { host: '2001:db8::1', port: 6_000 }],
    ['postgresql+psycopg2://u:p@h/d', { host: 'h', user: 'u' }],
    ['postgres://u:p@/d?host=db.example.com&port=7000', { host: 'db.example.com', port: 7_000 }],
    ['postgres://h/d?user=u&password=p', { user: 'u', password: 'p' }],
    ['postgres://u:100%@h/d', { password: '100%' }],
  ])('%s', (text, expected) => {
    expect(parsed(text)).toMatchObject(expected);
  });

  it.each([
    ['mysql://u@h/d', 'does not begin with postgres://'],
    ['h:5432/d', 'does not begin with postgres://'],
    ['postgres://u:secret@/d', 'Unix socket'],
    ['postgres://u:secret@%2Fvar%2Frun/d', 'Unix socket'],
    ['postgres://u:secret@/d?host=/var/run', 'Unix socket'],
    ['postgres://u:secret@a:1,b:2/d', 'several hosts'],
    ['postgres://u:sec#ret@h:5432x/d', 'percent-encoded'],
    ['postgres://h/d', 'names no user'],
    ['postgres://u@h/d?sslmode=maybe', 'sslmode'],
    ['postgres://u@h/d?port=99999', 'port'],
  ])('%s cannot be used, in words without the password', (text, reason) => {
    const target = parsePostgresUrl(text);
    expect(target).toEqual({ problem: expect.stringContaining(reason) });
    expect(JSON.stringify(target)).not.toContain('secret');
  });
});

describe('what a server says', () => {
  const target = parsed('postgres://postgres:p@aws-0-eu.pooler.supabase.com/postgres');
  const said = (message: string, code?: string): unknown => {
    const failure = postgresFailure({ code: code ?? '', message }, target);
    return [failure.code, failure.message];
  };

  it.each([
    [
      'Tenant or user not found',
      'XX000',
      'auth',
      /does not know the user "postgres": the pooler wants the user postgres\.<project ref>/,
    ],
    ['(ENOTFOUND) tenant/user postgres.x not found', 'XX000', 'auth', /does not know the user/],
    ['Address not in tenant allow_list: {1,2,3,4}', 'XX000', 'refused', /network restrictions/],
    ['SCRAM exchange: Wrong password', 'XX000', 'auth', /does not accept the password/],
    ['password authentication failed for user "postgres"', '28P01', 'auth', /does not accept the password/],
    ['no pg_hba.conf entry for host', '28000', 'auth', /does not let user "postgres" in: no pg_hba/],
    ['database "x" does not exist', '3D000', 'auth', /has no database "postgres"/],
    ['sorry, too many clients already', '53300', 'rate-limited', /no free connection left/],
    ['the database system is starting up', '57P03', 'protocol', /not ready for connections: the database system is starting up/],
    ['terminating connection due to administrator command', '57P01', 'protocol', /shutting down/],
    ['something new', 'XX001', 'protocol', /something new \(XX001\)/],
    ['Connection terminated unexpectedly', undefined, 'protocol', /closed the connection during the login/],
    ['read ECONNRESET', 'ECONNRESET', 'protocol', /closed the connection during the login/],
  ])('%s (%s) is %s', (message, sqlState, code, sentence) => {
    expect(said(message, sqlState)).toEqual([code, expect.stringMatching(sentence)]);
  });
});
