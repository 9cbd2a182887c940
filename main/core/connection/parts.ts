// A connection URL taken apart as leniently as people paste it: a password may hold what it should have encoded. Reads far
// more than libpq does, so that what is wrong can be named; which characters offend is told, the password never.

export type Parts = {
  readonly scheme: 'postgres' | 'postgresql';
  readonly driver: string | null;
  /** Decoded; empty when the URL names none. */
  readonly user: string;
  /** Decoded; null when the URL names none. */
  readonly password: string | null;
  /** Without brackets; empty for none. The first, where there are several. */
  readonly host: string;
  readonly hosts: number;
  /** Null when it is left out, or is not a number from 1 to 65535. */
  readonly port: number | null;
  readonly isPortUnreadable: boolean;
  readonly database: string | null;
  /** The parameters of the query that do not name one of the parts above. */
  readonly parameters: ReadonlyMap<string, string>;
  /** Characters of the password that stand there unencoded and must not. */
  readonly unencoded: readonly string[];
  /** Where the user's name holds such a character. */
  readonly isUserUnencoded: boolean;
  readonly isPasswordInQuery: boolean;
};

/** What of libpq (libpq-connect.html, section 34.1.2) and the usual drivers may stand after the question mark. */
const known = new Set([
  ...['host', 'hostaddr', 'port', 'user', 'password', 'dbname', 'passfile', 'connect_timeout', 'client_encoding', 'options'],
  ...['application_name', 'fallback_application_name', 'keepalives', 'keepalives_idle', 'keepalives_interval'],
  ...['keepalives_count', 'tcp_user_timeout', 'sslmode', 'ssl', 'sslrootcert', 'sslcert', 'sslkey', 'sslcrl', 'sslsni'],
  ...['sslnegotiation', 'sslcompression', 'gssencmode', 'channel_binding', 'require_auth', 'target_session_attrs'],
  ...['load_balance_hosts', 'service', 'pgbouncer', 'schema', 'connection_limit', 'pool_timeout', 'statement_cache_size'],
  ...['prepared_statement_cache_size', 'prepare_threshold', 'sslaccept', 'uselibpqcompat', 'currentschema', 'pool_mode'],
]);

const hostPattern = String.raw`(?:\[[0-9a-f:.%]+\]|[\w.-]+|%2f[^/?@]*)(?::\d*)?`;
const afterAt = new RegExp(`^(?:${hostPattern}(?:,${hostPattern})*)?(?:/[^/?#@]*)?(?:\\?([^#]*))?$`, 'i');

/** `url` begins with a scheme. */
export function partsOf(url: string): Parts {
  const [, scheme = '', driver, rest = ''] = /^(postgres(?:ql)?)(?:\+([a-z0-9_]+))?:\/\/([\s\S]*)$/i.exec(url) ?? [];
  const at = hostStart(rest);
  const credentials = at < 0 ? '' : rest.slice(0, at);
  const place = rest.slice(at + 1);
  const [, authority = '', path = '', query = ''] = /^([^/?#]*)(?:\/([^?#]*))?(?:\?([^#]*))?/.exec(place) ?? [];
  const colon = credentials.indexOf(':');
  const rawUser = colon < 0 ? credentials : credentials.slice(0, colon);
  const rawPassword = colon < 0 ? null : credentials.slice(colon + 1);
  const parameters = parametersOf(query);
  const inQuery = parameters.get('password') ?? null;
  const hosts = authority.split(',');
  const [host, port] = hostAndPort(hosts[0] ?? '');
  const parts: Parts = {
    scheme: scheme.toLowerCase() === 'postgres' ? 'postgres' : 'postgresql',
    driver: driver?.toLowerCase() ?? null,
    user: decoded(rawUser) || (parameters.get('user') ?? ''),
    password: rawPassword ? decoded(rawPassword) : inQuery || null,
    host: (parameters.get('host') ?? parameters.get('hostaddr') ?? decoded(host)).split(',')[0] ?? '',
    hosts: Math.max(hosts.length, parameters.get('host')?.split(',').length ?? 0),
    ...portOf(parameters.get('port') ?? port),
    database: decoded(path) || parameters.get('dbname') || null,
    parameters: new Map([...parameters].filter(([name]) => !placed.has(name))),
    unencoded: offending(rawPassword ?? ''),
    isUserUnencoded: /[@/#?\s]/.test(rawUser),
    isPasswordInQuery: inQuery !== null,
  };
  return parts;
}

const placed = new Set(['host', 'hostaddr', 'port', 'user', 'password', 'dbname']);

/** libpq's keyword form as parts. */
export function partsOfKeywords(values: ReadonlyMap<string, string>): Parts {
  return {
    ...{ scheme: 'postgresql', driver: null, user: values.get('user') ?? '', password: values.get('password') || null },
    ...{ host: values.get('host') ?? values.get('hostaddr') ?? '', hosts: 1, ...portOf(values.get('port') ?? '') },
    database: values.get('dbname') || null,
    parameters: new Map([...values].filter(([name]) => known.has(name) && !placed.has(name))),
    ...{ unencoded: [], isUserUnencoded: false, isPasswordInQuery: false },
  };
}

/** Where credentials end. The last `@`, since a password may hold others; only a query of known parameters may hold one too. */
function hostStart(rest: string): number {
  const last = rest.lastIndexOf('@');
  const question = rest.indexOf('?');
  if (last < 0 || question < 0 || question > last) return last;
  const inner = rest.lastIndexOf('@', question);
  const query = inner < 0 ? null : afterAt.exec(rest.slice(inner + 1));
  const names = (query?.[1] ?? '').split('&').map((one) => one.split('=')[0]?.toLowerCase() ?? '');
  return query && names.every((name) => known.has(name)) ? inner : last;
}

function hostAndPort(text: string): readonly [string, string] {
  const [, bracketed, named, port = ''] = /^(?:\[([^\]]*)\]|([^:]*))(?::([\s\S]*))?$/.exec(text) ?? [];
  return [bracketed ?? named ?? '', port];
}

function portOf(text: string): Pick<Parts, 'port' | 'isPortUnreadable'> {
  const port = /^\d{1,5}$/.test(text) ? Number(text) : 0;
  const isRight = port >= 1 && port <= 65_535;
  return { port: isRight ? port : null, isPortUnreadable: text !== '' && !isRight };
}

function parametersOf(query: string): ReadonlyMap<string, string> {
  const found = new Map<string, string>();
  for (const one of query.split('&')) {
    const equals = one.indexOf('=');
    const name = (equals < 0 ? one : one.slice(0, equals)).toLowerCase();
    if (known.has(name)) found.set(name, equals < 0 ? '' : decoded(one.slice(equals + 1).replaceAll('+', ' ')));
  }
  return found;
}

/** Percent-decoded where that can be done; a lone `%` means that nobody encoded it. */
function decoded(text: string): string {
  if (/%(?![0-9a-f]{2})/i.test(text)) return text;
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

/** In a password: what ends it early in one client or another, in the order in which it stands there. */
function offending(password: string): readonly string[] {
  const found = password.match(/[@/#?:[\]\\\s"'<>`{}|^]|%(?![0-9a-f]{2})/gi) ?? [];
  return [...new Set(found.map((character) => (/\s/.test(character) ? ' ' : character)))];
}

/** The URL of these parts, with `password` in its place as it is; a part that cannot be shown safely is named in brackets. */
export function urlOf(parts: Parts, password: string | null): string {
  const { scheme, driver, user, host, port, database, parameters } = parts;
  const secret = password === null ? '' : `:${password}`;
  const credentials = user === '' && secret === '' ? '' : `${shownUser(user) === user ? encode(user) : '[user]'}${secret}@`;
  const place = host.includes(':') && isHost(host) ? `[${host}]` : shownHost(host);
  const query = [...parameters].filter(([name]) => !/pass/.test(name)).map(([name, value]) => `${name}=${encode(value)}`);
  return (
    `${scheme}${driver === null ? '' : `+${driver}`}://${credentials}${place}${port === null ? '' : `:${port}`}` +
    `/${database === null ? '[database]' : shownDatabase(database) === database ? encode(database) : '[database]'}` +
    (query.length === 0 ? '' : `?${query.join('&')}`)
  );
}

const encode = (text: string): string => encodeURIComponent(text).replaceAll('%2F', '/').replaceAll('%2C', ',');

/** A name, or a placeholder where something else may have slipped in, such as half of a password. */
export function shownUser(user: string): string {
  return /^[\w.$-]{1,100}$/.test(user) ? user : '[user]';
}

export function shownDatabase(database: string): string {
  return /^[\w.$ -]{1,63}$/.test(database) ? database : '[database]';
}

export function shownHost(host: string): string {
  return isHost(host) ? host : '[host]';
}

export function isHost(host: string): boolean {
  return /^[\w-]+(?:\.[\w-]+)*\.?$/.test(host) || (/^[0-9a-f:.]+(?:%\w+)?$/i.test(host) && host.includes(':'));
}
