// One tick per second for every "4 s ago" on the page, and none while nothing that ticks is shown or the page is hidden.
import { useSyncExternalStore } from 'react';

const listeners = new Set<() => void>();
let now = Date.now();
let timer: ReturnType<typeof setInterval> | undefined;

function tick(): void {
  if (document.hidden) return;
  now = Date.now();
  for (const listener of listeners) listener();
}

function subscribe(listener: () => void): () => void {
  if (listeners.size === 0) {
    now = Date.now();
    timer = setInterval(tick, 1_000);
    document.addEventListener('visibilitychange', tick);
  }
  listeners.add(listener);
  return () => {
    listeners.delete(listener);
    if (listeners.size > 0) return;
    clearInterval(timer);
    document.removeEventListener('visibilitychange', tick);
  };
}

/** The present moment, epoch milliseconds; renders its component once a second. Use it in leaves only. */
export function useNow(): number {
  return useSyncExternalStore(subscribe, () => now);
}

const minuteMs = 60_000;

/** The start of the present minute, epoch milliseconds; for what only changes with the day or the hour. */
export function useMinute(): number {
  return useSyncExternalStore(subscribe, () => Math.floor(now / minuteMs) * minuteMs);
}
