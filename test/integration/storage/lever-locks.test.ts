// Locks between processes, however the holder ends and whoever asks.
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, readdirSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { describe, expect, it, onTestFinished } from 'vitest';
import { openLeverLocks } from '../../../main/storage/lever-locks.ts';
import type { RunAction } from '../../../shared/run.ts';
import { temporaryFolder } from '../../support/history-values.ts';

const module_ = fileURLToPath(new URL('../../../main/storage/lever-locks.ts', import.meta.url));

/** Another process that asks for a lever, says `mine` or `taken`, and keeps it until it is killed. */
async function ask(folder: string, action: RunAction): Promise<{ readonly child: ChildProcess; readonly said: string }> {
  const text = `
    const { openLeverLocks } = await import(${JSON.stringify(module_)});
    const lock = openLeverLocks(${JSON.stringify(folder)}).take(${JSON.stringify(action)});
    console.log(lock === 'taken' ? 'taken' : 'mine');
    setInterval(() => lock, 1_000);
  `;
  const child = spawn(process.execPath, ['--disable-warning=ExperimentalWarning', '--input-type=module', '-e', text], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  onTestFinished(() => void child.kill('SIGKILL'));
  const [said] = await once(createInterface({ input: child.stdout }), 'line');
  return { child, said: String(said) };
}

const mine = (lock: ReturnType<ReturnType<typeof openLeverLocks>['take']>): { release(): void } => {
  if (lock === 'taken') throw new Error('the lock was not given');
  return lock;
};

describe('a lever’s lock', () => {
  it('is refused while another process holds it, and free the moment that one was killed', async () => {
    const folder = temporaryFolder();
    const { child, said } = await ask(folder, 'banner');
    expect(said).toBe('mine');
    const locks = openLeverLocks(folder);
    expect(locks.take('banner')).toBe('taken');
    expect([locks.held('banner'), locks.held('dump')]).toEqual([true, false]);
    mine(locks.take('dump')).release();
    child.kill('SIGKILL');
    await once(child, 'exit');
    expect(locks.held('banner')).toBe(false);
    mine(locks.take('banner')).release();
  });

  it('is not lost when this process asks for it again or looks at it', async () => {
    const folder = temporaryFolder();
    const lock = mine(openLeverLocks(folder).take('traffic'));
    const again = openLeverLocks(folder);
    expect(again.take('traffic')).toBe('taken');
    expect(again.held('traffic')).toBe(true);
    expect((await ask(folder, 'traffic')).said).toBe('taken');
    lock.release();
    lock.release();
    expect(again.held('traffic')).toBe(false);
    expect((await ask(folder, 'traffic')).said).toBe('mine');
  });

  it('of traffic is a drill’s too, and a refused drill holds nothing', async () => {
    const folder = temporaryFolder();
    const locks = openLeverLocks(folder);
    const drill = mine(locks.take('drill'));
    expect([locks.held('traffic'), locks.held('drill')]).toEqual([true, true]);
    expect(locks.take('traffic')).toBe('taken');
    expect((await ask(folder, 'traffic')).said).toBe('taken');
    drill.release();
    const traffic = mine(locks.take('traffic'));
    expect(locks.take('drill')).toBe('taken');
    expect((await ask(folder, 'drill')).said).toBe('taken');
    expect(locks.held('drill')).toBe(false);
    traffic.release();
    mine(locks.take('drill')).release();
  });

  it('is a private file per lever', () => {
    const folder = temporaryFolder();
    const locks = openLeverLocks(folder);
    expect(locks.held('dump')).toBe(false);
    expect(readdirSync(folder)).toEqual([]);
    mine(locks.take('drill')).release();
    expect(readdirSync(folder).sort()).toEqual(['lever-drill.lock', 'lever-traffic.lock']);
    for (const name of readdirSync(folder)) expect((statSync(join(folder, name)).mode & 0o777).toString(8)).toBe('600');
  });

  it('that cannot be a lock says so', () => {
    const folder = temporaryFolder();
    mkdirSync(join(folder, 'lever-dump.lock'));
    writeFileSync(join(folder, 'lever-drill.lock'), 'no database, but long enough to look like one'.repeat(100));
    const locks = openLeverLocks(folder);
    for (const action of ['dump', 'drill'] as const) {
      expect(() => mine(locks.take(action)).release()).toThrow('locks in');
    }
    mine(locks.take('traffic')).release();
  });
});
