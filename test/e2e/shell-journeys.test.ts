// The built tray app, dist/main, dist/preload and the page, over the fake Electron: real engine, real Chromium, the journeys
// that electron-real.test.ts makes in the real Electron.
import type { Browser } from 'playwright';
import { afterAll, beforeAll, describe } from 'vitest';
import { launchBrowser } from '../support/browser.ts';
import { buildShell } from '../support/build-part.ts';
import { builtLauncher } from '../support/fake-electron/built-desktop.ts';
import type { Launch } from '../support/journeys/desktop.ts';
import { leverJourneys } from '../support/journeys/levers.ts';
import { settingsJourneys } from '../support/journeys/settings.ts';
import { watchingJourneys } from '../support/journeys/watching.ts';

const onLinux = process.platform === 'linux';
if (!onLinux) console.warn('Left out here: notifications of the tray app, which the stage plays on Linux only.');

let browser: Browser;
const launch: Launch = (stage) => builtLauncher(browser)(stage);
beforeAll(async () => {
  await buildShell();
  browser = await launchBrowser();
});
afterAll(() => browser?.close());

describe('the built tray app with its page', () => {
  watchingJourneys(launch, onLinux);
  settingsJourneys(launch);
  leverJourneys(launch);
});
