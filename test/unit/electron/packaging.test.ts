import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';

const root = fileURLToPath(new URL('../../../', import.meta.url));

type Configuration = Readonly<Record<string, unknown>>;
type Builder = {
  getConfig(folder: string, file: string, options: null): Promise<Configuration>;
  validateConfiguration(configuration: Configuration, log: unknown): Promise<void>;
};
type Matchers = {
  getNodeModuleFileMatcher(
    from: string,
    to: string,
    expand: (text: string) => string,
    platform: object,
    packager: object,
  ): { createFilter(): (file: string, stat: object) => boolean };
};

// app-builder-lib is electron-builder's own half that reads, checks and applies the file; found from there, as it finds it.
const builder = createRequire(createRequire(import.meta.url).resolve('electron-builder'));
const { getConfig, validateConfiguration } = builder('app-builder-lib/out/util/config/config.js') as Builder;
const { getNodeModuleFileMatcher } = builder('app-builder-lib/out/fileMatcher.js') as Matchers;
const quiet = { isEnabled: false };
const read = () => getConfig(root, `${root}electron-builder.yml`, null);

describe('electron-builder.yml', () => {
  it("is valid by electron-builder's own schema, which does refuse a mistake", async () => {
    const configuration = await read();
    await expect(validateConfiguration(configuration, quiet)).resolves.toBeUndefined();
    const mistaken = { ...configuration, electronFuses: { runAsNod: false } };
    await expect(validateConfiguration(mistaken, quiet)).rejects.toThrowError(/electronFuses/);
  });

  it('sets every fuse as SECURITY S-22 to S-29 say', async () => {
    expect((await read()).electronFuses).toEqual({
      runAsNode: false,
      enableCookieEncryption: true,
      enableNodeOptionsEnvironmentVariable: false,
      enableNodeCliInspectArguments: false,
      enableEmbeddedAsarIntegrityValidation: true,
      onlyLoadAppFromAsar: true,
      loadBrowserProcessSpecificV8Snapshot: false,
      grantFileProtocolExtraPrivileges: false,
      // No fuse of its own: signs anew for the local machine what setting fuses has broken.
      resetAdHocDarwinSignature: true,
    });
  });

  it('packs an asar with its integrity, and keeps out of it only what must be a real file', async () => {
    const configuration = await read();
    expect(configuration.asar).toEqual({ smartUnpack: false });
    expect(configuration.disableAsarIntegrity).toBeUndefined();
    expect(configuration.asarUnpack).toEqual(['node_modules/@napi-rs/keyring-*/*.node', 'node_modules/node-notifier/vendor/**']);
  });

  it('has no update feed and no foreign source of Electron', async () => {
    const configuration = await read();
    expect(configuration.publish).toBeNull();
    expect(configuration.electronDownload).toBeUndefined();
  });

  it('packs for macOS, Windows and Linux', async () => {
    expect(await read()).toMatchObject({
      appId: 'app.signalbox',
      mac: { target: [{ target: 'dmg', arch: ['arm64', 'x64'] }] },
      win: { target: [{ target: 'nsis', arch: ['x64'] }] },
      linux: { target: ['AppImage', 'deb'] },
    });
  });

  it('takes from node_modules only what no bundle can hold, and what that needs', async () => {
    const packager = { config: await read(), debugLogger: quiet };
    const filter = getNodeModuleFileMatcher(root, '/packed', (text) => text, {}, packager).createFilter();
    const file = { isDirectory: () => false, isFile: () => true };
    const packed = (name: string): boolean => filter(`${root}node_modules/${name}`, file);
    const outside = ['@napi-rs/keyring', 'node-notifier'];
    for (const name of [...outside, ...needs('node-notifier')]) expect(packed(`${name}/package.json`), name).toBe(true);
    const { dependencies } = manifest(`${root}package.json`);
    for (const name of Object.keys(dependencies).filter((each) => !outside.includes(each))) {
      expect(packed(`${name}/package.json`), name).toBe(false);
    }
  });
});

function manifest(file: string): { readonly dependencies: Readonly<Record<string, string>> } {
  const { dependencies = {} } = JSON.parse(readFileSync(file, 'utf8')) as { dependencies?: Record<string, string> };
  return { dependencies };
}

/** All packages that `name` needs, directly or not. */
function needs(name: string): string[] {
  const direct = Object.keys(manifest(`${root}node_modules/${name}/package.json`).dependencies);
  return direct.flatMap((each) => [each, ...needs(each)]);
}
