import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { folderOpener, wayToShow } from '../../../main/electron/folders.ts';
import { FakeShell } from '../../support/fake-electron/app.ts';
import { runningShell, temporaryFolder } from '../../support/fake-electron/run-shell.ts';
import { ninePanels, snapshotOf } from '../../support/view-fixtures.ts';

function things(): string {
  const folder = temporaryFolder();
  mkdirSync(join(folder, 'dumps'));
  mkdirSync(join(folder, 'Evil.app'));
  writeFileSync(join(folder, 'settings.json'), '{}');
  writeFileSync(join(folder, 'run.sh'), '#!/bin/sh\n', { mode: 0o755 });
  symlinkSync('/dev/null', join(folder, 'device'));
  return folder;
}

describe('the file manager (S-15)', () => {
  it.each([
    ['a folder', 'dumps', 'open'],
    ['a folder with a slash at its end', 'dumps/', 'open'],
    ['a file, which is never opened', 'settings.json', 'show'],
    ['a program, which is never started', 'run.sh', 'show'],
    ['a folder that macOS starts', 'Evil.app', null],
    ['the same with a slash', 'Evil.app/', null],
    ['a device', 'device', null],
    ['what is not there', 'nothing', null],
    ['a path with a zero in it', 'dumps\0', null],
  ])('is asked about %s', (_name, path, way) => {
    expect(wayToShow(`${things()}/${path}`)).toBe(way);
  });

  it('is never asked about a relative path', () => {
    expect(wayToShow('.')).toBeNull();
    expect(wayToShow('file:///etc')).toBeNull();
  });

  it('says why a folder was not opened', async () => {
    const shell = new FakeShell();
    const lines: string[] = [];
    const open = folderOpener({ shell, log: (line) => lines.push(line) });
    open('/nowhere/at/all');
    expect(lines[0]).toContain('does not exist');
    shell.openPath = async () => 'no file manager';
    open(things());
    await Promise.resolve();
    expect(lines[1]).toContain('no file manager');
    expect(shell.openedPaths).toEqual([]);
  });

  it('is what the engine is given to show folders by', async () => {
    const { electron, engine } = await runningShell(snapshotOf(ninePanels()));
    const folder = things();
    engine.starts[0]?.reveal?.(join(folder, 'dumps'));
    engine.starts[0]?.reveal?.(join(folder, 'settings.json'));
    engine.starts[0]?.reveal?.(join(folder, 'Evil.app'));
    expect(electron.shell.openedPaths).toEqual([join(folder, 'dumps')]);
    expect(electron.shell.shown).toEqual([join(folder, 'settings.json')]);
  });
});
