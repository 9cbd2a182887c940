// Takes a secret in by standard input, or by a prompt that shows nothing; never by the command line (SECURITY S-45).
import { createInterface } from 'node:readline';
import type { Readable } from 'node:stream';
import { Writable } from 'node:stream';
import { FaultError } from '../../shared/fault.ts';

const mostBytes = 65_536;

export type SecretSource = {
  readonly stdin: Readable & { readonly isTTY?: boolean | undefined };
  /** Where the prompt goes; what is typed goes nowhere. */
  readonly prompt: (text: string) => void;
};

/** The secret, without the one line break at its end. FaultError (exit 2) when it is empty, too long or not text. */
export async function readSecret(name: string, source: SecretSource, signal: AbortSignal): Promise<string> {
  const typed = source.stdin.isTTY === true;
  const value = typed ? await ask(name, source, signal) : withoutLineBreak(await readAll(source.stdin, signal));
  if (value !== '') return value;
  throw new FaultError({
    code: 'secret-empty',
    message: `Nothing came in for "${name}", so nothing was stored.`,
    next: `Pipe the value in: printf %s "$VALUE" | signalbox secret set ${name}`,
  });
}

async function ask(name: string, source: SecretSource, signal: AbortSignal): Promise<string> {
  source.prompt(`Value of ${name} (not shown): `);
  const nowhere = new Writable({ write: (_chunk, _encoding, done) => done() });
  // readline gives line editing and paste; its echo goes nowhere.
  const lines = createInterface({ input: source.stdin, output: nowhere, terminal: true, historySize: 0 });
  try {
    return await new Promise<string>((resolve, reject) => {
      const cancel = (): void => reject(cancelled());
      signal.addEventListener('abort', cancel, { once: true });
      lines.once('line', resolve);
      // Ctrl-C reaches readline and not the process while the terminal is raw; Ctrl-D closes.
      lines.once('SIGINT', cancel);
      lines.once('close', () => resolve(''));
    });
  } finally {
    lines.close();
    source.prompt('\n');
  }
}

async function readAll(stdin: Readable, signal: AbortSignal): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let size = 0;
  const stop = (): void => {
    stdin.destroy(cancelled());
  };
  signal.addEventListener('abort', stop, { once: true });
  try {
    for await (const chunk of stdin) {
      const bytes = Buffer.from(chunk as Buffer | string);
      size += bytes.length;
      if (size > mostBytes) throw unfit('The value is longer than 64 kB.');
      chunks.push(bytes);
    }
  } finally {
    signal.removeEventListener('abort', stop);
  }
  return Buffer.concat(chunks);
}

function withoutLineBreak(bytes: Buffer): string {
  let text: string;
  try {
    text = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch (error) {
    throw unfit('The value is not UTF-8 text.', error);
  }
  if (text.includes('\0')) throw unfit('The value holds a NUL character.');
  return text.replace(/\r?\n$/, '');
}

function unfit(message: string, cause?: unknown): FaultError {
  return new FaultError({ code: 'secret-unfit', message, next: 'Check what was piped in; nothing was stored.', cause });
}

function cancelled(): FaultError {
  return new FaultError({ code: 'cancelled', message: 'Cancelled.', next: 'Nothing was stored.', exitCode: 130 });
}
