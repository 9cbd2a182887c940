// Asks the keychain from a helper process of Electron's own (utilityProcess): a call that hangs in a prompt is ended with the
// process, and never holds up quitting. Plain Node is not to be had inside Electron (SECURITY S-22).
import type { AskKeychain } from '../ipc/face.ts';
import type { HelperPart, UtilityProcessPart } from './parts.ts';

/** The helper leaves when nothing was asked for this long. */
const idleMs = 2_000;

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
    const made = utilityProcess.fork(program, [], { stdio: 'ignore', serviceName: 'Signalbox keychain' });
    made.on('message', (answer: unknown) => settle?.(answer));
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
    // Asked to end, a process that sits in a native call does not listen.
    if (gone.pid === undefined || !killed(gone.pid)) gone.kill();
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
        resolve({ error: asked.tookTooLong });
      }, limitMs);
      helper.postMessage({ operation: asked.operation, name: asked.name, value: 'value' in asked ? asked.value : null });
      const answer = await promise;
      clearTimeout(limit);
      settle = null;
      if (!isOver) idle = setTimeout(dismiss, idleMs).unref();
      return valueOf(answer);
    },
    end() {
      isOver = true;
      clearTimeout(idle);
      dismiss();
      settle?.({ error: 'Signalbox is quitting' });
    },
  };
}
