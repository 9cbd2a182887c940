// Says once, ever, that this desktop shows no tray and how Signalbox lives there. A file remembers that it was said.
import { existsSync, writeFileSync } from 'node:fs';
import type { DialogPart } from './parts.ts';

export const noTray = {
  message: 'This desktop shows no tray, so Signalbox lives in its window.',
  detail:
    'Closing the window ends Signalbox. On GNOME, the extension “AppIndicator and KStatusNotifierItem Support” brings the tray back; start Signalbox again afterwards.',
} as const;

/** `memory`: the file that remembers. The message waits for nobody: the window opens beside it. */
export function sayThereIsNoTray(options: {
  readonly dialog: DialogPart;
  readonly memory: string;
  readonly log: (line: string) => void;
}): void {
  const { dialog, memory, log } = options;
  if (existsSync(memory)) return;
  log(`${noTray.message} ${noTray.detail}`);
  try {
    writeFileSync(memory, '', { mode: 0o600 });
  } catch (error) {
    log(`That this was said could not be remembered: ${error instanceof Error ? error.message : String(error)}`);
  }
  dialog.showMessageBox({ type: 'info', buttons: ['OK'], ...noTray }).catch((error: unknown) => {
    log(`The message could not be shown: ${error instanceof Error ? error.message : String(error)}`);
  });
}
