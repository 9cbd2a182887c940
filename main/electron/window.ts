// The one window: made when it is first asked for, hidden on close while the tray lives, made anew after a crash of its
// page. The engine runs on whatever happens here.
import type { BrowserWindowConstructorOptions } from 'electron';
import type { Colour } from '../../shared/snapshot.ts';
import { pageUrl } from './address.ts';
import { windowIcon } from './icon-file.ts';
import type { ElectronParts, WindowPart } from './parts.ts';
import { minimumSize, readSize, type WindowSize, writeSize } from './window-size.ts';

/** A page that dies this often within a minute would only die again: it stays closed until someone asks for it. */
const crashesPerMinute = 3;

export type SignalWindow = {
  /** Brings the window to the front, at an incident if one is named. */
  show(incidentId: string | null): void;
  /** Hides the window when it has the focus, otherwise brings it to the front. */
  toggle(): void;
  /** The window as it is now, or null while there is none. */
  current(): WindowPart | null;
  setIcon(colour: Colour): void;
  destroy(): void;
};

/** The window's options (SECURITY S-02, S-03, S-04, S-11, S-39). */
export function windowOptions(choice: {
  readonly size: WindowSize;
  readonly preload: string;
  readonly isPackaged: boolean;
  readonly colour: Colour;
}): BrowserWindowConstructorOptions {
  return {
    width: choice.size.width,
    height: choice.size.height,
    minWidth: minimumSize.width,
    minHeight: minimumSize.height,
    title: 'Signalbox',
    icon: windowIcon(choice.colour),
    // Shown by `ready-to-show`: no white flash in a dark room.
    show: false,
    webPreferences: {
      preload: choice.preload,
      sandbox: true,
      contextIsolation: true,
      nodeIntegration: false,
      nodeIntegrationInWorker: false,
      nodeIntegrationInSubFrames: false,
      webviewTag: false,
      devTools: !choice.isPackaged,
      // The spell checker would fetch dictionaries from the network.
      spellcheck: false,
    },
  };
}

export type WindowSetting = {
  readonly BrowserWindow: ElectronParts['BrowserWindow'];
  readonly preload: string;
  readonly isPackaged: boolean;
  readonly sizeFile: string;
  /** Whether closing only hides: there is a tray to come back from and nobody is quitting. */
  readonly staysAlive: () => boolean;
  readonly log: (line: string) => void;
};

export function signalWindow(setting: WindowSetting): SignalWindow {
  const { log } = setting;
  const crashes: number[] = [];
  let window: WindowPart | null = null;
  let colour: Colour = 'grey';

  const load = (target: WindowPart, incidentId: string | null): void => {
    // A second load while the first is under way rejects that first one, which is what was wanted.
    target.loadURL(pageUrl(incidentId)).catch((error: unknown) => {
      if (!isAborted(error)) log(`The window could not load its page: ${error instanceof Error ? error.message : String(error)}`);
    });
  };

  const create = (incidentId: string | null): WindowPart => {
    const { isPackaged, preload } = setting;
    const made = new setting.BrowserWindow(windowOptions({ size: readSize(setting.sizeFile), preload, isPackaged, colour }));
    window = made;
    made.once('ready-to-show', () => made.show());
    made.on('close', (event) => {
      remember(made);
      if (!setting.staysAlive()) return;
      event.preventDefault();
      made.hide();
    });
    made.on('closed', () => {
      if (window === made) window = null;
    });
    made.webContents.on('render-process-gone', (_event, details) => {
      if (window !== made || details.reason === 'clean-exit') return;
      log(`The window's page ended unexpectedly (${details.reason}); the engine runs on.`);
      renew(made);
    });
    load(made, incidentId);
    return made;
  };

  const renew = (crashed: WindowPart): void => {
    const wasSeen = crashed.isVisible();
    crashed.destroy();
    window = null;
    const now = performance.now();
    crashes.push(now);
    const recent = crashes.filter((at) => now - at < 60_000).length;
    if (wasSeen && recent < crashesPerMinute) create(null);
  };

  const remember = (closing: WindowPart): void => {
    try {
      writeSize(setting.sizeFile, closing.getNormalBounds());
    } catch (error) {
      log(`The window's size could not be remembered: ${error instanceof Error ? error.message : String(error)}`);
    }
  };

  const show = (incidentId: string | null): void => {
    if (window === null) {
      create(incidentId);
      return;
    }
    if (incidentId !== null) load(window, incidentId);
    if (window.isMinimized()) window.restore();
    window.show();
    window.focus();
  };

  return {
    show,
    toggle() {
      if (window?.isVisible() && window.isFocused()) window.hide();
      else show(null);
    },
    current: () => (window === null || window.isDestroyed() ? null : window),
    setIcon(next) {
      if (next === colour) return;
      colour = next;
      window?.setIcon(windowIcon(colour));
    },
    destroy() {
      if (window === null) return;
      remember(window);
      window.destroy();
      window = null;
    },
  };
}

function isAborted(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 'ERR_ABORTED';
}
