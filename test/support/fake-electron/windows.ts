// The fake windows, web contents, tray and menu: they remember what was asked of them and play the events that a desktop
// would send.
import { EventEmitter } from 'node:events';
import type { BrowserWindowConstructorOptions, MenuItemConstructorOptions } from 'electron';
import type { TrayPart, WebContentsPart, WindowPart } from '../../../main/electron/parts.ts';
import { Preventable } from './app.ts';

type OpenHandler = Parameters<WebContentsPart['setWindowOpenHandler']>[0];

export class FakeWebContents extends EventEmitter implements Omit<WebContentsPart, 'on'> {
  static #last = 0;
  readonly id: number = ++FakeWebContents.#last;
  readonly sent: { readonly channel: string; readonly args: unknown[] }[] = [];
  openHandler: OpenHandler | null = null;
  /** The main frame, as a message's `senderFrame` shows it. */
  readonly mainFrame = { parent: null, origin: 'app://signalbox' };
  #destroyed = false;

  send(channel: string, ...args: unknown[]): void {
    if (this.#destroyed) throw new TypeError('Object has been destroyed');
    const copy = structuredClone(args);
    this.sent.push({ channel, args: copy });
    this.emit('fake-sent', channel, copy);
  }
  isDestroyed(): boolean {
    return this.#destroyed;
  }
  url = '';
  getURL(): string {
    return this.url;
  }
  devTools = false;
  isDevToolsOpened(): boolean {
    return this.devTools;
  }
  setWindowOpenHandler(handler: OpenHandler): void {
    this.openHandler = handler;
  }
  /** What a click on a link with a new window asks for. */
  openLink(url: string): { readonly action: string } {
    if (this.openHandler === null) return { action: 'allow' };
    const blank = { url, frameName: '', features: '', disposition: 'foreground-tab', referrer: { url: '', policy: 'default' } };
    return this.openHandler(blank as Parameters<OpenHandler>[0]);
  }
  navigate(event: 'will-navigate' | 'will-frame-navigate' | 'will-redirect', url: string): boolean {
    const details = Object.assign(new Preventable(), { url });
    this.emit(event, details);
    return !details.defaultPrevented;
  }
  startNavigation(isSameDocument: boolean): void {
    this.emit('did-start-navigation', { isMainFrame: true, isSameDocument });
  }
  destroy(): void {
    this.#destroyed = true;
    this.emit('destroyed');
  }
}

export class FakeWindow extends EventEmitter implements Omit<WindowPart, 'on' | 'once' | 'webContents'> {
  readonly options: BrowserWindowConstructorOptions;
  readonly webContents = new FakeWebContents();
  readonly loaded: string[] = [];
  icon: string | null = null;
  visible = false;
  focused = false;
  minimized = false;
  destroyed = false;
  bounds = { x: 0, y: 0, width: 0, height: 0 };

  constructor(options: BrowserWindowConstructorOptions) {
    super();
    this.options = options;
    this.bounds = { x: 0, y: 0, width: options.width ?? 800, height: options.height ?? 600 };
    this.icon = typeof options.icon === 'string' ? options.icon : null;
  }
  async loadURL(url: string): Promise<void> {
    const before = this.loaded.at(-1);
    this.loaded.push(url);
    this.webContents.url = url;
    const sameDocument = before !== undefined && before.split('#')[0] === url.split('#')[0] && before !== url;
    this.webContents.startNavigation(sameDocument);
    this.emit('fake-changed');
    if (before === undefined) queueMicrotask(() => this.emit('ready-to-show'));
  }
  show(): void {
    this.visible = true;
    this.focused = true;
    this.emit('fake-changed');
  }
  hide(): void {
    this.visible = false;
    this.emit('fake-changed');
    this.blur();
  }
  /** The focus goes elsewhere: with the window itself, or by a click beside it. */
  blur(): void {
    if (!this.focused) return;
    this.focused = false;
    this.emit('blur');
  }
  focus(): void {
    this.focused = true;
  }
  restore(): void {
    this.minimized = false;
  }
  isVisible(): boolean {
    return this.visible;
  }
  isFocused(): boolean {
    return this.focused;
  }
  isMinimized(): boolean {
    return this.minimized;
  }
  isDestroyed(): boolean {
    return this.destroyed;
  }
  getNormalBounds(): { x: number; y: number; width: number; height: number } {
    return this.bounds;
  }
  setBounds(bounds: { x?: number; y?: number; width?: number; height?: number }): void {
    this.bounds = { ...this.bounds, ...bounds };
  }
  setIcon(icon: unknown): void {
    this.icon = String(icon);
  }
  /** What the close button does. */
  close(): void {
    const event = new Preventable();
    this.emit('close', event);
    if (!event.defaultPrevented) this.destroy();
  }
  destroy(): void {
    if (this.destroyed) return;
    this.destroyed = true;
    this.hide();
    this.webContents.destroy();
    this.emit('closed');
  }
  /** What a crash of the page's process looks like. */
  crash(reason = 'crashed'): void {
    this.webContents.emit('render-process-gone', {}, { reason, exitCode: 5 });
  }
}

export class FakeMenu {
  readonly items: readonly MenuItemConstructorOptions[];
  constructor(items: readonly MenuItemConstructorOptions[]) {
    this.items = items;
  }
  labels(): string[] {
    return this.items.map((item) => (item.type === 'separator' ? '---' : (item.label ?? item.role ?? '')));
  }
  click(label: string): void {
    const item = this.items.find((candidate) => candidate.label === label);
    if (!item?.click) throw new Error(`The menu has no "${label}" to click: ${this.labels().join(' | ')}`);
    (item.click as () => void)();
  }
}

export class FakeTray extends EventEmitter implements Omit<TrayPart, 'on'> {
  image: string;
  tooltip = '';
  menu: FakeMenu | null = null;
  destroyed = false;
  /** How often the menu was replaced: on Linux each time closes an open one. */
  menusSet = 0;
  constructor(image: string) {
    super();
    this.image = image;
  }
  setImage(image: unknown): void {
    this.image = String(image);
    this.emit('fake-changed');
  }
  setToolTip(text: string): void {
    this.tooltip = text;
    this.emit('fake-changed');
  }
  /** Zeros where the panel does not say where its icons are, as on Linux. */
  bounds = { x: 0, y: 0, width: 0, height: 0 };
  getBounds(): { x: number; y: number; width: number; height: number } {
    return this.bounds;
  }
  popUpContextMenu(menu?: unknown): void {
    this.popped = menu instanceof FakeMenu ? menu : null;
  }
  /** What was opened by hand, in place of a menu of the tray's own. */
  popped: FakeMenu | null = null;
  setContextMenu(menu: unknown): void {
    this.menu = menu instanceof FakeMenu ? menu : null;
    this.menusSet += 1;
    this.emit('fake-changed');
  }
  destroy(): void {
    this.destroyed = true;
  }
}
