// What pg_dump's messages mean. Reads its English standard error (pg_dump.c, pg_backup_db.c and the server's errors that it
// passes on) and says it in a sentence with a next step.
import { FaultError } from '../../shared/fault.ts';
import { safeText } from '../../shared/redact.ts';

/** What was attempted, for the sentence. */
export type Attempt = {
  readonly host: string;
  readonly user: string;
  readonly password: string | null;
  readonly folder: string;
};

type Meaning = {
  readonly when: RegExp;
  readonly code: string;
  readonly message: (match: RegExpExecArray, attempt: Attempt) => string;
  readonly next: string;
  readonly exitCode: 2 | 3;
};

const again = 'Make the dump again; nothing was kept of this one.';

/** The first that fits decides: a full disk also breaks the connection. */
const meanings: readonly Meaning[] = [
  {
    when: /No space left on device|Disk quota exceeded|not enough space on the disk/i,
    code: 'disk-full',
    message: (_, { folder }) => `The disk that holds ${folder} became full.`,
    next: 'Free some space or name another folder in "dump.directory"; nothing was kept of this dump.',
    exitCode: 2,
  },
  {
    when: /Input\/output error|Read-only file system|could not (?:open|write|close) (?:output )?file/i,
    code: 'cannot-write',
    message: (_, { folder }) => `pg_dump could not write to ${folder}.`,
    next: 'Check the disk and the rights of the folder, or name another one in "dump.directory".',
    exitCode: 2,
  },
  {
    when: /aborting because of server version mismatch/i,
    code: 'pg-dump-too-old',
    message: (_, { host }) => `The server at ${host} is newer than this pg_dump.`,
    next: 'Install a pg_dump of the server\'s version, or name one in "dump.pgDump".',
    exitCode: 2,
  },
  {
    when: /permission denied for ((?:table|sequence|schema|large object|relation|view) [^\n]{1,130})/i,
    code: 'permission-denied',
    message: (match, { user }) => `The user "${user}" may not read the ${match[1]?.trim()}.`,
    next: 'Connect as the owner of the tables, or grant SELECT on it.',
    exitCode: 3,
  },
  {
    when: /row-level security policy for table "([^"\n]{1,130})"/i,
    code: 'row-security',
    message: (match, { user }) => `Row-level security hides rows of ${match[1]} from the user "${user}".`,
    next: 'Connect as the owner of the tables or as a user with BYPASSRLS.',
    exitCode: 3,
  },
  {
    // --lock-wait-timeout is a statement_timeout around LOCK TABLE (pg_dump.c, getTables).
    when: /canceling statement due to lock timeout|^(?=[\s\S]*due to statement timeout)[\s\S]*LOCK TABLE/i,
    code: 'locked',
    message: () => 'Somebody holds a lock that keeps the tables from being read; pg_dump waited 10 s for it.',
    next: 'Let the migration or transaction that holds it end (pg_stat_activity shows it), then make the dump again.',
    exitCode: 3,
  },
  {
    when: /password authentication failed|wrong password|SCRAM exchange|failed SASL auth/i,
    code: 'login-refused',
    message: (_, { host, user }) => `${host} does not accept the password of user "${user}".`,
    next: 'Correct the secret that "dump.connection" names; "signalbox secret set" stores it.',
    exitCode: 3,
  },
  {
    when: /conflict with recovery|snapshot too old/i,
    code: 'replica-conflict',
    message: (_, { host }) => `${host} is a replica, and it cancelled the dump to keep up with its primary.`,
    next: 'Dump from the primary, or when less is being written.',
    exitCode: 3,
  },
  {
    when: /out of shared memory|max_locks_per_transaction/i,
    code: 'too-many-locks',
    message: (_, { host }) => `${host} has no room for the locks of that many tables at once.`,
    next: 'Name fewer tables in "dump.tables", or raise max_locks_per_transaction.',
    exitCode: 3,
  },
  {
    when: /remaining connection slots|too many (?:clients|connections)|max clients/i,
    code: 'no-connection-free',
    message: (_, { host }) => `${host} has no free connection left.`,
    next: 'Try again when fewer clients are connected.',
    exitCode: 3,
  },
  {
    when: /root certificate file "[^"\n]*" does not exist/i,
    code: 'no-root-certificate',
    message: (_, { host }) => `pg_dump has no authority's certificate to verify ${host} with.`,
    next: 'Download it from your provider and name it in the connection: ?sslmode=verify-full&sslrootcert=/path/to/it.',
    exitCode: 2,
  },
  {
    when: /terminating connection|server closed the connection|connection to (?:the )?server was lost|no connection to the server|could not receive data|SSL SYSCALL|SSL connection has been closed|Connection reset|Broken pipe|connection not open|lost synchronization|Connection timed out|shutting down/i,
    code: 'connection-lost',
    message: (_, { host }) => `The connection to ${host} broke off during the dump.`,
    next: again,
    exitCode: 3,
  },
  {
    when: /connection to server at|could not connect|could not translate host name/i,
    code: 'database-unreachable',
    message: (_, { host }) => `pg_dump could not connect to ${host}.`,
    next: "Look at the database in the provider's dashboard and at this machine's network, then try again.",
    exitCode: 3,
  },
];

/** The failure behind a pg_dump that ended badly. `ending` is "exit code 1" or a signal's name. */
export function dumpFault(stderr: readonly string[], ending: string, attempt: Attempt): FaultError {
  const text = stderr.join('\n');
  const secrets = attempt.password === null ? [] : [attempt.password];
  for (const { when, code, message, next, exitCode } of meanings) {
    const match = when.exec(text);
    if (match) return new FaultError({ code, message: safeText(message(match, attempt), 500, secrets), next, exitCode });
  }
  const last = safeText(tail(stderr, 2), 500, secrets) || 'it said nothing';
  return new FaultError({
    code: 'pg-dump-failed',
    message: `pg_dump ended with ${ending}: ${last}`,
    next: again,
    exitCode: 3,
  });
}

/** The last messages without those that only tell progress, for the detail under the step. */
export function tail(stderr: readonly string[], count: number): string {
  return stderr
    .filter((line) => !progressLine.test(line))
    .slice(-count)
    .join(' ');
}

const progressLine =
  /^pg_dump: (?:last built-in OID|reading|identifying|finding|flagging|saving|dumping|started|processing|creating|executing)/;

/** How many warnings of one kind pg_dump gave, in sentences for the result. */
export function dumpWarnings(stderr: readonly string[], secrets: readonly string[]): readonly string[] {
  const warnings = stderr.flatMap((line) => /^pg_dump: warning: (.*)$/.exec(line)?.[1] ?? []);
  const isCircular = (text: string): boolean => /circular foreign-key constraints/.test(text);
  // What follows it, table names and hints, says nothing that the sentence does not.
  const others = warnings.filter((text) => !isCircular(text)).map((text) => safeText(text, 300, secrets));
  return [
    ...(warnings.some(isCircular)
      ? ['Tables refer to each other in a circle; restore with session_replication_role = replica, as "dump verify" does.']
      : []),
    ...new Set(others),
  ].slice(0, 10);
}
