// Asks the keychain from a helper process that can be ended when it hangs. Secrets travel over a private pipe, never argv.
import { type ChildProcess, spawn } from 'node:child_process';
import { createRequire } from 'node:module';
import { z } from 'zod';
import { type AskKeychain, tookTooLong } from '../engine/ports.ts';

/** The helper leaves when nothing was asked for this long. */
const idleMs = 2_000;

/**
 * The helper's whole program, as text so that it needs no file beside the bundle. The store is pinned: without it keyring-rs
 * falls back to the kernel keyring, silently, and a reboot empties that.
 */
const program = `
  let keyring, problem;
  try { keyring = require(process.argv[1]); } catch (error) { problem = 'cannot load: ' + error.message; }
  process.on('disconnect', () => process.exit());
  process.on('message', ({ operation, name, value }) => {
    try {
      if (problem) throw new Error(problem);
      const entry = new keyring.Entry('signalbox', name, { linux: { store: 'secret-service' } });
      if (operation === 'set') entry.setPassword(value);
      const result = operation === 'get' ? entry.getPassword() : operation === 'delete' ? entry.deletePassword() : true;
      process.send({ result });
    } catch (error) {
      process.send({ error: String(error.message) });
    }
  });
`;

const answer = z.union([z.object({ error: z.string() }), z.object({ result: z.unknown() })]);

export function askHelper(env: Readonly<Record<string, string | undefined>>): AskKeychain {
  let helper: ChildProcess | null = null;
  let idle: NodeJS.Timeout | null = null;

  const start = (): ChildProcess => {
    const driver = createRequire(import.meta.url).resolve('@napi-rs/keyring');
    const child = spawn(process.execPath, ['-e', program, driver], {
      stdio: ['ignore', 'ignore', 'ignore', 'ipc'],
      env: withoutSecrets(env),
    });
    endWithUs(child);
    child.once('exit', () => {
      if (helper === child) helper = null;
    });
    return child;
  };
  const dismiss = (): void => {
    helper?.disconnect();
    helper = null;
  };

  return (asked, limitMs) =>
    new Promise((resolve, reject) => {
      if (idle) clearTimeout(idle);
      const child = helper?.connected ? helper : start();
      helper = child;
      hold(child, true);
      const finish = (settle: () => void): void => {
        clearTimeout(limit);
        child.off('message', answered).off('exit', left).off('error', failed);
        hold(child, false);
        idle = setTimeout(dismiss, idleMs).unref();
        settle();
      };
      const limit = setTimeout(() => {
        helper = null;
        child.kill('SIGKILL');
        finish(() => reject(new Error(tookTooLong)));
      }, limitMs);
      const answered = (message: unknown): void => {
        const { result, error } = { result: null, error: null, ...answer.parse(message) };
        finish(() => (typeof error === 'string' ? reject(new Error(error)) : resolve(result)));
      };
      const left = (): void => finish(() => reject(new Error('the keychain helper ended unexpectedly')));
      const failed = (error: Error): void => finish(() => reject(error));
      child.on('message', answered).on('exit', left).on('error', failed);
      child.send(asked);
    });
}

const running = new Set<ChildProcess>();

/** A helper that hangs in a prompt would outlive this process. */
function endWithUs(child: ChildProcess): void {
  if (running.size === 0) process.on('exit', endAll);
  running.add(child);
  child.once('exit', () => {
    running.delete(child);
    if (running.size === 0) process.off('exit', endAll);
  });
}

function endAll(): void {
  for (const child of running) child.kill('SIGKILL');
}

/** A helper at rest does not keep the program alive; one that is asked does. */
function hold(child: ChildProcess, held: boolean): void {
  if (held) {
    child.ref();
    child.channel?.ref();
  } else {
    child.unref();
    child.channel?.unref();
  }
}

function withoutSecrets(env: Readonly<Record<string, string | undefined>>): Record<string, string | undefined> {
  return Object.fromEntries(Object.entries(env).filter(([name]) => !name.startsWith('SIGNALBOX_SECRET_')));
}
