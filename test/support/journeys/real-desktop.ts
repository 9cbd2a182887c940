// The tray app in the real Electron, driven by Playwright. What its tray shows is heard by tray-hook.cjs.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { _electron, type ElectronApplication, type Page } from 'playwright';
import type { Desktop, Launch } from './desktop.ts';

const root = fileURLToPath(new URL('../../../', import.meta.url));
const hook = fileURLToPath(new URL('./tray-hook.cjs', import.meta.url));

type HeardTray = {
  readonly image: string | null;
  readonly tooltip: string;
  readonly menu: { readonly items: readonly { readonly label: string; click(): void }[] } | null;
};

/** The installed binary, found by its files: loading the package would start a download. */
export function electronProgram(): string | null {
  const home = join(root, 'node_modules', 'electron');
  const named = join(home, 'path.txt');
  if (!existsSync(named)) return null;
  const path = join(process.env.ELECTRON_OVERRIDE_DIST_PATH ?? join(home, 'dist'), readFileSync(named, 'utf8').trim());
  return existsSync(path) ? path : null;
}

export type RealDesktop = Desktop & { readonly app: ElectronApplication };

/** Starts the app in the real Electron and waits for its window. */
export async function launchReal({ args, env }: Parameters<Launch>[0]): Promise<RealDesktop> {
  const program = electronProgram();
  const whole = Object.fromEntries(
    Object.entries({ ...process.env, ...env }).filter((entry): entry is [string, string] => entry[1] !== undefined),
  );
  const app = await _electron.launch({
    ...(program === null ? {} : { executablePath: program }),
    args: ['-r', hook, root, ...args],
    env: whole,
  });
  const problems: string[] = [];
  app.on('window', (page) => {
    page.on('console', (message) => message.type() === 'error' && problems.push(message.text()));
    page.on('pageerror', (error) => problems.push(error.message));
  });
  await app.firstWindow();
  const child = app.process();
  const tray = (): Promise<{ readonly image: string | null; readonly tooltip: string; readonly labels: string[] }> =>
    app.evaluate(() => {
      const { image, tooltip, menu } = Reflect.get(globalThis, 'signalboxTray') as HeardTray;
      return { image, tooltip, labels: (menu?.items ?? []).map(({ label }) => label) };
    });
  return {
    app,
    problems,
    page: async () => app.windows().at(-1) ?? (await nextWindow(app)),
    // The shell starts it grey, in the constructor, which is not heard.
    trayColour: async () => ((await tray()).image ?? 'grey').replace(/-.*/, ''),
    tooltip: async () => (await tray()).tooltip,
    menu: async () => (await tray()).labels,
    clickMenu: (label) => clickMenu(app, label),
    isVisible: () => app.evaluate(({ BrowserWindow }) => BrowserWindow.getAllWindows().some((window) => window.isVisible())),
    closeWindow: () => app.evaluate(({ BrowserWindow }) => BrowserWindow.getAllWindows()[0]?.close()),
    crashWindow: () =>
      app.evaluate(({ BrowserWindow }) => BrowserWindow.getAllWindows()[0]?.webContents.forcefullyCrashRenderer()),
    power: (event) => app.evaluate(({ powerMonitor }, name) => void powerMonitor.emit(name), event),
    async secondStart() {
      const second = spawn(program ?? '', [root, ...args], { env: whole, stdio: 'ignore' });
      await once(second, 'exit');
    },
    processes: () => app.evaluate(({ app: own }) => own.getAppMetrics().map(({ pid }) => pid)),
    async ended() {
      if (child.exitCode === null) await once(child, 'exit');
      return child.exitCode;
    },
    [Symbol.asyncDispose]: async () => {
      if (child.exitCode === null) await app.close();
    },
  };
}

const nextWindow = (app: ElectronApplication): Promise<Page> => app.waitForEvent('window');

async function clickMenu(app: ElectronApplication, label: string): Promise<void> {
  await app.evaluate((_electronModule, wanted) => {
    const { menu } = Reflect.get(globalThis, 'signalboxTray') as HeardTray;
    const item = menu?.items.find((one) => one.label === wanted);
    if (!item) throw new Error(`The menu has no "${wanted}".`);
    // Later: quitting ends the process before it could answer.
    setImmediate(() => item.click());
  }, label);
}
