// Asks the witnesses one question at a time: at once when a verdict waits, every five seconds while we are offline.
import type { Clock, Witnesses } from './ports.ts';

export type WitnessDesk = {
  /** Asks unless a question is under way or the last one was answered moments ago. */
  ask(hurry: boolean): void;
  stop(): void;
};

const pauseMs = 5_000;

export function makeWitnessDesk(
  witnesses: Witnesses,
  clock: Clock,
  onVerdict: (verdict: 'online' | 'offline' | 'captive') => void,
): WitnessDesk {
  let asking: AbortController | null = null;
  let lastAnswer = Number.NEGATIVE_INFINITY;
  return {
    ask(hurry) {
      if (asking || (!hurry && clock.monotonic() - lastAnswer < pauseMs)) return;
      const question = new AbortController();
      asking = question;
      witnesses(question.signal).then((verdict) => {
        asking = null;
        if (question.signal.aborted) return;
        lastAnswer = clock.monotonic();
        onVerdict(verdict);
      });
    },
    stop() {
      asking?.abort();
      asking = null;
    },
  };
}
