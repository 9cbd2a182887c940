// Time as the stand-ins see it: the machine's, or a test's. Knows nothing of what waits.

export type YardClock = {
  /** Epoch milliseconds. */
  now(): number;
  /** Runs `callback` once after `ms`; the answer cancels it. */
  after(ms: number, callback: () => void): () => void;
};

export const machineClock: YardClock = {
  now: () => Date.now(),
  after(ms, callback) {
    const timer = setTimeout(callback, ms);
    return () => clearTimeout(timer);
  },
};

const trueNow = Date.now;

/** The time that no rehearsed jump moves, epoch milliseconds. */
export const steadyNow = (): number => trueNow.call(Date);

/** Sets this process's wall clock ahead by `ms` (0 sets it right), as somebody or a bad time server would: `Date.now` jumps,
 *  monotonic time and timers do not. Signalbox is met by it where it runs in the yard's process, as in the demo. */
export function setClockAhead(ms: number): void {
  Date.now = ms === 0 ? trueNow : () => steadyNow() + ms;
}

export type Timers = YardClock & {
  /** Cancels what waits and accepts nothing more: afterwards `after` does nothing. */
  stop(): void;
};

/** A clock that can forget everything that waits on it, so that a stand-in stops without leaving a timer. */
export function trackTimers(clock: YardClock): Timers {
  const waiting = new Set<() => void>();
  let stopped = false;
  return {
    now: () => clock.now(),
    after(ms, callback) {
      if (stopped) return () => undefined;
      const cancelInner = clock.after(ms, () => {
        waiting.delete(cancel);
        callback();
      });
      const cancel = (): void => {
        waiting.delete(cancel);
        cancelInner();
      };
      waiting.add(cancel);
      return cancel;
    },
    stop() {
      stopped = true;
      for (const cancel of [...waiting]) cancel();
    },
  };
}
