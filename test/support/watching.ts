// Runs the real program (`signalbox watch --json`) in a process of its own and reads its events.
import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

const program = fileURLToPath(new URL('../../main/cli/signalbox.ts', import.meta.url));

/** One line of `watch --json`, loosely typed: what tests look at. */
export type Line = {
  readonly event: string;
  readonly at: string;
  readonly revision: number;
  readonly url?: string | null;
  readonly monitorId?: string;
  readonly channel?: string;
  readonly from?: string;
  readonly to?: string;
  readonly incident?: {
    readonly id: string;
    readonly state: string;
    readonly monitors: readonly string[];
    readonly openedAt: string;
  };
  readonly observation?: {
    readonly monitorId: string;
    readonly outcome: string;
    readonly error?: { readonly code: string; readonly message: string };
  };
};

export type Watching = {
  readonly pid: number;
  readonly lines: readonly Line[];
  /** What it said on stderr so far. */
  said(): string;
  /** The first line, also among those already there, that fits; rejects with what was seen after `withinMs`. */
  until(fits: (line: Line) => boolean, withinMs?: number): Promise<Line>;
  /** Signals it and waits for its end: [exit code, signal]. */
  end(signal: NodeJS.Signals): Promise<readonly [number | null, NodeJS.Signals | null]>;
  signal(signal: NodeJS.Signals): void;
};

export type Workplace = {
  readonly folder: string;
  readonly data: string;
  readonly settingsFile: string;
  write(settings: unknown): Promise<void>;
  watch(options?: {
    readonly args?: readonly string[];
    readonly env?: NodeJS.ProcessEnv;
    readonly wrapper?: readonly string[];
  }): Watching;
  run(
    args: readonly string[],
    env?: NodeJS.ProcessEnv,
  ): Promise<{ readonly code: number | null; readonly stdout: string; readonly stderr: string }>;
  close(): Promise<void>;
};

/** A temporary settings file and data folder, removed with every process still running at the end. */
export async function workplace(settings: unknown): Promise<Workplace> {
  const folder = await mkdtemp(join(tmpdir(), 'signalbox-watch-'));
  const settingsFile = join(folder, 'settings.json');
  const data = join(folder, 'data');
  const running = new Set<Watching>();
  const write = (value: unknown): Promise<void> => writeFile(settingsFile, JSON.stringify(value, null, 2));
  await write(settings);
  const global = ['--config', settingsFile, '--data', data];
  return {
    folder,
    data,
    settingsFile,
    write,
    watch({ args = ['--no-window'], env = {}, wrapper = [] } = {}) {
      const [command, ...before] = [...wrapper, process.execPath];
      const child = spawn(command as string, [...before, program, ...global, 'watch', '--json', ...args], {
        stdio: ['ignore', 'pipe', 'pipe'],
        env: { ...process.env, ...env },
      });
      const watching = follow(child);
      running.add(watching);
      child.on('exit', () => running.delete(watching));
      return watching;
    },
    run(args, env = {}) {
      return new Promise((resolve) => {
        const child = spawn(process.execPath, [program, ...global, ...args], {
          stdio: ['ignore', 'pipe', 'pipe'],
          env: { ...process.env, ...env },
        });
        let [stdout, stderr] = ['', ''];
        child.stdout.on('data', (chunk) => {
          stdout += chunk;
        });
        child.stderr.on('data', (chunk) => {
          stderr += chunk;
        });
        child.on('close', (code) => resolve({ code, stdout, stderr }));
      });
    },
    async close() {
      for (const watching of running) await watching.end('SIGKILL');
      await rm(folder, { recursive: true, force: true });
    },
  };
}

function follow(child: ChildProcess): Watching {
  const lines: Line[] = [];
  const listeners = new Set<() => void>();
  let stderr = '';
  let ended: readonly [number | null, NodeJS.Signals | null] | null = null;
  const tell = (): void => {
    for (const listener of listeners) listener();
  };
  if (!child.stdout || !child.stderr) throw new Error('the program has no output streams');
  createInterface({ input: child.stdout }).on('line', (text) => {
    lines.push(JSON.parse(text) as Line);
    tell();
  });
  child.stderr.on('data', (chunk) => {
    stderr += chunk;
  });
  const over = new Promise<readonly [number | null, NodeJS.Signals | null]>((resolve) => {
    child.on('close', (code, signal) => {
      ended = [code, signal];
      resolve(ended);
      tell();
    });
  });
  return {
    pid: child.pid ?? 0,
    lines,
    said: () => stderr,
    until(fits, withinMs = 15_000) {
      return new Promise((resolve, reject) => {
        const story = (): string =>
          `${lines
            .map((line) => line.event)
            .slice(-30)
            .join(', ')}\n${stderr}`;
        const stop = (): void => {
          clearTimeout(limit);
          listeners.delete(look);
        };
        const look = (): void => {
          const found = lines.find(fits);
          if (found) {
            stop();
            resolve(found);
          } else if (ended) {
            stop();
            reject(new Error(`the program ended (${ended}) before that: ${story()}`));
          }
        };
        const limit = setTimeout(() => {
          stop();
          reject(new Error(`not seen within ${withinMs} ms; the last events: ${story()}`));
        }, withinMs);
        listeners.add(look);
        look();
      });
    },
    async end(signal) {
      child.kill(signal);
      return await over;
    },
    signal: (signal) => void child.kill(signal),
  };
}
