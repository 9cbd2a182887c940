// Builds the window alone, as it ships, into a folder of the caller: tests neither need nor disturb dist/.
import { fileURLToPath } from 'node:url';
import { createBuilder } from 'vite';

const repository = fileURLToPath(new URL('../..', import.meta.url));

/** Bundles renderer/ into `outDir` (absolute) with the production configuration. */
export async function buildRenderer(outDir: string): Promise<void> {
  // A process that runs tests has said so in NODE_ENV, and would get React's development half.
  const before = process.env.NODE_ENV;
  process.env.NODE_ENV = 'production';
  try {
    const builder = await createBuilder({
      configFile: `${repository}/vite.config.ts`,
      mode: 'production',
      logLevel: 'error',
      environments: { client: { build: { outDir } } },
    });
    const { client } = builder.environments;
    if (!client) throw new Error('vite.config.ts names no client environment');
    await builder.build(client);
  } finally {
    if (before === undefined) delete process.env.NODE_ENV;
    else process.env.NODE_ENV = before;
  }
}
