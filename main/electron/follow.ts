// Keeps tray and window at what the engine says, the page's bridge open, and passes on what the operating system says.
import type { Engine } from '../ipc/face.ts';
import { bridge } from './bridge.ts';
import type { ElectronParts } from './parts.ts';
import { watchPower } from './power.ts';
import type { SignalTray } from './tray.ts';
import type { SignalWindow } from './window.ts';

/** Events come in bursts (a thousand monitors down together); the tray follows within this time, once. */
const settleMs = 150;
/** How often the words that depend on the time ("last check 4 s ago") are said anew. */
const freshenMs = 30_000;

/** Starts following. Returns the way to end it. */
export function follow(options: {
  readonly electron: Pick<ElectronParts, 'app' | 'ipcMain' | 'powerMonitor' | 'net'>;
  readonly engine: Engine;
  readonly windows: SignalWindow;
  readonly tray: SignalTray | null;
  readonly log: (line: string) => void;
}): () => void {
  const { electron, engine, windows, tray, log } = options;
  let settling: NodeJS.Timeout | null = null;
  const refresh = (): void => {
    settling = null;
    const snapshot = engine.snapshot();
    tray?.show(snapshot, Date.now());
    windows.setIcon(snapshot.signal.colour);
  };
  const unsubscribe = engine.subscribe(() => {
    settling ??= setTimeout(refresh, settleMs);
  });
  const freshen = setInterval(refresh, freshenMs);
  const unbridge = bridge({ ipcMain: electron.ipcMain, engine, ours: () => windows.current()?.webContents ?? null, log });
  const unwatch = watchPower({
    powerMonitor: electron.powerMonitor,
    net: electron.net,
    hint: engine.power,
    // What is open on a screen is open to whoever unlocks it next; a window that has no tray to come back from stays.
    locked: () => tray !== null && windows.hide(),
    shutDown: () => electron.app.quit(),
  });
  refresh();
  return () => {
    unsubscribe();
    if (settling !== null) clearTimeout(settling);
    clearInterval(freshen);
    unbridge();
    unwatch();
  };
}
