import { readdirSync, readFileSync } from 'node:fs';
import { builtinModules } from 'node:module';
import { fileURLToPath } from 'node:url';
import react from '@vitejs/plugin-react';
import type { EnvironmentOptions, Plugin } from 'vite';
import { defineConfig } from 'vitest/config';

const at = (path: string): string => fileURLToPath(new URL(path, import.meta.url));

// Native or data-carrying packages stay in node_modules; all other code is bundled, so that the packed app holds only what runs.
const outside = ['electron', '@napi-rs/keyring', 'node-notifier', ...builtinModules, /^node:/];

/** Bundles for Node or Electron's main process: an ES module for each entry, packages inlined except `outside`. */
function program(outDir: string, entries: Readonly<Record<string, string>>): EnvironmentOptions {
  return {
    consumer: 'server',
    resolve: { noExternal: true, external: ['electron', '@napi-rs/keyring', 'node-notifier'] },
    build: {
      outDir: at(outDir),
      emptyOutDir: true,
      ssr: true,
      emitAssets: true,
      target: 'node22',
      minify: false,
      rolldownOptions: {
        input: Object.fromEntries(Object.entries(entries).map(([name, entry]) => [name, at(entry)])),
        external: outside,
        output: { format: 'es', entryFileNames: '[name].mjs', chunkFileNames: '[name]-[hash].mjs' },
      },
    },
  };
}

/** Puts the drawn tray icons beside the main bundle, where main/electron/icon-file.ts looks for them. */
function trayIcons(): Plugin {
  const folder = at('main/electron/icons');
  return {
    name: 'signalbox-tray-icons',
    applyToEnvironment: (environment) => environment.name === 'main',
    generateBundle() {
      for (const name of readdirSync(folder)) {
        if (!name.endsWith('.png') || name.startsWith('app-')) continue;
        this.emitFile({ type: 'asset', fileName: `icons/${name}`, source: readFileSync(`${folder}/${name}`) });
      }
    },
  };
}

export default defineConfig({
  root: at('renderer'),
  base: './',
  plugins: [react(), trayIcons()],
  environments: {
    client: {
      build: {
        outDir: at('dist/renderer'),
        emptyOutDir: true,
        target: 'es2023',
        // The page's CSP allows no inline data scripts; small assets as files keep it honest.
        assetsInlineLimit: 0,
        modulePreload: { polyfill: false },
      },
    },
    // The keychain's helper is a program of its own, run by Electron as a utility process.
    main: program('dist/main', { main: 'main/electron/main.ts', keychain: 'main/storage/keychain-program.ts' }),
    cli: program('dist/cli', { signalbox: 'main/cli/signalbox.ts' }),
    preload: {
      consumer: 'server',
      resolve: { noExternal: true, external: ['electron'] },
      build: {
        outDir: at('dist/preload'),
        emptyOutDir: true,
        ssr: true,
        minify: true,
        rolldownOptions: {
          input: { preload: at('main/electron/preload.ts') },
          external: ['electron'],
          // A sandboxed preload must be one CommonJS file.
          output: { format: 'cjs', entryFileNames: '[name].cjs', codeSplitting: false },
        },
      },
    },
  },
  builder: {
    async buildApp(builder) {
      for (const name of ['client', 'main', 'preload', 'cli']) {
        const environment = builder.environments[name];
        if (environment) await builder.build(environment);
      }
    },
  },
  test: {
    root: at('.'),
    env: { TZ: 'UTC' },
    testTimeout: 20_000,
    hookTimeout: 60_000,
    // Most tests wait for sockets, processes and builds; with one worker on two cores they would wait one after another.
    maxWorkers: 2,
    projects: [
      { extends: true, test: { name: 'unit', include: ['test/unit/**/*.test.ts', 'test/architecture.test.ts'] } },
      { extends: true, test: { name: 'contract', include: ['test/contract/**/*.test.ts'] } },
      {
        extends: true,
        test: { name: 'integration', include: ['test/integration/**/*.test.ts'], testTimeout: 60_000, hookTimeout: 120_000 },
      },
      {
        extends: true,
        test: {
          name: 'e2e',
          include: ['test/e2e/**/*.test.ts'],
          testTimeout: 90_000,
          hookTimeout: 120_000,
          fileParallelism: false,
        },
      },
    ],
  },
});
