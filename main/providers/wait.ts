// Waiting that can be called off. The one timer of the provider clients and of looking from outside.
import { setTimeout as sleep } from 'node:timers/promises';

/** Resolves after `ms`, at once when that is not positive; rejects with the signal's own reason when it aborts. */
export async function waitFor(ms: number, signal: AbortSignal): Promise<void> {
  signal.throwIfAborted();
  if (ms <= 0) return;
  try {
    await sleep(ms, undefined, { signal });
  } catch (error) {
    signal.throwIfAborted();
    throw error;
  }
}
