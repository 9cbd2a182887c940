// The first journeys in the real Electron, driven by Playwright, on machines that have its binary. The tray itself cannot
// be read from outside: that half is shell.test.ts, over the fake.
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { _electron, type ElectronApplication, type Page } from 'playwright';
import { beforeAll, describe, expect, it } from 'vitest';
import { contentSecurityPolicy } from '../../main/electron/protocol.ts';
import { buildShell } from '../support/build-part.ts';
import { Stage } from '../support/fake-electron/stage.ts';

const root = fileURLToPath(new URL('../../', import.meta.url));
const program = electronProgram();
const isRequired = process.env.SIGNALBOX_REQUIRE_ELECTRON === '1';
const isSkipped = program === null && !isRequired;
if (isSkipped) {
  console.warn(
    "Left out: all journeys in the real Electron, because its binary is not installed here (npx install-electron). The same journeys ran over the fake, and CI's electron job must not skip them.",
  );
}

/** The installed binary, found by its files: loading the package would start a download. */
function electronProgram(): string | null {
  const home = join(root, 'node_modules', 'electron');
  const named = join(home, 'path.txt');
  if (!existsSync(named)) return null;
  const path = join(process.env.ELECTRON_OVERRIDE_DIST_PATH ?? join(home, 'dist'), readFileSync(named, 'utf8').trim());
  return existsSync(path) ? path : null;
}

beforeAll(async () => {
  if (isSkipped) return;
  await buildShell();
});

/** The app on a stage; closed, and its process gone, when the test ends. */
async function launch(stage: Stage): Promise<{ app: ElectronApplication; page: Page; errors: string[] } & AsyncDisposable> {
  const env = Object.fromEntries(
    Object.entries({ ...process.env, ...stage.env }).filter((entry): entry is [string, string] => entry[1] !== undefined),
  );
  const app = await _electron.launch({
    ...(program === null ? {} : { executablePath: program }),
    args: [root, ...stage.args],
    env,
  });
  const page = await app.firstWindow();
  const errors: string[] = [];
  page.on('console', (message) => {
    if (message.type() === 'error') errors.push(message.text());
  });
  page.on('pageerror', (error) => errors.push(error.message));
  return { app, page, errors, [Symbol.asyncDispose]: () => app.close() };
}

describe.skipIf(isSkipped)('the tray app in the real Electron', () => {
  it('has its binary where CI requires it', () => {
    expect(program).not.toBeNull();
  });

  it('shows green, then the outage, then green again in its window, without an error in the console', async () => {
    await using stage = await Stage.set();
    await using running = await launch(stage);
    const { page, errors } = running;
    await page.getByText('All clear').first().waitFor();
    await stage.stopServer();
    await page
      .getByText(/API \(Frankfurt\) is down since/)
      .first()
      .waitFor();
    await stage.startServer();
    await page.getByText('All clear').first().waitFor();
    expect(errors).toEqual([]);
  });

  it('locks its page in: sandboxed, own origin, own policy, the pipe and nothing else', async () => {
    await using stage = await Stage.set();
    await using running = await launch(stage);
    const { app, page } = running;
    expect(new URL(page.url()).href).toMatch(/^app:\/\/signalbox\/index\.html/);
    const inside = await page.evaluate(async () => {
      const violated = new Promise<string>((resolve) => {
        addEventListener('securitypolicyviolation', ({ originalPolicy }) => resolve(originalPolicy), { once: true });
      });
      const fetched = await fetch('https://example.com/').then(
        () => true,
        () => false,
      );
      return {
        pipe: Object.keys(Reflect.get(window, 'signalbox') as object).sort(),
        node: ['require', 'process', 'module', 'Buffer'].filter((name) => name in window),
        fetched,
        policy: await violated,
        opened: window.open('https://example.com/') !== null,
      };
    });
    const policy = contentSecurityPolicy;
    expect(inside).toEqual({ pipe: ['invoke', 'subscribe'], node: [], fetched: false, policy, opened: false });
    const windows = await app.evaluate(({ BrowserWindow }) => BrowserWindow.getAllWindows().length);
    expect(windows).toBe(1);
  });

  it('hides its window on close and shows it again for a second start', async () => {
    await using stage = await Stage.set();
    await using running = await launch(stage);
    const { app, page } = running;
    await page.getByText('All clear').first().waitFor();
    const isVisible = () =>
      app.evaluate(({ BrowserWindow }) => BrowserWindow.getAllWindows().map((window) => window.isVisible()));
    await app.evaluate(({ BrowserWindow }) => BrowserWindow.getAllWindows()[0]?.close());
    await expect.poll(isVisible).toEqual([false]);
    await app.evaluate(({ app: own }) => own.emit('second-instance', {}, [], '/', null));
    await expect.poll(isVisible).toEqual([true]);
  });

  it('leaves no process when it quits, and its data folder free', async () => {
    await using stage = await Stage.set();
    const first = await launch(stage);
    const child = first.app.process();
    await first.app.evaluate(({ app: own }) => own.quit()).catch(() => undefined);
    await expect.poll(() => child.exitCode).toBe(0);
    await using next = await launch(stage);
    await next.page.getByText('All clear').first().waitFor();
  });
});
