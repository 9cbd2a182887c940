import { EventEmitter } from 'node:events';
import { existsSync } from 'node:fs';
import { basename } from 'node:path';
import { describe, expect, it, vi } from 'vitest';
import { runShell } from '../../../main/electron/shell.ts';
import { FaultError } from '../../../shared/fault.ts';
import { fakeElectron } from '../../support/fake-electron/electron.ts';
import { fakeEngine } from '../../support/fake-electron/engine.ts';
import { runningShell, temporaryFolder } from '../../support/fake-electron/run-shell.ts';
import { downMonitorOf, ninePanels, snapshotOf } from '../../support/view-fixtures.ts';

const green = snapshotOf(ninePanels());
const red = snapshotOf([downMonitorOf('api', { name: 'API (Frankfurt)' }), ...ninePanels().slice(1)], { colour: 'red' });

describe('the tray app', () => {
  it('turns the tray red and names the monitor in an outage, and green again after it', async () => {
    const { electron, engine } = await runningShell(green);
    expect(basename(electron.tray?.image ?? '')).toBe('green-22.png');
    expect(electron.tray?.tooltip).toMatch(/^Nine Panels: All clear\. 6 monitors/);
    expect(electron.tray?.menu?.labels()).toContain('All 6 monitors up');

    engine.become(red);
    await vi.waitFor(() => expect(basename(electron.tray?.image ?? '')).toBe('red-22.png'));
    expect(electron.tray?.tooltip).toContain('API (Frankfurt) is down since');
    expect(electron.tray?.menu?.labels()).toContain('API (Frankfurt): down');
    expect(basename(electron.window?.icon ?? '')).toBe('red-32.png');

    engine.become(green);
    await vi.waitFor(() => expect(basename(electron.tray?.image ?? '')).toBe('green-22.png'));
    expect(electron.tray?.tooltip).not.toContain('is down');
  });

  it('replaces the menu only when it says something else', async () => {
    const { electron, engine } = await runningShell(green);
    await vi.waitFor(() => expect(electron.tray?.menusSet).toBe(1));
    engine.become({ ...green, revision: 7 });
    engine.become(red);
    await vi.waitFor(() => expect(electron.tray?.menusSet).toBe(2));
  });

  it('pauses for an hour and resumes from the menu', async () => {
    const { electron, engine } = await runningShell(green);
    electron.tray?.menu?.click('Pause for 1 hour');
    const pausedUntil = new Date(Date.now() + 3_600_000).toISOString();
    engine.become({ ...green, engine: { ...green.engine, pausedUntil } });
    await vi.waitFor(() => expect(electron.tray?.menu?.labels()).toContain('Resume'));
    electron.tray?.menu?.click('Resume');
    expect(engine.calls).toEqual([
      { method: 'engine.pause', input: { forMs: 3_600_000 } },
      { method: 'engine.pause', input: { forMs: null } },
    ]);
  });

  it('says what to do when pausing is refused', async () => {
    const { electron, engine, lines } = await runningShell(green);
    engine.answer({ ok: false, error: { code: 'busy', message: 'It is busy.', next: 'Wait.' } });
    electron.tray?.menu?.click('Pause for 1 hour');
    await vi.waitFor(() => expect(lines).toContain('It is busy. Wait.'));
  });

  it('hides the window when it is closed, and opens it from the menu and by a second start', async () => {
    const { electron } = await runningShell(green);
    const window = electron.window;
    await vi.waitFor(() => expect(window?.visible).toBe(true));
    window?.close();
    expect(window?.destroyed).toBe(false);
    expect(window?.visible).toBe(false);
    electron.tray?.menu?.click('Open Signalbox');
    expect(window?.visible).toBe(true);
    window?.hide();
    electron.app.emit('second-instance', {}, ['signalbox'], '/', null);
    expect(window?.visible && window.focused).toBe(true);
    expect(electron.windows).toHaveLength(1);
  });

  it('toggles the window by a click on the tray', async () => {
    const { electron } = await runningShell(green);
    await vi.waitFor(() => expect(electron.window?.visible).toBe(true));
    electron.tray?.emit('click');
    expect(electron.window?.visible).toBe(false);
    electron.tray?.emit('click');
    expect(electron.window?.visible).toBe(true);
  });

  it('opens the window at the incident when its notification is clicked', async () => {
    const { electron, engine } = await runningShell(green);
    electron.window?.hide();
    engine.starts[0]?.onNotificationClick?.('inc-20230709-140012');
    expect(electron.window?.loaded.at(-1)).toBe('app://signalbox/index.html#incident=inc-20230709-140012');
    expect(electron.window?.visible).toBe(true);
  });

  it('leaves to the first instance what a second one is asked', async () => {
    const folder = temporaryFolder();
    const electron = fakeElectron({ appData: folder });
    const engine = fakeEngine(green);
    electron.app.lock = false;
    const log = vi.fn<(line: string) => void>();
    await runShell({
      electron: electron.parts,
      startEngine: engine.start,
      arguments: { settingsFile: null, dataFolder: folder, hidden: false },
      ...{ dataFolder: folder, page: folder, preload: '', keychain: '', platform: 'linux', log },
      process: new EventEmitter(),
      command: { program: '', args: [] },
      showsTrays: async () => true,
    });
    expect(electron.app.exits).toEqual([0]);
    expect(engine.starts).toEqual([]);
    expect(log).toHaveBeenCalledOnce();
  });

  it('does what must come before ready before ready', async () => {
    const { electron, folder } = await runningShell(green);
    expect(electron.app.sandboxed).toBe(true);
    expect(electron.protocol.schemes).toEqual([{ scheme: 'app', privileges: { standard: true, secure: true } }]);
    expect(electron.app.paths.get('userData')).toBe(`${folder}/window`);
    expect(existsSync(`${folder}/window`)).toBe(true);
    expect(electron.applicationMenu).toBeNull();
  });

  it('keeps a menu with Copy and Paste on macOS, uses template icons there, and names itself to Windows', async () => {
    const mac = await runningShell(green, { platform: 'darwin' });
    expect(mac.electron.applicationMenu?.labels()).toEqual(['appMenu', 'editMenu', 'windowMenu']);
    expect(basename(mac.electron.tray?.image ?? '')).toBe('green-16Template.png');
    const windows = await runningShell(green, { platform: 'win32' });
    expect(windows.electron.app.userModelId).toBe('app.signalbox');
    expect(basename(windows.electron.tray?.image ?? '')).toBe('green-16.png');
  });

  it('says once why there is no engine, and ends', async () => {
    const fault = new FaultError({ code: 'settings', message: 'The settings file is wrong.', next: 'Mend it.' });
    const { electron, lines } = await runningShell(green, { startEngine: () => Promise.reject(fault) });
    expect(electron.dialog.errors).toEqual([
      { title: 'Signalbox could not start', content: 'The settings file is wrong.\n\nMend it.' },
    ]);
    expect(lines).toEqual(['The settings file is wrong. Mend it.']);
    expect(electron.app.exits).toEqual([2]);
    expect(electron.trays).toEqual([]);
  });
});

describe('quitting', () => {
  it('waits for the engine, takes window and tray with it, and ends once', async () => {
    const { electron, engine } = await runningShell(green);
    const { promise, resolve } = Promise.withResolvers<void>();
    engine.stopping = promise;
    electron.tray?.menu?.click('Quit Signalbox');
    electron.app.quit();
    await vi.waitFor(() => expect(engine.stops).toBe(1));
    expect(electron.app.exits).toEqual([]);
    expect(electron.window).toBeNull();
    expect(electron.tray?.destroyed).toBe(true);
    resolve();
    await vi.waitFor(() => expect(electron.app.exits).toEqual([0]));
    expect(engine.listeners.size).toBe(0);
    expect(electron.ipcMain.handlers.size).toBe(0);
  });

  it('ends within its limit when the engine does not stop, and says so', async () => {
    vi.useFakeTimers();
    try {
      const { electron, engine, lines } = await runningShell(green);
      engine.stopping = new Promise(() => {});
      electron.app.quit();
      await vi.advanceTimersByTimeAsync(10_000);
      expect(electron.app.exits).toEqual([1]);
      expect(lines.at(-1)).toContain('nothing recorded is lost');
    } finally {
      vi.useRealTimers();
    }
  });
});
