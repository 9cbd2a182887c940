// `watch`: the engine in a terminal or under a service manager, with the window on loopback. Prints what happens and stops
// cleanly; judges and stores nothing itself.
import { InvalidArgumentError } from 'commander';
import type { EngineEvent } from '../../../shared/events.ts';
import { type AddCommand, type Context, withExamples } from '../context.ts';
import { eventLines, publicEvent } from '../event-lines.ts';
import { type ServedWindow, serveWindow } from '../loopback.ts';
import { fileManager, openBrowser } from '../open-browser.ts';
import { jsonLine } from '../output.ts';
import type { Ended } from '../services.ts';

type Options = { readonly port?: number; readonly window: boolean; readonly open?: boolean };

export const addWatch: AddCommand = (program, run) => {
  const command = program
    .command('watch')
    .description(
      'Run the engine until stopped, and serve its window to this machine only. Prints one JSON line per event with --json.',
    )
    .option('--port <n>', 'port of the window on 127.0.0.1 and ::1; any free one when left out', portNumber)
    .option('--no-window', 'open no listening socket at all')
    .option('--open', 'open the window in the browser')
    .action((options: Options) => run((context) => watch(context, options)));
  withExamples(command, 'watch', 'watch --open', 'watch --port 4290', 'watch --no-window --json');
  command.addHelpText(
    'after',
    '\nFrom another machine, forward the same port and open the printed address there:\n  $ ssh -L 4290:127.0.0.1:4290 box',
  );
};

function portNumber(text: string): number {
  const port = /^\d{1,5}$/.test(text) ? Number(text) : Number.NaN;
  if (port >= 0 && port <= 65_535) return port;
  throw new InvalidArgumentError('Give a port from 0 to 65535.');
}

/** Runs until the context's signal aborts; 0 then. Rejects with a FaultError when the engine or the window cannot start. */
export async function watch(context: Context, options: Options): Promise<Ended> {
  const { services, place, out, signal } = context;
  const print = printer(context);
  let served: ServedWindow | null = null;
  const reveal = fileManager(process.env, process.platform, out.note);
  const browse = (): void => {
    if (served) openBrowser(served.ticketUrl(), out.note);
  };
  try {
    const engine = await services.startEngine({
      ...place,
      face: 'headless',
      onNotificationClick: browse,
      ...(reveal ? { reveal } : {}),
      announce: out.note,
      serve: async (running) => {
        // Subscribed here, before the first event, so that the first line is `engine.started`.
        running.subscribe(print);
        if (!options.window) return null;
        served = await serveWindow({ engine: running, port: options.port ?? null });
        return served.url;
      },
    });
    if (options.open) browse();
    await aborted(signal);
    await engine.stop();
  } finally {
    await (served as ServedWindow | null)?.close();
  }
  return 0;
}

function aborted(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve();
    else signal.addEventListener('abort', () => resolve(), { once: true });
  });
}

/** Lines that wait for whoever reads stdout; beyond this they are dropped and counted, so that a stuck reader costs no memory. */
const mostWaitingBytes = 8_388_608;

/** Writes events out. The revision in each line shows a program what was dropped; people get a sentence. */
function printer({ out, stdout }: Context): (event: EngineEvent) => void {
  let dropped = 0;
  return (event) => {
    const value = out.json ? publicEvent(event) : null;
    const lines = out.json ? (value === null ? [] : [jsonLine(value)]) : eventLines(event, out);
    if (lines.length === 0) return;
    const isStuck = (stdout.writableLength ?? 0) > mostWaitingBytes;
    if (isStuck && event.event !== 'engine.stopped') {
      dropped += lines.length;
      return;
    }
    if (dropped > 0) out.note(`${dropped} lines were not printed: whatever reads them was too slow.`);
    dropped = 0;
    stdout.write(lines.map((line) => `${line}\n`).join(''));
  };
}
