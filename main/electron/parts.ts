// The part of Electron that the shell uses, as types: main.ts passes the real thing, tests pass the one typed fake
// (test/support/fake-electron). Using anything else of Electron fails to compile, so the fake cannot fall behind.
import type * as electron from 'electron';

export type AppPart = Pick<
  electron.App,
  | 'on'
  | 'whenReady'
  | 'quit'
  | 'exit'
  | 'enableSandbox'
  | 'requestSingleInstanceLock'
  | 'isPackaged'
  | 'getPath'
  | 'setPath'
  | 'setAppUserModelId'
  | 'getLoginItemSettings'
  | 'setLoginItemSettings'
> & {
  /** macOS only. */
  readonly dock?: Pick<electron.Dock, 'hide'> | undefined;
};

export type WebContentsPart = Pick<
  electron.WebContents,
  'id' | 'on' | 'send' | 'isDestroyed' | 'setWindowOpenHandler' | 'isDevToolsOpened' | 'getURL'
>;

export type WindowPart = Pick<
  electron.BrowserWindow,
  'on' | 'once' | 'loadURL' | 'show' | 'hide' | 'focus' | 'restore' | 'destroy' | 'setIcon' | 'setBounds'
> &
  Pick<electron.BrowserWindow, 'isVisible' | 'isMinimized' | 'isFocused' | 'isDestroyed' | 'getNormalBounds'> & {
    readonly webContents: WebContentsPart;
  };

export type MenuInstance = electron.Menu;
export type TrayPart = Pick<
  electron.Tray,
  'on' | 'setImage' | 'setToolTip' | 'setContextMenu' | 'popUpContextMenu' | 'getBounds' | 'destroy'
>;

export type SessionPart = Pick<
  electron.Session,
  | 'setPermissionRequestHandler'
  | 'setPermissionCheckHandler'
  | 'setDevicePermissionHandler'
  | 'setDisplayMediaRequestHandler'
  | 'setBluetoothPairingHandler'
>;

export type IpcMainPart = Pick<electron.IpcMain, 'handle' | 'removeHandler'>;
type MenuPart = Pick<typeof electron.Menu, 'buildFromTemplate' | 'setApplicationMenu'>;
export type PowerMonitorPart = Pick<electron.PowerMonitor, 'on'>;
export type NetPart = Pick<electron.Net, 'isOnline'>;
export type ProtocolPart = Pick<electron.Protocol, 'registerSchemesAsPrivileged' | 'handle'>;
export type ShellPart = Pick<electron.Shell, 'openExternal' | 'openPath' | 'showItemInFolder'>;
export type DialogPart = Pick<electron.Dialog, 'showErrorBox'> & {
  showMessageBox(options: electron.MessageBoxOptions): Promise<unknown>;
};
export type ScreenPart = Pick<electron.Screen, 'getDisplayMatching' | 'getAllDisplays'>;
/** A helper process of Electron's own, as far as it is used. */
export type HelperPart = Pick<electron.UtilityProcess, 'on' | 'postMessage' | 'kill' | 'pid'>;
export type UtilityProcessPart = {
  fork(modulePath: string, args: string[], options: electron.ForkOptions): HelperPart;
};

/** What main.ts takes out of `electron` and hands on. */
export type ElectronParts = {
  readonly app: AppPart;
  readonly BrowserWindow: new (options: electron.BrowserWindowConstructorOptions) => WindowPart;
  readonly Tray: new (image: string) => TrayPart;
  readonly Menu: MenuPart;
  readonly ipcMain: IpcMainPart;
  readonly powerMonitor: PowerMonitorPart;
  readonly net: NetPart;
  readonly protocol: ProtocolPart;
  readonly session: { readonly defaultSession: SessionPart };
  readonly shell: ShellPart;
  readonly dialog: DialogPart;
  readonly screen: ScreenPart;
  readonly utilityProcess: UtilityProcessPart;
};
