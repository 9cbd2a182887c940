// The shell is thin: a copy of this checkout without main/electron/ and the shell's own tests still compiles, builds, watches
// and serves its window (DESIGN section 2). With SIGNALBOX_WITHOUT_ELECTRON=full all remaining tests run there too, which
// takes as long again as the whole suite.
import { execFile, spawn } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { serversPerTest } from '../support/http-server.ts';

const root = fileURLToPath(new URL('../../', import.meta.url));
const run = promisify(execFile);
const isFull = process.env.SIGNALBOX_WITHOUT_ELECTRON === 'full';
/** What belongs to the shell: the folder, and what tests it. */
const shells = [
  ...['main/electron/', 'test/unit/electron/', 'test/support/fake-electron/', 'test/support/journeys/'],
  ...[
    'test/e2e/shell',
    'test/e2e/electron-',
    'test/integration/packaging/',
    'test/integration/without-electron.test.ts',
    'test/integration/storage/keychain-process.test.ts',
  ],
];
const { serve } = serversPerTest();

let copy: string;
const children = new Set<ReturnType<typeof spawn>>();

beforeAll(async () => {
  copy = mkdtempSync(join(tmpdir(), 'signalbox-shellless-'));
  const listed = await run('git', ['ls-files', '-co', '--exclude-standard', '-z'], { cwd: root, maxBuffer: 10_000_000 });
  const files = listed.stdout.split('\0').filter((file) => file !== '' && !shells.some((part) => file.startsWith(part)));
  for (const file of files) {
    mkdirSync(dirname(join(copy, file)), { recursive: true });
    cpSync(join(root, file), join(copy, file), { force: true });
  }
  symlinkSync(join(root, 'node_modules'), join(copy, 'node_modules'), 'junction');
}, 60_000);
afterEach(() => {
  for (const child of children) child.kill('SIGKILL');
});
afterAll(() => rmSync(copy, { recursive: true, force: true }));

/** A program of node_modules, run in the copy; what it printed. Rejects with that when it fails. */
async function tool(script: string, ...args: readonly string[]): Promise<string> {
  const env = { ...process.env, NO_COLOR: '1' };
  const options = { cwd: copy, env, timeout: isFull ? 1_800_000 : 240_000, maxBuffer: 50_000_000 };
  try {
    return (await run(process.execPath, [join(root, 'node_modules', script), ...args], options)).stdout;
  } catch (error) {
    const { stdout, stderr } = error as { readonly stdout?: string; readonly stderr?: string };
    throw new Error(`${args.join(' ')} failed in the copy:\n${stdout}\n${stderr}`, { cause: error });
  }
}

describe('without the shell', () => {
  it.each(['shared', 'main/core', 'main', 'renderer', 'test'])(
    '%s compiles',
    async (folder) => {
      await tool('typescript/bin/tsc', '-p', folder);
    },
    240_000,
  );

  it('the module map holds', async () => {
    await tool('vitest/vitest.mjs', 'run', 'test/architecture.test.ts');
  }, 240_000);

  it('the headless face builds, checks, watches and serves its window', async () => {
    const script = `const { createBuilder } = await import('vite'); const builder = await createBuilder({ logLevel: 'error' });
      for (const name of ['client', 'cli']) await builder.build(builder.environments[name]);`;
    await run(process.execPath, ['--input-type=module', '-e', script], { cwd: copy, timeout: 240_000 });

    const { url } = await serve((_request, response) => response.end('ok'));
    const settings = join(copy, 'settings.json');
    const monitors = [{ id: 'api', kind: 'http', url: `${url}/`, interval: '1s' }];
    writeFileSync(settings, JSON.stringify({ monitors, alerts: { desktop: { enabled: false } } }));
    const command = ['--config', settings, '--data', join(copy, 'data'), '--json'];
    const checked = await run(process.execPath, ['main/cli/bin.mjs', ...command, 'check'], { cwd: copy, timeout: 60_000 });
    expect(JSON.parse(checked.stdout)).toMatchObject([{ monitorId: 'api', outcome: 'up' }]);

    const child = spawn(process.execPath, ['main/cli/bin.mjs', ...command, 'watch'], { cwd: copy });
    children.add(child);
    const lines = createInterface(child.stdout)[Symbol.asyncIterator]();
    const first = JSON.parse(String((await lines.next()).value)) as { readonly event: string; readonly url: string };
    expect(first.event).toBe('engine.started');
    const page = await fetch(new URL('/', first.url));
    expect(await page.text()).toContain('<div id="root"');
    const ended = new Promise((resolve) => child.once('exit', resolve));
    child.kill('SIGTERM');
    expect(await ended).toBe(0);
  }, 300_000);

  it.runIf(isFull)(
    'all other tests pass',
    async () => {
      const said = await tool('vitest/vitest.mjs', 'run');
      console.log(said.split('\n').slice(-8).join('\n'));
    },
    1_800_000,
  );
});
