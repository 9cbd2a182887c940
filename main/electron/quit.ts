// Quitting takes the engine with it: every way out (menu, Ctrl-C, log out) comes through `before-quit`, waits for the
// engine to stop, with a limit, and leaves no process.
import type { AppPart } from './parts.ts';

/** Longer than the engine's own limits for what is under way; after it, the history's crash safety takes over. */
const stopLimitMs = 10_000;

/** Takes over the end of the app. `stop` may be called before the engine has started. Returns whether the app is
 *  quitting, for windows that otherwise only hide. */
export function ownQuit(options: {
  readonly app: Pick<AppPart, 'on' | 'exit'>;
  readonly stop: () => Promise<void>;
  readonly log: (line: string) => void;
}): () => boolean {
  const { app, stop, log } = options;
  let quitting = false;
  app.on('before-quit', (event) => {
    // Electron would end the process without waiting for anything asynchronous.
    event.preventDefault();
    if (quitting) return;
    quitting = true;
    void withinLimit(stop).then(
      () => app.exit(0),
      (error: unknown) => {
        log(`Signalbox did not stop cleanly: ${error instanceof Error ? error.message : String(error)}`);
        app.exit(1);
      },
    );
  });
  return () => quitting;
}

async function withinLimit(stop: () => Promise<void>): Promise<void> {
  const { promise, reject } = Promise.withResolvers<never>();
  const timer = setTimeout(
    () => reject(new Error(`the engine was still busy after ${stopLimitMs / 1_000} s; nothing recorded is lost`)),
    stopLimitMs,
  );
  try {
    await Promise.race([stop(), promise]);
  } finally {
    clearTimeout(timer);
  }
}
