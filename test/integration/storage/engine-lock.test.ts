// One engine per data folder, across processes, whatever way the other one ended.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { describe, expect, it, onTestFinished } from 'vitest';
import { readEngine, takeEngineLock } from '../../../main/storage/engine-lock.ts';
import { FaultError } from '../../../shared/fault.ts';
import { temporaryFolder } from '../../support/history-values.ts';

const module_ = fileURLToPath(new URL('../../../main/storage/engine-lock.ts', import.meta.url));

/** Another process that holds the lock until it is killed. */
async function holder(folder: string, url: string | null) {
  const program = `
    const { takeEngineLock } = await import(${JSON.stringify(module_)});
    const lock = takeEngineLock(${JSON.stringify(folder)}, { pid: process.pid, startedAt: 1000 });
    lock.setUrl(${JSON.stringify(url)});
    console.log('held');
    setInterval(() => {}, 1_000);
  `;
  const child = spawn(process.execPath, ['--disable-warning=ExperimentalWarning', '--input-type=module', '-e', program], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  onTestFinished(() => void child.kill('SIGKILL'));
  await once(createInterface({ input: child.stdout }), 'line');
  return child;
}

function refusal(folder: string): FaultError {
  try {
    takeEngineLock(folder, { pid: process.pid, startedAt: 1 }).release();
  } catch (error: unknown) {
    if (error instanceof FaultError) return error;
    throw error;
  }
  throw new Error('the lock was given');
}

describe('the engine lock', () => {
  it('is refused while another process holds it, naming the process and its window', async () => {
    const folder = temporaryFolder();
    const other = await holder(folder, 'http://127.0.0.1:4000/#abc');
    const fault = refusal(folder);
    expect(fault).toMatchObject({ code: 'already-running', exitCode: 2 });
    expect(fault.message).toContain(`(process ${other.pid})`);
    expect(fault.next).toContain('http://127.0.0.1:4000/#abc');
    expect(readEngine(folder)).toEqual({ pid: other.pid, url: 'http://127.0.0.1:4000/#abc', startedAt: 1_000 });
  });

  it('is free the moment its holder was killed, whatever engine.json still says', async () => {
    const folder = temporaryFolder();
    const other = await holder(folder, null);
    expect(refusal(folder).next).toContain('tray icon');
    other.kill('SIGKILL');
    await once(other, 'exit');
    expect(existsSync(join(folder, 'engine.json'))).toBe(true);
    expect(readEngine(folder)).toBeNull();
    const lock = takeEngineLock(folder, { pid: process.pid, startedAt: 5 });
    expect(readEngine(folder)).toEqual({ pid: process.pid, url: null, startedAt: 5 });
    expect(refusal(folder).message).toContain(`(process ${process.pid})`);
    lock.release();
    expect(existsSync(join(folder, 'engine.json'))).toBe(false);
    expect(readEngine(folder)).toBeNull();
  });

  it('goes to exactly one of several that ask at once', async () => {
    const folder = temporaryFolder();
    const program = `
      const { takeEngineLock } = await import(${JSON.stringify(module_)});
      try {
        takeEngineLock(${JSON.stringify(folder)}, { pid: process.pid, startedAt: 1 });
        console.log('mine');
        process.stdin.resume();
      } catch (error) {
        console.log(error.code);
      }
    `;
    const all = Array.from({ length: 4 }, () =>
      spawn(process.execPath, ['--disable-warning=ExperimentalWarning', '--input-type=module', '-e', program], {
        stdio: ['pipe', 'pipe', 'inherit'],
      }),
    );
    const said = await Promise.all(all.map(async (child) => (await once(createInterface({ input: child.stdout }), 'line'))[0]));
    for (const child of all) child.stdin.end();
    expect(said.sort()).toEqual(['already-running', 'already-running', 'already-running', 'mine']);
  });

  it('is kept when this process asks for it a second time', async () => {
    const folder = temporaryFolder();
    const lock = takeEngineLock(folder, { pid: process.pid, startedAt: 5 });
    expect(refusal(folder).code).toBe('already-running');
    const program = `
      const { readEngine } = await import(${JSON.stringify(module_)});
      console.log(readEngine(${JSON.stringify(folder)})?.pid ?? 'nobody');
    `;
    const other = spawn(process.execPath, ['--disable-warning=ExperimentalWarning', '--input-type=module', '-e', program], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    expect((await once(createInterface({ input: other.stdout }), 'line'))[0]).toBe(String(process.pid));
    lock.release();
  });

  it('is not disturbed by those who only look', () => {
    const folder = temporaryFolder();
    expect(readEngine(folder)).toBeNull();
    expect(existsSync(join(folder, 'engine.lock'))).toBe(false);
    const lock = takeEngineLock(folder, { pid: 7, startedAt: 5 });
    for (let look = 0; look < 20; look += 1) expect(readEngine(folder)?.pid).toBe(7);
    expect(refusal(folder).code).toBe('already-running');
    for (const name of ['engine.lock', 'engine.json']) {
      expect((statSync(join(folder, name)).mode & 0o777).toString(8)).toBe('600');
    }
    writeFileSync(join(folder, 'engine.json'), 'half a fi');
    expect(readEngine(folder)).toEqual({ pid: 0, url: null, startedAt: 0 });
    expect(refusal(folder).message).toContain('(another process)');
    lock.release();
  });
});
