// Disks that are full or read-only: a sentence with a next step, and nothing stored is lost. Both are real mounts, so the
// tests need the right to mount; root ignores file modes, so a mount is also the only honest read-only folder in CI.
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmdirSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { takeEngineLock } from '../../../main/storage/engine-lock.ts';
import { ensureFolder } from '../../../main/storage/folders.ts';
import { type HistoryFile, openHistory } from '../../../main/storage/history.ts';
import { FaultError } from '../../../shared/fault.ts';
import { commit, incident, noon, seen, temporaryFolder } from '../../support/history-values.ts';

const id = 'inc-20261123-120000';

function mount(folder: string, ...flags: string[]): boolean {
  return spawnSync('mount', [...flags, folder], { stdio: 'ignore' }).status === 0;
}

function mayMount(): boolean {
  const folder = mkdtempSync(join(tmpdir(), 'signalbox-mount-'));
  const done = mount(folder, '-t', 'tmpfs', '-o', 'size=64k', 'none');
  if (done) spawnSync('umount', [folder]);
  rmdirSync(folder);
  return done;
}

const mounts = process.platform === 'linux' && mayMount();
if (!mounts) console.warn('LEFT OUT: full and read-only disks, because this user may not mount a tmpfs.');

function small(): string {
  const folder = temporaryFolder();
  if (!mount(folder, '-t', 'tmpfs', '-o', 'size=1m', 'none')) throw new Error('the tmpfs could not be mounted');
  onTestFinished(() => void spawnSync('umount', ['-l', folder]));
  return folder;
}

function fault(work: () => unknown): FaultError {
  try {
    work();
  } catch (error: unknown) {
    if (error instanceof FaultError) return error;
    throw error;
  }
  throw new Error('nothing was thrown');
}

const note = (number: number) => ({
  at: new Date(noon + number).toISOString(),
  kind: 'note' as const,
  text: `${number} `.repeat(100),
});

/** Commits until the disk is full; the number of commits that were acknowledged. */
function fill(history: HistoryFile): { readonly stored: number; readonly fault: FaultError } {
  const timeline = [];
  for (let stored = 0; ; stored += 1) {
    timeline.push(note(stored));
    const next = commit({ observations: [seen('api', noon + stored)], incidents: [incident(id, { timeline })] });
    try {
      history.commit(next);
    } catch (error: unknown) {
      if (error instanceof FaultError) return { stored, fault: error };
      throw error;
    }
  }
}

describe.skipIf(!mounts)('a disk', () => {
  it('that is full refuses the commit as a whole, keeps what was stored, and goes on once there is room', () => {
    const folder = small();
    const ballast = join(folder, 'ballast');
    writeFileSync(ballast, Buffer.alloc(200_000));
    const history = openHistory(folder);
    const full = fill(history);
    expect(full.stored).toBeGreaterThan(10);
    expect(full.fault).toMatchObject({ code: 'disk-full', next: expect.stringContaining('Free some space') });
    expect(full.fault.message).toContain(history.file);
    expect(history.incident(id)?.timeline).toHaveLength(full.stored);
    expect(history.strips(10_000).api).toHaveLength(full.stored);
    writeFileSync(ballast, '');
    const timeline = Array.from({ length: full.stored + 1 }, (_, number) => note(number));
    history.commit(commit({ observations: [seen('api', noon + full.stored)], incidents: [incident(id, { timeline })] }));
    history.close();
    const again = openHistory(folder);
    expect(again.incident(id)?.timeline).toHaveLength(full.stored + 1);
    expect(again.strips(10_000).api).toHaveLength(full.stored + 1);
    again.close();
  });

  it('that is read-only is told by path when the folder is opened', () => {
    const folder = small();
    const below = join(folder, 'data');
    openHistory(below).close();
    expect(mount(folder, '-o', 'remount,ro')).toBe(true);
    for (const work of [
      () => openHistory(below),
      () => ensureFolder(below),
      () => takeEngineLock(below, { pid: 1, startedAt: 1 }),
    ]) {
      const said = fault(work);
      expect(said).toMatchObject({ code: 'data-folder', exitCode: 2, next: expect.stringContaining('--data DIR') });
      expect(said.message).toContain(`${below} cannot be used: the disk is read-only`);
    }
    expect(fault(() => ensureFolder(join(folder, 'new'))).message).toContain('the disk is read-only');
  });
});

describe('a data folder below a file', () => {
  it('is refused with its path, also for root', () => {
    const file = join(temporaryFolder(), 'file');
    writeFileSync(file, '');
    const said = fault(() => openHistory(join(file, 'data')));
    expect(said.code).toBe('data-folder');
    expect(said.message).toContain('part of its path is a file');
  });
});
