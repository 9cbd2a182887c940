// The journeys in the real Electron, driven by Playwright, on machines that have its binary: the same tellings as over the fake
// (shell-journeys.test.ts), and what only a real one can show.
import { beforeAll, describe, expect, it } from 'vitest';
import { contentSecurityPolicy } from '../../main/electron/protocol.ts';
import { buildShell } from '../support/build-part.ts';
import { Stage } from '../support/fake-electron/stage.ts';
import { leverJourneys } from '../support/journeys/levers.ts';
import { electronProgram, launchReal } from '../support/journeys/real-desktop.ts';
import { settingsJourneys } from '../support/journeys/settings.ts';
import { watchingJourneys } from '../support/journeys/watching.ts';

const isRequired = process.env.SIGNALBOX_REQUIRE_ELECTRON === '1';
const isSkipped = electronProgram() === null && !isRequired;
if (isSkipped) {
  console.warn(
    "Left out: all journeys in the real Electron, because its binary is not installed here (npx install-electron). The same journeys ran over the fake, and CI's electron job must not skip them.",
  );
}

beforeAll(async () => {
  if (isSkipped) return;
  await buildShell();
});

describe.skipIf(isSkipped)('the tray app in the real Electron', () => {
  it('has its binary where CI requires it', () => {
    expect(electronProgram()).not.toBeNull();
  });

  watchingJourneys(launchReal, process.platform === 'linux');
  settingsJourneys(launchReal);
  leverJourneys(launchReal);

  it('locks its page in: sandboxed, own origin, own policy, the pipe and nothing else', async () => {
    await using stage = await Stage.set();
    await using desktop = await launchReal(stage);
    const page = await desktop.page();
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
    const windows = await desktop.app.evaluate(({ BrowserWindow }) => BrowserWindow.getAllWindows().length);
    expect(windows).toBe(1);
  });
});
