// The machine and moment a figure belongs to: without them it means nothing.
import { execFileSync } from 'node:child_process';
import { cpus, loadavg, release, totalmem, type } from 'node:os';
import { fileURLToPath } from 'node:url';

export type Machine = {
  readonly cpu: string;
  readonly memory: string;
  readonly system: string;
  readonly node: string;
  readonly commit: string;
};

export function machine(): Machine {
  const cores = cpus();
  return {
    cpu: `${cores[0]?.model.trim() ?? 'unknown'}, ${cores.length} ${cores.length === 1 ? 'core' : 'cores'}`,
    memory: `${Math.round(totalmem() / 2 ** 30)} GB`,
    system: `${type()} ${release()} ${process.arch}`,
    node: process.version,
    commit: commit(),
  };
}

/** Load averages over 1, 5 and 15 minutes; all zero on Windows, which has none. */
export function load(): string {
  return loadavg()
    .map((value) => value.toFixed(2))
    .join(' ');
}

function commit(): string {
  const git = (...args: string[]): string =>
    execFileSync('git', args, { cwd: fileURLToPath(new URL('../..', import.meta.url)), encoding: 'utf8' }).trim();
  try {
    const changed =
      git('status', '--porcelain', '--', 'main', 'shared', 'renderer') === '' ? '' : ', with changes not yet committed';
    return `${git('rev-parse', '--short', 'HEAD')}${changed}`;
  } catch {
    // An unpacked archive has no history; the date still stands on the page.
    return 'unknown';
  }
}
