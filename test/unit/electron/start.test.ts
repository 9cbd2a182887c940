import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, copyFileSync, mkdirSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { temporaryFolder } from '../../support/fake-electron/run-shell.ts';

const source = fileURLToPath(new URL('../../../main/electron/start.mjs', import.meta.url));

/** Stands for a program that `npm start` may start: prints its name and arguments, ends as it is told. */
const program = (name: string): string => `#!/usr/bin/env node
if (process.env.WAIT) {
  process.on('SIGTERM', () => process.exit(7));
  setInterval(() => {}, 1000);
}
console.log(JSON.stringify(['${name}', ...process.argv.slice(2)]));
process.exitCode = Number(process.env.CODE ?? 0);
`;

/** A checkout that holds only what start.mjs looks at, built, with a builder that notes that it ran. */
function checkout() {
  const folder = temporaryFolder();
  const put = (path: string, text: string, at?: number): void => {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), text);
    if (at !== undefined) utimesSync(join(folder, path), at, at);
  };
  mkdirSync(join(folder, 'main', 'electron'), { recursive: true });
  copyFileSync(source, join(folder, 'main', 'electron', 'start.mjs'));
  utimesSync(join(folder, 'main', 'electron', 'start.mjs'), 1_000, 1_000);
  for (const path of ['shared/ipc.ts', 'renderer/app.tsx', 'vite.config.ts']) put(path, '', 1_000);
  put('package.json', '{}', 1_000);
  put('main/cli/bin.mjs', program('headless'), 1_000);
  for (const path of ['main/main.mjs', 'main/keychain.mjs', 'preload/preload.cjs', 'renderer/index.html', 'cli/signalbox.mjs']) {
    put(`dist/${path}`, '', 2_000);
  }
  put('node_modules/vite/bin/vite.js', "console.log('built'); process.exitCode = Number(process.env.BUILD_CODE ?? 0);");
  return { folder, put };
}

function putElectron(folder: string, path = 'node_modules/electron/dist/electron'): void {
  const file = join(folder, path);
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, program('electron'));
  chmodSync(file, 0o755);
}

function run(folder: string, args: readonly string[] = [], env: NodeJS.ProcessEnv = {}): ChildProcess {
  const { DISPLAY: _display, WAYLAND_DISPLAY: _wayland, ELECTRON_OVERRIDE_DIST_PATH: _dist, ...rest } = process.env;
  return spawn(process.execPath, [join(folder, 'main', 'electron', 'start.mjs'), ...args], {
    env: { ...rest, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
}

async function finished(child: ChildProcess) {
  let [stdout, stderr] = ['', ''];
  child.stdout?.on('data', (chunk: Buffer) => {
    stdout += chunk.toString();
  });
  child.stderr?.on('data', (chunk: Buffer) => {
    stderr += chunk.toString();
  });
  const [code, signal] = await once(child, 'close');
  return { code, signal, stdout, stderr };
}

const graphical = { DISPLAY: ':99' };

describe('npm start', () => {
  it('says in one line that Electron is not here, and runs the headless face with the same arguments', async () => {
    const { folder } = checkout();
    const ended = await finished(run(folder, ['--config', 'a.json'], { ...graphical, CODE: '3' }));
    expect(ended.stderr).toMatch(/^Electron's binary is not installed here, .*install-electron fetches it\)\.\n$/);
    expect(JSON.parse(ended.stdout)).toEqual(['headless', 'watch', '--open', '--config', 'a.json']);
    expect(ended.code).toBe(3);
  });

  it.skipIf(process.platform === 'win32')('starts Electron with the app folder and the same arguments', async () => {
    const { folder } = checkout();
    putElectron(folder);
    const ended = await finished(run(folder, ['--data', 'd'], { ...graphical, CODE: '5' }));
    expect(JSON.parse(ended.stdout)).toEqual(['electron', `${folder}/`, '--data', 'd']);
    expect(ended).toMatchObject({ code: 5, stderr: '' });
  });

  it.skipIf(process.platform === 'win32')('takes Electron from path.txt and from ELECTRON_OVERRIDE_DIST_PATH', async () => {
    const { folder, put } = checkout();
    put('node_modules/electron/path.txt', 'deep/program');
    putElectron(folder, 'node_modules/electron/dist/deep/program');
    expect((await finished(run(folder, [], graphical))).stdout).toContain('"electron"');
    rmSync(join(folder, 'node_modules/electron/dist'), { recursive: true });
    putElectron(folder, 'elsewhere/deep/program');
    const env = { ...graphical, ELECTRON_OVERRIDE_DIST_PATH: join(folder, 'elsewhere') };
    expect((await finished(run(folder, [], env))).stdout).toContain('"electron"');
  });

  it.runIf(process.platform === 'linux')('says that there is no graphical session, and runs the headless face', async () => {
    const { folder } = checkout();
    putElectron(folder);
    const ended = await finished(run(folder));
    expect(ended.stderr).toMatch(/^There is no graphical session here.*\n$/);
    expect(ended.stdout).toContain('"headless"');
    expect((await finished(run(folder, [], { WAYLAND_DISPLAY: 'wayland-0' }))).stdout).toContain('"electron"');
  });

  it('builds only when the built app is missing or older than its sources', async () => {
    const { folder, put } = checkout();
    expect((await finished(run(folder, [], graphical))).stdout).not.toContain('built');
    put('shared/deep/new.ts', '', 3_000);
    expect((await finished(run(folder, [], graphical))).stdout).toMatch(/^built\n/);
    rmSync(join(folder, 'shared/deep'), { recursive: true });
    rmSync(join(folder, 'dist/preload'), { recursive: true });
    expect((await finished(run(folder, [], graphical))).stdout).toMatch(/^built\n/);
  });

  it('starts nothing when the build fails', async () => {
    const { folder } = checkout();
    rmSync(join(folder, 'dist'), { recursive: true });
    const ended = await finished(run(folder, [], { ...graphical, BUILD_CODE: '4' }));
    expect(ended).toMatchObject({ code: 4, stdout: 'built\n' });
    expect(ended.stderr).toContain('could not be built');
  });

  it.skipIf(process.platform === 'win32')('passes a request to stop on, and ends as the program ends', async () => {
    const { folder } = checkout();
    const child = run(folder, [], { ...graphical, WAIT: '1' });
    const end = finished(child);
    if (child.stdout) await once(child.stdout, 'data');
    child.kill('SIGTERM');
    expect(await end).toMatchObject({ code: 7, signal: null });
  });
});
