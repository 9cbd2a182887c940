// The settings file: read, checked, watched, and saved whole or not at all. A bad edit changes nothing and is told once.
import { copyFileSync, existsSync, readFileSync, statSync, watch, writeFileSync } from 'node:fs';
import { basename, dirname, extname, join } from 'node:path';
import Conf from 'conf';
import type { z } from 'zod';
import { FaultError, faultOf } from '../../shared/fault.ts';
import type { Settings } from '../../shared/settings.ts';
import type { MakeStore, SettingsSource } from '../engine/ports.ts';
import { ensureFolder, reason } from './folders.ts';
import { settingsFault } from './settings-problem.ts';
import { parseSettingsText } from './settings-text.ts';

type Raw = Record<string, unknown>;
type Change = Parameters<Parameters<SettingsSource['watch']>[0]>[0];

type StoreOptions = Parameters<MakeStore>[0];
type Store = ReturnType<MakeStore>;

/** Brings an older file to `version`, in order. The file carries no number: `applies` knows the older form by its shape. */
export type SettingsMigration = {
  readonly version: number;
  applies(raw: Raw): boolean;
  migrate(raw: Raw): Raw;
};

export type SettingsFile = SettingsSource & {
  /** Replaces the file by `next`, whose `$schema` is taken from the present file when it has none of its own.
   *  @throws FaultError `settings-invalid` or `settings-unwritable`, and then nothing was written */
  save(next: Raw): Settings;
};

export type SettingsOptions = {
  /** Absolute path; by default `settings.json` in the data folder. */
  readonly file: string;
  readonly schema: z.ZodType<Settings>;
  /** electron-store in the tray app; Conf, the class it extends, elsewhere. */
  readonly makeStore?: MakeStore;
  readonly migrations?: readonly SettingsMigration[];
  readonly now?: () => number;
};

/** Editors write in several steps (truncate, write, rename): the file is read once it has been quiet for this long. */
const quietMs = 100;
/** Where notifications of the file system do not reach (network disks, symlinks), a regular look does. */
const lookMs = 2_000;

/** An empty settings file where there is none yet: nothing is watched until somebody says what.
 *  @throws FaultError `data-folder`, `settings-unwritable` */
export function beginSettings(file: string): void {
  if (existsSync(file)) return;
  ensureFolder(dirname(file));
  try {
    writeFileSync(file, '{\n  "monitors": []\n}\n', { mode: 0o600, flag: 'wx' });
  } catch (error: unknown) {
    // Another face began at the same time.
    if (existsSync(file)) return;
    throw unwritable(file, error);
  }
}

/** @throws FaultError `settings-missing`, `settings-invalid`, `settings-unreadable` */
export function openSettings(options: SettingsOptions): SettingsFile {
  const { file, schema } = options;
  const now = options.now ?? Date.now;
  if (!existsSync(file)) throw missing(file);
  const store = readable(file, () => (options.makeStore ?? confStore)(storeOptions(file)));
  const listeners = new Set<(change: Change) => void>();

  const check = (raw: Raw): Settings => {
    const parsed = schema.safeParse(raw);
    if (!parsed.success) throw settingsFault(file, raw, parsed.error, schema);
    return parsed.data;
  };
  const read = (): Settings => {
    if (!existsSync(file)) throw missing(file);
    const raw = readable(file, () => store.store);
    let [value, version] = [raw, 0];
    for (const step of options.migrations ?? []) {
      if (step.applies(value)) [value, version] = [step.migrate(value), step.version];
    }
    const settings = check(value);
    if (version > 0) {
      keepCopy(file, `before-v${version}`, now());
      write(store, value);
    }
    return settings;
  };
  let seen = textOrProblem(file);
  let current = read();

  const refresh = (): void => {
    const text = textOrProblem(file);
    if (text === seen) return;
    seen = text;
    const change = attempt(read);
    if ('settings' in change) current = change.settings;
    for (const listener of listeners) listener(change);
  };

  return {
    file,
    current: () => current,
    watch(listener) {
      listeners.add(listener);
      const stop = watchFileAt(file, refresh);
      return () => {
        listeners.delete(listener);
        stop();
      };
    },
    save(next) {
      const raw = readableRaw(store, file);
      const whole = { ...(raw?.$schema !== undefined && { $schema: raw.$schema }), ...next };
      const settings = check(whole);
      // Somebody's unfinished edit is not ours to lose.
      if (raw === null || !schema.safeParse(raw).success) keepCopy(file, 'bad', now());
      write(store, whole);
      refresh();
      return settings;
    },
  };
}

/** Conf brings the atomic write, symlink and file-mode care; its own validation (ajv), migrations (a version key inside the
 *  file) and defaults (written into the file) are not used, so that the file stays as its author wrote it. */
const confStore: MakeStore = (options) => new Conf<Raw>(options);

function storeOptions(file: string): StoreOptions {
  const extension = extname(file);
  const name = basename(file, extension);
  return {
    cwd: dirname(file),
    name,
    configName: name,
    fileExtension: extension.slice(1),
    configFileMode: statSync(file).mode & 0o777,
    deserialize: (text) => parseSettingsText(text, file),
    serialize: (value) => `${JSON.stringify(value, null, 2)}\n`,
  };
}

function watchFileAt(file: string, changed: () => void): () => void {
  let timer: NodeJS.Timeout | null = null;
  const soon = (): void => {
    if (timer) clearTimeout(timer);
    timer = setTimeout(changed, quietMs);
    timer.unref();
  };
  // The folder is watched, not the file: editors replace the file by a rename, which ends a watch on it.
  const watcher = watch(dirname(file), { persistent: false }, soon);
  // A watch that the system ends (too many, folder gone) is no loss: the regular look goes on.
  watcher.on('error', () => watcher.close());
  // Not fs.watchFile: it takes its first look late, and would never tell of a change made before that.
  const look = setInterval(changed, lookMs);
  look.unref();
  return () => {
    if (timer) clearTimeout(timer);
    watcher.close();
    clearInterval(look);
  };
}

function attempt(read: () => Settings): Change {
  try {
    return { settings: read() };
  } catch (error: unknown) {
    return { problem: faultOf(error).message };
  }
}

/** What stands in the file, or in its stead why it cannot be read: either is only compared with what was seen before. */
function textOrProblem(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch (error: unknown) {
    return `(${reason(error)})`;
  }
}

function readable<T>(file: string, read: () => T): T {
  try {
    return read();
  } catch (error: unknown) {
    throw error instanceof FaultError ? error : unreadable(file, error);
  }
}

function write(store: Store, value: Raw): void {
  try {
    store.store = value;
  } catch (error: unknown) {
    throw unwritable(store.path, error);
  }
}

function readableRaw(store: Store, file: string): Raw | null {
  if (!existsSync(file)) return {};
  try {
    return store.store;
  } catch (error: unknown) {
    if (error instanceof FaultError) return null;
    throw unreadable(file, error);
  }
}

/** `settings.bad-<time>.json` and the like, beside the file. */
function keepCopy(file: string, why: string, now: number): void {
  const extension = extname(file);
  const time = new Date(now).toISOString().replaceAll(/[-:]/g, '').slice(0, 15);
  copyFileSync(file, join(dirname(file), `${basename(file, extension)}.${why}-${time}${extension}`));
}

function missing(file: string): FaultError {
  return new FaultError({
    code: 'settings-missing',
    message: `There is no settings file at ${file}.`,
    next: `Create it, for example with { "monitors": [{ "id": "api", "kind": "http", "url": "https://example.com/" }] }, or name one with --config FILE.`,
  });
}

function unreadable(file: string, cause: unknown): FaultError {
  return new FaultError({
    code: 'settings-unreadable',
    message: `The settings file ${file} cannot be read: ${reason(cause)}.`,
    next: 'Make it readable for your user, or name another with --config FILE.',
    cause,
  });
}

function unwritable(file: string, cause: unknown): FaultError {
  return new FaultError({
    code: 'settings-unwritable',
    message: `The settings file ${file} cannot be written: ${reason(cause)}.`,
    next: 'Make the file and its folder writable for your user; the running settings stay.',
    cause,
  });
}
