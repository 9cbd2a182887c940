// Which drawn icon shows a signal on which system. Electron finds the double-size file beside the named one by itself.
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Colour } from '../../shared/snapshot.ts';

// Beside this source, and beside the bundle: the build copies the pictures there (vite.config.ts).
const folder = fileURLToPath(new URL('./icons/', import.meta.url));

/** The tray's icon. macOS gets a template (black and alpha) that it tints for its own menu bar. */
export function trayIcon(colour: Colour, platform: NodeJS.Platform): string {
  if (platform === 'darwin') return join(folder, `${colour}-16Template.png`);
  return join(folder, `${colour}-${platform === 'win32' ? 16 : 22}.png`);
}

/** The window's icon in task bars, so that the signal shows where a desktop has no tray. */
export function windowIcon(colour: Colour): string {
  return join(folder, `${colour}-32.png`);
}
