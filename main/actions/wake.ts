// Asks a server until it answers well: a free plan's server sleeps, and its first answer takes half a minute (Render: 30-60 s).
// Knows nothing of who the server is.
import { plainText } from '../../shared/redact.ts';
import type { Clock } from '../engine/ports.ts';
import { waitFor } from '../providers/wait.ts';

export type WakeOptions = {
  readonly address: string;
  readonly clock: Clock;
  readonly signal: AbortSignal;
  /** One request may take this long, ms. */
  readonly tryMs: number;
  /** All requests together, ms; 0 asks once. */
  readonly budgetMs: number;
  /** Called with the whole seconds that have passed. */
  readonly onSecond?: (seconds: number) => void;
};

/** `afterMs` counts from the first request to the answer. `problem` is the last failure, in a few words for people. */
export type Wake =
  | { readonly healthy: true; readonly afterMs: number }
  | { readonly healthy: false; readonly afterMs: number; readonly problem: string };

const pauseMs = 1_000;

/** Healthy is any answer of 200 to 399. Rejects only with the signal's reason. */
export async function wake(options: WakeOptions): Promise<Wake> {
  const { clock, signal, budgetMs } = options;
  const start = clock.monotonic();
  const stopTicking = tick(options, start);
  try {
    for (;;) {
      const problem = await ask(options);
      const afterMs = Math.round(clock.monotonic() - start);
      if (problem === null) return { healthy: true, afterMs };
      if (afterMs + pauseMs >= budgetMs) return { healthy: false, afterMs, problem };
      await waitFor(pauseMs, signal);
    }
  } finally {
    stopTicking();
  }
}

function tick({ clock, onSecond }: WakeOptions, start: number): () => void {
  if (!onSecond) return () => undefined;
  let cancel = (): void => undefined;
  const again = (): void => {
    // A timer may be a fraction of a millisecond early: 999.6 ms are a second.
    onSecond(Math.round((clock.monotonic() - start) / 1_000));
    cancel = clock.after(1_000, again);
  };
  again();
  return () => cancel();
}

/** Null when it answered well. */
async function ask({ address, clock, signal, tryMs }: WakeOptions): Promise<string | null> {
  signal.throwIfAborted();
  const limit = new AbortController();
  const cancel = clock.after(tryMs, () => limit.abort());
  try {
    const response = await fetch(address, { redirect: 'manual', signal: AbortSignal.any([signal, limit.signal]) });
    await response.body?.cancel();
    return response.status >= 200 && response.status < 400 ? null : `it answers with status ${response.status}`;
  } catch (error) {
    signal.throwIfAborted();
    return limit.signal.aborted ? `no answer within ${Math.round(tryMs / 1_000)} s` : reasonOf(error);
  } finally {
    cancel();
  }
}

/** `fetch` says only "fetch failed"; what happened is in the cause. */
function reasonOf(error: unknown): string {
  const cause = error instanceof Error && error.cause instanceof Error ? error.cause : error;
  const code = cause instanceof Error && 'code' in cause ? String(cause.code) : '';
  if (code === 'ECONNREFUSED') return 'it refuses connections';
  if (code === 'ENOTFOUND' || code === 'EAI_AGAIN') return 'its name cannot be found';
  return plainText(cause instanceof Error ? cause.message : String(cause), 200);
}
