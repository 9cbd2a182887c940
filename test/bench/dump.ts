// What the dump lever costs beside pg_dump itself, on one database, in turns.
import { execFile } from 'node:child_process';
import { mkdirSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import pg from 'pg';
import { type DumpDeps, makeDump } from '../../main/actions/dump.ts';
import { findPgDumps, type PgDump } from '../../main/actions/pg-dump-find.ts';
import { thisMachine } from '../../main/actions/pg-dump-machine.ts';
import { runAction } from '../../main/actions/runner.ts';
import { systemClock } from '../../main/engine/clock.ts';
import type { JournalRun } from '../../main/engine/levers.ts';
import { openHistory } from '../../main/storage/history.ts';
import { type PostgresServer, startPostgres } from '../../simulator/postgres-server.ts';
import type { Bench, Effort, Row } from './bench.ts';
import { rowOf, rowOfOne } from './figures.ts';
import { removeFolder, temporaryFolder } from './processes.ts';

const run = promisify(execFile);

/** Rows of some 190 bytes in the table, and rounds. */
const sizes = { quick: [1_000_000, 2], normal: [2_500_000, 5], full: [6_000_000, 5] } as const satisfies Record<Effort, unknown>;

export const dump: Bench = {
  name: 'dump',
  title: 'Dump',
  how: `The whole dump lever, from its first look to the named file: route, survey, journal in a real history file, pg_dump, the flush to
the disk, \`pg_restore --list\`, SHA-256 and sidecars; against pg_dump alone with the same arguments and environment, which flushes its file to the
disk as well. Both write to the temporary folder from one embedded Postgres on the loopback, in turns, first one, then the other
first. The ratio is taken in each round, of times, so that 1.05 is 0.95 of the throughput. The table's size is what Postgres says
of it; its rows are text and numbers that compress to about a third. Client, server and compression share the processor, so the seconds
themselves are those of a small machine. Fixed costs are below a second, which is why the ratio is asked of a table of some size.`,
  async run(effort, say) {
    const [program] = (await findPgDumps(machine())).filter(({ major, restore }) => major >= 15 && restore !== null);
    if (!program) throw new Error('There is no pg_dump of version 15 or newer on this machine.');
    const folder = temporaryFolder();
    const server = await startPostgres({ flags: ['-c', 'max_wal_size=4GB', '-c', 'shared_buffers=128MB'] });
    try {
      const [rows, rounds] = sizes[effort];
      say(`${rows.toLocaleString('en-GB')} rows`);
      const bytes = await fill(server, rows);
      return await compare({ server, program, folder, rounds, say }, bytes);
    } finally {
      await server.close();
      removeFolder(folder);
    }
  },
};

function machine() {
  return thisMachine({ platform: process.platform, env: process.env, home: '/', signal: new AbortController().signal });
}

/** Returns the size of the table, bytes. */
async function fill(server: PostgresServer, rows: number): Promise<number> {
  await server.query(`
    create table public.bulk as select n::bigint as id, md5(n::text) || md5((n * 7)::text) as hash, n % 1000 as customer,
      (n % 99991) / 7.0 as total, timestamptz '2026-01-01' + n * interval '1 second' as at, repeat('words and ', (n % 8)::int) as note
    from generate_series(1, ${rows}) n`);
  // Hint bits and visibility are written now, and not by whoever reads first.
  await server.query('vacuum (freeze, analyze) public.bulk');
  const client = new pg.Client({ connectionString: server.url() });
  await client.connect();
  const size = await client.query<{ bytes: string }>("select pg_table_size('public.bulk')::text as bytes");
  await client.end();
  return Number(size.rows[0]?.bytes);
}

type Contest = {
  readonly server: PostgresServer;
  readonly program: PgDump;
  readonly folder: string;
  readonly rounds: number;
  readonly say: (text: string) => void;
};

async function compare(contest: Contest, bytes: number): Promise<Row[]> {
  const { rounds, say } = contest;
  // Not counted: the first reads the table into the system's cache.
  const archive = await bare(contest);
  const bareS: number[] = [];
  const leverS: number[] = [];
  for (let round = 0; round < rounds; round += 1) {
    say(`round ${round + 1} of ${rounds}`);
    const turns = [async () => bareS.push((await bare(contest)).seconds), async () => leverS.push(await lever(contest))];
    for (const turn of round % 2 === 0 ? turns : turns.toReversed()) await turn();
  }
  const megabytes = bytes / 1e6;
  return [
    rowOfOne('Table', megabytes, 'MB'),
    rowOfOne('Archive', archive.bytes / 1e6, 'MB'),
    rowOf('pg_dump alone', bareS, 's'),
    rowOf('Dump lever', leverS, 's'),
    rowOf(
      'Dump lever to pg_dump alone, time',
      leverS.map((seconds, round) => seconds / (bareS[round] ?? Number.NaN)),
      '×',
      'median',
      1 / 0.95,
    ),
  ];
}

/** The very flags of the lever, typed by hand. */
async function bare({ server, program, folder }: Contest): Promise<{ readonly seconds: number; readonly bytes: number }> {
  const file = join(folder, 'bare.dump');
  const flags = [
    '--format=custom',
    '--no-owner',
    '--no-privileges',
    '--quote-all-identifiers',
    '--lock-wait-timeout=10s',
    '--no-password',
    '--verbose',
  ];
  const began = performance.now();
  await run(program.path, [...flags, '--data-only', '--schema="public"', `--dbname=postgres`, `--file=${file}`], {
    env: {
      PATH: process.env.PATH,
      LC_ALL: 'C',
      PGHOST: '127.0.0.1',
      PGPORT: String(server.port),
      PGUSER: server.user,
      PGPASSWORD: server.password,
    },
    maxBuffer: 10_000_000,
  });
  const seconds = (performance.now() - began) / 1_000;
  const { size } = statSync(file);
  rmSync(file);
  return { seconds, bytes: size };
}

async function lever({ server, program, folder }: Contest): Promise<number> {
  const directory = join(folder, 'dumps');
  const home = join(folder, 'history');
  mkdirSync(home, { recursive: true });
  const history = openHistory(home, systemClock);
  try {
    const deps: DumpDeps = {
      settings: {
        connection: '',
        directory,
        mode: 'data-only',
        schemas: ['public'],
        tables: [],
        keep: 20,
        encryptTo: null,
        pgDump: program.path,
      },
      connection: async () => server.url(),
      app: { name: 'Bench', environment: 'bench' },
      journal: history.journal,
      clock: systemClock,
      env: process.env,
      platform: process.platform,
      home,
    };
    const began = performance.now();
    const action = makeDump({ action: 'dump', task: 'create', full: false, directory: null }, deps);
    const entry = entryOf(action, new Date().toISOString());
    history.journal.save(entry);
    const ended = await runAction({
      action,
      entry,
      journal: history.journal,
      clock: systemClock,
      signal: new AbortController().signal,
      force: false,
      clean: (text) => text,
      onRun: () => undefined,
    });
    const seconds = (performance.now() - began) / 1_000;
    if (ended.run.state !== 'succeeded') throw new Error(`The dump did not succeed: ${ended.run.error?.message}`);
    return seconds;
  } finally {
    history.close();
    rmSync(directory, { recursive: true, force: true });
  }
}

function entryOf({ title, steps }: ReturnType<typeof makeDump>, startedAt: string): JournalRun {
  const waiting = steps.map(({ name }) => ({ name, state: 'waiting' as const, startedAt: null, finishedAt: null }));
  return {
    run: {
      id: `bench-${startedAt}`,
      action: 'dump',
      title,
      by: 'command',
      state: 'running',
      startedAt,
      finishedAt: null,
      steps: waiting,
    },
    request: { action: 'dump', task: 'create', full: false, directory: null },
    by: 'command',
    direction: 'forward',
    incidentIds: [],
    memory: {},
  };
}
