// The real `signalbox demo` in a process of its own: how it ends, and that nothing is left of it.
import { type ChildProcess, spawn } from 'node:child_process';
import { chmodSync, existsSync, mkdtempSync, readdirSync, readFileSync, readlinkSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';

const program = fileURLToPath(new URL('../../../main/cli/signalbox.ts', import.meta.url));
const canCount = existsSync('/proc/net/tcp') && existsSync('/proc/self/environ');
if (!canCount) console.warn('LEFT OUT: counting processes and sockets needs Linux’s /proc.');

/** Its own temporary folder, so that what other programs leave does not count. */
let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'signalbox-demo-test-'));
  // Postgres refuses to run as root, and its own user must be able to enter.
  chmodSync(folder, 0o755);
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

type Ended = { readonly code: number | null; readonly signal: NodeJS.Signals | null };
type Demo = {
  readonly child: ChildProcess;
  out(): string;
  errors(): string;
  /** Resolves when stdout matches. */
  says(pattern: RegExp): Promise<RegExpExecArray>;
  readonly ended: Promise<Ended>;
};

function run(...args: readonly string[]): Demo {
  const child = spawn(process.execPath, [program, ...args], {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...process.env, TMPDIR: folder },
  });
  let [stdout, stderr] = ['', ''];
  child.stdout.on('data', (chunk) => {
    stdout += chunk;
  });
  child.stderr.on('data', (chunk) => {
    stderr += chunk;
  });
  const ended = new Promise<Ended>((resolve) => child.on('close', (code, signal) => resolve({ code, signal })));
  return {
    ...{ child, ended, out: () => stdout, errors: () => stderr },
    says: (pattern) =>
      new Promise((resolve, reject) => {
        const look = (): void => {
          const found = pattern.exec(stdout);
          if (found) resolve(found);
        };
        child.stdout.on('data', look);
        child.on('close', () => reject(new Error(`it ended without saying ${pattern}: ${stdout}\n${stderr}`)));
        look();
      }),
  };
}

/** Processes whose command line names the test's folder, as Postgres's does, and descendants of `pid`. */
function processes(pid: number): string[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .flatMap((name) => {
      try {
        const command = readFileSync(`/proc/${name}/cmdline`, 'utf8').replaceAll('\0', ' ');
        const parent = Number(/^PPid:\s*(\d+)/m.exec(readFileSync(`/proc/${name}/status`, 'utf8'))?.[1]);
        return command.includes(folder) || parent === pid || Number(name) === pid ? [command] : [];
      } catch {
        // It ended between the listing and the reading.
        return [];
      }
    });
}

/** Inodes of the sockets that a process has open and listens with. */
function listeningPorts(pid: number): string[] {
  const inodes = new Set(
    readdirSync(`/proc/${pid}/fd`).flatMap((fd) => {
      try {
        return /socket:\[(\d+)\]/.exec(readlinkSync(`/proc/${pid}/fd/${fd}`))?.[1] ?? [];
      } catch {
        return [];
      }
    }),
  );
  return openPorts((row) => inodes.has(row[9] ?? ''));
}

function openPorts(isWanted: (row: readonly string[]) => boolean): string[] {
  return ['tcp', 'tcp6']
    .flatMap((kind) => readFileSync(`/proc/net/${kind}`, 'utf8').trim().split('\n').slice(1))
    .map((line) => line.trim().split(/\s+/))
    .filter((row) => row[3] === '0A' && isWanted(row))
    .map((row) => row[1] ?? '');
}

/** Nothing of it runs, listens or lies about. */
async function nothingIsLeft(pid: number, ports: readonly string[]): Promise<void> {
  expect(readdirSync(folder)).toEqual([]);
  await expect.poll(() => processes(pid), { timeout: 5_000 }).toEqual([]);
  expect(openPorts((row) => ports.includes(row[1] ?? ''))).toEqual([]);
}

const pidOf = ({ child }: Demo): number => child.pid ?? 0;

describe.skipIf(!canCount)('signalbox demo', () => {
  it('plays a scenario, prints its story as JSON, ends with 0 and leaves nothing', async () => {
    const demo = run('--json', 'demo', '--scenario', 'deploy-breaks-it', '--fast');
    expect(await demo.ended).toEqual({ code: 0, signal: null });
    const told = JSON.parse(demo.out()) as { readonly timeline: readonly object[] };
    expect(told).toMatchObject({ scenario: 'deploy-breaks-it', asExpected: true });
    expect(told.timeline).toContainEqual(expect.objectContaining({ kind: 'incident-resolved' }));
    await nothingIsLeft(pidOf(demo), []);
  });

  it('runs until Ctrl-C, with its addresses printed, then ends with 0 and leaves nothing', async () => {
    const demo = run('demo', '--fast');
    const [, windowUrl = ''] = await demo.says(/Signalbox: +(http:\S+)/);
    const [, panelUrl = ''] = await demo.says(/The yard: +(http:\S+)/);
    for (const url of [windowUrl, panelUrl]) expect((await fetch(url)).status).toBe(200);
    const ports = listeningPorts(pidOf(demo));
    expect(ports.length).toBeGreaterThan(10);
    expect(processes(pidOf(demo)).length).toBeGreaterThan(1);
    expect(readdirSync(folder).length).toBeGreaterThan(0);
    // Secrets are in the environment of the engine, not on a command line that everybody can read.
    expect(processes(pidOf(demo)).join(' ')).not.toMatch(/stand-in|probe-password|rehearsal-0000/);

    demo.child.kill('SIGINT');
    expect(await demo.ended).toEqual({ code: 0, signal: null });
    await nothingIsLeft(pidOf(demo), ports);
  });

  it('ends at once at a second Ctrl-C, and still leaves nothing', async () => {
    const demo = run('demo', '--fast');
    await demo.says(/The yard: +http/);
    const ports = listeningPorts(pidOf(demo));
    // Stopped in between, so that the first is not yet obeyed when the second one comes.
    demo.child.kill('SIGINT');
    setTimeout(() => demo.child.kill('SIGINT'), 450);
    expect([0, 130]).toContain((await demo.ended).code);
    await nothingIsLeft(pidOf(demo), ports);
  });

  it('can be interrupted in the middle of a scenario: 130, and nothing is left', async () => {
    const demo = run('demo', '--scenario', 'frankfurt', '--fast');
    await demo.says(/Fault on/);
    demo.child.kill('SIGINT');
    expect(await demo.ended).toEqual({ code: 130, signal: null });
    await nothingIsLeft(pidOf(demo), []);
  });

  it('can be interrupted while it starts, and leaves nothing', async () => {
    const demo = run('demo', '--fast');
    await new Promise<void>((resolve) => demo.child.stderr?.on('data', () => demo.errors().includes('Starting') && resolve()));
    demo.child.kill('SIGINT');
    expect(await demo.ended).toEqual({ code: 130, signal: null });
    await nothingIsLeft(pidOf(demo), []);
  });

  it('names the scenarios that it knows, and starts nothing, for one that it does not', async () => {
    const demo = run('demo', '--scenario', 'frankfort');
    expect(await demo.ended).toEqual({ code: 2, signal: null });
    expect(demo.errors()).toMatch(/no scenario called “frankfort”[\s\S]*Did you mean frankfurt\?[\s\S]*false-alarms/);
    expect(demo.errors()).not.toContain('Starting');
    await nothingIsLeft(pidOf(demo), []);
  });
});
