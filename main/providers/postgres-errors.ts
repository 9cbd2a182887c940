// What a Postgres server, or a pooler before it, means when it turns a login away. Codes are SQLSTATEs
// (postgresql.org/docs/current/errcodes-appendix.html); poolers put their own words under generic ones.
import type { ErrorCode } from '../../shared/observation.ts';
import { plainText } from '../../shared/redact.ts';
import type { PostgresTarget } from './postgres-url.ts';

/** Why a login, or the query after it, did not succeed. */
export type LoginFailure = { readonly code: ErrorCode; readonly message: string };

const failure = (code: ErrorCode, message: string): LoginFailure => ({ code, message });

/** Judges what was thrown between the first byte of the login and the end of the query, given its SQLSTATE (or another code,
 *  or nothing) and its first line. Never names the password. */
export function postgresFailure(
  thrown: { readonly code: string; readonly message: string },
  target: PostgresTarget,
): LoginFailure {
  const message = plainText(thrown.message, 300);
  return poolerFailure(message, target) ?? serverFailure(thrown.code, message, target) ?? clientFailure(message, target);
}

function poolerFailure(message: string, { host, user }: PostgresTarget): LoginFailure | null {
  if (/tenant or user not found|tenant\/user .*not found/i.test(message)) {
    const hint = user.includes('.')
      ? 'check the project ref in it and the region of the host'
      : 'the pooler wants the user postgres.<project ref>';
    return failure('auth', `${host} does not know the user "${user}": ${hint}.`);
  }
  if (/not in tenant allow_list/i.test(message)) {
    return failure('refused', `${host} refuses this machine's address: its network restrictions do not list it.`);
  }
  if (/wrong password|password authentication failed/i.test(message)) return wrongPassword(host, user);
  return null;
}

function wrongPassword(host: string, user: string): LoginFailure {
  return failure('auth', `${host} does not accept the password of user "${user}".`);
}

function serverFailure(code: string, message: string, target: PostgresTarget): LoginFailure | null {
  const { host, user, database } = target;
  switch (code) {
    case '28P01':
      return wrongPassword(host, user);
    case '28000':
      return failure('auth', `${host} does not let user "${user}" in: ${message}.`);
    // The login is refused because of what the connection string says, and mending that is the remedy: `auth`, like a wrong user.
    case '3D000':
      return failure(
        'auth',
        target.namesDatabase
          ? `${host} has no database "${database}".`
          : `The connection names no database, and ${host} has none called "${database}"; add its name, as in /postgres.`,
      );
    // The server lives and turns us away because a limit is used up.
    case '53300':
      return failure('rate-limited', `${host} has no free connection left: ${message}.`);
    case '57P03':
      return failure('protocol', `${host} is not ready for connections: ${message}.`);
    case '57P01':
    case '57P02':
      return failure('protocol', `${host} is shutting down or restarting: ${message}.`);
    default:
      return /^[0-9A-Z]{5}$/.test(code) ? failure('protocol', `${host} turned the login away: ${message} (${code}).`) : null;
  }
}

// pg's own words (node_modules/pg/lib), where the server sent none.
function clientFailure(message: string, { host, user }: PostgresTarget): LoginFailure {
  if (/password must be a (?:non-empty )?string/i.test(message)) {
    return failure('auth', `${host} asks for a password of user "${user}", and the connection has none.`);
  }
  if (/terminated|ECONNRESET|EPIPE|ended/i.test(message))
    return failure('protocol', `${host} closed the connection during the login.`);
  return failure('protocol', `The login to ${host} failed: ${message}.`);
}
