// Builds the rehearsal's production page for real, as a hosting provider does: Vite, with the environment's VITE_ values
// inlined. Writes into the folder it is given and nowhere else.
import { readdir } from 'node:fs/promises';
import { join, relative, sep } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build, createLogger, type Logger } from 'vite';

export type FrontEndOptions = {
  /** Only names that begin with `VITE_` reach the bundle: `VITE_SERVER_ROOT`, `VITE_ENV`, `VITE_BANNER`. */
  readonly env: Readonly<Record<string, string>>;
  /** Emptied first. */
  readonly outDir: string;
  /** Vite cannot be interrupted; aborted, the build rejects at once and what it still writes lies in `outDir`. */
  readonly signal?: AbortSignal;
  readonly onLog?: (line: string) => void;
};

export type FrontEndBuild = {
  readonly directory: string;
  /** Paths inside it, with `/`, sorted. */
  readonly files: string[];
};

const root = fileURLToPath(new URL('.', import.meta.url));

/** Rejects with Vite's own error when the build fails, and with the signal's reason when it is aborted. */
export async function buildFrontEnd({ env, outDir, signal, onLog }: FrontEndOptions): Promise<FrontEndBuild> {
  signal?.throwIfAborted();
  const inlined = Object.entries(env).filter(([name]) => name.startsWith('VITE_'));
  const known = process.env.NODE_ENV;
  const building = build({
    configFile: false,
    envDir: false,
    root,
    base: './',
    customLogger: loggerTo(onLog),
    logLevel: 'warn',
    define: Object.fromEntries(inlined.map(([name, value]) => [`import.meta.env.${name}`, JSON.stringify(value)])),
    // Not minified, as the first user's is not: an address in the bundle stays readable.
    build: { outDir, emptyOutDir: true, minify: false, reportCompressedSize: false, modulePreload: { polyfill: false } },
  }).finally(() => {
    // Vite sets it for the whole process; the yard shares its process with tests.
    if (known === undefined) delete process.env.NODE_ENV;
    else process.env.NODE_ENV = known;
  });
  await Promise.race([building, aborted(signal)]);
  const entries = await readdir(outDir, { recursive: true, withFileTypes: true });
  const files = entries
    .filter((entry) => entry.isFile())
    .map((entry) => relative(outDir, join(entry.parentPath, entry.name)).split(sep).join('/'));
  return { directory: outDir, files: files.sort() };
}

function loggerTo(onLog: ((line: string) => void) | undefined): Logger {
  const logger = createLogger('info', { allowClearScreen: false });
  const tell = (message: string): void => {
    // Colours are for terminals.
    for (const line of message.replace(/\u001b\[\d+m/g, '').split('\n')) if (line.trim()) onLog?.(line.trim());
  };
  return { ...logger, info: tell, warn: tell, warnOnce: tell, error: tell };
}

function aborted(signal: AbortSignal | undefined): Promise<never> {
  return new Promise((_, reject) => {
    signal?.addEventListener('abort', () => reject(signal.reason), { once: true });
  });
}
