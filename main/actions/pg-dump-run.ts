// Runs pg_dump to its end: counts tables as it names them, watches the file grow, ends it when nobody wants it any more or
// when nothing moves. Knows nothing of what the archive is for.
import { type ChildProcess, spawn } from 'node:child_process';
import { stat } from 'node:fs/promises';
import { FaultError } from '../../shared/fault.ts';
import type { Clock } from '../engine/ports.ts';

export type PgDumpRun = {
  readonly program: string;
  readonly arguments: readonly string[];
  readonly environment: Readonly<Record<string, string>>;
  /** The file that it writes. */
  readonly file: string;
  readonly clock: Clock;
  readonly signal: AbortSignal;
  /** Its process id, as soon as there is one. */
  readonly onStart: (pid: number) => void;
  /** Twice a second. `tables` is how many are finished. */
  readonly onProgress: (at: { readonly tables: number; readonly bytes: number }) => void;
};

export type PgDumpEnd = {
  readonly succeeded: boolean;
  /** "exit code 1" or "SIGSEGV". */
  readonly ending: string;
  /** Its messages: every warning and error, and the last of the others. */
  readonly stderr: readonly string[];
};

const lookEveryMs = 500;
/** After an interrupt, which makes pg_dump cancel its query on the server. Within the grace that the runner gives a step. */
const killAfterMs = 3_000;
/** pg_dump writes and speaks all the time; a silence of this length means that the connection is dead without anybody saying so. */
const stallAfterMs = 300_000;
const keptLines = 200;
const longestLine = 4_000;

/** Resolves when the process is gone, however it ended. Rejects with the reason of `signal`, or with a FaultError when it could
 *  not be started or stood still; then too the process is gone.
 *
 *  Should this process die, pg_dump dies of its next message: with --verbose it writes one per table to a pipe that nobody reads
 *  (SIGPIPE). Until then it goes on with its table; `stopOrphan` in dump-orphan.ts ends it sooner. */
export async function runPgDump(run: PgDumpRun): Promise<PgDumpEnd> {
  run.signal.throwIfAborted();
  const child = spawn(run.program, run.arguments, {
    env: run.environment,
    stdio: ['ignore', 'ignore', 'pipe'],
    windowsHide: true,
  });
  let movedAt = run.clock.monotonic();
  const moved = (): void => {
    movedAt = run.clock.monotonic();
  };
  const messages = listen(child, moved);
  const ended = endOf(child);
  let isStalled = false;
  const end = endingOf(child, run.clock);
  run.signal.addEventListener('abort', end);
  const stopLooking = look(run, messages, moved, () => {
    if (run.clock.monotonic() - movedAt < stallAfterMs || isStalled) return;
    isStalled = true;
    end();
  });
  try {
    startedOrEnded(child, run.onStart);
    const outcome = await ended;
    run.signal.throwIfAborted();
    if (isStalled) throw stalled();
    return { ...outcome, stderr: messages.lines() };
  } finally {
    run.signal.removeEventListener('abort', end);
    end.done();
    stopLooking();
  }
}

/** A process that nobody could write down must not run. */
function startedOrEnded(child: ChildProcess, onStart: (pid: number) => void): void {
  try {
    if (child.pid !== undefined) onStart(child.pid);
  } catch (error) {
    child.kill('SIGKILL');
    throw error;
  }
}

function endOf(child: ChildProcess): Promise<Omit<PgDumpEnd, 'stderr'>> {
  return new Promise((resolve, reject) => {
    child.once('error', (error) => {
      if (child.pid === undefined) reject(notStarted(child.spawnfile, error));
    });
    // `close` comes after the last of its messages was read.
    child.once('close', (code, signal) => resolve({ succeeded: code === 0, ending: signal ?? `exit code ${code}` }));
  });
}

/** Asks it to stop, and makes it stop when it does not. */
function endingOf(child: ChildProcess, clock: Clock): (() => void) & { done(): void } {
  let stopTimer: (() => void) | null = null;
  const end = (): void => {
    child.kill('SIGINT');
    stopTimer ??= clock.after(killAfterMs, () => void child.kill('SIGKILL'));
  };
  return Object.assign(end, { done: () => stopTimer?.() });
}

type Messages = { readonly lines: () => readonly string[]; readonly started: () => number };

function listen(child: ChildProcess, moved: () => void): Messages {
  const important: string[] = [];
  const latest: string[] = [];
  let started = 0;
  let rest = '';
  const take = (line: string): void => {
    if (line.startsWith('pg_dump: dumping contents of table ')) started += 1;
    // pg_dump 15 says "pg_dump: error:", and `detail`, `hint` and the query on lines of their own.
    const kept = /^pg_dump: (?:warning|error|fatal)|ERROR: |FATAL: /.test(line) ? important : latest;
    kept.push(line);
    if (kept.length > keptLines) kept.shift();
  };
  child.stderr?.setEncoding('utf8').on('data', (piece: string) => {
    moved();
    const lines = (rest + piece).split(/\r?\n/);
    rest = (lines.pop() ?? '').slice(-longestLine);
    for (const line of lines) take(line.slice(0, longestLine));
  });
  child.stderr?.once('end', () => rest !== '' && take(rest));
  return { lines: () => [...latest.slice(-30), ...important], started: () => started };
}

/** Looks at the file until told to stop. */
function look({ file, clock, onProgress }: PgDumpRun, messages: Messages, moved: () => void, after: () => void): () => void {
  let size = 0;
  let isOver = false;
  let stopTimer = (): void => undefined;
  const once = async (): Promise<void> => {
    // A file that cannot be looked at is pg_dump's trouble, and it will tell.
    const { size: now } = await stat(file).catch(() => ({ size }));
    if (isOver) return;
    if (now !== size) moved();
    size = now;
    onProgress({ tables: Math.max(0, messages.started() - 1), bytes: size });
    after();
    stopTimer = clock.after(lookEveryMs, () => void once());
  };
  stopTimer = clock.after(lookEveryMs, () => void once());
  return () => {
    isOver = true;
    stopTimer();
  };
}

function notStarted(path: string, cause: Error): FaultError {
  return new FaultError({
    code: 'pg-dump-missing',
    message: `${path} could not be started: ${cause.message}.`,
    next: 'Name another pg_dump in "dump.pgDump".',
    cause,
  });
}

function stalled(): FaultError {
  return new FaultError({
    code: 'connection-lost',
    message: `Nothing came from the database for ${stallAfterMs / 60_000} minutes, so the dump was ended.`,
    next: 'Make the dump again; nothing was kept of this one.',
    exitCode: 3,
  });
}
