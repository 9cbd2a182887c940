// What the tray app has to say, kept in a file: nobody sees the terminal of an app that was started at login. Five files of a
// megabyte each; secrets and control characters go before anything is written (SECURITY S-34, S-42).
import { appendFileSync, mkdirSync, renameSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { redact } from '../../shared/redact.ts';

const files = 5;
const bytesPerFile = 1_000_000;
const longestEntry = 20_000;

/** Returns the way to add an entry to `signalbox.log` in `folder`. It never throws: what cannot be written is said to
 *  `otherwise`, once. */
export function openLog(folder: string, otherwise: (line: string) => void): (text: string) => void {
  const file = join(folder, 'signalbox.log');
  let isBroken = false;
  return (text) => {
    try {
      mkdirSync(folder, { recursive: true, mode: 0o700 });
      if ((statSync(file, { throwIfNoEntry: false })?.size ?? 0) >= bytesPerFile) rotate(file);
      appendFileSync(file, `${new Date().toISOString()} ${entryOf(text)}\n`, { mode: 0o600 });
    } catch (error) {
      if (!isBroken) otherwise(`The log could not be written: ${error instanceof Error ? error.message : String(error)}`);
      isBroken = true;
    }
  };
}

/** signalbox.log becomes signalbox.1.log, and so on; the fifth is replaced. */
function rotate(file: string): void {
  const old = (age: number): string => (age === 0 ? file : file.replace(/\.log$/, `.${age}.log`));
  for (let age = files - 2; age >= 0; age -= 1) {
    if (statSync(old(age), { throwIfNoEntry: false })) renameSync(old(age), old(age + 1));
  }
}

/** Later lines are indented, so that an entry begins where a line begins with a time. */
function entryOf(text: string): string {
  const harmless = text.replaceAll(/[\p{Cc}\p{Cf}]/gu, (character) => (character === '\n' ? '\n  ' : ''));
  return redact(harmless).slice(0, longestEntry);
}
