// The lines of the security checklist that hold for how Signalbox is made and kept, not for its code.
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';

const read = (path: string): string => readFileSync(new URL(`../../../${path}`, import.meta.url), 'utf8');

type Manifest = {
  readonly dependencies: Readonly<Record<string, string>>;
  readonly allowScripts: Readonly<Record<string, boolean>>;
};
type Lock = {
  readonly packages: Readonly<
    Record<string, { readonly integrity?: string; readonly link?: boolean; readonly hasInstallScript?: boolean }>
  >;
};

describe('Electron', () => {
  const workflow = read('.github/workflows/ci.yml');

  it('is looked after: a scheduled job fails when it falls behind the newest three majors (S-16)', () => {
    expect(workflow).toMatch(/^ {2}schedule:$/m);
    const job = workflow.slice(workflow.indexOf('Electron is among the newest three majors'));
    expect(job).toMatch(/if: github\.event_name == 'schedule'/);
    expect(job).toMatch(/devDependencies\.electron/);
  });

  it('has its fuses read back after packing, and the one for WebAssembly traps left alone (S-19, S-30)', () => {
    expect(workflow).toMatch(/npx @electron\/fuses read --app/);
    expect(read('electron-builder.yml')).not.toMatch(/wasmTrapHandlers/i);
  });
});

describe('the dependencies (S-41)', () => {
  const { allowScripts, dependencies } = JSON.parse(read('package.json')) as Manifest;
  const { packages } = JSON.parse(read('package-lock.json')) as Lock;

  it('that run on a user’s machine are these and no others', () => {
    expect(Object.keys(dependencies).sort()).toEqual([
      '@napi-rs/keyring',
      'age-encryption',
      'commander',
      'conf',
      'electron-store',
      'json-p3',
      'node-notifier',
      'pg',
      'rollbar',
      'zod',
    ]);
    // Exact versions: what was looked at is what is installed.
    for (const [name, version] of Object.entries(dependencies)) expect(version, name).toMatch(/^\d+\.\d+\.\d+$/);
  });

  it('are locked by their contents', () => {
    const loose = Object.entries(packages).filter(([path, { integrity, link }]) => path !== '' && !link && !integrity);
    expect(loose.map(([path]) => path)).toEqual([]);
  });

  it('run an install script only where it was allowed', () => {
    const scripted = Object.entries(packages).filter(([, { hasInstallScript }]) => hasInstallScript);
    const names = scripted.map(([path]) => path.replace(/^.*node_modules\//, ''));
    expect(names.filter((name) => !Object.hasOwn(allowScripts, name))).toEqual([]);
  });
});
