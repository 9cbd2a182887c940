#!/usr/bin/env node
// The launcher: plain JavaScript that any Node can read. Finds a Node that is new enough and hands over to the program;
// decides nothing else.
import { spawn } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { Socket } from 'node:net';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** `engines` in package.json. */
const oldest = [22, 19];
/** Tells the second process that a first one stands before it, and which descriptor ends when that one does. */
const lifelineVariable = 'SIGNALBOX_LIFELINE';
const insistAfterMs = 3_000;

// Names are looked up on libuv's threads, four by default: a few hanging resolvers would hold up every other check.
process.env.UV_THREADPOOL_SIZE ??= '16';

if (isNewEnough(process.versions.node)) await start();
else relaunch();

function isNewEnough(version) {
  const [major, minor] = version.split('.').map(Number);
  return major > oldest[0] || (major === oldest[0] && minor >= oldest[1]);
}

/** Runs the built program, or in a checkout that has not been built the source itself. */
async function start() {
  holdLifeline();
  silenceSqliteWarning();
  const built = new URL('../../dist/cli/signalbox.mjs', import.meta.url);
  const program = existsSync(built) ? built : new URL('./signalbox.ts', import.meta.url);
  try {
    await import(program.href);
  } catch (error) {
    if (process.env.SIGNALBOX_DEBUG) throw error;
    const reason = String(error instanceof Error ? error.message : error).split('\n', 1)[0];
    refuse('broken-installation', `Signalbox cannot start: ${reason}`, 'Run `npm install` in its folder again.');
  }
}

/** The history's `node:sqlite` works as we need it and says on every start that it is experimental; other warnings stay. */
function silenceSqliteWarning() {
  const emit = process.emitWarning;
  process.emitWarning = (warning, ...rest) => {
    const type = typeof rest[0] === 'object' ? rest[0]?.type : rest[0];
    if (type === 'ExperimentalWarning' && String(warning).startsWith('SQLite is an experimental feature')) return;
    emit.call(process, warning, ...rest);
  };
}

/** Runs the same command with the Node that this package brought along, as if it were this process. */
function relaunch() {
  const node = ownNode();
  if (node === null || process.env[lifelineVariable]) {
    const message = `Signalbox needs Node ${oldest.join('.')} or newer; this is ${process.versions.node}.`;
    refuse('node-too-old', message, 'Install a newer Node, or run `npm install` in the checkout: it brings one.');
    return;
  }
  const child = spawn(node, [fileURLToPath(import.meta.url), ...process.argv.slice(2)], {
    // The pipe carries nothing. The system closes it when this process ends, even by SIGKILL; see holdLifeline.
    stdio: ['inherit', 'inherit', 'inherit', 'pipe'],
    env: { ...process.env, [lifelineVariable]: '3' },
  });
  // A terminal sends Ctrl-C to both; the second process knows a repeated press from one that was passed on.
  let firstAt = null;
  const passOn = (signal) => {
    firstAt ??= Date.now();
    // Whoever still asks after this long faces a program too busy to hear it, for example in a system call that hangs.
    child.kill(Date.now() - firstAt > insistAfterMs ? 'SIGKILL' : signal);
  };
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => passOn(signal));
  child.on('error', (error) =>
    refuse('node-too-old', `The Node of this package cannot be run: ${error.message}.`, 'Run `npm install` again.'),
  );
  child.on('exit', (code, signal) => {
    process.exitCode = code ?? (signal === 'SIGINT' ? 130 : signal === 'SIGTERM' ? 143 : 137);
    process.exit();
  });
}

/** The path of the `node` package's program, or null. */
function ownNode() {
  try {
    const manifest = createRequire(import.meta.url).resolve('node/package.json');
    const { bin } = JSON.parse(readFileSync(manifest, 'utf8'));
    const path = join(dirname(manifest), typeof bin === 'string' ? bin : bin.node);
    return [path, `${path}.exe`].find((file) => existsSync(file)) ?? null;
  } catch {
    // Not installed, or installed without its program: the same to the user.
    return null;
  }
}

/** Ends at once when the launcher was killed: an engine that nobody can stop any more would hold the data folder. */
function holdLifeline() {
  const descriptor = Number(process.env[lifelineVariable]);
  delete process.env[lifelineVariable];
  if (!Number.isInteger(descriptor) || descriptor < 3) return;
  const lifeline = new Socket({ fd: descriptor });
  lifeline.on('error', () => process.exit(137));
  lifeline.on('close', () => process.exit(137));
  lifeline.resume();
  lifeline.unref();
}

/** One sentence and a next step, in the form that was asked for; exit code 2. */
function refuse(code, message, next) {
  if (process.argv.includes('--json')) process.stdout.write(`${JSON.stringify({ error: { code, message, next } })}\n`);
  else process.stderr.write(`signalbox: ${message}\n  ${next}\n`);
  process.exitCode = 2;
}
