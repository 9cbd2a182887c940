// Starting at login: macOS and Windows keep that for an app; on Linux it is a file in the user's autostart folder
// (https://specifications.freedesktop.org/autostart-spec/latest/).
import { existsSync, mkdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { AppPart } from './parts.ts';

export type LoginItem = {
  isOn(): boolean;
  /** Throws when the system or the file refuses. */
  set(wanted: boolean): void;
};

/** What a login starts: a program and its arguments. */
export type StartCommand = { readonly program: string; readonly args: readonly string[] };

export function loginItem(options: {
  readonly app: Pick<AppPart, 'getPath' | 'getLoginItemSettings' | 'setLoginItemSettings'>;
  readonly platform: NodeJS.Platform;
  readonly command: StartCommand;
}): LoginItem {
  const { app, platform, command } = options;
  if (platform === 'linux') return autostartFile(join(app.getPath('appData'), 'autostart', 'signalbox.desktop'), command);
  // Windows tells entries apart by program and arguments; macOS knows the app itself and ignores both.
  const named = platform === 'win32' ? { path: command.program, args: [...command.args] } : {};
  return {
    isOn: () => app.getLoginItemSettings(named).openAtLogin,
    set: (wanted) => app.setLoginItemSettings({ ...named, openAtLogin: wanted }),
  };
}

function autostartFile(file: string, command: StartCommand): LoginItem {
  return {
    isOn: () => existsSync(file),
    set(wanted) {
      if (!wanted) {
        rmSync(file, { force: true });
        return;
      }
      mkdirSync(dirname(file), { recursive: true, mode: 0o700 });
      const partial = `${file}.partial`;
      writeFileSync(partial, desktopEntry(command), { mode: 0o600 });
      renameSync(partial, file);
    },
  };
}

/** The text of the autostart file. */
export function desktopEntry({ program, args }: StartCommand): string {
  const lines = [
    '[Desktop Entry]',
    'Type=Application',
    'Name=Signalbox',
    "Comment=Production's true state in the tray",
    `Exec=${[program, ...args].map(quoted).join(' ')}`,
    'Terminal=false',
    'X-GNOME-Autostart-enabled=true',
  ];
  return `${lines.join('\n')}\n`;
}

/** An argument of `Exec`, quoted twice over: for the shell-like quoting of the key, and for strings in general
 *  (https://specifications.freedesktop.org/desktop-entry-spec/latest/exec-variables.html). A line break ends the entry, so it
 *  has no place there. */
function quoted(argument: string): string {
  const inner = argument.replaceAll(/[\r\n]/g, ' ').replaceAll(/["`$\\]/g, '\\$&');
  return `"${inner}"`.replaceAll('\\', '\\\\').replaceAll('%', '%%');
}
