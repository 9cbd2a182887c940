// The rehearsal's database: a real Postgres holding the first user's tables, reachable in two ways as at Supabase, directly
// and through a session pooler. Each way, and the password, can be broken by itself.
import { type PostgresServer, startPostgres } from './postgres-server.ts';
import { seedSql } from './schema.ts';
import { startTcpProxy, type TcpProxy } from './tcp-proxy.ts';

/** How an address is reached: straight to the project's host, or over the pooler in front of it. */
export type Way = 'direct' | 'pooler';

export type SimulatedDatabase = {
  /** Project reference, as in `db.<ref>.supabase.co`. */
  readonly ref: string;
  /** The names that the addresses have in the world outside; nothing here looks them up. */
  readonly names: Readonly<Record<Way, string>>;
  readonly direct: TcpProxy;
  readonly pooler: TcpProxy;
  /** The password that its users were given; `setPassword` may have made it wrong. */
  readonly password: string;
  /** `postgres://user:password@host:port/postgres?sslmode=disable`, over IPv4's loopback unless `host` is given. */
  url(way: Way, host?: string): string;
  /** An empty database of the same server, for proving that a dump can be restored. Past both proxies. */
  readonly scratchUrl: string;
  /** Runs statements as the superuser, past both proxies. */
  query(sql: string): Promise<void>;
  /** Changes the password of both roles, at the next start when it is stopped; null puts back the one in `password`. */
  setPassword(password: string | null): Promise<void>;
  /** Stops the server itself; connections fail as they do when a database is down. */
  setRunning(running: boolean): Promise<void>;
  stop(): Promise<void>;
};

const ref = 'yardyardyardyardyard';
const password = 'rehearsal-0000';
/** A pooler tells projects apart by the user's name; here both are roles of the one server. */
const roles: Readonly<Record<Way, string>> = { direct: 'postgres', pooler: `postgres.${ref}` };
const names: Readonly<Record<Way, string>> = {
  direct: `db.${ref}.supabase.co`,
  pooler: 'aws-0-eu-central-1.pooler.supabase.com',
};

/** Starts and fills it; two to three seconds, nearly all of them initdb's. */
export async function startDatabase(): Promise<SimulatedDatabase> {
  const server = await startPostgres();
  try {
    await server.query(Object.values(roles).map(makeRole).join(' '));
    await server.query('create database scratch owner postgres');
    await server.query(`set role postgres; ${seedSql()}`);
    const target = { host: '127.0.0.1', port: server.port };
    const [direct, pooler] = await Promise.all([startTcpProxy(target), startTcpProxy(target)]);
    return describe(server, { direct, pooler });
  } catch (error) {
    await server.close();
    throw error;
  }
}

const makeRole = (role: string): string => `create role "${role}" login superuser password '${password}';`;

function describe(server: PostgresServer, proxies: Readonly<Record<Way, TcpProxy>>): SimulatedDatabase {
  let running = true;
  let current = password;
  const alter = (): Promise<void> => {
    const quoted = current.replaceAll("'", "''");
    return server.query(
      Object.values(roles)
        .map((role) => `alter role "${role}" password '${quoted}';`)
        .join(' '),
    );
  };
  return {
    ref,
    names,
    ...proxies,
    password,
    url: (way, host = '127.0.0.1') =>
      `postgres://${roles[way]}:${password}@${host}:${proxies[way].port}/postgres?sslmode=disable`,
    scratchUrl: server.url({ database: 'scratch', query: '?sslmode=disable' }),
    query: (sql) => server.query(sql),
    async setPassword(next) {
      current = next ?? password;
      if (running) await alter();
    },
    async setRunning(next) {
      if (next === running) return;
      await (next ? server.start() : server.stop());
      running = next;
      if (next) await alter();
    },
    async stop() {
      await Promise.all([proxies.direct.stop(), proxies.pooler.stop()]);
      await server.close();
    },
  };
}
