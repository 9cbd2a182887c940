// Builds the window alone, as it ships, into a folder of the caller: tests neither need nor disturb dist/.
import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

const script = fileURLToPath(new URL('./build-renderer-process.ts', import.meta.url));

/** Bundles renderer/ into `outDir` (absolute) with the production configuration. In a process of its own: a test runner
 *  rewrites modules and sets NODE_ENV, and both would show in the bundle. */
export async function buildRenderer(outDir: string): Promise<void> {
  const env = { ...process.env, NODE_ENV: 'production', VITEST: undefined };
  await promisify(execFile)(process.execPath, [script, outDir], { env, timeout: 60_000 });
}
