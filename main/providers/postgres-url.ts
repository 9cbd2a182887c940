// Reads a Postgres connection URL as libpq does (postgresql.org/docs/current/libpq-connect.html, section 34.1.1.2). Its
// problems are sentences without the password; it connects to nothing.
import { isLocal } from './locality.ts';

export const sslModes = ['disable', 'allow', 'prefer', 'require', 'verify-ca', 'verify-full'] as const;
export type SslMode = (typeof sslModes)[number];

export type PostgresTarget = {
  readonly host: string;
  readonly port: number;
  readonly user: string;
  readonly password: string | null;
  /** As in libpq, the user's name when the URL names none. */
  readonly database: string;
  readonly namesDatabase: boolean;
  readonly sslMode: SslMode;
  /** PEM file of the only authority to trust, `system` for Node's own, null for none. */
  readonly rootCert: string | null;
  /** The `options` parameter, sent on as it is. */
  readonly options: string | null;
};

const noHost = 'no-host.invalid';

/** What the URL says, or in one sentence why it cannot be used. A driver in the scheme (`postgresql+psycopg2:`) is ignored. */
export function parsePostgresUrl(text: string): PostgresTarget | { readonly problem: string } {
  if (!/^postgres(?:ql)?(?:\+[a-z0-9_]+)?:\/\//i.test(text)) return { problem: 'it does not begin with postgres://' };
  // URL cannot say "credentials but no host"; libpq can, and means a Unix socket.
  const url = URL.parse(text.replace(/^[^:]+:/, 'postgres:').replace(/^(postgres:\/\/[^/?#]*@)(?=[/?#]|$)/, `$1${noHost}`));
  if (!url) return { problem: unreadable(text) };
  const query = url.searchParams;
  const host = query.get('host') ?? decode(url.hostname).replace(/^\[|\]$/g, '');
  const user = decode(url.username) || query.get('user');
  const port = Number(query.get('port') ?? (url.port || 5_432));
  const sslMode = sslModeOf(query, host);
  if (host === '' || host === noHost || host.startsWith('/'))
    return { problem: 'it names a Unix socket; Signalbox checks databases over TCP' };
  if (!user) return { problem: 'it names no user' };
  if (!Number.isInteger(port) || port < 1 || port > 65_535) return { problem: 'its port is not a number from 1 to 65535' };
  if (!sslMode) return { problem: `its sslmode is none of ${sslModes.join(', ')}` };
  const database = decode(url.pathname.slice(1)) || query.get('dbname');
  return {
    host,
    port,
    user,
    password: decode(url.password) || query.get('password'),
    database: database || user,
    namesDatabase: Boolean(database),
    sslMode,
    rootCert: query.get('sslrootcert'),
    options: query.get('options'),
  };
}

const read = new Set(['host', 'port', 'user', 'password', 'dbname', 'sslmode', 'ssl', 'sslrootcert', 'options']);

/** Parameters of the URL's query that `PostgresTarget` does not hold, by libpq's names. None of them is a password. */
export function otherParameters(text: string): Readonly<Record<string, string>> {
  const query = URL.parse(text.replace(/^[^:]+:\/\/[^?]*/, 'postgres://h/'))?.searchParams ?? new URLSearchParams();
  return Object.fromEntries([...query].filter(([name]) => !read.has(name) && !/pass/i.test(name)));
}

function unreadable(text: string): string {
  return /@[^/?]*,/.test(text)
    ? 'it names several hosts; watch each with a monitor of its own'
    : 'it is not a readable URL; characters such as @ / # ? : in a password must be percent-encoded';
}

// libpq's default is `prefer`, which a man in the middle can turn into plain text. Over a public network we insist on TLS.
function sslModeOf(query: URLSearchParams, host: string): SslMode | null {
  const text = query.get('sslmode') ?? (query.get('ssl') === 'true' ? 'require' : null);
  if (text === null) return isLocal(host) ? 'prefer' : 'require';
  return sslModes.find((mode) => mode === text) ?? (text === 'no-verify' ? 'require' : null);
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
