// A process that executes one run and stops at every boundary until it is told to go on by a byte on stdin:
// `node killed-run.ts FOLDER succeeds|fails`. Killed in between, it dies exactly there.
import { readSync, writeSync } from 'node:fs';
import { openLevers } from './killed-levers.ts';

const [folder = '', ending = 'succeeds'] = process.argv.slice(2);
const byte = Buffer.alloc(1);

function announce(point: string): void {
  writeSync(1, `${point}\n`);
  if (readSync(0, byte, 0, 1, null) === 0) process.exit(4);
}

const { levers, close } = openLevers(folder, { announce, fails: ending === 'fails' });
const { finished } = await levers.start({ action: 'traffic', to: 'standby', force: false }, { by: 'command', force: false });
await finished;
close();
