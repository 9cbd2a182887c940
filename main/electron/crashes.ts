// Signalbox's own crashes: caught, written down and, if the user agreed, reported; the engine keeps watching. What fails again
// and again ends the app instead, so that it is seen to have failed.
import { inspect } from 'node:util';

const patience = { count: 10, withinMs: 60_000 } as const;

/** Where uncaught errors come up; Node's own `process`. */
export type CrashSource = {
  on(event: 'uncaughtException' | 'unhandledRejection', listener: (error: unknown) => void): unknown;
};

/** Starts catching. `report` decides by itself whether anything may leave this machine. */
export function catchCrashes(options: {
  readonly process: CrashSource;
  readonly log: (text: string) => void;
  readonly report: (error: unknown) => Promise<void>;
  /** Called when crashes come faster than anyone could mend them. */
  readonly giveUp: () => void;
}): void {
  const { log, report, giveUp } = options;
  let recent: number[] = [];
  const caught = (error: unknown): void => {
    log(`Signalbox met an error that nobody expected, and runs on. ${inspect(error, { depth: 3 })}`);
    report(error).catch((problem: unknown) => log(`It could not be reported: ${String(problem)}`));
    const now = performance.now();
    recent = [...recent.filter((at) => now - at < patience.withinMs), now];
    if (recent.length < patience.count) return;
    log(`That was the ${patience.count}th within a minute: Signalbox ends. Start it again, and send the log if it recurs.`);
    giveUp();
  };
  options.process.on('uncaughtException', caught);
  options.process.on('unhandledRejection', caught);
}
