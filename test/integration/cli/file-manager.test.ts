// Showing a place on disk: a stand-in for the desktop's opener writes down what it was asked to show.
import { chmodSync, mkdtempSync, readFileSync, rmSync, watch, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { fileManager } from '../../../main/cli/open-browser.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'signalbox-opener-'));
  vi.stubEnv('PATH', folder);
});
afterEach(() => {
  vi.unstubAllEnvs();
  rmSync(folder, { recursive: true, force: true });
});

const screen = { DISPLAY: ':0' };

function opener(name: string, code: number): Promise<string> {
  const asked = join(folder, 'asked');
  writeFileSync(join(folder, name), `#!/bin/sh\necho "$@" > ${asked}.part\n/bin/mv ${asked}.part ${asked}\nexit ${code}\n`);
  chmodSync(join(folder, name), 0o755);
  return new Promise((resolve) => {
    const watcher = watch(folder, (_event, file) => {
      if (file !== 'asked') return;
      watcher.close();
      resolve(readFileSync(asked, 'utf8').trim());
    });
  });
}

describe.skipIf(process.platform === 'win32')('the file manager', () => {
  it('is not there without a screen', () => {
    expect(fileManager({}, 'linux', () => undefined)).toBeUndefined();
  });

  it('shows a folder, and of a file the folder it is in', async () => {
    const file = join(folder, 'settings.json');
    writeFileSync(file, '{}');
    const first = opener('xdg-open', 0);
    fileManager(screen, 'linux', () => undefined)?.(file);
    expect(await first).toBe(folder);
    const second = opener('open', 0);
    fileManager({}, 'darwin', () => undefined)?.(file);
    expect(await second).toBe(`-R ${file}`);
    const third = opener('explorer', 1);
    fileManager({}, 'win32', () => undefined)?.(file);
    expect(await third).toBe(`/select,${file}`);
  });

  it.each([['ends badly'], ['is missing']])('says so when it %s', async (how) => {
    if (how === 'ends badly') void opener('xdg-open', 3);
    const said = await new Promise<string>((resolve) => fileManager(screen, 'linux', resolve)?.(folder));
    expect(said).toContain(folder);
  });
});
