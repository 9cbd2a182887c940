// "See it work", for real: the yard starts as a process of its own, ends when it is told to, and when nobody is left to tell it.
import { spawn } from 'node:child_process';
import { chmodSync, existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { checkout, makeRehearsal, type Rehearsal } from '../../../main/setup/rehearsal.ts';

const canCount = existsSync('/proc/self/environ');
if (!canCount) console.warn('LEFT OUT: looking for processes that are left needs Linux’s /proc.');
const module = fileURLToPath(new URL('../../../main/setup/rehearsal.ts', import.meta.url));

/** The yard's temporary folder: its processes and what it leaves are told from others' by it. */
let folder: string;
let rehearsal: Rehearsal | null = null;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'signalbox-rehearsal-'));
  // Postgres refuses to run as root, and its own user must be able to enter.
  chmodSync(folder, 0o755);
});
afterEach(async () => {
  await rehearsal?.stop();
  rehearsal = null;
  rmSync(folder, { recursive: true, force: true });
});

const environment = () => ({ ...process.env, TMPDIR: folder, SIGNALBOX_SECRET_CANARY: 'canary-0123', ELECTRON_RUN_AS_NODE: '1' });

/** The environments of all processes that were given the test's folder. */
function processes(): string[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .flatMap((name) => {
      try {
        const environ = readFileSync(`/proc/${name}/environ`, 'utf8');
        return environ.includes(folder) ? [environ] : [];
      } catch {
        // It ended between the listing and the reading.
        return [];
      }
    });
}

/** A folder that passes for a checkout whose launcher is `program`. */
function checkoutWith(program: string): string {
  const made = join(folder, 'checkout');
  mkdirSync(join(made, 'main', 'cli'), { recursive: true });
  mkdirSync(join(made, 'simulator'));
  writeFileSync(join(made, 'simulator', 'demo.ts'), '');
  writeFileSync(join(made, 'main', 'cli', 'bin.mjs'), program);
  return made;
}

describe('the rehearsal', () => {
  it('shows a window, is one however often it is asked for, and leaves nothing', async () => {
    rehearsal = makeRehearsal(checkout, environment(), { open: false });
    if (!rehearsal) throw new Error('this is a checkout');
    const [first, second] = await Promise.all([rehearsal.start(), rehearsal.start()]);
    expect(second).toEqual(first);
    const answer = await fetch(first.url);
    expect(answer.status).toBe(200);
    expect(await answer.text()).toContain('<title>');
    if (canCount) {
      const running = processes();
      expect(running.length).toBeGreaterThan(0);
      expect(running.filter((environ) => /canary-0123|ELECTRON_RUN_AS_NODE/.test(environ))).toEqual([]);
    }
    await rehearsal.stop();
    await expect(fetch(first.url)).rejects.toThrow();
    if (canCount) expect(processes()).toEqual([]);
    expect(readdirSync(folder)).toEqual([]);
    await rehearsal.stop();
  }, 60_000);

  it.skipIf(!canCount)(
    'ends when the engine beside it is killed',
    async () => {
      const program = `const { checkout, makeRehearsal } = await import(${JSON.stringify(module)});
        console.log((await makeRehearsal(checkout, process.env, { open: false }).start()).url);`;
      const parent = spawn(process.execPath, ['--input-type=module', '--eval', program], {
        stdio: ['ignore', 'pipe', 'inherit'],
        env: environment(),
      });
      const url = await new Promise<string>((resolve) => parent.stdout.once('data', (line) => resolve(String(line).trim())));
      expect((await fetch(url)).status).toBe(200);
      parent.kill('SIGKILL');
      await expect.poll(processes, { timeout: 15_000, interval: 50 }).toEqual([]);
    },
    90_000,
  );

  it('that is stopped while it starts says so to whoever waits for it', async () => {
    rehearsal = makeRehearsal(checkoutWith('setInterval(() => {}, 1_000);'), environment());
    const started = rehearsal?.start();
    const refused = expect(started).rejects.toMatchObject({ code: 'rehearsal-failed' });
    await rehearsal?.stop();
    await refused;
  });

  it.each([
    [
      'its last words',
      `console.error('Starting…\\nsignalbox: No room.\\n  Make some.'); process.exit(2);`,
      'signalbox: No room.',
    ],
    ['its refusal', `console.log(JSON.stringify({ error: { message: 'Node is too old.' } }));`, 'Node is too old.'],
    ['that it said nothing', 'process.exit(0);', 'it ended at once.'],
    ['no secret', `console.error('cannot use postgres://a:hunter2hunter2@h/d');`, 'cannot use postgres://a:•••@h/d'],
    ['that it took too long', 'setInterval(() => {}, 1_000);', 'it took longer than 2 s.'],
    ['and believes no other address', `console.log('{"window":"https://example.com/"}');`, 'it ended at once.'],
  ])('that fails tells %s, and can be tried again', async (_what, program, why) => {
    rehearsal = makeRehearsal(checkoutWith(program), environment(), { startMs: 2_000 });
    for (const _attempt of [1, 2]) {
      await expect(rehearsal?.start()).rejects.toMatchObject({
        code: 'rehearsal-failed',
        message: `The rehearsal yard did not start: ${why}`,
      });
    }
  });

  it.skipIf(process.platform === 'win32')(
    'beside Electron runs under the Node of the checkout, or the one on the path',
    async () => {
      const made = checkoutWith('');
      for (const place of [join(folder, 'path'), join(made, 'node_modules', 'node', 'bin')]) {
        mkdirSync(place, { recursive: true });
        const answer = JSON.stringify({ window: `http://127.0.0.1:1/${place.length}` });
        writeFileSync(join(place, 'node'), `#!/bin/sh\necho '${answer}'\nexec sleep 60\n`, { mode: 0o755 });
        rehearsal = makeRehearsal(
          made,
          { ...environment(), PATH: `${join(folder, 'path')}:/bin:/usr/bin` },
          { inElectron: true },
        );
        expect((await rehearsal?.start())?.url).toBe(`http://127.0.0.1:1/${place.length}`);
        await rehearsal?.stop();
      }
      rmSync(join(made, 'node_modules'), { recursive: true });
      expect(makeRehearsal(made, { PATH: join(folder, 'nowhere') }, { inElectron: true })).toBeNull();
    },
  );

  it('is not offered where there is no yard', () => {
    expect(makeRehearsal(folder, process.env)).toBeNull();
  });
});
