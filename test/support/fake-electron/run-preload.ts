// Runs the built preload as a sandboxed renderer does: CommonJS, only `electron` to require, and what it exposes is all
// that a page gets. Values that cross to the main process are copied.
import { EventEmitter } from 'node:events';
import { runInNewContext } from 'node:vm';
import type { ContextBridge, IpcRenderer } from 'electron';

export type Renderer = {
  /** What the preload put on `window`, by name. */
  readonly exposed: Readonly<Record<string, unknown>>;
  /** Brings a message of the main process to the page. */
  receive(channel: string, ...args: unknown[]): void;
  /** How many listeners the page holds on a channel. */
  listeners(channel: string): number;
};

/** Runs the bundle's text; `invoke` stands for the main process. */
export function runPreload(code: string, invoke: (channel: string, ...args: unknown[]) => Promise<unknown>): Renderer {
  const bus = new EventEmitter();
  const exposed: Record<string, unknown> = {};
  const contextBridge = {
    exposeInMainWorld: (name: string, api: unknown) => {
      if (Object.hasOwn(exposed, name)) throw new Error(`Cannot bind an API on top of an existing property: ${name}`);
      exposed[name] = api;
    },
  } satisfies Pick<ContextBridge, 'exposeInMainWorld'>;
  const ipcRenderer = {
    invoke: (channel: string, ...args: unknown[]) => invoke(channel, ...structuredClone(args)),
    on: (channel: string, listener: (...args: never[]) => void) => bus.on(channel, listener as () => void),
    removeListener: (channel: string, listener: (...args: never[]) => void) =>
      bus.removeListener(channel, listener as () => void),
  } satisfies {
    readonly [K in 'invoke' | 'on' | 'removeListener']: (...args: never[]) => ReturnType<IpcRenderer[K]> | EventEmitter;
  };
  const require = (name: string): unknown => {
    if (name !== 'electron') throw new Error(`module not found: ${name}`);
    return { contextBridge, ipcRenderer };
  };
  runInNewContext(code, { require, exports: {}, module: { exports: {} } });
  return {
    exposed,
    receive: (channel, ...args) => bus.emit(channel, { sender: 'the event object' }, ...structuredClone(args)),
    listeners: (channel) => bus.listenerCount(channel),
  };
}
