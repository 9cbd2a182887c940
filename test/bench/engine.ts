// The program as it ships: the launcher and `dist/cli/signalbox.mjs`, built first when the sources are newer.
import { existsSync, readdirSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { createBuilder } from 'vite';
import { end, removeFolder, start, temporaryFolder } from './processes.ts';

const root = fileURLToPath(new URL('../../', import.meta.url));
export const windowFolder = join(root, 'dist/renderer');
const program = join(root, 'main/cli/bin.mjs');

const parts = {
  cli: { result: join(root, 'dist/cli/signalbox.mjs'), sources: ['main', 'shared', 'package.json', 'vite.config.ts'] },
  client: { result: join(windowFolder, 'index.html'), sources: ['renderer', 'shared', 'vite.config.ts'] },
} as const;

/** Builds a part of dist/ unless it is newer than its sources. */
export async function ensureBuilt(part: keyof typeof parts): Promise<void> {
  const { result, sources } = parts[part];
  const newest = Math.max(...sources.map((path) => changedMs(join(root, path))));
  if (existsSync(result) && statSync(result).mtimeMs > newest) return;
  const configFile = join(root, 'vite.config.ts');
  const builder = await createBuilder({ configFile, logLevel: 'error', mode: 'production' });
  const environment = builder.environments[part];
  if (!environment) throw new Error(`vite.config.ts builds no "${part}".`);
  await builder.build(environment);
}

function changedMs(path: string): number {
  const found = statSync(path);
  if (!found.isDirectory()) return found.mtimeMs;
  return Math.max(...readdirSync(path).map((name) => changedMs(join(path, name))));
}

/** A line of `watch --json`, with the moment it was read (epoch ms). */
export type Line = {
  readonly event: string;
  readonly at: string;
  readonly readAt: number;
  readonly to?: string;
  readonly incident?: { readonly id: string; readonly monitors: readonly string[] };
  readonly observation?: { readonly at: string; readonly outcome: string };
};

export type Engine = {
  readonly pid: number;
  readonly launchedAt: number;
  /** With `json`: every line so far. */
  readonly lines: readonly Line[];
  /** With `json`: the first line that fits; rejects after `withinMs`. */
  until(fits: (line: Line) => boolean, withinMs?: number): Promise<Line>;
  signal(signal: NodeJS.Signals): void;
  /** Ends it and removes its folder unless it is to be used again. Rejects when it did not end well. */
  stop(): Promise<void>;
};

export type EngineOptions = {
  readonly settings: object;
  readonly json?: boolean;
  /** Data folder of an earlier engine; a new one otherwise, removed at the end. */
  readonly folder?: string;
  readonly env?: NodeJS.ProcessEnv;
};

/** Starts the program; asks nothing of it yet. */
export function startEngine({ settings, json = false, folder, env = {} }: EngineOptions): Engine {
  const place = folder ?? temporaryFolder();
  const file = join(place, 'settings.json');
  writeFileSync(file, JSON.stringify(settings));
  const args = [program, '--config', file, '--data', join(place, 'data'), 'watch', '--no-window', ...(json ? ['--json'] : [])];
  const launchedAt = Date.now();
  const child = start(process.execPath, args, {
    stdio: ['ignore', json ? 'pipe' : 'ignore', 'pipe'],
    env: { ...process.env, NODE_NO_WARNINGS: '1', ...env },
  });
  const lines: Line[] = [];
  const listeners = new Set<() => void>();
  let said = '';
  child.stderr?.on('data', (chunk) => {
    said += chunk;
  });
  if (child.stdout) {
    createInterface({ input: child.stdout }).on('line', (text) => {
      lines.push({ ...JSON.parse(text), readAt: Date.now() });
      for (const look of listeners) look();
    });
  }
  return {
    pid: child.pid ?? 0,
    launchedAt,
    lines,
    until(fits, withinMs = 30_000) {
      return new Promise((resolve, reject) => {
        let seen = 0;
        const stop = (): void => {
          clearTimeout(limit);
          listeners.delete(look);
        };
        const look = (): void => {
          for (; seen < lines.length; seen += 1) {
            const line = lines[seen];
            if (!line || !fits(line)) continue;
            stop();
            resolve(line);
            return;
          }
        };
        const limit = setTimeout(() => {
          stop();
          reject(new Error(`The engine did not say what was awaited within ${withinMs} ms. ${said}`));
        }, withinMs);
        listeners.add(look);
        look();
      });
    },
    signal: (signal) => void child.kill(signal),
    async stop() {
      const code = await end(child);
      if (folder === undefined) removeFolder(place);
      if (code !== 0) throw new Error(`The engine ended with code ${code}: ${said}`);
    },
  };
}

/** Where an engine that was started in `folder` keeps its history. */
export function historyFile(folder: string): string {
  return join(folder, 'data', 'history.db');
}

/** Settings of `count` monitors `api-0`… on the target; nothing is asked outside this machine and no desktop is disturbed. */
export function settingsFor(url: string, count: number, monitor: object, rest: object = {}): object {
  return {
    connectivity: { probes: [] },
    alerts: { desktop: { enabled: false } },
    ...rest,
    monitors: Array.from({ length: count }, (_, index) => ({
      id: `api-${index}`,
      kind: 'http',
      url: `${url}/engine/${index}`,
      ...monitor,
    })),
  };
}
