// Quitting takes the engine with it: every way out (menu, Ctrl-C, log out) comes through `before-quit`, waits for the
// engine to stop, with a limit, and leaves no process.
import type { AppPart } from './parts.ts';

/** Longer than the engine's own limits for what is under way; after it, the history's crash safety takes over. */
const stopLimitMs = 10_000;

export type Quitting = {
  /** Whether the app is quitting, for windows that otherwise only hide. */
  isUnderWay(): boolean;
  /** Quits as usual, but ends with a code that says that something was wrong. */
  inFailure(): void;
};

/** Takes over the end of the app. `stop` may be called before the engine has started. */
export function ownQuit(options: {
  readonly app: Pick<AppPart, 'on' | 'exit' | 'quit'>;
  readonly stop: () => Promise<void>;
  readonly log: (line: string) => void;
}): Quitting {
  const { app, stop, log } = options;
  let isUnderWay = false;
  let code = 0;
  app.on('before-quit', (event) => {
    // Electron would end the process without waiting for anything asynchronous.
    event.preventDefault();
    if (isUnderWay) return;
    isUnderWay = true;
    void withinLimit(stop).then(
      () => app.exit(code),
      (error: unknown) => {
        log(`Signalbox did not stop cleanly: ${error instanceof Error ? error.message : String(error)}`);
        app.exit(1);
      },
    );
  });
  return {
    isUnderWay: () => isUnderWay,
    inFailure() {
      code = 1;
      app.quit();
    },
  };
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
