// The real program as a process of its own over a yard, killed at exact moments: what a crash is to the levers.
import { spawn } from 'node:child_process';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { type Run, run as runShape } from '../../shared/run.ts';
import type { Received } from '../../simulator/http.ts';
import { startYard, type Yard } from '../../simulator/yard.ts';
import type { PartName } from '../../simulator/yard-parts.ts';
import type { SettingsOptions } from '../../simulator/yard-settings.ts';

const program = fileURLToPath(new URL('../../main/cli/signalbox.ts', import.meta.url));

export type Ended = {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly stdout: string;
  readonly stderr: string;
};
export type Command = {
  readonly pid: number;
  readonly ended: Promise<Ended>;
  /** What it wrote so far. */
  readonly said: { readonly stdout: string; readonly stderr: string };
  kill(): void;
  stop(): Promise<Ended>;
};

export type CommandYard = {
  readonly yard: Yard;
  readonly data: string;
  readonly dumps: string;
  readonly env: Readonly<Record<string, string>>;
  start(...args: readonly string[]): Command;
  command(...args: readonly string[]): Promise<Ended>;
  /** The newest run in the journal, as it is stored at this moment; null before the first. */
  newest(): Run | null;
  runs(): readonly Run[];
  close(): Promise<void>;
};

/** A yard, its settings file and an empty data folder. */
export async function commandYard(parts: readonly PartName[] | undefined, options: SettingsOptions = {}): Promise<CommandYard> {
  const yard = await startYard({ fast: true, contracts: true, ...(parts && { parts }), idleMs: 120_000, wakeMs: 200 });
  const data = join(yard.folder, 'data');
  const settingsFile = join(yard.folder, 'settings.json');
  await mkdir(data, { mode: 0o700 });
  await writeFile(settingsFile, JSON.stringify(yard.settings(options), null, 2));
  const env = yard.secrets(options);
  const running = new Set<Command>();
  const start = (...args: readonly string[]): Command => {
    const child = spawn(process.execPath, [program, '--config', settingsFile, '--data', data, ...args], {
      stdio: ['ignore', 'pipe', 'pipe'],
      env: { ...process.env, ...env },
    });
    const said = { stdout: '', stderr: '' };
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      said.stdout += text;
    });
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      said.stderr += text;
    });
    const ended = new Promise<Ended>((resolve) => {
      child.once('close', (code, signal) => resolve({ code, signal, ...said }));
    });
    const stop = (): Promise<Ended> => {
      child.kill('SIGTERM');
      return ended;
    };
    const command = { pid: child.pid ?? 0, ended, said, kill: () => void child.kill('SIGKILL'), stop };
    running.add(command);
    void ended.then(() => running.delete(command));
    return command;
  };
  const runs = (): readonly Run[] => journalIn(join(data, 'history.db'));
  return {
    ...{ yard, data, env, start, runs, dumps: join(yard.folder, 'dumps') },
    command: (...args) => start(...args).ended,
    newest: () => runs()[0] ?? null,
    async close() {
      for (const command of running) {
        command.kill();
        await command.ended;
      }
      await yard.stop();
    },
  };
}

/** Newest first; empty while there is no journal yet. */
function journalIn(file: string): readonly Run[] {
  let sql: DatabaseSync;
  try {
    sql = new DatabaseSync(file, { readOnly: true });
  } catch {
    return [];
  }
  try {
    const rows = sql.prepare('SELECT json FROM runs ORDER BY started_at DESC, id DESC').all();
    return rows.map(({ json }) => runShape.parse(JSON.parse(String(json))));
  } catch {
    // The tables are being made.
    return [];
  } finally {
    sql.close();
  }
}

/** When the process is killed: while a step is under way, or at a request that changes something, before it is handled or
 *  after, its answer lost either way. */
export type Moment =
  | { readonly step: number }
  | { readonly change: number; readonly at: 'vercel' | 'statuspage'; readonly handled: boolean };

export const momentName = (moment: Moment): string =>
  'step' in moment
    ? `during step ${moment.step + 1}`
    : `${moment.handled ? 'after' : 'before'} change ${moment.change + 1} at ${moment.at}`;

/** Starts the command and kills it at the moment; resolves when it is gone. `hit`: the moment came. */
export async function killAt(place: CommandYard, args: readonly string[], moment: Moment): Promise<{ readonly hit: boolean }> {
  let hit = false;
  if (!('step' in moment)) {
    let changes = 0;
    const provider = place.yard[moment.at];
    const isIt = ({ method }: Received): boolean => {
      if (method === 'GET') return false;
      changes += 1;
      if (changes !== moment.change + 1) return false;
      hit = true;
      command.kill();
      return true;
    };
    const lost = { status: 503, body: '' };
    await provider.fail(moment.handled ? { kind: 'drop' } : { kind: 'answer', reply: lost }, undefined, isIt);
    const command = place.start(...args);
    await command.ended;
    await provider.fail(null);
    return { hit };
  }
  const command = place.start(...args);
  let over = false;
  void command.ended.then(() => {
    over = true;
  });
  while (!over && !hit) {
    const run = place.newest();
    const under = run?.state === 'running' ? run.steps.findIndex(({ state }) => state === 'running') : -1;
    if (under >= moment.step) {
      hit = true;
      command.kill();
    } else await delay(2);
  }
  await command.ended;
  return { hit };
}

/** Waits for a line of a command that prints one JSON event a line. */
export async function untilLine(
  command: Command,
  fits: (line: Record<string, unknown>) => boolean,
): Promise<Record<string, unknown>> {
  let over = false;
  void command.ended.then(() => {
    over = true;
  });
  for (let from = 0; !over; await delay(10)) {
    const lines = command.said.stdout.split('\n').slice(0, -1);
    for (const line of lines.slice(from)) {
      const event = JSON.parse(line) as Record<string, unknown>;
      if (fits(event)) return event;
    }
    from = lines.length;
  }
  throw new Error(`the program ended before that: ${command.said.stderr}`);
}
