// Asks the keychain from a helper process of Electron's own (utilityProcess): a call that hangs in a prompt is ended with the
// process, and never holds up quitting. Plain Node is not to be had inside Electron (SECURITY S-22).
import { z } from 'zod';
import { type AskKeychain, tookTooLong } from '../ipc/face.ts';
import type { HelperPart, UtilityProcessPart } from './parts.ts';

/** What Electron calls the helper, in its own messages too. */
export const keychainService = 'Signalbox keychain';

/** The helper leaves when nothing was asked for this long. */
const idleMs = 2_000;

const answer = z.union([z.object({ error: z.string() }), z.object({ result: z.unknown() })]);

export type KeychainProcess = {
  readonly ask: AskKeychain;
  /** Ends what is under way; it rejects, and so does everything asked later. */
  end(): void;
};

/** `program`: the built keychain program. Its whole conversation: one question, one answer. The caller asks one at a time. */
export function keychainProcess(utilityProcess: UtilityProcessPart, program: string): KeychainProcess {
  let helper: HelperPart | null = null;
  let idle: NodeJS.Timeout | undefined;
  let settle: ((answer: unknown) => void) | null = null;
  let isOver = false;

  const start = (): HelperPart => {
    const made = utilityProcess.fork(program, [], { stdio: 'ignore', serviceName: keychainService });
    made.on('message', (said: unknown) => {
      if (helper === made) settle?.(said);
    });
    made.on('exit', () => {
      if (helper !== made) return;
      helper = null;
      settle?.({ error: 'the keychain helper ended unexpectedly' });
    });
    return made;
  };
  const dismiss = (): void => {
    const gone = helper;
    helper = null;
    if (gone === null) return;
    // Asked to end, a process that sits in a native call may not listen.
    if (gone.pid === undefined || !isKilled(gone.pid)) gone.kill();
  };

  return {
    async ask(asked, limitMs) {
      if (isOver) throw new Error('Signalbox is quitting');
      clearTimeout(idle);
      helper ??= start();
      const { promise, resolve } = Promise.withResolvers<unknown>();
      settle = resolve;
      const limit = setTimeout(() => {
        dismiss();
        resolve({ error: tookTooLong });
      }, limitMs);
      helper.postMessage({ operation: asked.operation, name: asked.name, value: 'value' in asked ? asked.value : null });
      const said = await promise;
      clearTimeout(limit);
      settle = null;
      if (!isOver) idle = setTimeout(dismiss, idleMs).unref();
      return resultOf(said);
    },
    end() {
      isOver = true;
      clearTimeout(idle);
      dismiss();
      settle?.({ error: 'Signalbox is quitting' });
    },
  };
}

function resultOf(said: unknown): unknown {
  const { error, result } = { error: null, result: null, ...answer.parse(said) };
  if (typeof error === 'string') throw new Error(error);
  return result;
}

/** Whether the process was there to be ended. */
function isKilled(pid: number): boolean {
  try {
    return process.kill(pid, 'SIGKILL');
  } catch {
    return false;
  }
}
