import { describe, expect, it } from 'vitest';
import { dumpFault, dumpWarnings, tail } from '../../../main/actions/pg-dump-words.ts';

describe('what pg_dump says', () => {
  const attempt = { host: 'db.example.com', user: 'ada', password: 'sesame-sesame', folder: '/dumps' };

  it.each([
    ['pg_dump: error: could not write to output file: No space left on device', 'disk-full', 2],
    [
      'pg_dump: detail: server version: 17.6; pg_dump version: 15.18\npg_dump: error: aborting because of server version mismatch',
      'pg-dump-too-old',
      2,
    ],
    ['pg_dump: error: query failed: ERROR:  permission denied for table users', 'permission-denied', 3],
    [
      'pg_dump: error: query failed: ERROR:  query would be affected by row-level security policy for table "users"',
      'row-security',
      3,
    ],
    [
      'pg_dump: detail: Query was: LOCK TABLE "public"."a" IN ACCESS SHARE MODE\npg_dump: error: query failed: ERROR:  canceling statement due to statement timeout',
      'locked',
      3,
    ],
    [
      'pg_dump: error: connection to server at "h" failed: FATAL:  password authentication failed for user "ada"',
      'login-refused',
      3,
    ],
    ['pg_dump: error: connection to server at "h" failed: SCRAM exchange: Wrong password', 'login-refused', 3],
    [
      'pg_dump: error: Error message from server: ERROR:  canceling statement due to conflict with recovery',
      'replica-conflict',
      3,
    ],
    ['pg_dump: error: query failed: ERROR:  out of shared memory', 'too-many-locks', 3],
    [
      'pg_dump: error: connection to server at "h" failed: FATAL:  remaining connection slots are reserved',
      'no-connection-free',
      3,
    ],
    ['pg_dump: error: connection to server failed: root certificate file "/x" does not exist', 'no-root-certificate', 2],
    ['pg_dump: error: query failed: server closed the connection unexpectedly', 'connection-lost', 3],
    ['pg_dump: error: query failed: FATAL:  terminating connection due to administrator command', 'connection-lost', 3],
    ['pg_dump: error: query failed: SSL SYSCALL error: EOF detected', 'connection-lost', 3],
    ['pg_dump: error: connection to server at "h", port 5432 failed: Connection refused', 'database-unreachable', 3],
  ])('%s', (text, code, exitCode) => {
    const fault = dumpFault(text.split('\n'), 'exit code 1', attempt);
    expect(fault).toMatchObject({ code, exitCode });
    expect(fault.message).toMatch(/\.$/);
  });

  it('is passed on without the password when it is not known', () => {
    const fault = dumpFault(
      ['pg_dump: dumping contents of table "a"', 'pg_dump: error: sesame-sesame is odd\u001b[31m'],
      'exit code 1',
      attempt,
    );
    expect(fault).toMatchObject({
      code: 'pg-dump-failed',
      message: 'pg_dump ended with exit code 1: pg_dump: error: ••• is odd',
    });
    expect(dumpFault([], 'SIGSEGV', attempt).message).toBe('pg_dump ended with SIGSEGV: it said nothing');
  });

  it('is progress or a message', () => {
    expect(tail(['pg_dump: reading schemas', 'pg_dump: error: a', 'pg_dump: dumping contents of table "b"', 'c'], 2)).toBe(
      'pg_dump: error: a c',
    );
  });

  it('becomes one sentence for all circles, and one for each other warning', () => {
    const circle = 'pg_dump: warning: there are circular foreign-key constraints on this table:';
    expect(
      dumpWarnings([circle, 'pg_dump: detail:   hen', circle, 'pg_dump: warning: odd', 'pg_dump: warning: odd'], []),
    ).toEqual([expect.stringContaining('circle'), 'odd']);
  });
});
