// The rehearsal's front end: really built, with the address inside, and served as whichever build is live.
import { existsSync, readdirSync, statSync } from 'node:fs';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { buildFrontEnd } from '../../../simulator/front-end/build.ts';
import { startProduction } from '../../../simulator/production.ts';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'signalbox-front-end-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

const bundleOf = async (directory: string, files: readonly string[]): Promise<string> =>
  readFile(join(directory, files.find((file) => file.endsWith('.js')) ?? 'no script'), 'utf8');

describe('buildFrontEnd', () => {
  it('puts the address, the environment and the banner into the bundle, and another address when it is built again', async () => {
    const outDir = join(folder, 'a');
    const env = { VITE_SERVER_ROOT: 'http://127.0.0.1:1111', VITE_ENV: 'STAGING', VITE_BANNER: 'Back soon', SECRET: 'canary' };
    const lines: string[] = [];
    const first = await buildFrontEnd({ env, outDir, onLog: (line) => lines.push(line) });
    expect(first.directory).toBe(outDir);
    expect(first.files).toContain('index.html');
    const bundle = await bundleOf(outDir, first.files);
    for (const text of ['http://127.0.0.1:1111', 'STAGING', 'Back soon']) expect(bundle).toContain(text);
    expect(bundle).not.toContain('canary');
    expect(lines.some((line) => line.includes('built in'))).toBe(true);

    const second = await buildFrontEnd({ env: { VITE_SERVER_ROOT: 'http://127.0.0.1:2222' }, outDir });
    const rebuilt = await bundleOf(outDir, second.files);
    expect(rebuilt).toContain('http://127.0.0.1:2222');
    expect(rebuilt).not.toContain('http://127.0.0.1:1111');
    expect(rebuilt).not.toContain('Back soon');
    expect(rebuilt).not.toContain('import.meta.env');
    expect(second.files.filter((file) => file.endsWith('.js'))).toHaveLength(1);
  });

  it('writes nowhere else and leaves the process’s NODE_ENV alone', async () => {
    const source = fileURLToPath(new URL('../../../simulator/front-end/', import.meta.url));
    const state = (): string[] => readdirSync(source).map((name) => `${name} ${statSync(join(source, name)).mtimeMs}`);
    const before = { files: state(), env: process.env.NODE_ENV, caches: existsSync(join(source, 'node_modules')) };
    await buildFrontEnd({ env: {}, outDir: join(folder, 'b') });
    expect({ files: state(), env: process.env.NODE_ENV, caches: existsSync(join(source, 'node_modules')) }).toEqual(before);
  });

  it('rejects when it is aborted', async () => {
    const outDir = join(folder, 'c');
    await expect(buildFrontEnd({ env: {}, outDir, signal: AbortSignal.abort(new Error('not now')) })).rejects.toThrow('not now');
    expect(existsSync(outDir)).toBe(false);
    const controller = new AbortController();
    const building = buildFrontEnd({ env: {}, outDir, signal: controller.signal });
    controller.abort(new Error('enough'));
    await expect(building).rejects.toThrow('enough');
  });
});

describe('startProduction', () => {
  it('serves the build that is live, the values of the moment, and nothing beside its folder', async () => {
    const [one, two] = await Promise.all(
      ['http://127.0.0.1:1111', 'http://127.0.0.1:2222'].map((address, index) =>
        buildFrontEnd({ env: { VITE_SERVER_ROOT: address }, outDir: join(folder, `live-${index}`) }),
      ),
    );
    let live: string | null = null;
    let config: unknown = {};
    const production = await startProduction({ directory: () => live, config: () => config });
    const served = async (): Promise<string> => {
      const page = await (await fetch(production.url)).text();
      const script = /src="\.\/([^"]+)"/.exec(page)?.[1];
      return (await fetch(`${production.url}/${script}`)).text();
    };
    try {
      expect((await fetch(production.url)).status).toBe(404);
      live = one?.directory ?? null;
      expect(await served()).toContain('http://127.0.0.1:1111');
      live = two?.directory ?? null;
      expect(await served()).toContain('http://127.0.0.1:2222');
      expect(await (await fetch(`${production.url}/config.json`)).json()).toEqual({});
      config = { banner: { text: 'We are on it', severity: 'critical' } };
      expect(await (await fetch(`${production.url}/config.json`)).json()).toEqual(config);
      expect((await fetch(`${production.url}/%2e%2e/live-0/index.html`)).status).toBe(404);
      expect((await fetch(`${production.url}/..%2flive-0%2findex.html`)).status).toBe(404);
      await production.fail({ kind: 'refuse' });
      await expect(fetch(production.url)).rejects.toThrow();
    } finally {
      await production.stop();
    }
  });
});
