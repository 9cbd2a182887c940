// Passes on what the operating system says about sleep and network. A hint for the engine, which proves everything with
// its own witnesses. The screen's lock is none, since a locked machine keeps its network; but a network that changed behind
// it is asked for at once when it opens.
import type { Engine } from '../ipc/face.ts';
import type { NetPart, PowerMonitorPart } from './parts.ts';

/** Electron has no event for this in the main process; the answer is Chromium's cached one, so asking is cheap. */
const askEveryMs = 5_000;

/** Starts passing hints on. Returns the way to end it. */
export function watchPower(options: {
  readonly powerMonitor: PowerMonitorPart;
  readonly net: NetPart;
  readonly hint: Engine['power'];
  /** The screen was locked. */
  readonly locked: () => void;
  /** The machine goes down or restarts: the engine should stop properly before it does. */
  readonly shutDown: () => void;
}): () => void {
  const { powerMonitor, net, hint } = options;
  let live = true;
  let online = net.isOnline();
  if (!online) hint('offline');
  const ask = (): void => {
    const now = net.isOnline();
    if (now === online) return;
    online = now;
    hint(now ? 'online' : 'offline');
  };
  const whileLive = (deed: () => void) => (): void => {
    if (live) deed();
  };
  const timer = setInterval(ask, askEveryMs);
  timer.unref();
  powerMonitor.on(
    'suspend',
    whileLive(() => hint('suspend')),
  );
  powerMonitor.on(
    'resume',
    whileLive(() => {
      hint('resume');
      ask();
    }),
  );
  powerMonitor.on('lock-screen', whileLive(options.locked));
  powerMonitor.on('unlock-screen', whileLive(ask));
  // Electron passes an event here that its types leave out.
  powerMonitor.on('shutdown', (...[event]: readonly { preventDefault(): void }[]) => {
    if (!live) return;
    // Asks the system for the time to stop; the app must then quit by itself, and quitting has its own limit.
    event?.preventDefault();
    options.shutDown();
  });
  return () => {
    live = false;
    clearInterval(timer);
  };
}
