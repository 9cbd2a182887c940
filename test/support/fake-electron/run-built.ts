// Runs in a process of its own: puts the fake under the built main bundle, plays the desktop as the test tells it to over
// Node's own channel, and reports what a person would see. Electron's rules are kept: ready after the main module, the
// page only through the built preload. Arguments: the dist folder, then what the app is started with.
import { readFileSync } from 'node:fs';
import { registerHooks } from 'node:module';
import { basename, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { fakeElectron } from './electron.ts';
import { type Renderer, runPreload } from './run-preload.ts';
import { FakeWebContents } from './windows.ts';

const [dist = '', ...args] = process.argv.slice(2);
const fake = fakeElectron({ appData: process.env.XDG_CONFIG_HOME ?? '' });
fake.app.onExit = (code) => process.exit(code);

/** What a person sees, and what the page has been told. */
export type Seen = {
  readonly icon: string | null;
  readonly tooltip: string;
  readonly menu: readonly string[];
  readonly page: string | null;
  readonly visible: boolean;
  /** How often a page was loaded into a window: each is one to show anew. */
  readonly loads: number;
  readonly errors: readonly string[];
  readonly messages: readonly string[];
  readonly events: readonly string[];
  /** Channels on which the main process hears any page, checked or not. */
  readonly channels: readonly string[];
};

const events: string[] = [];
let renderer: Renderer | null = null;

function seen(): Seen {
  return {
    icon: fake.tray === null ? null : basename(fake.tray.image),
    tooltip: fake.tray?.tooltip ?? '',
    menu: fake.tray?.menu?.labels() ?? [],
    page: fake.window?.loaded.at(-1) ?? null,
    visible: fake.window?.visible ?? false,
    loads: fake.windows.reduce((sum, { loaded }) => sum + loaded.length, 0),
    messages: fake.dialog.messages,
    errors: fake.dialog.errors.map(({ content }) => content),
    events,
    channels: [...fake.ipcMain.handlers.keys(), ...fake.ipcMain.eventNames().map(String)],
  };
}

/** Once for all that changed in one turn: a person does not see a new icon with the old tooltip either. */
let isReporting = false;
const report = (): void => {
  if (isReporting) return;
  isReporting = true;
  setImmediate(() => {
    isReporting = false;
    if (process.connected) process.send?.({ seen: seen() });
  });
};

type Pipe = {
  invoke(method: string, input: unknown): Promise<unknown>;
  subscribe(listener: (event: { readonly event: string }) => void): () => void;
};

/** The page behind our window, run by the built preload. */
function page(): Pipe {
  const contents = fake.window?.webContents;
  if (contents === undefined) throw new Error('There is no window.');
  if (renderer === null) {
    const made = runPreload(readFileSync(join(dist, 'preload', 'preload.cjs'), 'utf8'), (channel, ...values) =>
      fake.ipcMain.invoke(channel, fake.eventOf(contents), ...values),
    );
    contents.on('fake-sent', (channel: string, values: unknown[]) => made.receive(channel, ...values));
    renderer = made;
  }
  return renderer.exposed.signalbox as Pipe;
}

/** What the test may do on this desktop. */
const deeds = {
  click: (label: string) => fake.tray?.menu?.click(label),
  closeWindow: () => fake.window?.close(),
  secondInstance: () => fake.app.emit('second-instance', {}, ['signalbox'], '/', null),
  invoke: (method: string, input: unknown) => page().invoke(method, input),
  subscribe: () => {
    page().subscribe(({ event }) => {
      events.push(event);
      report();
    });
  },
  /** The same call from a window that is not ours. */
  forge: (method: string, input: unknown) =>
    fake.ipcMain.invoke('app:invoke', fake.eventOf(new FakeWebContents()), method, input),
  /** A message of the page that the test's own browser shows. */
  fromPage: (channel: string, ...values: unknown[]) => {
    const contents = fake.window?.webContents;
    if (contents === undefined) throw new Error('There is no window.');
    return fake.ipcMain.invoke(channel, fake.eventOf(contents), ...values);
  },
  crashWindow: () => fake.window?.crash(),
  power: (event: string) => fake.powerMonitor.emit(event, { preventDefault: () => {} }),
  helpers: () => fake.helpers.started.flatMap(({ pid }) => (pid === undefined ? [] : [pid])),
  shown: () => [...fake.shell.openedPaths, ...fake.shell.shown],
  /** An error that nobody catches. */
  fail: (how: 'throw' | 'reject', message: string) => {
    setImmediate(() => {
      if (how === 'throw') throw new Error(message);
      void Promise.reject(new Error(message));
    });
  },
  fetch: async (url: string) => {
    const response = await fake.protocol.serving.get('app')?.(new Request(url));
    return { status: response?.status, headers: Object.fromEntries(response?.headers ?? []), text: await response?.text() };
  },
} as const;

export type Deed = keyof typeof deeds;
type Order = { readonly id: number; readonly deed: Deed; readonly values: readonly unknown[] };

process.on('message', async ({ id, deed, values }: Order) => {
  try {
    const answer = await (deeds[deed] as (...given: readonly unknown[]) => unknown)(...values);
    process.send?.({ id, answer, seen: seen() });
  } catch (error) {
    process.send?.({ id, problem: error instanceof Error ? error.message : String(error) });
  }
});
// A test that is gone must not leave an app behind.
process.on('disconnect', () => process.exit(99));

fake.changes.on('change', report);
fake.changes.on('sent', (channel: string, values: unknown[]) => {
  if (process.connected) process.send?.({ sent: { channel, values } });
});

const names = Object.keys(fake.parts);
Object.assign(globalThis, { fakeElectronParts: fake.parts });
registerHooks({
  resolve: (specifier, context, next) =>
    specifier === 'electron' ? { url: 'fake:electron', format: 'module', shortCircuit: true } : next(specifier, context),
  load: (url, context, next) =>
    url === 'fake:electron'
      ? {
          format: 'module',
          shortCircuit: true,
          source: `export const { ${names.join(', ')} } = globalThis.fakeElectronParts;\nexport default globalThis.fakeElectronParts;`,
        }
      : next(url, context),
});

// As Electron starts a checkout: its own program, the app's folder, then the app's arguments.
process.argv = [process.execPath, join(dist, '..'), ...args];
await import(pathToFileURL(join(dist, 'main', 'main.mjs')).href);
fake.app.becomeReady();
