// Where each secret comes from: the environment first, then the keychain. Values live in memory only; on disk stand names and
// times, because keychains cannot be listed without reading every value.
import { statSync } from 'node:fs';
import { join } from 'node:path';
import Conf from 'conf';
import { z } from 'zod';
import { FaultError } from '../../shared/fault.ts';
import { secretName } from '../../shared/settings.ts';
import type { AskKeychain, Secrets } from '../engine/ports.ts';
import { ensureFolder } from './folders.ts';
import { type Keychain, KeychainError, type KeychainTrouble, keychainFault, openKeychain } from './keychain.ts';

export type SecretSource = 'environment' | 'keychain';
export type SecretEntry = {
  readonly name: string;
  readonly source: SecretSource;
  /** ISO 8601 UTC; `null` for the environment. */
  readonly setAt: string | null;
};
export type KeychainState = {
  readonly state: 'ready' | KeychainTrouble;
  readonly name: string;
  /** A sentence when it is not ready. */
  readonly problem?: string;
};

/** Methods throw FaultError `keychain-locked`, `keychain-absent`, `keychain-unavailable` or `secret-name`. */
export type SecretStore = Secrets & {
  set(name: string, value: string): Promise<void>;
  /** Whether there was one to delete. */
  delete(name: string): Promise<boolean>;
  /** Names once set here, and of `asked` those set in the environment; by name, never a value. */
  list(asked?: readonly string[]): Promise<readonly SecretEntry[]>;
  /** Asks the keychain for real; may raise its password prompt. */
  keychain(): Promise<KeychainState>;
  /** What the system calls the keychain. */
  readonly keychainName: string;
  /** Every value given out so far, for `redact`. */
  knownValues(): readonly string[];
};

type Options = {
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly folder: string;
  readonly keychain?: Keychain;
  /** What asks the keychain, where it is not a helper of our own. */
  readonly ask?: AskKeychain | undefined;
  readonly now?: () => number;
};

/** A value read is good for this long unless somebody sets or deletes one: then the index file changes, and that is seen at
 *  the next read, also from another process. */
const cacheMs = 10 * 60_000;

/** `rollbar-token` → `SIGNALBOX_SECRET_ROLLBAR_TOKEN`. */
export function secretVariable(name: string): string {
  return `SIGNALBOX_SECRET_${name.toUpperCase().replaceAll(/[^A-Z0-9]/g, '_')}`;
}

export function openSecrets(options: Options): SecretStore {
  const { env } = options;
  const now = options.now ?? Date.now;
  const keychain = options.keychain ?? openKeychain(env, undefined, options.ask);
  const index = nameIndex(options.folder, now);
  const cache = new Map<string, { readonly value: Promise<string | null>; readonly at: number; readonly version: string }>();
  const known = new Set<string>();

  const inWords = (error: unknown, name: string): unknown =>
    error instanceof KeychainError ? keychainFault(error, keychain.name, secretVariable(name)) : error;
  const fromEnvironment = (name: string): string | null => env[secretVariable(name)] || null;

  const fromKeychain = (name: string): Promise<string | null> => {
    const version = index.version();
    const cached = cache.get(name);
    if (cached && cached.version === version && now() - cached.at < cacheMs) return cached.value;
    const value = keychain.get(name);
    cache.set(name, { value, at: now(), version });
    value.catch(() => cache.delete(name));
    return value;
  };

  return {
    async get(name) {
      checkName(name);
      const given = fromEnvironment(name);
      try {
        const value = given ?? (await fromKeychain(name));
        if (value === null) return null;
        known.add(value);
        return { value, source: given === null ? 'keychain' : 'environment' };
      } catch (error: unknown) {
        throw inWords(error, name);
      }
    },
    async set(name, value) {
      checkName(name);
      ensureFolder(options.folder);
      try {
        await keychain.set(name, value);
      } catch (error: unknown) {
        throw inWords(error, name);
      }
      known.add(value);
      cache.delete(name);
      index.add(name);
    },
    async delete(name) {
      checkName(name);
      try {
        const had = await keychain.delete(name);
        cache.delete(name);
        index.remove(name);
        return had;
      } catch (error: unknown) {
        throw inWords(error, name);
      }
    },
    async list(asked = []) {
      const stored = index.read();
      const names = [...new Set([...Object.keys(stored), ...asked.filter((name) => fromEnvironment(name) !== null)])].sort();
      return names.map((name) => {
        const given = fromEnvironment(name) !== null;
        return { name, source: given ? 'environment' : 'keychain', setAt: given ? null : (stored[name] ?? null) };
      });
    },
    async keychain() {
      try {
        await probe(keychain, Object.keys(index.read())[0]);
        return { state: 'ready', name: keychain.name };
      } catch (error: unknown) {
        if (!(error instanceof KeychainError)) throw error;
        const problem = `The keychain (${keychain.name}) could not be used: ${error.message}.`;
        return { state: error.trouble, name: keychain.name, problem };
      }
    },
    keychainName: keychain.name,
    knownValues: () => [...known],
  };
}

/** Looking for what is not there succeeds even in a locked keyring, so something that is there is read; else it is put there. */
async function probe(keychain: Keychain, name: string | undefined): Promise<void> {
  if (name !== undefined && (await keychain.get(name, 'fresh')) !== null) return;
  await keychain.set('signalbox.probe', 'probe');
  await keychain.delete('signalbox.probe');
}

function checkName(name: string): void {
  const parsed = secretName.safeParse(name);
  if (parsed.success) return;
  throw new FaultError({
    code: 'secret-name',
    message: `"${name.slice(0, 80)}" cannot name a secret: ${parsed.error.issues[0]?.message ?? 'it is malformed'}.`,
    next: 'Choose a name such as rollbar-token.',
  });
}

const indexFile = z.object({ names: z.record(z.string(), z.string()).default({}) });

/** Names and times in secrets.json, 0600. */
function nameIndex(folder: string, now: () => number) {
  const file = join(folder, 'secrets.json');
  const open = () => new Conf<Record<string, unknown>>({ cwd: folder, configName: 'secrets', configFileMode: 0o600 });
  const read = (): Readonly<Record<string, string>> => {
    try {
      return indexFile.parse(open().store).names;
    } catch (error: unknown) {
      throw new FaultError({
        code: 'secrets-index',
        message: `${file}, the list of secret names, cannot be read.`,
        next: 'Delete it: the secrets themselves stay in the keychain, and setting one lists it again.',
        cause: error,
      });
    }
  };
  return {
    read,
    add: (name: string) => {
      open().store = { names: { ...read(), [name]: new Date(now()).toISOString() } };
    },
    remove: (name: string) => {
      const { [name]: removed, ...rest } = read();
      if (removed !== undefined) open().store = { names: rest };
    },
    /** Changes whenever the file does. */
    version: (): string => {
      const found = statSync(file, { throwIfNoEntry: false, bigint: true });
      return found ? `${found.mtimeNs}:${found.ino}` : 'none';
    },
  };
}
