// Hands an address to the user's browser, in a way that neither waits for it nor dies with it.
import { spawn } from 'node:child_process';

const commands: Readonly<Record<string, readonly [string, ...string[]]>> = {
  darwin: ['open'],
  // `start` is the shell's own; its first quoted argument would be a title.
  win32: ['cmd', '/c', 'start', ''],
};

/** Calls `onProblem` with a sentence when no browser could be asked. `url` must be ours: it reaches a command line. */
export function openBrowser(url: string, onProblem: (sentence: string) => void): void {
  const [command, ...before] = commands[process.platform] ?? ['xdg-open'];
  const child = spawn(command, [...before, url], { detached: true, stdio: 'ignore' });
  const sentence = 'The browser could not be opened; open the printed address yourself.';
  child.once('error', () => onProblem(sentence));
  child.once('exit', (code) => {
    if (code !== null && code !== 0) onProblem(sentence);
  });
  child.unref();
}
