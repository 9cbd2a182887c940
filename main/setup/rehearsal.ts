// "See it work": runs the rehearsal yard as a process of its own beside the engine, from a checkout only. What it is told it
// prints; what it opens in the browser is its own business.
import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { endYard, windowOf } from './rehearsal-process.ts';

export type Rehearsal = {
  /** Rejects with FaultError `rehearsal-failed`. While it runs, its address is given again. */
  start(): Promise<{ readonly url: string }>;
  /** Resolves once it has ended; a start that was still waited for rejects. */
  stop(): Promise<void>;
};

type Env = Readonly<Record<string, string | undefined>>;

export type RehearsalOptions = {
  /** Lets the yard open its window in the browser; true when absent. */
  readonly open?: boolean;
  /** A Postgres is made, a front end built: seconds, on a slow machine many. 60 s when absent. */
  readonly startMs?: number;
  /** Whether this process is Electron, which must not run as plain Node (SECURITY S-22); found out when absent. */
  readonly inElectron?: boolean;
};

/** The checkout that this program belongs to: `main/setup` and the folders under `dist` lie two levels below it. */
export const checkout = fileURLToPath(new URL('../../', import.meta.url));

/** Null where there is no yard: `folder` is no checkout of Signalbox, or no plain Node can be found. */
export function makeRehearsal(folder: string, env: Env, options: RehearsalOptions = {}): Rehearsal | null {
  const { open = true, startMs = 60_000, inElectron = process.versions.electron !== undefined } = options;
  const launcher = join(folder, 'main', 'cli', 'bin.mjs');
  const node = inElectron ? plainNode(folder, env) : process.execPath;
  if (node === null || !existsSync(launcher) || !existsSync(join(folder, 'simulator', 'demo.ts'))) return null;
  let running: { readonly child: ChildProcess; readonly url: Promise<string> } | null = null;

  const launch = (): NonNullable<typeof running> => {
    const child = spawn(node, [launcher, '--json', 'demo', ...(open ? ['--open'] : [])], {
      // The last pipe carries nothing: the system closes it when we end, however that is, and the launcher ends with it.
      stdio: ['ignore', 'pipe', 'pipe', 'pipe'],
      env: { ...itsOwn(env), SIGNALBOX_LIFELINE: '3' },
      windowsHide: true,
    });
    const made = { child, url: windowOf(child, startMs) };
    const gone = (): void => {
      if (running === made) running = null;
    };
    child.once('exit', gone);
    made.url.catch(() => {
      gone();
      void endYard(child);
    });
    return made;
  };

  return {
    async start() {
      running ??= launch();
      return { url: await running.url };
    },
    async stop() {
      if (running) await endYard(running.child);
    },
  };
}

/** The Node that the checkout brought along, or else the first on the path. */
function plainNode(folder: string, env: Env): string | null {
  const name = process.platform === 'win32' ? 'node.exe' : 'node';
  const places = [join(folder, 'node_modules', 'node', 'bin'), ...(env.PATH ?? env.Path ?? '').split(delimiter)];
  return (
    places
      .filter((place) => place !== '')
      .map((place) => join(place, name))
      .find((path) => existsSync(path)) ?? null
  );
}

/** The yard brings its own secrets and knows nothing of ours, and what is meant for this process is not meant for it. */
function itsOwn(env: Env): Record<string, string | undefined> {
  return Object.fromEntries(Object.entries(env).filter(([name]) => !/^(SIGNALBOX_|ELECTRON_)/i.test(name)));
}
