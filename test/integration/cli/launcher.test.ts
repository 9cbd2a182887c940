// main/cli/bin.mjs as people start it, copied beside a small stand-in program: which Node runs, what is passed on, and that
// nothing is left behind. The older Node is the launcher's own code told that it is one.
import { type ChildProcess, spawn } from 'node:child_process';
import { copyFileSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

const repository = fileURLToPath(new URL('../../..', import.meta.url));
let place: string;
let oldNode: string;

/** Says what it is, then does as its first argument says. */
const program = `
import { DatabaseSync } from 'node:sqlite';
new DatabaseSync(':memory:').close();
const [deed] = process.argv.slice(2);
if (deed === 'wait') {
  const alive = setInterval(() => {}, 1_000);
  for (const name of ['SIGINT', 'SIGTERM']) process.on(name, () => { console.log(name); clearInterval(alive); process.exit(name === 'SIGINT' ? 0 : 7); });
}
// Said once it is ready for whatever comes.
console.log(JSON.stringify({ pid: process.pid, node: process.versions.node, args: process.argv.slice(2), lifeline: process.env.SIGNALBOX_LIFELINE ?? null }));
if (deed === 'warn') process.emitWarning('something else', 'ExperimentalWarning');
if (deed === 'exit') process.exit(3);
`;

beforeAll(() => {
  place = mkdtempSync(join(tmpdir(), 'signalbox-launcher-'));
  mkdirSync(join(place, 'main', 'cli'), { recursive: true });
  mkdirSync(join(place, 'dist', 'cli'), { recursive: true });
  writeFileSync(join(place, 'package.json'), '{"type":"module"}');
  copyFileSync(join(repository, 'main/cli/bin.mjs'), join(place, 'main/cli/bin.mjs'));
  writeFileSync(join(place, 'dist/cli/signalbox.mjs'), program);
  symlinkSync(join(repository, 'node_modules'), join(place, 'node_modules'));
  // Old in the first process only: the launcher passes its environment on, so NODE_OPTIONS is taken back in there.
  oldNode = join(place, 'old-node.mjs');
  writeFileSync(
    oldNode,
    `delete process.env.NODE_OPTIONS; Object.defineProperty(process.versions, 'node', { value: '20.20.2' });`,
  );
});
afterAll(() => rmSync(place, { recursive: true }));

type Started = {
  readonly child: ChildProcess;
  readonly out: () => string;
  readonly err: () => string;
  readonly ended: Promise<number | null>;
};

function start(args: readonly string[], isOld: boolean, from = place): Started {
  const { NODE_OPTIONS: _mine, ...env } = process.env;
  const child = spawn(process.execPath, [...(isOld ? ['--import', oldNode] : []), join(from, 'main/cli/bin.mjs'), ...args], {
    env,
  });
  let [out, err] = ['', ''];
  child.stdout.on('data', (chunk: Buffer) => {
    out += chunk.toString();
  });
  child.stderr.on('data', (chunk: Buffer) => {
    err += chunk.toString();
  });
  const ended = new Promise<number | null>((resolve) => child.once('close', (code) => resolve(code)));
  return { child, out: () => out, err: () => err, ended };
}

/** The program's first line, once it has said it. */
async function introduction(started: Started) {
  await expect.poll(started.out, { timeout: 10_000 }).toContain('\n');
  return JSON.parse(started.out().split('\n', 1)[0] ?? '') as {
    pid: number;
    node: string;
    args: string[];
    lifeline: string | null;
  };
}

function isAlive(pid: number): boolean {
  try {
    // A zombie that its new parent has not collected yet is dead to us.
    if (process.platform === 'linux' && /^\d+ \(.*\) Z/.test(readFileSync(`/proc/${pid}/stat`, 'utf8'))) return false;
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}

describe.each([
  ['with a Node that is new enough', false],
  ['with an older Node', true],
])('the launcher %s', (_which, isOld) => {
  it('runs the program with its arguments, a Node that can, and no warning about SQLite', async () => {
    const started = start(['exit', '--json', 'a b', ''], isOld);
    expect(await started.ended).toBe(3);
    const said = await introduction(started);
    expect(said).toMatchObject({ args: ['exit', '--json', 'a b', ''], lifeline: null });
    expect(Number(said.node.split('.')[0])).toBeGreaterThanOrEqual(22);
    expect(said.pid === started.child.pid).toBe(!isOld);
    expect(started.err()).toBe('');
  });

  it('lets other warnings through', async () => {
    const started = start(['warn'], isOld);
    expect(await started.ended).toBe(0);
    expect(started.err()).toContain('something else');
  });

  it.each([
    ['SIGINT', 0],
    ['SIGTERM', 7],
  ] as const)('passes %s on and ends as the program ends', async (signal, code) => {
    const started = start(['wait'], isOld);
    await introduction(started);
    started.child.kill(signal);
    expect(await started.ended).toBe(code);
    expect(started.out()).toContain(signal);
    expect(started.err()).toBe('');
  });

  it('leaves no program behind when it is killed', async () => {
    const started = start(['wait'], isOld);
    const { pid } = await introduction(started);
    started.child.kill('SIGKILL');
    await expect.poll(() => isAlive(pid), { timeout: 10_000 }).toBe(false);
  });
});

describe('the launcher without a usable Node', () => {
  it('says so in a sentence and ends with 2, as JSON too', async () => {
    const bare = mkdtempSync(join(tmpdir(), 'signalbox-bare-'));
    mkdirSync(join(bare, 'main', 'cli'), { recursive: true });
    copyFileSync(join(repository, 'main/cli/bin.mjs'), join(bare, 'main/cli/bin.mjs'));
    const people = start([], true, bare);
    expect(await people.ended).toBe(2);
    expect(people.err()).toMatch(/^signalbox: Signalbox needs Node 22\.19 or newer; this is 20\.20\.2\.\n {2}\S.*\n$/);
    const machine = start(['status', '--json'], true, bare);
    expect(await machine.ended).toBe(2);
    expect(JSON.parse(machine.out())).toMatchObject({ error: { code: 'node-too-old' } });
    expect(machine.err()).toBe('');
    rmSync(bare, { recursive: true });
  });
});
