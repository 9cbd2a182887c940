// The process around the command line: its streams, its signals, and an end that loses no output and prints no stack.
import packageJson from '../../package.json' with { type: 'json' };
import { redact } from '../../shared/redact.ts';
import { commandServices } from '../compose-commands.ts';
import { runProgram } from './program.ts';
import type { Ended } from './services.ts';
import { onStopSignals } from './signals.ts';

const controller = new AbortController();
onStopSignals(controller, () => process.exit(130));

for (const stream of [process.stdout, process.stderr]) {
  stream.on('error', (error: NodeJS.ErrnoException) => {
    // Whoever read us has gone, as in `watch --json | head -1`: a wish to stop, not a failure.
    if (error.code !== 'EPIPE') throw error;
    controller.abort();
  });
}

process.on('uncaughtException', (error) => {
  const told = process.env.SIGNALBOX_DEBUG ? (error.stack ?? error.message) : error.message;
  process.stderr.write(
    `signalbox: failed unexpectedly: ${redact(told)}\n  Run it again with SIGNALBOX_DEBUG=1 and report what it prints.\n`,
  );
  process.exit(2);
});

const ended = await runProgram(process.argv.slice(2), {
  services: commandServices(),
  signal: controller.signal,
  now: Date.now,
  version: packageJson.version,
  cwd: process.cwd(),
  env: process.env,
  stdin: process.stdin,
  stdout: process.stdout,
  stderr: process.stderr,
});
await exit(ended);

/** Leaves once both streams have taken what was written, or after 2 s when their reader is stuck. */
async function exit(code: Ended): Promise<void> {
  const written = [process.stdout, process.stderr].map(
    (stream) => new Promise<void>((resolve) => (stream.writable ? stream.write('', () => resolve()) : resolve())),
  );
  const limit = new Promise<void>((resolve) => setTimeout(resolve, 2_000).unref());
  await Promise.race([Promise.all(written), limit]);
  process.exit(code);
}
