// What `npm start` runs, plain Node: builds when the built app is missing or older than its sources, then starts Electron.
// Where Electron cannot run it says so in one line and starts the headless face, which opens in the user's browser.
import { spawn, spawnSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';

const app = fileURLToPath(new URL('../../', import.meta.url));
const sources = ['main', 'renderer', 'shared', 'vite.config.ts', 'package.json'];
const built = [
  'dist/main/main.mjs',
  'dist/main/keychain.mjs',
  'dist/preload/preload.cjs',
  'dist/renderer/index.html',
  'dist/cli/signalbox.mjs',
];

/**
 * The newest change in a file or in all files of a folder, epoch milliseconds.
 * @param {string} path
 * @returns {number}
 */
function newest(path) {
  const stat = statSync(path);
  if (!stat.isDirectory()) return stat.mtimeMs;
  return Math.max(0, ...readdirSync(path).map((name) => newest(join(path, name))));
}

/**
 * Whether every part of the built app is there and none is older than the sources.
 * @param {string} folder the app's folder
 * @returns {boolean}
 */
function isBuilt(folder) {
  const parts = built.map((path) => join(folder, path));
  if (!parts.every((path) => existsSync(path))) return false;
  const changed = Math.max(
    ...sources
      .map((path) => join(folder, path))
      .filter((path) => existsSync(path))
      .map(newest),
  );
  return Math.min(...parts.map((path) => statSync(path).mtimeMs)) >= changed;
}

/**
 * Electron's program, or null where it is not installed. The package is not loaded to find out: it would start a download.
 * @param {string} folder the app's folder
 * @param {NodeJS.ProcessEnv} env
 * @param {NodeJS.Platform} platform
 * @returns {string | null}
 */
function electronProgram(folder, env, platform) {
  const home = join(folder, 'node_modules', 'electron');
  const named = join(home, 'path.txt');
  const usual = { darwin: 'Electron.app/Contents/MacOS/Electron', win32: 'electron.exe' };
  const name = existsSync(named) ? readFileSync(named, 'utf8').trim() : (usual[platform] ?? 'electron');
  const program = join(env.ELECTRON_OVERRIDE_DIST_PATH || join(home, 'dist'), name);
  return existsSync(program) ? program : null;
}

/**
 * Why Electron cannot run here, or null when it can.
 * @param {string | null} program
 * @param {NodeJS.ProcessEnv} env
 * @param {NodeJS.Platform} platform
 * @returns {string | null}
 */
function whyNot(program, env, platform) {
  if (program === null) {
    return "Electron's binary is not installed here, so Signalbox opens in your browser instead (npx install-electron fetches it).";
  }
  if (platform === 'linux' && !env.DISPLAY && !env.WAYLAND_DISPLAY) {
    return 'There is no graphical session here, so Signalbox runs without its tray and serves its window to your browser instead.';
  }
  return null;
}

function build() {
  const vite = join(app, 'node_modules', 'vite', 'bin', 'vite.js');
  const run = spawnSync(process.execPath, [vite, 'build', '--app', '--logLevel', 'warn'], { cwd: app, stdio: 'inherit' });
  if (run.status === 0) return;
  console.error('Signalbox could not be built; the lines above say why. Mend that, then run npm start again.');
  process.exit(run.status ?? 1);
}

/**
 * Runs the program until it ends and ends as it did; what this process is told to stop with goes on to it.
 * @param {string} program
 * @param {readonly string[]} args
 */
function become(program, args) {
  const child = spawn(program, args, { stdio: 'inherit' });
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => child.kill(signal));
  child.on('error', (error) => {
    console.error(`Signalbox could not start ${relative(app, program)}: ${error.message}`);
    process.exit(1);
  });
  child.on('exit', (code, signal) => {
    if (signal === null) process.exit(code ?? 1);
    for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.removeAllListeners(name);
    process.kill(process.pid, signal);
  });
}

function start() {
  if (!isBuilt(app)) build();
  const asked = process.argv.slice(2);
  const program = electronProgram(app, process.env, process.platform);
  const reason = whyNot(program, process.env, process.platform);
  if (program !== null && reason === null) {
    become(program, [app, ...asked]);
    return;
  }
  console.error(reason);
  become(process.execPath, [join(app, 'main', 'cli', 'bin.mjs'), 'watch', '--open', ...asked]);
}

start();
