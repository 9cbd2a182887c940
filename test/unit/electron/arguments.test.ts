import { resolve } from 'node:path';
import { describe, expect, it } from 'vitest';
import { readArguments } from '../../../main/electron/arguments.ts';
import { FaultError } from '../../../shared/fault.ts';

describe('readArguments (S-37)', () => {
  it('takes the default places when nothing is said', () => {
    expect(readArguments([])).toEqual({ settingsFile: null, dataFolder: null, hidden: false });
  });

  it('takes a settings file and a data folder, from the working folder', () => {
    const expected = { settingsFile: resolve('a.json'), dataFolder: '/srv/data', hidden: false };
    expect(readArguments(['--config', 'a.json', '--data', '/srv/data'])).toEqual(expected);
    expect(readArguments(['--config=a.json', '--data=/srv/data'])).toEqual(expected);
  });

  it('passes over what is meant for Electron and Chromium', () => {
    const said = ['--remote-debugging-port=0', '--enable-logging', 'app://evil', '-psn_0_1', '--config', 'a.json'];
    expect(readArguments(said)).toEqual({ settingsFile: resolve('a.json'), dataFolder: null, hidden: false });
  });

  it.each([[['--config']], [['--config=']], [['--data', 'a\0b']], [['--data', 'x'.repeat(5_000)]]])(
    'refuses %j with a sentence and a next step',
    (said) => {
      expect(() => readArguments(said)).toThrowError(FaultError);
      expect(() => readArguments(said)).toThrowError(/--config needs the path/);
    },
  );
});
