// What a failed call means to a move of traffic: is it worth waiting, may it have happened all the same, and in which words it
// is told.
import { FaultError } from '../../shared/fault.ts';
import { ProviderError } from '../providers/call.ts';
import { waitFor } from '../providers/wait.ts';

/** The failure as part of a sentence; null for what is a mistake of ours. */
export function reasonOf(error: unknown): string | null {
  return error instanceof FaultError ? error.message.replace(/\.\s*$/, '') : null;
}

/** The provider may have carried it out although we do not know: ask before doing it again. */
export function lostAnswer(error: unknown): boolean {
  return error instanceof ProviderError && error.sent === 'maybe';
}

const passing: ReadonlySet<string> = new Set<ProviderError['code']>([
  'provider-failed',
  'provider-rate-limited',
  'provider-timeout',
  'provider-unreachable',
]);
const tries = 3;
const waitMs = 2_000;

/** A question asked during a long wait: a provider that fails for a moment does not end the wait. */
export async function patient<T>(signal: AbortSignal, ask: () => Promise<T>): Promise<T> {
  for (let left = tries; ; left -= 1) {
    try {
      return await ask();
    } catch (error) {
      const isPassing = error instanceof ProviderError && passing.has(error.code);
      if (signal.aborted || !isPassing || left <= 1) throw error;
      await waitFor(Math.min(error.retryAfterMs ?? waitMs, 30_000), signal);
    }
  }
}
