// Builds the tray app's bundles by the repository's own vite.config.ts, so that a test of a bundle tests the sources as they
// are and needs no earlier `npm run build`.
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { createBuilder } from 'vite';
import { buildRenderer } from './build-renderer.ts';

/** Builds the environment `name` of vite.config.ts, into its usual place in dist/ or into `folder`. */
export async function buildPart(name: 'main' | 'preload', folder?: string): Promise<void> {
  const builder = await createBuilder({
    configFile: fileURLToPath(new URL('../../vite.config.ts', import.meta.url)),
    environments: folder === undefined ? {} : { [name]: { build: { outDir: folder, emptyOutDir: true } } },
    logLevel: 'error',
    mode: 'production',
  });
  const environment = builder.environments[name];
  if (!environment) throw new Error(`vite.config.ts builds no "${name}".`);
  await builder.build(environment);
}

/** Builds what the tray app runs in dist/. The page is left as it is when there is one: tests of other faces may be
 *  serving it at this moment. */
export async function buildShell(): Promise<void> {
  await buildPart('main');
  await buildPart('preload');
  const page = fileURLToPath(new URL('../../dist/renderer/', import.meta.url));
  if (!existsSync(`${page}index.html`)) await buildRenderer(page);
}
