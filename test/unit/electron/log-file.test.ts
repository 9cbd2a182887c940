import { mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { openLog } from '../../../main/electron/log-file.ts';
import { temporaryFolder } from '../../support/fake-electron/run-shell.ts';

describe('the log file', () => {
  it('holds each entry with its time, for its owner alone (S-42)', () => {
    const folder = join(temporaryFolder(), 'logs');
    const log = openLog(folder, () => {});
    log('It began.\nA second line.');
    const text = readFileSync(join(folder, 'signalbox.log'), 'utf8');
    expect(text).toMatch(/^20\d\d-\d\d-\d\dT[\d:.]+Z It began\.\n {2}A second line\.\n$/);
    expect(statSync(join(folder, 'signalbox.log')).mode & 0o777).toBe(0o600);
    expect(statSync(folder).mode & 0o777).toBe(0o700);
  });

  it('lets no secret and no control character in (S-34)', () => {
    const folder = temporaryFolder();
    openLog(folder, () => {})('postgres://app:hunter2hunter2@db/x \u001b[31mred\u202e authorization: Bearer abcdefghijkl');
    const text = readFileSync(join(folder, 'signalbox.log'), 'utf8');
    expect(text).not.toMatch(/hunter2|abcdefghijkl|\u001b|\u202e/);
    expect(text).toContain('red');
  });

  it('begins anew after a megabyte and keeps five files', () => {
    const folder = temporaryFolder();
    const log = openLog(folder, () => {});
    for (const round of [1, 2, 3, 4, 5, 6]) {
      writeFileSync(join(folder, 'signalbox.log'), `round ${round} `.padEnd(1_000_000, '.'));
      log('on');
    }
    expect(readdirSync(folder).sort()).toEqual([1, 2, 3, 4].map((age) => `signalbox.${age}.log`).concat('signalbox.log'));
    expect(readFileSync(join(folder, 'signalbox.4.log'), 'utf8')).toMatch(/^round 3/);
    expect(readFileSync(join(folder, 'signalbox.log'), 'utf8')).toMatch(/Z on\n$/);
  });

  it('never throws: what cannot be written is said once', () => {
    const folder = temporaryFolder();
    mkdirSync(join(folder, 'signalbox.log'));
    const said: string[] = [];
    const log = openLog(folder, (line) => said.push(line));
    log('one');
    log('two');
    expect(said).toHaveLength(1);
    expect(said[0]).toContain('could not be written');
  });
});
