// The operating system's keychain: one call at a time, each with a time limit, failures sorted into what a person can act on.
// Knows neither where else secrets come from nor what they are for.
import { FaultError } from '../../shared/fault.ts';
import { type AskedOfKeychain, type AskKeychain, tookTooLong } from '../engine/ports.ts';
import { askHelper } from './keychain-helper.ts';

export type Keychain = {
  /** What the system calls it. */
  readonly name: string;
  /** `null` when it holds no such secret. For half a minute after a refusal the refusal is repeated without asking, so that a
   *  locked keychain does not prompt at every check; `fresh` asks all the same. @throws KeychainError */
  get(name: string, fresh?: 'fresh'): Promise<string | null>;
  set(name: string, value: string): Promise<void>;
  /** Whether there was one to delete. */
  delete(name: string): Promise<boolean>;
};

/** `locked`: it wants its password. `absent`: this machine has none. `unavailable`: it is there and did not answer properly. */
export type KeychainTrouble = 'locked' | 'absent' | 'unavailable';

/** Why the keychain could not be asked; never says anything about a secret. */
export class KeychainError extends Error {
  readonly trouble: KeychainTrouble;
  constructor(trouble: KeychainTrouble, message: string, cause?: unknown) {
    super(message, { cause });
    this.name = 'KeychainError';
    this.trouble = trouble;
  }
}

export type KeychainLimits = {
  /** Long enough for a person to type the keyring's password into the prompt that a read may raise. */
  readonly readMs: number;
  readonly writeMs: number;
  /** Pauses before the second and third try of an unavailable keychain. */
  readonly retryMs: readonly number[];
  /** How long a refusal stands. */
  readonly restMs: number;
};
const usualLimits: KeychainLimits = { readMs: 30_000, writeMs: 60_000, retryMs: [200, 800], restMs: 30_000 };

const names: Partial<Record<NodeJS.Platform, string>> = { darwin: 'macOS Keychain', win32: 'Windows Credential Manager' };

/** The keychain of this machine. `env` decides which session bus is asked on Linux. A call that waits for a prompt cannot be
 *  taken back, and Node waits for it at exit; so `ask` runs it in a process that can be ended. */
export function openKeychain(
  env: Readonly<Record<string, string | undefined>>,
  limits: KeychainLimits = usualLimits,
  ask: AskKeychain = askHelper(env),
): Keychain {
  // One at a time: a keychain that prompts would otherwise raise one prompt per secret.
  let last: Promise<unknown> = Promise.resolve();
  const inTurn = <T>(work: () => Promise<T>): Promise<T> => {
    const mine = last.then(work, work);
    last = mine.catch(() => undefined);
    return mine;
  };
  let refusal: { readonly error: KeychainError; readonly at: number } | null = null;
  const patient = async (asked: AskedOfKeychain, limitMs: number): Promise<unknown> => {
    for (const pauseMs of [...limits.retryMs, null]) {
      try {
        const answer = await ask(asked, limitMs);
        refusal = null;
        return answer;
      } catch (error: unknown) {
        const sorted = sort(error, limitMs);
        refusal = { error: sorted, at: performance.now() };
        if (sorted.trouble !== 'unavailable' || pauseMs === null) throw sorted;
        await new Promise((resolve) => setTimeout(resolve, pauseMs));
      }
    }
    return null;
  };
  return {
    name: names[process.platform] ?? 'Secret Service',
    get: (name, fresh) =>
      inTurn(async () => {
        if (refusal && !fresh && performance.now() - refusal.at < limits.restMs) throw refusal.error;
        const value = await patient({ operation: 'get', name }, limits.readMs);
        return typeof value === 'string' ? value : null;
      }),
    set: (name, value) => inTurn(async () => void (await patient({ operation: 'set', name, value }, limits.writeMs))),
    delete: (name) => inTurn(async () => (await patient({ operation: 'delete', name }, limits.writeMs)) === true),
  };
}

/** keyring-rs has no codes across this binding, only sentences; those of its Secret Service store are told apart here and
 *  whatever is new counts as unavailable, never as a missing secret. */
function sort(error: unknown, limitMs: number): KeychainError {
  const text = error instanceof Error ? error.message : String(error);
  if (text === tookTooLong) {
    return new KeychainError(
      'locked',
      `it did not answer within ${limitMs / 1_000} s and may be waiting for its password`,
      error,
    );
  }
  if (/access platform storage/i.test(text)) {
    return /no result found/i.test(text)
      ? new KeychainError('absent', 'it has no default keyring', error)
      : new KeychainError('locked', 'it is locked', error);
  }
  if (/did not receive a reply|NoReply/i.test(text)) return new KeychainError('unavailable', 'it did not reply', error);
  if (/DBus error|secret.?service/i.test(text))
    return new KeychainError('absent', 'no Secret Service answers on this session', error);
  if (/cannot (load|find)/i.test(text)) return new KeychainError('absent', 'its driver could not be loaded', error);
  return new KeychainError('unavailable', text.slice(0, 200), error);
}

/** The sentence for a person who needed `variable`'s secret. */
export function keychainFault(error: KeychainError, keychain: string, variable: string): FaultError {
  const said = {
    locked: { code: 'keychain-locked', next: `Unlock it, or set the environment variable ${variable} instead.` },
    absent: { code: 'keychain-absent', next: `Set the environment variable ${variable} instead; it is never written to disk.` },
    unavailable: {
      code: 'keychain-unavailable',
      next: `Try again shortly, or set the environment variable ${variable} instead.`,
    },
  }[error.trouble];
  return new FaultError({
    ...said,
    message: `The keychain (${keychain}) could not be used: ${error.message}.`,
    cause: error,
  });
}
