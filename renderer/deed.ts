// One click on a lever, from looking first to the run it starts: prepare, then either ask in place or start at once.
// Knows no lever; the engine decides what is asked and what is refused.
import { useEffect, useRef, useState } from 'react';
import type { Fault, Input } from '../shared/ipc.ts';
import type { Finding, Offer } from '../shared/lever.ts';
import type { Run } from '../shared/run.ts';
import { useStore } from './hooks.ts';

/** What is asked of a lever; the engine fills in what is left out. */
export type Wish = Input<'lever.prepare'>['request'];

export type Deed =
  | { readonly at: 'rest' }
  | { readonly at: 'looking'; readonly wish: Wish }
  /** Refused, or to be confirmed. */
  | { readonly at: 'asking'; readonly wish: Wish; readonly offer: Offer }
  /** `runId` is known as soon as the engine took it; the snapshot follows. */
  | { readonly at: 'starting'; readonly runId: string | null }
  | { readonly at: 'failed'; readonly wish: Wish; readonly fault: Fault };

export type DeedHandle = {
  readonly deed: Deed;
  /** What looking first found out about a run that this page started. */
  readonly findingsOf: (runId: string) => readonly Finding[];
  readonly pull: (wish: Wish) => Promise<void>;
  /** Goes on with what was asked; `force` overrides a refusal. */
  readonly confirm: (force: boolean) => Promise<void>;
  /** Forgets the click: what was looked up changed nothing. */
  readonly leave: () => void;
};

const atRest: Deed = { at: 'rest' };
const none: readonly Finding[] = [];

export function useDeed(runs: readonly Run[]): DeedHandle {
  const store = useStore();
  const [deed, setDeed] = useState<Deed>(atRest);
  const [told, setTold] = useState<{ readonly runId: string; readonly findings: readonly Finding[] } | null>(null);
  // An answer to a click that was taken back meanwhile is nobody's.
  const turn = useRef(0);

  const start = async (wish: Wish, offer: Offer, force: boolean): Promise<void> => {
    turn.current += 1;
    const mine = turn.current;
    setDeed({ at: 'starting', runId: null });
    const reply = await store.call('lever.start', { token: offer.token, force });
    if (turn.current !== mine) return;
    if (!reply.ok) return setDeed({ at: 'failed', wish, fault: reply.error });
    setTold({ runId: reply.value.run.id, findings: offer.findings });
    setDeed({ at: 'starting', runId: reply.value.run.id });
  };
  const pull = async (wish: Wish): Promise<void> => {
    turn.current += 1;
    const mine = turn.current;
    setDeed({ at: 'looking', wish });
    const reply = await store.call('lever.prepare', { request: wish });
    if (turn.current !== mine) return;
    if (!reply.ok) return setDeed({ at: 'failed', wish, fault: reply.error });
    const offer = reply.value;
    if (offer.refusal !== null || offer.asks) return setDeed({ at: 'asking', wish, offer });
    await start(wish, offer, false);
  };
  const confirm = async (force: boolean): Promise<void> => {
    if (deed.at !== 'asking') return;
    // What was found out has aged: look again instead of doing something else than what was shown.
    if (Date.parse(deed.offer.expiresAt) <= Date.now()) return await pull(deed.wish);
    await start(deed.wish, deed.offer, force);
  };
  const leave = (): void => {
    turn.current += 1;
    setDeed(atRest);
  };

  const arrived = deed.at === 'starting' && runs.some((run) => run.id === deed.runId);
  useEffect(() => {
    if (arrived) setDeed(atRest);
  }, [arrived]);
  return { deed, findingsOf: (runId) => (told?.runId === runId ? told.findings : none), pull, confirm, leave };
}
