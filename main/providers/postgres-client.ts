// A client of `pg` over a socket of ours, so that connecting has our own limits and says which step failed. Sends nothing.
import type { Duplex } from 'node:stream';
import type { ConnectionOptions } from 'node:tls';
import pg from 'pg';
import type { PostgresTarget } from './postgres-url.ts';

/** Not connected yet; the caller ends it. `socket` is asked for once, when it connects. */
export function postgresClient(target: PostgresTarget, socket: () => Duplex, ssl: ConnectionOptions | false): pg.Client {
  const client = new pg.Client({
    host: target.host,
    port: target.port,
    user: target.user,
    database: target.database,
    // As a function it keeps pg from looking for another one in PGPASSWORD or ~/.pgpass.
    password: () => target.password ?? '',
    ssl,
    stream: socket,
    application_name: 'signalbox',
    ...(target.options === null ? {} : { options: target.options }),
  });
  // A connection that breaks later is told by the query that meets it; it must find a listener all the same.
  client.on('error', () => undefined);
  return client;
}
