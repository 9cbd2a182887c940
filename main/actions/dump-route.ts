// Which address a dump goes to: the database's own host if it lets us in, else the session pooler before it. Never port 6543:
// pg_dump needs a session, and a transaction pooler has none.
import type pg from 'pg';
import { FaultError } from '../../shared/fault.ts';
import type { Clock } from '../engine/ports.ts';
import { otherParameters, type PostgresTarget, parsePostgresUrl } from '../providers/postgres-url.ts';
import { waitFor } from '../providers/wait.ts';
import { connectTo, LoginError } from './dump-login.ts';

export type RouteName = 'direct' | 'pooler';

export type Candidate = {
  readonly name: RouteName;
  readonly target: PostgresTarget;
  /** What the URL says beside the target, by libpq's names. */
  readonly parameters: Readonly<Record<string, string>>;
  /** What was changed to make it usable, for people. */
  readonly note: string | null;
  /** The IP address at which the login worked: pg_dump takes the very way that was tried, whatever a second look-up would say. */
  readonly address?: string;
};

export type Route = Candidate & {
  /** Logged in; the caller ends it. */
  readonly client: pg.Client;
  /** Why the ways before it were not taken. */
  readonly passedOver: readonly string[];
};

const transactionPort = 6_543;
const isSupabasePooler = (host: string): boolean => /\.pooler\.supabase\.com$/i.test(host);

/** How long one login may take, ms; the reference is the Supabase CLI's own limit for the direct host. */
const loginLimitMs = 5_000;
/** Supabase's pooler refuses right passwords now and then, out of a stale cache (supabase/cli issue 4419). More attempts would
 *  get this machine's address banned. */
const pausesMs = [1_000, 2_000] as const;

/** The ways to the database that one connection string names, in the order they are tried: the host itself comes first.
 *  Throws FaultError when it cannot be used. */
export function candidates(connection: string): readonly Candidate[] {
  const given = candidate(connection);
  const direct = directOf(given);
  return direct === null ? [given] : [direct, given];
}

function candidate(connection: string): Candidate {
  const target = parsePostgresUrl(connection);
  if ('problem' in target) {
    throw new FaultError({
      code: 'bad-connection',
      message: `The connection of the dump cannot be used: ${target.problem}.`,
      next: 'Correct the secret that "dump.connection" names; it looks like postgres://user:password@host:5432/database.',
    });
  }
  const isTransaction = target.port === transactionPort;
  return {
    name: isSupabasePooler(target.host) ? 'pooler' : 'direct',
    target: isTransaction ? { ...target, port: 5_432 } : target,
    parameters: otherParameters(connection),
    note: isTransaction
      ? `Port ${transactionPort} is a transaction pooler, through which pg_dump does not work; port 5432 of ${target.host} is used instead.`
      : null,
  };
}

/** Supabase's pooler names the project in the user, and with it the database's own host. */
function directOf({ name, target, parameters }: Candidate): Candidate | null {
  const parts = /^(.+)\.([a-z0-9]{20})$/.exec(target.user);
  if (name !== 'pooler' || !parts) return null;
  const [, user = '', ref = ''] = parts;
  return { name: 'direct', target: { ...target, host: `db.${ref}.supabase.co`, port: 5_432, user }, parameters, note: null };
}

/** Logs in over the first way that works; `pooler` is asked for its connection string only when it is needed. Throws FaultError
 *  when no way does, or when a password is wrong: the next way would be another attempt with it. */
export async function openRoute(
  connection: string,
  pooler: (() => Promise<string | null>) | null,
  clock: Clock,
  signal: AbortSignal,
): Promise<Route> {
  const tried: Candidate[] = [];
  const passedOver: LoginError[] = [];
  const tryAll = async (ways: readonly Candidate[]): Promise<Route | null> => {
    for (const way of ways) {
      if (passedOver.at(-1)?.failure === 'auth' || tried.some((other) => identityOf(other) === identityOf(way))) continue;
      tried.push(way);
      const outcome = await logIn(way, clock, signal);
      if (!(outcome instanceof LoginError)) {
        return { ...way, ...addressOf(outcome), client: outcome, passedOver: passedOver.map(({ message }) => message) };
      }
      passedOver.push(outcome);
    }
    return null;
  };
  const route = (await tryAll(candidates(connection))) ?? (await tryAll(await poolerWays(pooler, passedOver)));
  if (route === null) throw noRoute(passedOver, tried);
  return route;
}

/** `pg` gives its socket away without a type; a Unix socket has no address. */
function addressOf(client: pg.Client): Pick<Candidate, 'address'> {
  const { stream } = (client as unknown as { readonly connection: { readonly stream: { readonly remoteAddress?: string } } })
    .connection;
  return stream.remoteAddress === undefined ? {} : { address: stream.remoteAddress };
}

const identityOf = ({ target: { host, port, user, database } }: Candidate): string =>
  JSON.stringify([host, port, user, database]);

async function poolerWays(pooler: (() => Promise<string | null>) | null, problems: LoginError[]): Promise<readonly Candidate[]> {
  if (pooler === null || problems.at(-1)?.failure === 'auth') return [];
  try {
    const connection = await pooler();
    return connection === null ? [] : [{ ...candidate(connection), name: 'pooler' }];
  } catch (error) {
    if (!(error instanceof FaultError)) throw error;
    problems.push(new LoginError('internal', `The session pooler is not known: ${error.message}`, error));
    return [];
  }
}

async function logIn({ name, target }: Candidate, clock: Clock, signal: AbortSignal): Promise<pg.Client | LoginError> {
  for (const pauseMs of [...pausesMs, null]) {
    try {
      return await connectTo(target, { limitMs: loginLimitMs, clock, signal });
    } catch (error) {
      signal.throwIfAborted();
      if (!(error instanceof LoginError)) throw error;
      if (pauseMs === null || name !== 'pooler' || error.failure !== 'auth') return error;
      await waitFor(pauseMs, signal);
    }
  }
  throw new Error('The attempts of a login ran out without an answer.');
}

function noRoute(failures: readonly LoginError[], ways: readonly Candidate[]): FaultError {
  const last = failures.at(-1);
  const message = failures.map((one) => one.message).join(' ');
  const fault = { message: message.slice(0, 1_000), exitCode: 3 as const, cause: last };
  if (last?.failure === 'auth') {
    const next =
      'Correct user, password or database in the secret that "dump.connection" names; "signalbox secret set" stores it.';
    return new FaultError({ ...fault, code: 'login-refused', next });
  }
  const isDirectOnly =
    ways.every(({ name }) => name === 'direct') && ways.some(({ target }) => /\.supabase\.co$/.test(target.host));
  const next = isDirectOnly
    ? 'The direct host of a Supabase project has IPv6 only. Use the connection string of the session pooler (port 5432), or set "providers.supabase" so that Signalbox can ask for it.'
    : "Look at the database in the provider's dashboard and at this machine's network, then try again.";
  return new FaultError({ ...fault, code: 'database-unreachable', next });
}
