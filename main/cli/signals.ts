// The first Ctrl-C or SIGTERM asks to stop, a second one insists. One key press may arrive several times: from the
// terminal, from npm and from the launcher, each passing it on.

/** Repeats within this time are the same press. */
const samePressMs = 400;

/** Aborts on the first signal and calls `insist` on a later one. Returns the way to stop listening. */
export function onStopSignals(controller: AbortController, insist: () => void): () => void {
  let firstAt: number | null = null;
  const onSignal = (): void => {
    if (firstAt === null) {
      firstAt = performance.now();
      controller.abort();
    } else if (performance.now() - firstAt > samePressMs) {
      insist();
    }
  };
  const names = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;
  for (const name of names) process.on(name, onSignal);
  return () => {
    for (const name of names) process.off(name, onSignal);
  };
}
