// How the simulated API reaches its database, and in which words that fails: those of psycopg2, which the first user read in
// Render's log (REPLAYS.md B). Addresses in the words are the ones the world outside would see; traffic stays on loopback.
import pg from 'pg';

/** Where the API believes its database is. */
export type DatabaseTarget = {
  /** The connection string that is really used; its host is a loopback address. */
  readonly url: string;
  /** The name that errors give, as in `db.<ref>.supabase.co`. */
  readonly name: string;
  /** Families in which the name has an address. */
  readonly families: readonly ('ipv4' | 'ipv6')[];
};

/** A failure in the API's own words: `message` is the log line and the answer's `error_message`. */
export class DatabaseError extends Error {}

const connectLimitMs = 3_000;
const queryLimitMs = 5_000;

/** Addresses that these names have in public; 2a05: and 18.157 are Amazon's, as in the real outage. */
const publicAddress = { ipv4: '18.157.0.10', ipv6: '2a05:d014:1c06:5f00::1' } as const;

/** Opens a connection, runs `work`, closes it. Throws `DatabaseError` for all that the network or the server is to blame for. */
export async function withDatabase<T>(target: DatabaseTarget, work: (client: pg.Client) => Promise<T>): Promise<T> {
  // Render's network speaks IPv4 only: a name without an IPv4 address is tried over IPv6, and there is no way there.
  if (!target.families.includes('ipv4')) throw new DatabaseError(words(target, 'ipv6', 'Network unreachable'));
  const client = new pg.Client({
    connectionString: target.url,
    connectionTimeoutMillis: connectLimitMs,
    query_timeout: queryLimitMs,
  });
  // Said again by whatever is under way.
  client.on('error', () => undefined);
  try {
    await client.connect();
    return await work(client);
  } catch (error) {
    throw new DatabaseError(words(target, 'ipv4', reasonOf(error)), { cause: error });
  } finally {
    // A connection that was never made, or was cut, need not be closed.
    await client.end().catch(() => undefined);
  }
}

function words(target: DatabaseTarget, family: 'ipv4' | 'ipv6', reason: string): string {
  // The port is the public one: what listens here is on a free port of loopback.
  const place = `connection to server at "${target.name}" (${publicAddress[family]}), port 5432 failed: ${reason}`;
  return `BlacklistedAccessTokenException: problem reading blacklist table (psycopg2.OperationalError) ${place}`;
}

function reasonOf(error: unknown): string {
  const { code, message = '' } = error as { readonly code?: string; readonly message?: string };
  if (code === 'ECONNREFUSED')
    return 'Connection refused\n\tIs the server running on that host and accepting TCP/IP connections?';
  if (/timeout/i.test(message)) return 'timeout expired';
  if (code === 'ECONNRESET' || /terminated unexpectedly|not queryable/i.test(message)) {
    return 'server closed the connection unexpectedly';
  }
  // Postgres's own words, which libpq passes on: wrong password, starting up, too many connections.
  return `FATAL:  ${message}`;
}
