import { spawnSync } from 'node:child_process';
// Where the data folder is on each system, and what is said when it cannot be used.
import { mkdirSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { defaultFolder, ensureFolder } from '../../../main/storage/folders.ts';
import { FaultError } from '../../../shared/fault.ts';
import { temporaryFolder } from '../../support/history-values.ts';

describe('the default folder', () => {
  it.each([
    ['linux', { HOME: '/home/ada' }, '/home/ada/.config/signalbox'],
    ['linux', { HOME: '/home/ada', XDG_CONFIG_HOME: '/xdg' }, '/xdg/signalbox'],
    ['darwin', { HOME: '/Users/ada', XDG_CONFIG_HOME: '/xdg' }, '/Users/ada/Library/Application Support/signalbox'],
    ['win32', { APPDATA: 'C:\\Users\\ada\\AppData\\Roaming' }, 'C:\\Users\\ada\\AppData\\Roaming\\signalbox'],
    ['win32', { USERPROFILE: 'C:\\Users\\ada' }, 'C:\\Users\\ada\\AppData\\Roaming\\signalbox'],
  ] as const)('on %s with %j is %s', (platform, env, folder) => {
    expect(defaultFolder(env, platform)).toBe(folder);
  });
});

describe('ensuring a folder', () => {
  it('makes it private, and leaves the mode of one that was there', () => {
    const made = join(temporaryFolder(), 'a', 'b');
    ensureFolder(made);
    expect((statSync(made).mode & 0o777).toString(8)).toBe('700');
    const there = join(temporaryFolder(), 'there');
    mkdirSync(there, { mode: 0o750 });
    ensureFolder(there);
    expect((statSync(there).mode & 0o777).toString(8)).toBe('750');
  });

  it('says which path is in the way and what to do', () => {
    const file = join(temporaryFolder(), 'file');
    writeFileSync(file, '');
    for (const folder of [file, join(file, 'below')]) {
      expect(() => ensureFolder(folder)).toThrow(FaultError);
      expect(() => ensureFolder(folder)).toThrow(
        expect.objectContaining({ code: 'data-folder', exitCode: 2, next: expect.stringContaining('--data DIR') }),
      );
    }
  });

  it.skipIf(process.platform !== 'linux')('gives up at once where no folder can ever be made', () => {
    // In a process of its own: Node's recursive mkdir would never return, and no time limit could end it here.
    const module = new URL('../../../main/storage/folders.ts', import.meta.url).href;
    const script = `import('${module}').then(({ ensureFolder }) => ensureFolder('/proc/signalbox')).catch((error) => console.log(error.code))`;
    const child = spawnSync(process.execPath, ['-e', script], { timeout: 10_000, encoding: 'utf8' });
    expect(child.stdout.trim()).toBe('data-folder');
  });
});
