// The yard's process as seen from outside: when its window is there, why it is not, and how it is ended so that its Postgres
// ends with it. What the yard is, it does not know.
import type { ChildProcess } from 'node:child_process';
import { FaultError } from '../../shared/fault.ts';
import { safeText } from '../../shared/redact.ts';

/** How long each way of ending it may take before the next, harder one. */
const patience = { askedMs: 6_000, lifelineMs: 3_000 } as const;
const longestOutput = 20_000;

/** Resolves with the address of the yard's window, which is in the one JSON value that it prints.
 *  Rejects with FaultError `rehearsal-failed`: it ended, it cannot be run, or `limitMs` are over. */
export function windowOf(child: ChildProcess, limitMs: number): Promise<string> {
  return new Promise((resolve, reject) => {
    let [output, errors] = ['', ''];
    const fail = (why: string): void => {
      clearTimeout(limit);
      reject(failure(why));
    };
    const limit = setTimeout(() => fail(`it took longer than ${limitMs / 1_000} s.`), limitMs);
    child.stderr?.setEncoding('utf8').on('data', (text: string) => {
      errors = (errors + text).slice(-longestOutput);
    });
    child.stdout?.setEncoding('utf8').on('data', (text: string) => {
      output = (output + text).slice(0, longestOutput);
      const url = windowIn(output);
      if (url === null) return;
      clearTimeout(limit);
      resolve(url);
    });
    child.once('error', (error) => fail(error.message));
    // Not `exit`: what it said last may still be on its way then.
    child.once('close', () => fail(faultIn(output) ?? lastLine(errors) ?? 'it ended at once.'));
  });
}

/** Asks it to stop, then cuts its lifeline, then kills it; resolves once it has ended. */
export async function endYard(child: ChildProcess): Promise<void> {
  if (child.pid === undefined || child.exitCode !== null || child.signalCode !== null) return;
  const ended = new Promise<void>((resolve) => child.once('exit', () => resolve()));
  // Cutting it ends the process at once, its Postgres and its folder with it: as after a second Ctrl-C.
  const cut = (): void => void child.stdio[3]?.destroy();
  // On Windows a signal is a kill, after which nobody would end the Postgres.
  if (process.platform === 'win32') cut();
  else child.kill('SIGINT');
  const limits = [
    setTimeout(cut, patience.askedMs),
    setTimeout(() => child.kill('SIGKILL'), patience.askedMs + patience.lifelineMs),
  ];
  await ended;
  for (const limit of limits) clearTimeout(limit);
}

function windowIn(output: string): string | null {
  const window = fieldOf(parsed(output), 'window');
  return typeof window === 'string' && /^http:\/\/(127\.0\.0\.1|\[::1\]|localhost):\d+\//.test(window) ? window : null;
}

/** The sentence of a refusal, which is the JSON value then. */
function faultIn(output: string): string | null {
  const message = fieldOf(fieldOf(parsed(output), 'error'), 'message');
  return typeof message === 'string' ? message : null;
}

function parsed(output: string): unknown {
  try {
    return JSON.parse(output);
  } catch {
    // More of it is on its way, or it is not JSON at all.
    return null;
  }
}

function fieldOf(value: unknown, name: string): unknown {
  return value !== null && typeof value === 'object' && Object.hasOwn(value, name) ? Reflect.get(value, name) : undefined;
}

/** An indented line says what to do about the one before. */
function lastLine(errors: string): string | null {
  const lines = errors.split('\n').filter((line) => /^\S/.test(line));
  return lines.at(-1) ?? null;
}

function failure(why: string): FaultError {
  return new FaultError({
    code: 'rehearsal-failed',
    message: `The rehearsal yard did not start: ${safeText(why, 500)}`,
    next: 'Try `npm run demo` in a terminal: it says more.',
    exitCode: 1,
  });
}
