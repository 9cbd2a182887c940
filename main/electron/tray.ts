// The tray: icon by the signal's colour and shape, tooltip with the head's sentence, menu. It shows a snapshot and
// decides nothing.
import { plainText } from '../../shared/redact.ts';
import type { Colour, Snapshot } from '../../shared/snapshot.ts';
import { sentence } from '../../shared/words.ts';
import { trayIcon } from './icon-file.ts';
import { type MenuActions, trayMenu } from './menu.ts';
import type { ElectronParts, TrayPart } from './parts.ts';

/** Windows keeps 128 UTF-16 units with the closing zero (NOTIFYICONDATA.szTip) and cuts in the middle of a word. */
const windowsTooltip = 127;
const otherTooltip = 500;

export type SignalTray = {
  /** Shows `snapshot` as it reads at `now` (epoch milliseconds); touches the desktop only where something differs. */
  show(snapshot: Snapshot, now: number): void;
  destroy(): void;
};

/** The tooltip: the app's name and the head's sentence, cut to what the system can show. */
export function tooltip(snapshot: Snapshot, now: number, platform: NodeJS.Platform): string {
  const limit = platform === 'win32' ? windowsTooltip : otherTooltip;
  return plainText(`${snapshot.app.name}: ${sentence(snapshot, now)}`, limit);
}

/** Puts the icon into the tray. Returns null where the desktop has none; the reason is logged once. */
export function openTray(options: {
  readonly electron: Pick<ElectronParts, 'Tray' | 'Menu'>;
  readonly platform: NodeJS.Platform;
  readonly actions: MenuActions & { readonly toggle: () => void };
  readonly snapshot: Snapshot;
  readonly now: number;
  readonly log: (line: string) => void;
}): SignalTray | null {
  const { electron, platform, actions, snapshot, log } = options;
  let tray: TrayPart;
  try {
    tray = new electron.Tray(trayIcon(snapshot.signal.colour, platform));
  } catch (error) {
    log(
      `This desktop offers no tray (${error instanceof Error ? error.message : String(error)}), so Signalbox lives in its window. Closing the window ends it.`,
    );
    return null;
  }
  tray.on('click', actions.toggle);
  const shown = showing(tray, electron.Menu, platform, actions, snapshot.signal.colour);
  shown.show(snapshot, options.now);
  return shown;
}

function showing(
  tray: TrayPart,
  menus: ElectronParts['Menu'],
  platform: NodeJS.Platform,
  actions: MenuActions,
  firstColour: Colour,
): SignalTray {
  let colour = firstColour;
  let tip = '';
  let menu = '';
  return {
    show(snapshot, now) {
      if (snapshot.signal.colour !== colour) {
        colour = snapshot.signal.colour;
        tray.setImage(trayIcon(colour, platform));
      }
      const nextTip = tooltip(snapshot, now, platform);
      if (nextTip !== tip) {
        tip = nextTip;
        tray.setToolTip(tip);
      }
      const template = trayMenu(snapshot, now, actions);
      // Linux closes an open menu when it is replaced, so an unchanged one stays. Functions do not reach the JSON.
      const nextMenu = JSON.stringify(template);
      if (nextMenu !== menu) {
        menu = nextMenu;
        tray.setContextMenu(menus.buildFromTemplate(template));
      }
    },
    destroy: () => tray.destroy(),
  };
}
