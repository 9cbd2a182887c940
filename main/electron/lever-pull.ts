// One click on a lever in the tray's menu: the engine looks first and starts at once where nothing speaks against it and
// nobody need be asked; otherwise the window opens at that lever, where a person reads why and decides.
import { type LeverRequest, offer } from '../../shared/lever.ts';
import { plainText } from '../../shared/redact.ts';
import type { Engine } from '../ipc/face.ts';
import type { LeverName } from './lever-menu.ts';

export type LeverPulls = {
  pull(lever: LeverName, request: LeverRequest): Promise<void>;
  cancel(runId: string): Promise<void>;
  /** Levers that the engine is looking at now. */
  looking(): ReadonlySet<LeverName>;
};

export function leverPulls(options: {
  readonly engine: Pick<Engine, 'dispatch'>;
  /** Opens the window at a lever. */
  readonly open: (lever: LeverName) => void;
  /** Called whenever `looking` changes. */
  readonly changed: () => void;
  readonly log: (line: string) => void;
}): LeverPulls {
  const { engine, open, changed, log } = options;
  const looking = new Set<LeverName>();

  /** The reply's value, or null after its fault was logged. */
  const ask = async (method: string, input: unknown): Promise<{ readonly value: unknown } | null> => {
    const reply = await engine.dispatch(method, input);
    if (reply.ok) return { value: reply.value };
    log(plainText(`${reply.error.message} ${reply.error.next}`, 1_500));
    return null;
  };

  const started = async (request: LeverRequest): Promise<boolean> => {
    const looked = await ask('lever.prepare', { request });
    if (looked === null) return false;
    const { token, refusal, asks } = offer.parse(looked.value);
    if (refusal !== null || asks) return false;
    return (await ask('lever.start', { token, force: false })) !== null;
  };

  return {
    async pull(lever, request) {
      if (looking.has(lever)) return;
      looking.add(lever);
      changed();
      try {
        if (!(await started(request))) open(lever);
      } finally {
        looking.delete(lever);
        changed();
      }
    },
    async cancel(runId) {
      await ask('lever.cancel', { runId });
    },
    looking: () => looking,
  };
}
