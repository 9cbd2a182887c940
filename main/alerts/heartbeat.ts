// The dead-man's switch: a running engine pings an address kept elsewhere, which raises the alarm when the pings stop.
import { durationMs } from '../../shared/duration.ts';
import { safeText } from '../../shared/redact.ts';
import type { Settings } from '../../shared/settings.ts';
import type { Clock } from '../engine/ports.ts';

const limitMs = 10_000;

/** Pings at once and then every interval until stopped. `announce` hears of the first of several failures in a row. */
export function startHeartbeat(
  settings: Settings['heartbeat'],
  clock: Clock,
  announce: (sentence: string) => void,
): { stop(): void } {
  if (!settings) return { stop() {} };
  const lifetime = new AbortController();
  let failing = false;
  let cancel = (): void => {};

  const ping = async (): Promise<void> => {
    try {
      const answer = await fetch(settings.url, {
        signal: AbortSignal.any([lifetime.signal, AbortSignal.timeout(limitMs)]),
        redirect: 'follow',
      });
      await answer.body?.cancel();
      if (!answer.ok) throw new Error(`it answered with status ${answer.status}`);
      failing = false;
    } catch (error) {
      if (lifetime.signal.aborted) return;
      if (!failing)
        announce(`The heartbeat could not be sent: ${safeText(error instanceof Error ? error.message : String(error), 300)}`);
      failing = true;
    }
    if (!lifetime.signal.aborted) cancel = clock.after(durationMs(settings.interval), ping);
  };
  ping();
  return {
    stop() {
      cancel();
      lifetime.abort();
    },
  };
}
