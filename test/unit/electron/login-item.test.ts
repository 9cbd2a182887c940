import { existsSync, mkdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it, vi } from 'vitest';
import { argumentsAtLogin, readArguments } from '../../../main/electron/arguments.ts';
import { desktopEntry } from '../../../main/electron/login-item.ts';
import { runningShell } from '../../support/fake-electron/run-shell.ts';
import { ninePanels, snapshotOf } from '../../support/view-fixtures.ts';

const green = snapshotOf(ninePanels());
const checked = (menu: { readonly items: readonly { label?: string; checked?: boolean }[] } | null | undefined) =>
  menu?.items.find(({ label }) => label === 'Start at login')?.checked;

describe('starting at login', () => {
  it('is a file in the autostart folder on Linux, switched in the menu', async () => {
    const { electron, folder } = await runningShell(green);
    const file = join(folder, 'autostart', 'signalbox.desktop');
    expect(checked(electron.tray?.menu)).toBe(false);
    electron.tray?.menu?.click('Start at login');
    expect(readFileSync(file, 'utf8')).toContain(`Exec="/opt/signalbox/signalbox" "--data" "${folder}" "--hidden"\n`);
    expect(statSync(file).mode & 0o777).toBe(0o600);
    expect(checked(electron.tray?.menu)).toBe(true);
    electron.tray?.menu?.click('Start at login');
    expect(existsSync(file)).toBe(false);
    expect(checked(electron.tray?.menu)).toBe(false);
  });

  it('is asked of Windows with program and arguments', async () => {
    const { electron, folder } = await runningShell(green, { platform: 'win32' });
    electron.tray?.menu?.click('Start at login');
    expect(electron.app.loginItem).toEqual({
      path: '/opt/signalbox/signalbox',
      args: ['--data', folder, '--hidden'],
      openAtLogin: true,
    });
    expect(checked(electron.tray?.menu)).toBe(true);
  });

  it('is not offered on macOS from a checkout, where it would start Electron itself', async () => {
    const { electron } = await runningShell(green, { platform: 'darwin' });
    electron.tray?.emit('right-click');
    expect(electron.tray?.popped?.labels()).toContain('Settings…');
    expect(electron.tray?.popped?.labels()).not.toContain('Start at login');
  });

  it('says so when the system refuses', async () => {
    const { electron, folder, lines } = await runningShell(green);
    mkdirSync(join(folder, 'autostart', 'signalbox.desktop.partial'), { recursive: true });
    electron.tray?.menu?.click('Start at login');
    await vi.waitFor(() => expect(lines.at(-1)).toContain('could not be changed'));
  });

  it('starts the same app again, without its window', async () => {
    const said = { settingsFile: '/srv/a b.json', dataFolder: '/srv/data', hidden: false };
    expect(readArguments(argumentsAtLogin(said))).toEqual({ ...said, hidden: true });
    const { electron } = await runningShell(green, { hidden: true });
    expect(electron.windows).toEqual([]);
    electron.tray?.menu?.click('Open Signalbox');
    await vi.waitFor(() => expect(electron.window?.visible).toBe(true));
  });

  it('shows its window all the same where there is no tray to open it from', async () => {
    const { electron } = await runningShell(green, { hidden: true, hasTray: false });
    await vi.waitFor(() => expect(electron.window?.visible).toBe(true));
  });

  it('quotes what a shell and the desktop entry would read otherwise', () => {
    const line = desktopEntry({ program: '/opt/a b/$x', args: ['50%', 'say "hi"', 'back\\slash', 'two\nlines'] }).split('\n')[4];
    expect(line).toBe('Exec="/opt/a b/\\\\$x" "50%%" "say \\\\"hi\\\\"" "back\\\\\\\\slash" "two lines"');
  });
});
