// Looks everywhere at once when there is an outage. Every source has its own time limit; what fails is told as missing, and
// nothing that a source does reaches the engine as an error.
import type { Evidence } from '../../shared/evidence.ts';
import { FaultError } from '../../shared/fault.ts';
import { safeText } from '../../shared/redact.ts';
import type { Clock, Investigate, Outage } from '../engine/ports.ts';
import { nowOf, type Source } from './ports.ts';

export type InvestigateParts = {
  /** Asked anew for every outage: settings change. */
  readonly sources: (outage: Outage) => readonly Source[];
  readonly clock: Pick<Clock, 'now' | 'after'>;
  readonly secrets: () => readonly string[];
  /** For each source, ms. */
  readonly limitMs?: number;
};

const usualLimitMs = 10_000;

export function makeInvestigate({ sources, clock, secrets, limitMs = usualLimitMs }: InvestigateParts): Investigate {
  const lookIn = async (source: Source, outage: Outage, tell: (found: readonly Evidence[]) => void, signal: AbortSignal) => {
    const end = new AbortController();
    const stop = (): void => end.abort(signal.reason);
    signal.addEventListener('abort', stop, { once: true });
    let isLate = false;
    const cancel = clock.after(limitMs, () => {
      isLate = true;
      end.abort(new DOMException('The time limit has passed.', 'TimeoutError'));
    });
    try {
      // A source that does not heed its signal is no longer waited for, and no longer heard.
      await Promise.race([
        source.look(outage, (found) => !end.signal.aborted && tell(found), end.signal),
        new Promise<never>((_, reject) => end.signal.addEventListener('abort', () => reject(end.signal.reason), { once: true })),
      ]);
    } catch (error) {
      if (signal.aborted) return;
      const why = isLate ? `It gave no answer within ${limitMs / 1_000} s.` : reasonOf(error, secrets());
      tell([{ kind: 'missing', source: source.name, at: nowOf({ clock }), why }]);
    } finally {
      cancel();
      signal.removeEventListener('abort', stop);
      end.abort();
    }
  };

  return async (outage, onEvidence, signal) => {
    signal.throwIfAborted();
    const tell = (found: readonly Evidence[]): void => {
      if (found.length > 0 && !signal.aborted) onEvidence(found);
    };
    await Promise.all(sources(outage).map((source) => lookIn(source, outage, tell, signal)));
    signal.throwIfAborted();
  };
}

function reasonOf(error: unknown, secrets: readonly string[]): string {
  const words = error instanceof Error ? error.message : String(error);
  const text = error instanceof FaultError ? `${words} ${error.next}` : `It could not be asked: ${words}`;
  return safeText(text, 1_000, secrets);
}
