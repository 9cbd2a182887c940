// Dumps encrypted with age (age-encryption.org/v1) to public keys, so that a synced folder holds nothing readable and the
// standard `age` tool opens them. Streams: neither file is ever in memory.
import { readFileSync, statSync } from 'node:fs';
import { type FileHandle, open } from 'node:fs/promises';
import { homedir } from 'node:os';
import { isAbsolute, join } from 'node:path';
import { Decrypter, Encrypter } from 'age-encryption';
import { FaultError } from '../../shared/fault.ts';

export type StreamOptions = {
  readonly signal: AbortSignal;
  /** Bytes read so far of the bytes there are. */
  readonly onProgress?: (done: number, total: number) => void;
};

/** A recipients file holds a few lines. */
const longestFile = 100_000;
/** age's own chunk; reading in it keeps each turn of the event loop short. */
const chunkBytes = 64 * 1_024;

/** The public keys that `dump.encryptTo` names: `age1…`, several with commas or blanks between, or the path of a recipients file
 *  (one key a line, `#` comments). Throws FaultError when there is none, or one that is no age key. */
export function parseRecipients(encryptTo: string): readonly string[] {
  const text = /^\s*(?:[~/\\.]|[a-z]:[\\/])/i.test(encryptTo) ? recipientsFile(encryptTo.trim()) : encryptTo;
  const words = text
    .split('\n')
    .filter((line) => !line.trimStart().startsWith('#'))
    .flatMap((line) => (/^\s*ssh-/.test(line) ? [line.trim()] : line.split(/[\s,]+/)))
    .filter((word) => word !== '');
  if (words.length === 0) throw notAKey('It names no key.');
  const encrypter = new Encrypter();
  for (const word of words) {
    if (/^AGE-SECRET-KEY-/i.test(word)) {
      throw notAKey('It holds a secret key, which must not stand in the settings: whoever reads them could read the dumps.');
    }
    if (/^ssh-/.test(word)) throw notAKey('SSH keys are not supported.');
    try {
      encrypter.addRecipient(word);
    } catch (error) {
      throw notAKey(`"${word.slice(0, 20)}${word.length > 20 ? '…' : ''}" is not an age public key.`, error);
    }
  }
  return [...new Set(words)];
}

function recipientsFile(name: string): string {
  const path = name.startsWith('~/') ? join(homedir(), name.slice(2)) : name;
  if (!isAbsolute(path)) throw notAKey(`The path ${name.slice(0, 200)} must be absolute or begin with ~/.`);
  try {
    if (statSync(path).size > longestFile) throw new Error('it is too long for a list of keys');
    return readFileSync(path, 'utf8');
  } catch (error) {
    throw notAKey(`The recipients file ${name.slice(0, 200)} cannot be read.`, error);
  }
}

function notAKey(why: string, cause?: unknown): FaultError {
  return new FaultError({
    code: 'bad-recipient',
    message: `"dump.encryptTo" cannot be used. ${why}`,
    next: 'Make a key pair with "age-keygen -o key.txt", put its public key ("age1…") into "dump.encryptTo", and keep key.txt somewhere else.',
    cause,
  });
}

/** Encrypts `from` into the new file `to` (0600), which is on disk when it returns; on failure `to` is left for the caller to
 *  remove. Rejects with the reason of `signal` when that aborts. */
export async function encryptFile(
  from: string,
  to: string,
  recipients: readonly string[],
  options: StreamOptions,
): Promise<void> {
  const encrypter = new Encrypter();
  for (const recipient of recipients) encrypter.addRecipient(recipient);
  const source = await open(from, 'r');
  try {
    const { size } = await source.stat();
    await writeStream(await encrypter.encrypt(streamOf(source, size, options)), to, options.signal);
  } finally {
    await source.close();
  }
}

/** Decrypts `from` into the new file `to`, as `encryptFile` does the other way round. Throws FaultError like `decryptedStream`. */
export async function decryptFile(from: string, to: string, identity: string, options: StreamOptions): Promise<void> {
  const { stream, close } = await decryptedStream(from, identity, options);
  try {
    await writeStream(stream, to, options.signal);
  } finally {
    await close();
  }
}

/** What `from` holds, decrypted as it is read; the caller closes it. `identity` is a secret key ("AGE-SECRET-KEY-1…") or the
 *  text of a key file. Throws FaultError when the file is not age's or is for another key; a file that was altered or cut short
 *  fails while it is read. */
export async function decryptedStream(
  from: string,
  identity: string,
  options: StreamOptions,
): Promise<{ readonly stream: ReadableStream<Uint8Array>; close(): Promise<void> }> {
  const decrypter = decrypterWith(identity);
  const source = await open(from, 'r');
  try {
    const { size } = await source.stat();
    const stream = await decrypter.decrypt(streamOf(source, size, options));
    return { stream, close: () => source.close() };
  } catch (error) {
    await source.close();
    options.signal.throwIfAborted();
    const isOther = error instanceof Error && /no identity matched/i.test(error.message);
    throw new FaultError({
      code: 'cannot-decrypt',
      message: isOther
        ? 'The dump is encrypted to another key.'
        : 'The dump is no file that age can decrypt: it is damaged or something else.',
      next: isOther ? 'Store the secret key that belongs to the recipients named beside the dump.' : 'Take another dump.',
      exitCode: isOther ? 2 : 1,
      cause: error,
    });
  }
}

function decrypterWith(identity: string): Decrypter {
  const decrypter = new Decrypter();
  const keys = identity.split(/\s+/).filter((word) => /^AGE-SECRET-KEY-/i.test(word));
  try {
    if (keys.length === 0) throw new Error('there is no key in it');
    for (const key of keys) decrypter.addIdentity(key);
    return decrypter;
  } catch {
    // Without the cause: it may quote the key.
    throw new FaultError({
      code: 'bad-identity',
      message: 'The secret key for the dumps is not an age key.',
      next: 'Store the line that begins with AGE-SECRET-KEY- of your key file with "signalbox secret set".',
    });
  }
}

function streamOf(source: FileHandle, size: number, { signal, onProgress }: StreamOptions): ReadableStream<Uint8Array> {
  let done = 0;
  const next = async (controller: ReadableStreamDefaultController<Uint8Array>): Promise<void> => {
    signal.throwIfAborted();
    const buffer = new Uint8Array(chunkBytes);
    const { bytesRead } = await source.read(buffer, 0, chunkBytes, done);
    if (bytesRead === 0) return controller.close();
    done += bytesRead;
    onProgress?.(done, size);
    controller.enqueue(buffer.subarray(0, bytesRead));
  };
  return new ReadableStream({ pull: next }, { highWaterMark: 1 });
}

async function writeStream(stream: ReadableStream<Uint8Array>, to: string, signal: AbortSignal): Promise<void> {
  const target = await open(to, 'wx', 0o600);
  try {
    for await (const chunk of stream) {
      signal.throwIfAborted();
      await writeAll(target, chunk);
    }
    await target.sync();
  } finally {
    await target.close();
  }
}

async function writeAll(target: FileHandle, chunk: Uint8Array): Promise<void> {
  for (let at = 0; at < chunk.length; ) at += (await target.write(chunk, at, chunk.length - at)).bytesWritten;
}
