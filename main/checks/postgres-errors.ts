// What a Postgres server, or a pooler before it, means when it turns a login away. Codes are SQLSTATEs
// (postgresql.org/docs/current/errcodes-appendix.html); poolers put their own words under generic ones.
import { plainText } from '../../shared/redact.ts';
import { codeOf, down, type Failure, reasonOf } from './failure.ts';
import type { PostgresTarget } from './postgres-url.ts';

/** Judges what was thrown between the first byte of the login and the end of the query. Never names the password. */
export function postgresFailure(error: unknown, target: PostgresTarget): Failure {
  const message = plainText(reasonOf(error), 300);
  return poolerFailure(message, target) ?? serverFailure(codeOf(error), message, target) ?? clientFailure(message, target);
}

function poolerFailure(message: string, { host, user }: PostgresTarget): Failure | null {
  if (/tenant or user not found|tenant\/user .*not found/i.test(message)) {
    const hint = user.includes('.')
      ? 'check the project ref in it and the region of the host'
      : 'the pooler wants the user postgres.<project ref>';
    return down('auth', `${host} does not know the user "${user}": ${hint}.`);
  }
  if (/not in tenant allow_list/i.test(message)) {
    return down('refused', `${host} refuses this machine's address: its network restrictions do not list it.`);
  }
  if (/wrong password|password authentication failed/i.test(message)) return wrongPassword(host, user);
  return null;
}

function wrongPassword(host: string, user: string): Failure {
  return down('auth', `${host} does not accept the password of user "${user}".`);
}

function serverFailure(code: string, message: string, target: PostgresTarget): Failure | null {
  const { host, user, database } = target;
  switch (code) {
    case '28P01':
      return wrongPassword(host, user);
    case '28000':
      return down('auth', `${host} does not let user "${user}" in: ${message}.`);
    // The login is refused because of what the connection string says, and mending that is the remedy: `auth`, like a wrong user.
    case '3D000':
      return down(
        'auth',
        target.namesDatabase
          ? `${host} has no database "${database}".`
          : `The connection names no database, and ${host} has none called "${database}"; add its name, as in /postgres.`,
      );
    // The server lives and turns us away because a limit is used up.
    case '53300':
      return down('rate-limited', `${host} has no free connection left: ${message}.`);
    case '57P03':
      return down('protocol', `${host} is not ready for connections: ${message}.`);
    case '57P01':
    case '57P02':
      return down('protocol', `${host} is shutting down or restarting: ${message}.`);
    default:
      return /^[0-9A-Z]{5}$/.test(code) ? down('protocol', `${host} turned the login away: ${message} (${code}).`) : null;
  }
}

// pg's own words (node_modules/pg/lib), where the server sent none.
function clientFailure(message: string, { host, user }: PostgresTarget): Failure {
  if (/password must be a (?:non-empty )?string/i.test(message)) {
    return down('auth', `${host} asks for a password of user "${user}", and the connection has none.`);
  }
  if (/terminated|ECONNRESET|EPIPE|ended/i.test(message))
    return down('protocol', `${host} closed the connection during the login.`);
  return down('protocol', `The login to ${host} failed: ${message}.`);
}
