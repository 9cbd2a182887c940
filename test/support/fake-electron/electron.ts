// The one typed fake of the part of Electron that the shell uses (main/electron/parts.ts). Unit tests pass it to the
// sources; run-built.ts puts it under the built bundle.
import { EventEmitter } from 'node:events';
import type { BrowserWindowConstructorOptions, MenuItemConstructorOptions } from 'electron';
import type { ElectronParts, IpcMainPart } from '../../../main/electron/parts.ts';
import { FakeApp, FakeDialog, FakeNet, FakeProtocol, FakeScreen, FakeSession, FakeShell } from './app.ts';
import { fakeUtilityProcess } from './helper.ts';
import { FakeMenu, FakeTray, type FakeWebContents, FakeWindow } from './windows.ts';

type Handler = (event: unknown, ...args: unknown[]) => unknown;

/** Emits too: packages other than ours listen for plain messages. */
class FakeIpcMain extends EventEmitter implements IpcMainPart {
  readonly handlers = new Map<string, Handler>();
  handle(channel: string, listener: (...args: never[]) => unknown): void {
    if (this.handlers.has(channel)) throw new Error(`Attempted to register a second handler for '${channel}'`);
    this.handlers.set(channel, listener as Handler);
  }
  removeHandler(channel: string): void {
    this.handlers.delete(channel);
  }
  /** A message as it arrives from a renderer; arguments and answer are copied as Electron copies them. */
  async invoke(channel: string, event: unknown, ...args: unknown[]): Promise<unknown> {
    const handler = this.handlers.get(channel);
    if (!handler) throw new Error(`No handler registered for '${channel}'`);
    return structuredClone(await handler(event, ...structuredClone(args)));
  }
}

/** Electron's `on` returns its own full class, which no fake can be: this is the one place that says "take it as real". */
export function asReal<T>(fake: object): T {
  return fake as T;
}

export function fakeElectron(setting: {
  readonly appData: string;
  readonly hasTray?: boolean;
  readonly trayBounds?: FakeTray['bounds'];
}) {
  const app = new FakeApp();
  app.paths.set('appData', setting.appData);
  const windows: FakeWindow[] = [];
  const trays: FakeTray[] = [];
  const fake = {
    app,
    windows,
    trays,
    ipcMain: new FakeIpcMain(),
    protocol: new FakeProtocol(),
    defaultSession: new FakeSession(),
    powerMonitor: new EventEmitter(),
    net: new FakeNet(),
    shell: new FakeShell(),
    dialog: new FakeDialog(),
    screen: new FakeScreen(),
    helpers: fakeUtilityProcess(),
    applicationMenu: undefined as FakeMenu | null | undefined,
    /** Tells a waiting test that something may have changed. */
    changes: new EventEmitter(),
    /** The message event of our window's own main frame. */
    eventOf: (contents: FakeWebContents) => ({ sender: contents, senderFrame: contents.mainFrame }),
    get window(): FakeWindow | null {
      return windows.findLast((window) => !window.destroyed) ?? null;
    },
    get tray(): FakeTray | null {
      return trays.at(-1) ?? null;
    },
  };

  class BrowserWindow extends FakeWindow {
    constructor(options: BrowserWindowConstructorOptions) {
      super(options);
      windows.push(this);
      this.on('fake-changed', () => fake.changes.emit('change'));
      this.webContents.on('fake-sent', (channel: string, values: unknown[]) => fake.changes.emit('sent', channel, values));
      app.emit('web-contents-created', {}, this.webContents);
      this.on('closed', () => {
        if (fake.window === null) app.emit('window-all-closed');
      });
    }
  }
  class Tray extends FakeTray {
    constructor(image: string) {
      if (setting.hasTray === false) throw new Error('no status notifier host');
      super(image);
      if (setting.trayBounds) this.bounds = setting.trayBounds;
      trays.push(this);
      this.on('fake-changed', () => fake.changes.emit('change'));
    }
  }
  const Menu = {
    buildFromTemplate: (template: MenuItemConstructorOptions[]) => new FakeMenu(template),
    setApplicationMenu: (menu: FakeMenu | null) => {
      fake.applicationMenu = menu;
    },
  };
  app.onQuit = () => {
    for (const window of windows) window.destroy();
  };

  const parts = {
    app,
    BrowserWindow,
    Tray,
    Menu,
    ipcMain: fake.ipcMain,
    powerMonitor: fake.powerMonitor,
    net: fake.net,
    protocol: fake.protocol,
    session: { defaultSession: fake.defaultSession },
    shell: fake.shell,
    dialog: fake.dialog,
    screen: fake.screen,
    utilityProcess: fake.helpers,
  } satisfies Record<keyof ElectronParts, unknown>;
  return Object.assign(fake, { parts: asReal<ElectronParts>(parts) });
}
