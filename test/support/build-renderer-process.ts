// The process behind build-renderer.ts: `node build-renderer-process.ts FOLDER`.
import { fileURLToPath } from 'node:url';
import { createBuilder } from 'vite';

const outDir = process.argv[2];
if (outDir === undefined) throw new TypeError('name a folder for the bundle');
const configFile = fileURLToPath(new URL('../../vite.config.ts', import.meta.url));
const environments = { client: { build: { outDir } } };
const builder = await createBuilder({ configFile, mode: 'production', logLevel: 'error', environments });
const { client } = builder.environments;
if (!client) throw new Error('vite.config.ts names no client environment');
await builder.build(client);
