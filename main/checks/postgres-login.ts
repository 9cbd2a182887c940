// Logs in over an open connection, asks `select 1`, and leaves. Knows pg; knows neither route nor TLS.
import type { Socket } from 'node:net';
import type pg from 'pg';
import type { Clock } from '../engine/ports.ts';
import { postgresClient } from '../providers/postgres-client.ts';
import { postgresFailure } from '../providers/postgres-errors.ts';
import type { PostgresTarget } from '../providers/postgres-url.ts';
import { abortFailure, codeOf, down, type Failure, reasonOf } from './failure.ts';

export type Login = {
  readonly failure: Failure | null;
  readonly loginMs: number | undefined;
  readonly queryMs: number | undefined;
  readonly serverVersion: string | undefined;
};

/** Never rejects. The connection is ended politely where it still stands, and the socket is destroyed in any case. */
export async function login(socket: Socket, target: PostgresTarget, clock: Clock, signal: AbortSignal): Promise<Login> {
  const client = postgresClient(target, () => asUnopened(socket), false);
  const aborted = (): void => void socket.destroy();
  let loginMs: number | undefined;
  let queryMs: number | undefined;
  let doing = 'accept the login';
  signal.addEventListener('abort', aborted);
  try {
    if (signal.aborted) return { failure: abortFailure(signal, target.host, doing), loginMs, queryMs, serverVersion: undefined };
    let since = clock.monotonic();
    await client.connect();
    loginMs = clock.monotonic() - since;
    doing = 'answer "select 1"';
    since = clock.monotonic();
    await client.query('select 1');
    queryMs = clock.monotonic() - since;
    return { failure: null, loginMs, queryMs, serverVersion: await versionOf(client) };
  } catch (error) {
    const failure = signal.aborted ? abortFailure(signal, target.host, doing) : refusal(error, target);
    return { failure, loginMs, queryMs, serverVersion: undefined };
  } finally {
    signal.removeEventListener('abort', aborted);
    leave(client, socket);
  }
}

function refusal(error: unknown, target: PostgresTarget): Failure {
  const { code, message } = postgresFailure({ code: codeOf(error), message: reasonOf(error) }, target);
  return down(code, message);
}

// After the verdict: a pooler that knows no SHOW, or a time limit that falls here, does not make a working database fail.
async function versionOf(client: pg.Client): Promise<string | undefined> {
  try {
    const { rows } = await client.query<{ server_version: string }>('show server_version');
    return rows[0]?.server_version;
  } catch {
    return undefined;
  }
}

/** pg connects the stream that it is given; this one is open already and only says so. */
function asUnopened(socket: Socket): Socket {
  return Object.assign(socket, {
    connect: () => {
      queueMicrotask(() => socket.emit('connect'));
      return socket;
    },
  });
}

// `end` sends Terminate, so that the server logs no broken connection; destroySoon waits only for that to be written.
function leave(client: pg.Client, socket: Socket): void {
  client.end().catch(() => undefined);
  socket.destroySoon();
}
