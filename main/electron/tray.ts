// The tray: icon by the signal's colour and shape, tooltip with the head's sentence, menu. It shows a snapshot and
// decides nothing.
import { plainText } from '../../shared/redact.ts';
import type { Colour, Snapshot } from '../../shared/snapshot.ts';
import { sentence } from '../../shared/words.ts';
import { trayIcon } from './icon-file.ts';
import { type DesktopState, type MenuActions, trayMenu } from './menu.ts';
import type { ElectronParts, MenuInstance, TrayPart } from './parts.ts';
import { isKnown, type Rectangle } from './place.ts';

/** Windows keeps 128 UTF-16 units with the closing zero (NOTIFYICONDATA.szTip) and cuts in the middle of a word. */
const windowsTooltip = 127;
const otherTooltip = 500;

export type SignalTray = {
  /** Shows `snapshot` as it reads at `now` (epoch milliseconds); touches the desktop only where something differs. */
  show(snapshot: Snapshot, now: number): void;
  /** Where the icon is, or null where the panel does not say. */
  place(): Rectangle | null;
  destroy(): void;
};

/** The tooltip: the app's name and the head's sentence, cut to what the system can show. */
export function tooltip(snapshot: Snapshot, now: number, platform: NodeJS.Platform): string {
  const limit = platform === 'win32' ? windowsTooltip : otherTooltip;
  return plainText(`${snapshot.app.name}: ${sentence(snapshot, now)}`, limit);
}

/** Puts the icon into the tray. Returns null where Electron can make none; the reason is logged. */
export function openTray(options: {
  readonly electron: Pick<ElectronParts, 'Tray' | 'Menu'>;
  readonly platform: NodeJS.Platform;
  readonly actions: MenuActions & { readonly toggle: () => void };
  readonly desktop: () => DesktopState;
  readonly snapshot: Snapshot;
  readonly now: number;
  readonly log: (line: string) => void;
}): SignalTray | null {
  const { electron, platform, actions, desktop, log } = options;
  // Grey until the first snapshot is shown, as a lamp is dark until it is switched on.
  let colour: Colour = 'grey';
  let tray: TrayPart;
  try {
    tray = new electron.Tray(trayIcon(colour, platform));
  } catch (error) {
    log(`The tray could not be had: ${error instanceof Error ? error.message : String(error)}`);
    return null;
  }
  tray.on('click', actions.toggle);
  const setMenu = menuSetter(tray, platform);
  let tip = '';
  let menu = '';
  const shown: SignalTray = {
    show(next, now) {
      if (next.signal.colour !== colour) {
        colour = next.signal.colour;
        tray.setImage(trayIcon(colour, platform));
      }
      const nextTip = tooltip(next, now, platform);
      if (nextTip !== tip) {
        tip = nextTip;
        tray.setToolTip(tip);
      }
      const template = trayMenu(next, now, desktop(), actions);
      // Linux closes an open menu when it is replaced, so an unchanged one stays. Functions do not reach the JSON, so what a
      // click does must show in the label or the state.
      const nextMenu = JSON.stringify(template);
      if (nextMenu !== menu) {
        menu = nextMenu;
        setMenu(electron.Menu.buildFromTemplate(template));
      }
    },
    place() {
      const bounds = tray.getBounds();
      return isKnown(bounds) ? bounds : null;
    },
    destroy: () => tray.destroy(),
  };
  shown.show(options.snapshot, options.now);
  return shown;
}

/** On macOS a tray that has a menu opens it at every click, also at the one that should open the window: there the menu waits
 *  for the other button. */
function menuSetter(tray: TrayPart, platform: NodeJS.Platform): (menu: MenuInstance) => void {
  if (platform !== 'darwin') return (menu) => tray.setContextMenu(menu);
  let current: MenuInstance | null = null;
  tray.on('right-click', () => {
    if (current !== null) tray.popUpContextMenu(current);
  });
  return (menu) => {
    current = menu;
  };
}
