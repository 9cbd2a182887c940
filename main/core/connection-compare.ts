// What differs between two connections, and why that matters. Of the passwords it says only whether they are the same: staging
// with production's password is worth knowing, and it gives nothing away to somebody who holds both.
import type { ConnectionComparison, ConnectionDifference } from '../../shared/doctor.ts';
import { type Parts, shownDatabase, shownHost, shownUser } from './connection/parts.ts';
import { modeOf, refOf, sessionPort } from './connection/places.ts';
import { type ConnectionFacts, examine, readConnection } from './connection-doctor.ts';

export type Side = { readonly name: string; readonly text: string; readonly facts: ConnectionFacts };

type Known = { readonly parts: Parts; readonly facts: ConnectionFacts };

type Aspect = {
  readonly what: string;
  /** Null where it is not known or not said. */
  readonly of: (side: Known) => string | null;
  readonly meaning?: (a: string | null, b: string | null) => string | null;
};

const families = ({ facts: { addresses } }: Known): string | null => {
  if (!addresses || addresses.a === null || addresses.aaaa === null) return null;
  const [has4, has6] = [addresses.a.length > 0, addresses.aaaa.length > 0];
  if (!has4 && !has6) return 'none';
  return has4 && has6 ? 'IPv4 and IPv6' : has4 ? 'IPv4 only' : 'IPv6 only';
};

const sslModeOf = ({ parts: { parameters } }: Known): string | null => {
  const mode = parameters.get('sslmode') ?? null;
  return mode === null || /^[a-z-]{1,20}$/.test(mode) ? mode : 'not a known one';
};

const shape = (text: string | null): string | null =>
  text === null ? null : /^[\w=.,: -]{1,200}$/.test(text) ? text : '[hidden]';

const loginOf = ({ facts: { login } }: Known): string | null => (login === undefined ? null : login.ok ? 'works' : 'fails');

const aspects: readonly Aspect[] = [
  { what: 'driver', of: ({ parts }) => parts.driver },
  { what: 'host', of: ({ parts }) => shownHost(parts.host) },
  {
    what: 'Supabase project',
    of: ({ parts }) => refOf(parts),
  },
  {
    what: 'way',
    of: ({ parts }) => modeOf(parts),
    meaning: (a, b) => {
      if (a === 'transaction pooler' || b === 'transaction pooler') {
        return 'Through the transaction pooler there are no sessions: pg_dump, migrations and prepared statements fail.';
      }
      if (a !== 'direct' && b !== 'direct') return null;
      return 'The direct host has IPv6 only, unless the project pays for IPv4; the pooler has IPv4.';
    },
  },
  { what: 'port', of: ({ parts }) => String(parts.port ?? sessionPort) },
  { what: 'user', of: ({ parts }) => (parts.user === '' ? null : shownUser(parts.user)) },
  { what: 'database', of: ({ parts }) => (parts.database === null ? null : shownDatabase(parts.database)) },
  {
    what: 'sslmode',
    of: sslModeOf,
    meaning: () => 'Left out, most programs take what the server offers, which somebody on the way can switch off.',
  },
  { what: 'options', of: ({ parts }) => shape(parts.parameters.get('options') ?? null) },
  {
    what: 'addresses',
    of: families,
    meaning: (a, b) =>
      a === 'IPv6 only' || b === 'IPv6 only' ? 'A server without IPv6 cannot reach the one that has IPv6 only.' : null,
  },
  {
    what: 'server version',
    of: ({ facts }) => facts.serverVersion ?? null,
    meaning: (a, b) =>
      a?.split('.')[0] === b?.split('.')[0] ? null : 'A dump of the newer does not go back into the older as it is.',
  },
  { what: 'login', of: loginOf },
];

/** Unreadable texts have no differences, only problems. */
export function compareConnections(a: Side, b: Side): ConnectionComparison {
  const [left, right] = [readConnection(a.text), readConnection(b.text)];
  const problems = [a, b].flatMap(({ name, text, facts }) =>
    examine(text, facts)
      .findings.filter(({ level }) => level === 'bad')
      .map((finding) => ({ secret: name, finding })),
  );
  if (!left || !right) return { differences: [], same: [], problems };
  const sides = [
    { parts: left, facts: a.facts },
    { parts: right, facts: b.facts },
  ] as const;
  const differences: ConnectionDifference[] = [];
  const same: string[] = [];
  for (const { what, of, meaning } of aspects) {
    const [x, y] = [of(sides[0]), of(sides[1])];
    if (x === null && y === null) continue;
    // What could be found out of one only is no difference between them.
    if ((x === null || y === null) && foundOut.has(what)) continue;
    if (x === y) same.push(what);
    else differences.push({ what, a: x, b: y, meaning: meaning?.(x, y) ?? null });
  }
  const isOneAccount = same.includes('host') && same.includes('user');
  const password = passwords(left, right, isOneAccount);
  if (password !== null) differences.push(password);
  else if (isOneAccount) same.push('password');
  return { differences, same, problems };
}

const foundOut = new Set(['addresses', 'server version', 'login']);

/** Told only where it is surprising: one account with two passwords, or two accounts with one. */
function passwords(left: Parts, right: Parts, isOneAccount: boolean): ConnectionDifference | null {
  const isSame = left.password === right.password;
  if (isSame === isOneAccount) return null;
  return {
    what: 'password',
    a: null,
    b: null,
    meaning: isSame
      ? 'Two accounts, and the same password: whoever learns one has both. Or was it copied into the wrong one?'
      : 'One account, and different passwords: at most one of them is right.',
  };
}
