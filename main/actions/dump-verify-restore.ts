// Feeds an archive to pg_restore through its standard input, so that what is encrypted is never in the clear on a disk.
import { spawn } from 'node:child_process';
import { createReadStream } from 'node:fs';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { FaultError } from '../../shared/fault.ts';
import { safeText } from '../../shared/redact.ts';
import { decryptedStream } from './dump-encryption.ts';

/** An archive that can be read from its start as often as needed. `identity` opens an encrypted one; null: it is not encrypted. */
export type Archive = { readonly path: string; readonly bytes: number; readonly identity: string | null };

export type RestoreRun = {
  readonly program: string;
  readonly arguments: readonly string[];
  readonly environment: Readonly<Record<string, string>>;
  readonly archive: Archive;
  readonly signal: AbortSignal;
  /** Bytes of the file that were read. */
  readonly onProgress?: (done: number) => void;
  /** What pg_restore prints. */
  readonly onOutput?: (chunk: Buffer) => void;
  /** Values that must not appear in its messages. */
  readonly secrets?: readonly string[];
};

export type RestoreEnd = {
  readonly succeeded: boolean;
  /** Its errors, one sentence each, without the statements that they are about: those hold data. */
  readonly errors: readonly string[];
};

const keptErrors = 100;
const longestError = 300;

/** Resolves when pg_restore is gone, however it ended; rejects with the reason of `signal`, or with a FaultError when it could not
 *  be started or the file could not be read. */
export async function runRestore(run: RestoreRun): Promise<RestoreEnd> {
  const { program, environment, archive, signal, onProgress, onOutput, secrets = [] } = run;
  signal.throwIfAborted();
  const { stream, close } = await open(archive, signal, onProgress);
  try {
    const child = spawn(program, run.arguments, { env: environment, stdio: ['pipe', 'pipe', 'pipe'], windowsHide: true });
    const kill = (): void => void child.kill('SIGKILL');
    signal.addEventListener('abort', kill);
    const errors: string[] = [];
    child.stderr.setEncoding('utf8').on(
      'data',
      linesOf((line) => collect(line, errors, secrets)),
    );
    child.stdout.on('data', (chunk: Buffer) => onOutput?.(chunk));
    const ended = new Promise<number | string | null>((resolve, reject) => {
      child.once('error', (error) => reject(notStarted(program, error)));
      child.once('close', (code, name) => resolve(code ?? name));
    });
    // A program that has read enough closes its end, which is no failure of the file's.
    const fed = pipeline(stream, child.stdin).catch((error: unknown) => {
      if (isClosedPipe(error) || signal.aborted) return null;
      kill();
      return error;
    });
    try {
      const [code, unread] = await Promise.all([ended, fed]);
      signal.throwIfAborted();
      if (unread !== null && unread !== undefined) throw damaged(unread);
      return { succeeded: code === 0, errors };
    } finally {
      signal.removeEventListener('abort', kill);
    }
  } finally {
    await close();
  }
}

async function open({ path, identity }: Archive, signal: AbortSignal, onProgress: (done: number) => void = () => undefined) {
  if (identity !== null) {
    const { stream, close } = await decryptedStream(path, identity, { signal, onProgress });
    return { stream: Readable.from(stream), close };
  }
  const file = createReadStream(path, { highWaterMark: 1_048_576, signal });
  let done = 0;
  file.on('data', (piece) => {
    done += piece.length;
    onProgress(done);
  });
  file.pause();
  return { stream: file, close: async () => void file.destroy() };
}

// "pg_restore: error: could not execute query: ERROR:  relation …", then `Command was: …`, `DETAIL:` and `CONTEXT:` with data.
function collect(line: string, errors: string[], secrets: readonly string[]): void {
  const [, said] = /^pg_restore: (?:error|\[[\w ()]+\]): (.*)$/.exec(line) ?? [];
  if (said === undefined || errors.length >= keptErrors) return;
  // Some errors quote the value that they are about.
  const plain = said
    .replace(/^could not execute query: (?:ERROR: +)?/, '')
    .replace(/^((?:invalid|malformed|date|value)[^":]*:? )".*/i, '$1…');
  errors.push(safeText(plain, longestError, secrets));
}

function linesOf(take: (line: string) => void): (piece: string) => void {
  let rest = '';
  return (piece) => {
    const lines = (rest + piece).split(/\r?\n/);
    // A statement in a message may be as long as a value; only how the line begins matters.
    rest = (lines.pop() ?? '').slice(0, 4_000);
    for (const line of lines) take(line.slice(0, 4_000));
  };
}

const isClosedPipe = (error: unknown): boolean =>
  error instanceof Error && 'code' in error && (error.code === 'EPIPE' || error.code === 'ERR_STREAM_PREMATURE_CLOSE');

function notStarted(program: string, cause: Error): FaultError {
  return new FaultError({
    code: 'pg-restore-missing',
    message: `${program} could not be started: ${safeText(cause.message, 200)}.`,
    next: 'Install the client programs of Postgres again, or name its pg_dump in "dump.pgDump".',
    cause,
  });
}

/** The failure of a file that cannot be read to its end. */
export function damaged(cause: unknown): FaultError {
  const why = cause instanceof Error ? safeText(cause.message, 200) : 'unknown';
  return new FaultError({
    code: 'dump-damaged',
    message: `The dump cannot be read to its end (${why}).`,
    next: 'It is damaged, or still being copied. Take another dump, or a copy of this one.',
    exitCode: 1,
    cause,
  });
}
