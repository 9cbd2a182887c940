// The fake `app`, `dialog`, `powerMonitor` and friends: the part of Electron without windows. Order and rules follow
// Electron's documentation: ready comes after the main module, quitting asks `before-quit` first.
import { EventEmitter } from 'node:events';
import type {
  AppPart,
  DialogPart,
  NetPart,
  ProtocolPart,
  ScreenPart,
  SessionPart,
  ShellPart,
} from '../../../main/electron/parts.ts';

/** An event that its listeners may prevent, as Electron passes it. */
export class Preventable {
  defaultPrevented = false;
  preventDefault(): void {
    this.defaultPrevented = true;
  }
}

export class FakeApp extends EventEmitter implements Omit<AppPart, 'on'> {
  isPackaged = false;
  /** Whether this is the first instance. */
  lock = true;
  sandboxed = false;
  isReady = false;
  userModelId: string | null = null;
  readonly exits: number[] = [];
  readonly paths = new Map<string, string>();
  /** What ends the process where there is one to end. */
  onExit: (code: number) => void = () => {};
  /** What closes the windows of an app that really quits. */
  onQuit: () => void = () => {};
  readonly #ready = Promise.withResolvers<void>();

  whenReady(): Promise<void> {
    return this.#ready.promise;
  }
  /** The test says when; Electron does so once the main module has been evaluated. */
  becomeReady(): void {
    this.isReady = true;
    this.#ready.resolve();
    this.emit('ready');
  }
  enableSandbox(): void {
    if (this.isReady) throw new Error('app.enableSandbox() must be called before the app is ready');
    this.sandboxed = true;
  }
  requestSingleInstanceLock(): boolean {
    return this.lock;
  }
  getPath(name: string): string {
    const path = this.paths.get(name);
    if (path === undefined) throw new Error(`The fake has no path "${name}"`);
    return path;
  }
  setPath(name: string, path: string): void {
    this.paths.set(name, path);
  }
  /** electron-store asks. */
  getVersion(): string {
    return '0.0.0';
  }
  getAppPath(): string {
    return '/checkout';
  }
  /** macOS and Windows keep login items for an app. */
  loginItem: { readonly openAtLogin?: boolean | undefined } = {};
  getLoginItemSettings(): ReturnType<AppPart['getLoginItemSettings']> {
    return { openAtLogin: this.loginItem.openAtLogin ?? false } as ReturnType<AppPart['getLoginItemSettings']>;
  }
  setLoginItemSettings(settings: Parameters<AppPart['setLoginItemSettings']>[0]): void {
    this.loginItem = settings;
  }
  /** Whether the app still has a place in macOS's dock. */
  isInDock = true;
  readonly dock = {
    hide: (): void => {
      this.isInDock = false;
    },
  };
  setAppUserModelId(id: string): void {
    this.userModelId = id;
  }
  quit(): void {
    const event = new Preventable();
    this.emit('before-quit', event);
    if (event.defaultPrevented) return;
    this.onQuit();
    this.exit(0);
  }
  exit(code = 0): void {
    this.exits.push(code);
    this.onExit(code);
  }
}

export class FakeSession implements SessionPart {
  readonly handlers = new Map<string, (...args: never[]) => unknown>();
  setPermissionRequestHandler(handler: Parameters<SessionPart['setPermissionRequestHandler']>[0]): void {
    this.#keep('request', handler);
  }
  setPermissionCheckHandler(handler: Parameters<SessionPart['setPermissionCheckHandler']>[0]): void {
    this.#keep('check', handler);
  }
  setDevicePermissionHandler(handler: Parameters<SessionPart['setDevicePermissionHandler']>[0]): void {
    this.#keep('device', handler);
  }
  setDisplayMediaRequestHandler(handler: Parameters<SessionPart['setDisplayMediaRequestHandler']>[0]): void {
    this.#keep('display', handler);
  }
  setBluetoothPairingHandler(handler: Parameters<SessionPart['setBluetoothPairingHandler']>[0]): void {
    this.#keep('bluetooth', handler);
  }
  #keep(name: string, handler: ((...args: never[]) => unknown) | null): void {
    if (handler === null) this.handlers.delete(name);
    else this.handlers.set(name, handler);
  }
}

type Serve = Parameters<ProtocolPart['handle']>[1];
type Schemes = Parameters<ProtocolPart['registerSchemesAsPrivileged']>[0];

export class FakeProtocol implements ProtocolPart {
  schemes: Schemes = [];
  readonly serving = new Map<string, Serve>();
  registerSchemesAsPrivileged(schemes: Schemes): void {
    this.schemes = schemes;
  }
  handle(scheme: string, handler: Serve): void {
    this.serving.set(scheme, handler);
  }
}

export class FakeNet implements NetPart {
  online = true;
  isOnline(): boolean {
    return this.online;
  }
}

export class FakeShell implements ShellPart {
  readonly opened: string[] = [];
  readonly openedPaths: string[] = [];
  readonly shown: string[] = [];
  async openExternal(url: string): Promise<void> {
    this.opened.push(url);
  }
  async openPath(path: string): Promise<string> {
    this.openedPaths.push(path);
    return '';
  }
  showItemInFolder(path: string): void {
    this.shown.push(path);
  }
}

export class FakeDialog implements DialogPart {
  readonly errors: { readonly title: string; readonly content: string }[] = [];
  showErrorBox(title: string, content: string): void {
    this.errors.push({ title, content });
  }
  readonly messages: string[] = [];
  async showMessageBox({ message }: { readonly message: string }): Promise<unknown> {
    this.messages.push(message);
    return { response: 0, checkboxChecked: false };
  }
}

type Display = ReturnType<ScreenPart['getDisplayMatching']>;

/** One screen with a panel along its top. */
export class FakeScreen implements ScreenPart {
  readonly display = {
    bounds: { x: 0, y: 0, width: 1_440, height: 900 },
    workArea: { x: 0, y: 24, width: 1_440, height: 876 },
  };
  getDisplayMatching(): Display {
    return this.display as Display;
  }
  getAllDisplays(): Display[] {
    return [this.display as Display];
  }
}
