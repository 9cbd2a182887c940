// What electron-builder runs when the files of a package are in place: refuses a package that lacks the keychain's native
// module for its system and processor. npm installs that module for the machine it runs on only.
import { existsSync } from 'node:fs';
import { join } from 'node:path';

/** electron-builder's `Arch` numbers, by their place. */
const processors = ['ia32', 'x64', 'armv7l', 'arm64', 'universal'];

/**
 * @param {string} system Node's name of it
 * @param {string} processor Node's name of it
 * @returns {string} the package that holds the native module
 */
function keyringPackage(system, processor) {
  const suffix = { linux: '-gnu', win32: '-msvc' }[system] ?? '';
  return `keyring-${system}-${processor}${suffix}`;
}

/**
 * electron-builder's hook of this name.
 * @param {{ appOutDir: string, electronPlatformName: string, arch: number, packager: { appInfo: { productFilename: string } } }} context
 * @returns {void}
 */
export function afterPack({ appOutDir, electronPlatformName, arch, packager }) {
  const system = electronPlatformName;
  const name = keyringPackage(system, processors[arch] ?? String(arch));
  const resources =
    system === 'darwin'
      ? join(appOutDir, `${packager.appInfo.productFilename}.app`, 'Contents', 'Resources')
      : join(appOutDir, 'resources');
  const file = join(resources, 'app.asar.unpacked', 'node_modules', '@napi-rs', name, `${name.replace('-', '.')}.node`);
  if (existsSync(file)) return;
  throw new Error(
    `This package would have no keychain: @napi-rs/${name} is not installed here. ` +
      `Bring it with \`npm install --no-save --force --ignore-scripts @napi-rs/${name}@VERSION\` (VERSION as @napi-rs/keyring's) and pack again.`,
  );
}
