// Hands an address to the user's browser, or a place on disk to the file manager, in a way that neither waits for them nor
// dies with them.
import { spawn } from 'node:child_process';
import { statSync } from 'node:fs';
import { dirname } from 'node:path';

type Command = readonly [string, ...string[]];

const openers: Readonly<Record<string, Command>> = {
  darwin: ['open'],
  // `start` is the shell's own; its first quoted argument would be a title.
  win32: ['cmd', '/c', 'start', ''],
};

/** Calls `onProblem` with a sentence when no browser could be asked. `url` must be ours: it reaches a command line. */
export function openBrowser(url: string, onProblem: (sentence: string) => void): void {
  const [program, ...before] = openers[process.platform] ?? ['xdg-open'];
  handOver([program, ...before, url], () => onProblem('The browser could not be opened; open the printed address yourself.'));
}

/** The way to show a file or folder in the file manager; undefined where nobody sits at a screen. */
export function fileManager(
  env: Readonly<Record<string, string | undefined>>,
  platform: NodeJS.Platform,
  onProblem: (sentence: string) => void,
): ((path: string) => void) | undefined {
  if (!['darwin', 'win32'].includes(platform) && !env.DISPLAY && !env.WAYLAND_DISPLAY) return undefined;
  return (path) =>
    handOver(showing(path, platform), () => onProblem(`The file manager could not be opened; look at ${path} yourself.`));
}

/** A file is shown in its folder, selected where the file manager can. */
function showing(path: string, platform: NodeJS.Platform): Command {
  const isFolder = statSync(path, { throwIfNoEntry: false })?.isDirectory() ?? false;
  if (platform === 'darwin') return isFolder ? ['open', path] : ['open', '-R', path];
  if (platform === 'win32') return isFolder ? ['explorer', path] : ['explorer', `/select,${path}`];
  return ['xdg-open', isFolder ? path : dirname(path)];
}

function handOver([program, ...args]: Command, onProblem: () => void): void {
  const child = spawn(program, args, { detached: true, stdio: 'ignore' });
  child.once('error', onProblem);
  child.once('exit', (code) => {
    // Windows' Explorer ends with 1 when all went well.
    if (code !== null && code !== 0 && program !== 'explorer') onProblem();
  });
  child.unref();
}
