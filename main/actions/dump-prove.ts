// Proves that an archive can be read and holds every table that there is: pg_restore lists it, and the list is compared with
// what the database had. Knows no step and no memory.
import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { FaultError } from '../../shared/fault.ts';
import { safeText } from '../../shared/redact.ts';

export type Archive = {
  /** Catalogue numbers of the tables whose data it holds. */
  readonly tables: ReadonlySet<number>;
  readonly largeObjects: boolean;
};

type Reader = {
  readonly restore: string;
  readonly environment: Readonly<Record<string, string>>;
  readonly signal: AbortSignal;
};

/** Reads the table of contents of the archive at `file`. Throws FaultError when pg_restore cannot. */
export async function readArchive(file: string, { restore, environment, signal }: Reader): Promise<Archive> {
  signal.throwIfAborted();
  const child = spawn(restore, ['--list', file], {
    env: { ...environment },
    stdio: ['ignore', 'pipe', 'pipe'],
    windowsHide: true,
  });
  const kill = (): void => void child.kill('SIGKILL');
  signal.addEventListener('abort', kill);
  let problem = '';
  child.stderr.setEncoding('utf8').on('data', (piece: string) => {
    problem = (problem + piece).slice(-2_000);
  });
  const ended = new Promise<number | null>((resolve) => {
    child.once('error', (error) => {
      problem = error.message;
      resolve(null);
    });
    child.once('close', (code) => resolve(code));
  });
  try {
    const found = { tables: new Set<number>(), largeObjects: false };
    // "3456; 0 16390 TABLE DATA public users postgres": the second number after the semicolon is the table's own (pg_backup_archiver.c,
    // PrintTOCSummary); names may hold anything, so the number alone is read.
    for await (const line of createInterface({ input: child.stdout })) {
      const [, oid, description] = /^\d+; \d+ (\d+) (TABLE DATA|BLOBS?) /.exec(line) ?? [];
      if (description === 'TABLE DATA') found.tables.add(Number(oid));
      else if (description !== undefined) found.largeObjects = true;
    }
    const code = await ended;
    signal.throwIfAborted();
    if (code !== 0) throw unreadable(problem);
    return found;
  } finally {
    signal.removeEventListener('abort', kill);
  }
}

function unreadable(problem: string): FaultError {
  return new FaultError({
    code: 'dump-unreadable',
    message: `pg_restore cannot read the archive that pg_dump wrote: ${safeText(problem, 400) || 'it said nothing'}.`,
    next: 'Make the dump again; nothing was kept of this one. If it happens twice, check the disk.',
    exitCode: 1,
  });
}

type Expected = readonly { readonly oid: number; readonly name: string }[];

/** What is different between the tables that were there before the dump and those in the archive. */
export function compare(archive: Archive, expected: Expected): { readonly missing: Expected; readonly added: number } {
  const before = new Set(expected.map(({ oid }) => oid));
  return {
    missing: expected.filter(({ oid }) => !archive.tables.has(oid)),
    added: [...archive.tables].filter((oid) => !before.has(oid)).length,
  };
}

/** The failure of an archive that lacks tables that still exist. */
export function incomplete(missing: Expected): FaultError {
  const names = missing.slice(0, 5).map(({ name }) => name);
  return new FaultError({
    code: 'dump-incomplete',
    message: `The archive lacks the data of ${names.join(', ')}${missing.length > 5 ? ` and ${missing.length - 5} more tables` : ''}.`,
    next: 'Make the dump again; nothing was kept of this one.',
    exitCode: 1,
  });
}
