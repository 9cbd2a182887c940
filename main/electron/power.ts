// Passes on what the operating system says about sleep and network. A hint for the engine, which proves everything with
// its own witnesses; the screen's lock is no hint, since a locked machine keeps its network.
import type { Engine } from '../ipc/face.ts';
import type { NetPart, PowerMonitorPart } from './parts.ts';

/** Electron has no event for this in the main process; the answer is Chromium's cached one, so asking is cheap. */
const askEveryMs = 5_000;

/** Starts passing hints on. Returns the way to end it. */
export function watchPower(options: {
  readonly powerMonitor: PowerMonitorPart;
  readonly net: NetPart;
  readonly hint: Engine['power'];
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
  const timer = setInterval(ask, askEveryMs);
  timer.unref();
  powerMonitor.on('suspend', () => live && hint('suspend'));
  powerMonitor.on('resume', () => {
    if (!live) return;
    hint('resume');
    ask();
  });
  return () => {
    live = false;
    clearInterval(timer);
  };
}
