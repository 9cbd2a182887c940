// The one window: made when it is first asked for, hidden on close while the tray lives, made anew after a crash of its
// page. The engine runs on whatever happens here.
import type { BrowserWindowConstructorOptions } from 'electron';
import type { Colour } from '../../shared/snapshot.ts';
import { pageUrl, type Spot } from './address.ts';
import { windowIcon } from './icon-file.ts';
import type { ElectronParts, WindowPart } from './parts.ts';
import { besideTray, canBeSeen, type Rectangle, type Screen, type Size } from './place.ts';
import { minimumSize, readSize, writeSize } from './window-size.ts';

/** A page that dies this often within a minute would only die again: it stays closed until someone asks for it. */
const crashesPerMinute = 3;
/** Between losing the focus to the tray and the tray's own click. */
const sameClickMs = 300;

export type SignalWindow = {
  /** Brings the window to the front, at an incident or lever if one is named; it stays until it is closed or put away. */
  show(spot: Spot | null): void;
  /** Hides the window when it has the focus, otherwise opens it at the tray; then it goes again when the focus leaves it. */
  toggle(): void;
  hide(): void;
  /** The window as it is now, or null while there is none. */
  current(): WindowPart | null;
  setIcon(colour: Colour): void;
  destroy(): void;
};

/** The window's options (SECURITY S-02, S-03, S-04, S-11, S-39). */
export function windowOptions(choice: {
  readonly size: Size & Partial<Rectangle>;
  readonly preload: string;
  readonly isPackaged: boolean;
  readonly colour: Colour;
  /** Belongs to the tray: no place in the task bar. */
  readonly isPopover?: boolean;
}): BrowserWindowConstructorOptions {
  return {
    ...choice.size,
    minWidth: minimumSize.width,
    minHeight: minimumSize.height,
    title: 'Signalbox',
    icon: windowIcon(choice.colour),
    skipTaskbar: choice.isPopover ?? false,
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
  /** Where the tray's icon is; null where there is none or it does not say. */
  readonly trayPlace: () => Rectangle | null;
  readonly screens: {
    readonly at: (place: Rectangle) => Screen;
    readonly all: () => readonly Screen[];
  };
  readonly log: (line: string) => void;
};

export function signalWindow(setting: WindowSetting): SignalWindow {
  const { log } = setting;
  const crashes: number[] = [];
  let window: WindowPart | null = null;
  let colour: Colour = 'grey';
  /** Opened by a click on the tray: goes when the focus goes. */
  let isFleeting = false;
  /** The click on the tray that should put the window away takes the focus first, and that alone has hidden it already. */
  let leftAt = Number.NEGATIVE_INFINITY;

  const load = (target: WindowPart, spot: Spot | null): void => {
    // A second load while the first is under way rejects that first one, which is what was wanted.
    target.loadURL(pageUrl(spot)).catch((error: unknown) => {
      if (!isAborted(error)) log(`The window could not load its page: ${error instanceof Error ? error.message : String(error)}`);
    });
  };

  const create = (spot: Spot | null): WindowPart => {
    const { isPackaged, preload } = setting;
    const isPopover = setting.trayPlace() !== null;
    const made = new setting.BrowserWindow(windowOptions({ size: firstPlace(setting), preload, isPackaged, colour, isPopover }));
    window = made;
    made.on('blur', () => {
      if (!isFleeting || made.webContents.isDevToolsOpened()) return;
      leftAt = performance.now();
      made.hide();
    });
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
    load(made, spot);
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
      const { width, height, x, y } = closing.getNormalBounds();
      writeSize(setting.sizeFile, setting.trayPlace() === null ? { width, height, x, y } : { width, height });
    } catch (error) {
      log(`The window's size could not be remembered: ${error instanceof Error ? error.message : String(error)}`);
    }
  };

  const open = (spot: Spot | null): void => {
    if (window === null) {
      create(spot);
      return;
    }
    // Loading the same address again is a reload, and would take a half-filled form with it.
    if (spot !== null && !(spot === 'settings' && isAtSettings(window.webContents.getURL()))) load(window, spot);
    if (window.isMinimized()) window.restore();
    const icon = setting.trayPlace();
    if (icon !== null && !window.isVisible()) {
      window.setBounds(besideTray(window.getNormalBounds(), icon, setting.screens.at(icon)));
    }
    window.show();
    window.focus();
  };

  return {
    show(spot) {
      isFleeting = false;
      open(spot);
    },
    toggle() {
      if (performance.now() - leftAt < sameClickMs) return;
      if (window?.isVisible() && window.isFocused()) {
        window.hide();
        return;
      }
      isFleeting = setting.trayPlace() !== null;
      open(null);
    },
    hide: () => window?.hide(),
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

/** Beside the tray's icon, or where it was when that is still on a screen, or wherever the desktop puts new windows. */
function firstPlace({ sizeFile, trayPlace, screens }: WindowSetting): Size & Partial<Rectangle> {
  const { width, height, x, y } = readSize(sizeFile);
  const icon = trayPlace();
  if (icon !== null) return besideTray({ width, height }, icon, screens.at(icon));
  if (x === undefined || y === undefined || !canBeSeen({ x, y, width, height }, screens.all())) return { width, height };
  return { x, y, width, height };
}

function isAtSettings(address: string): boolean {
  return URL.parse(address)?.hash.startsWith('#settings') ?? false;
}

function isAborted(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 'ERR_ABORTED';
}
