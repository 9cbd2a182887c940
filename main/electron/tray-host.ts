// Whether a Linux desktop shows trays at all. Electron makes a tray without complaint where nobody will show it (GNOME without
// its extension), so the session bus is asked who watches for them.
import { execFile } from 'node:child_process';

const watcher = 'org.kde.StatusNotifierWatcher';
const limitMs = 1_000;

/** Two programs that can ask the bus; most desktops have one of them, many both. */
const questions: readonly (readonly [program: string, args: readonly string[], yes: RegExp])[] = [
  [
    'dbus-send',
    [
      '--session',
      '--print-reply',
      '--dest=org.freedesktop.DBus',
      '/org/freedesktop/DBus',
      'org.freedesktop.DBus.NameHasOwner',
      `string:${watcher}`,
    ],
    /boolean true/,
  ],
  [
    'gdbus',
    [
      'call',
      '--session',
      '--dest=org.freedesktop.DBus',
      '--object-path=/org/freedesktop/DBus',
      '--method=org.freedesktop.DBus.NameHasOwner',
      watcher,
    ],
    /\(true,?\)/,
  ],
];

/** Whether a tray would be seen. Always true but on Linux; there false also when the bus cannot be asked within a second:
 *  a window that is not needed is better than an app that nobody can find. */
export async function showsTrays(platform: NodeJS.Platform): Promise<boolean> {
  if (platform !== 'linux') return true;
  const signal = AbortSignal.timeout(limitMs);
  for (const [program, args, yes] of questions) {
    const answer = await ask(program, args, signal);
    if (answer !== null) return yes.test(answer);
  }
  return false;
}

/** What the program printed, or null when it could not be asked. */
function ask(program: string, args: readonly string[], signal: AbortSignal): Promise<string | null> {
  return new Promise((resolve) => {
    execFile(program, args, { signal, killSignal: 'SIGKILL' }, (error, stdout) => resolve(error ? null : stdout));
  });
}
