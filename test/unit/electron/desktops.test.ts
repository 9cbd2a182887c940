// How the tray app fits the desktop it runs on: panels that say where the icon is, panels without trays, sleep and locks.
import { basename } from 'node:path';
import { describe, expect, it, vi } from 'vitest';
import { showsTrays } from '../../../main/electron/tray-host.ts';
import { runningShell, temporaryFolder } from '../../support/fake-electron/run-shell.ts';
import { downMonitorOf, ninePanels, snapshotOf } from '../../support/view-fixtures.ts';

const green = snapshotOf(ninePanels());
const red = snapshotOf([downMonitorOf('api')], { colour: 'red' });
/** In the panel along the top of the fake screen. */
const trayBounds = { x: 1_000, y: 0, width: 22, height: 24 };

async function popover() {
  const shell = await runningShell(green, { trayBounds, platform: 'darwin' });
  const { window, tray } = shell.electron;
  if (window === null || tray === null) throw new Error('The shell has no window or no tray.');
  await vi.waitFor(() => expect(window.visible).toBe(true));
  return { ...shell, window, tray };
}

/** A click on the tray takes the focus from the window first. */
const later = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, 320));

describe('a panel that says where the tray is', () => {
  it('has the window beside the icon, and none in the dock', async () => {
    const { electron, window } = await popover();
    expect(window.options).toMatchObject({ x: 801, y: 28, width: 420, height: 640, skipTaskbar: true });
    expect(electron.app.isInDock).toBe(false);
  });

  it('hides a window that a click on the tray opened once the focus leaves it, and places it anew', async () => {
    const { tray, window } = await popover();
    window.hide();
    window.bounds = { x: 5, y: 5, width: 500, height: 700 };
    tray.emit('click');
    expect(window.visible).toBe(true);
    expect(window.bounds).toEqual({ x: 761, y: 28, width: 500, height: 700 });
    window.blur();
    expect(window.visible).toBe(false);
    // The same click that took the focus.
    tray.emit('click');
    expect(window.visible).toBe(false);
    await later();
    tray.emit('click');
    expect(window.visible).toBe(true);
  });

  it('leaves a window alone that was opened to stay, or whose tools have the focus', async () => {
    const { tray, window } = await popover();
    window.blur();
    expect(window.visible).toBe(true);
    window.hide();
    tray.emit('click');
    window.webContents.devTools = true;
    window.blur();
    expect(window.visible).toBe(true);
  });

  it('remembers its size, not its place', async () => {
    const { electron, folder, window } = await popover();
    window.bounds = { x: 5, y: 5, width: 500, height: 700 };
    window.close();
    electron.app.quit();
    const next = await runningShell(green, { trayBounds, folder });
    expect(next.electron.window?.options).toMatchObject({ width: 500, height: 700, x: 761, y: 28 });
  });
});

describe('a desktop without a tray', () => {
  it('is told once, ever; the signal is on the window, and ends with it', async () => {
    const folder = temporaryFolder();
    const { electron, engine, lines } = await runningShell(green, { hasTray: false, folder });
    expect(electron.trays).toEqual([]);
    expect(electron.dialog.messages).toEqual(['This desktop shows no tray, so Signalbox lives in its window.']);
    expect(lines).toHaveLength(1);
    engine.become(red);
    await vi.waitFor(() => expect(basename(electron.window?.icon ?? '')).toBe('red-32.png'));
    electron.window?.close();
    await vi.waitFor(() => expect(electron.app.exits).toEqual([0]));
    expect(engine.stops).toBe(1);

    const next = await runningShell(green, { hasTray: false, folder });
    await vi.waitFor(() => expect(next.electron.window?.visible).toBe(true));
    expect(next.electron.dialog.messages).toEqual([]);
    expect(next.lines).toEqual([]);
  });

  it('keeps its place in the dock and its window when the screen is locked', async () => {
    const { electron } = await runningShell(green, { hasTray: false });
    await vi.waitFor(() => expect(electron.window?.visible).toBe(true));
    expect(electron.app.isInDock).toBe(true);
    electron.powerMonitor.emit('lock-screen');
    expect(electron.window?.visible).toBe(true);
  });

  it('is looked for on Linux only', async () => {
    expect(await showsTrays('darwin')).toBe(true);
    expect(await showsTrays('win32')).toBe(true);
    vi.stubEnv('PATH', temporaryFolder());
    expect(await showsTrays('linux')).toBe(false);
    vi.unstubAllEnvs();
  });
});

describe('sleep and network', () => {
  it('passes suspend, resume and changes of the network on as hints', async () => {
    vi.useFakeTimers();
    try {
      const { electron, engine } = await runningShell(green);
      electron.powerMonitor.emit('suspend');
      electron.net.online = false;
      electron.powerMonitor.emit('resume');
      electron.net.online = true;
      await vi.advanceTimersByTimeAsync(5_000);
      await vi.advanceTimersByTimeAsync(5_000);
      expect(engine.hints).toEqual(['suspend', 'resume', 'offline', 'online']);
      electron.app.quit();
      await vi.waitFor(() => expect(electron.app.exits).toEqual([0]));
      electron.powerMonitor.emit('suspend');
      expect(engine.hints).toHaveLength(4);
    } finally {
      vi.useRealTimers();
    }
  });

  it('hides the window when the screen is locked, and asks for the network when it is unlocked', async () => {
    const { electron, engine } = await runningShell(green);
    await vi.waitFor(() => expect(electron.window?.visible).toBe(true));
    electron.powerMonitor.emit('lock-screen');
    expect(electron.window?.visible).toBe(false);
    electron.net.online = false;
    electron.powerMonitor.emit('unlock-screen');
    expect(engine.hints).toEqual(['offline']);
  });

  it('asks a machine that goes down for the time to stop its engine', async () => {
    const { electron, engine } = await runningShell(green);
    const preventDefault = vi.fn<() => void>();
    electron.powerMonitor.emit('shutdown', { preventDefault });
    expect(preventDefault).toHaveBeenCalledOnce();
    await vi.waitFor(() => expect(electron.app.exits).toEqual([0]));
    expect(engine.stops).toBe(1);
  });
});
