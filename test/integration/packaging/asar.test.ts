// What a package holds: electron-builder's own matchers choose the files, its own archiver packs them, and the list is read
// back out of the archive. electron-builder itself cannot run here: it would fetch Electron.
import { cpSync, existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { builtinModules, createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join, sep } from 'node:path';
import { fileURLToPath } from 'node:url';
import { createPackageWithOptions, extractAll, listPackage, statFile } from '@electron/asar';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { buildShell } from '../../support/build-part.ts';

const root = fileURLToPath(new URL('../../../', import.meta.url));
const builder = createRequire(createRequire(import.meta.url).resolve('electron-builder'));
type Filter = (file: string, stat: object) => boolean;
type Matcher = { createFilter(): Filter };
type Configuration = { readonly asarUnpack: readonly string[] };
const { getConfig } = builder('app-builder-lib/out/util/config/config.js') as {
  getConfig(folder: string, file: string, options: null): Promise<Configuration>;
};
const { getMainFileMatchers, getNodeModuleFileMatcher } = builder('app-builder-lib/out/fileMatcher.js') as {
  getMainFileMatchers(...asked: readonly unknown[]): readonly Matcher[];
  getNodeModuleFileMatcher(...asked: readonly unknown[]): Matcher;
};

let folder: string;
let packed: readonly string[];
let unpacked: readonly string[];
let archive: string;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'signalbox-asar-'));
  await buildShell();
  const config = await getConfig(root, `${root}electron-builder.yml`, null);
  const expand = (text: string): string => text.replaceAll('${platform}', process.platform).replaceAll('${arch}', process.arch);
  const info = { config, projectDir: root, buildResourcesDir: 'main/electron/icons', isPrepackedAppAsar: false };
  const packager = { ...info, debugLogger: { isEnabled: false } };
  const app = join(root, '.');
  const main = getMainFileMatchers(app, folder, expand, {}, { info: packager }, join(root, 'dist', 'packages'), false)[0];
  const modules = getNodeModuleFileMatcher(app, folder, expand, {}, packager);
  if (!main) throw new Error('electron-builder takes no files at all');
  const source = join(folder, 'app');
  copy(['dist', 'package.json', 'LICENSE'], main.createFilter(), source);
  copy(
    productionPackages().map((name) => `node_modules/${name}`),
    modules.createFilter(),
    source,
  );
  archive = join(folder, 'app.asar');
  // As electron-builder joins its patterns for the archiver.
  await createPackageWithOptions(source, archive, {
    unpack: `{${config.asarUnpack.map((glob) => join(source, glob)).join(',')}}`,
  });
  const names = listPackage(archive, { isPack: false }).map((name) => name.slice(1));
  const files = names.filter((name) => !('files' in statFile(archive, name)));
  unpacked = files.filter((name) => (statFile(archive, name) as { unpacked?: boolean }).unpacked === true).map(slashed);
  packed = files.map(slashed).filter((name) => !unpacked.includes(name));
}, 180_000);
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const slashed = (name: string): string => name.split(sep).join('/');

function copy(parts: readonly string[], filter: Filter, to: string): void {
  const walk = (path: string): void => {
    const from = join(root, path);
    const stat = statSync(from);
    const entry = Object.assign(stat, { relativeNode: path });
    if (stat.isDirectory()) {
      // electron-builder's own copier of packages leaves these links out whatever the patterns say.
      for (const name of readdirSync(from).filter((each) => each !== '.bin')) walk(join(path, name));
    } else if (filter(from, entry)) {
      mkdirSync(dirname(join(to, path)), { recursive: true });
      cpSync(from, join(to, path));
    }
  };
  for (const part of parts) walk(part);
}

/** Run-time dependencies and all that they need, as far as they are installed: what electron-builder collects. */
function productionPackages(): readonly string[] {
  const found = new Set<string>();
  const visit = (manifest: string): void => {
    const { dependencies = {}, optionalDependencies = {} } = JSON.parse(readFileSync(manifest, 'utf8')) as {
      readonly dependencies?: object;
      readonly optionalDependencies?: object;
    };
    for (const name of Object.keys({ ...dependencies, ...optionalDependencies })) {
      const own = join(root, 'node_modules', name, 'package.json');
      if (found.has(name) || !existsSync(own)) continue;
      found.add(name);
      visit(own);
    }
  };
  visit(join(root, 'package.json'));
  return [...found];
}

const size = (names: readonly string[], at: string): number =>
  names.reduce((sum, name) => sum + statSync(join(at, name)).size, 0);

describe('the archive', () => {
  it('holds only what runs', () => {
    const plain = packed.map((name) => name.replace(/-[\w-]{8}(\.\w+)$/, '-HASH$1'));
    const bundles = plain.filter((name) => name.startsWith('dist/'));
    const allowed = [
      /^dist\/main\/[\w-]+\.(mjs|cjs)$/,
      /^dist\/main\/icons\/[\w@.-]+\.png$/,
      /^dist\/preload\/preload\.cjs$/,
      /^dist\/renderer\/index\.html$/,
      /^dist\/renderer\/assets\/[\w.-]+\.(js|css|svg)$/,
    ];
    expect(bundles.filter((name) => !allowed.some((pattern) => pattern.test(name)))).toEqual([]);
    for (const name of ['dist/main/main.mjs', 'dist/preload/preload.cjs', 'dist/renderer/index.html'])
      expect(bundles).toContain(name);
    const others = plain.filter((name) => !name.startsWith('dist/') && !name.startsWith('node_modules/'));
    expect(others.toSorted()).toEqual(['LICENSE', 'package.json']);
  });

  it('holds of node_modules only what no bundle can: keyring, node-notifier and what that needs', () => {
    const names = packed.filter((name) => name.startsWith('node_modules/'));
    const owners = new Set(names.map((name) => name.match(/^node_modules\/((?:@[^/]+\/)?[^/]+)/)?.[1]));
    const system = `keyring-${process.platform}-${process.arch}`;
    const expected = [
      '@napi-rs/keyring',
      'growly',
      'is-docker',
      'is-wsl',
      'isexe',
      'node-notifier',
      'semver',
      'shellwords',
      'uuid',
      'which',
    ];
    expect([...owners].filter((name) => !name?.startsWith(`@napi-rs/${system}`)).toSorted()).toEqual(expected);
    expect(names.filter((name) => /\.(ts|map|md)$|\/(test|tests|example|examples|bin)\//.test(name))).toEqual([]);
  });

  it('leaves outside of it only the keychain’s native module and the vendored notifiers (S-27)', () => {
    const native = new RegExp(
      `^node_modules/@napi-rs/keyring-${process.platform}-${process.arch}[\\w-]*/keyring\\.[\\w.-]+\\.node$`,
    );
    expect(unpacked.filter((name) => native.test(name)).length).toBeGreaterThan(0);
    const rest = unpacked.filter((name) => !native.test(name));
    expect(rest.length).toBeGreaterThan(0);
    expect(rest.filter((name) => !name.startsWith('node_modules/node-notifier/vendor/'))).toEqual([]);
  });

  it('holds everything that its bundles import', () => {
    const to = join(folder, 'extracted');
    extractAll(archive, to);
    console.log(
      `The archive holds ${packed.length} files, ${mib(statSync(archive).size)}; beside it ${unpacked.length} files, ${mib(size(unpacked, to))}.`,
    );
    const bundles = packed.filter((name) => /^dist\/main\/.*\.m?js$/.test(name) || name.endsWith('.cjs'));
    for (const name of bundles) {
      const text = readFileSync(join(to, name), 'utf8');
      const asked = [...text.matchAll(/(?:^import\s(?:[^'"]*\sfrom\s)?|\bimport\(|\.resolve\()["']([^"'.][^"']*)["']/gm)].map(
        (match) => match[1] ?? '',
      );
      const needed = [...new Set(asked)].filter((each) => !isBuiltIn(each) && each !== 'electron');
      for (const each of needed) expect(() => createRequire(join(to, name)).resolve(each), `${name} needs ${each}`).not.toThrow();
    }
    const from = createRequire(join(to, 'dist', 'main', 'main.mjs'));
    expect(from('node-notifier')).toHaveProperty('notify');
    expect(from('@napi-rs/keyring')).toHaveProperty('Entry');
  });
});

const mib = (bytes: number): string => `${(bytes / 1_048_576).toFixed(1)} MiB`;
const isBuiltIn = (name: string): boolean => name.startsWith('node:') || builtinModules.includes(name.split('/')[0] ?? '');
