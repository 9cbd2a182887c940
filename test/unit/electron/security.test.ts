import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';

const root = fileURLToPath(new URL('../../../', import.meta.url));

/** Every text file below `path`, with its text, named from the repository's top. */
function texts(path: string): { readonly name: string; readonly text: string }[] {
  const full = join(root, path);
  if (!existsSync(full)) return [];
  const files = statSync(full).isDirectory()
    ? readdirSync(full, { recursive: true, encoding: 'utf8' }).map((name) => join(full, name))
    : [full];
  return files
    .filter((file) => /\.(?:[cm]?[jt]sx?|json|html|css|ya?ml)$/.test(file))
    .map((file) => ({ name: relative(root, file).replaceAll('\\', '/'), text: readFileSync(file, 'utf8') }));
}

const shipped = ['main', 'renderer', 'shared'].flatMap(texts);
const packaging = ['package.json', 'electron-builder.yml', 'vite.config.ts', '.github', '.ci'].flatMap(texts);

/** The files in which the pattern occurs, once for each time. */
function places(pattern: RegExp, files = shipped): string[] {
  return files.flatMap(({ name, text }) => [...text.matchAll(new RegExp(pattern, 'g'))].map(() => name));
}

describe('the shipped sources', () => {
  it('are found at all', () => {
    expect(shipped.length).toBeGreaterThan(20);
    expect(packaging.map(({ name }) => name)).toEqual(
      expect.arrayContaining(['package.json', 'electron-builder.yml', '.github/workflows/ci.yml']),
    );
  });

  it.each([
    ['webSecurity off (S-06)', /webSecurity\b/],
    ['insecure content allowed (S-08)', /allowRunningInsecureContent/],
    ['experimental features (S-09)', /experimentalFeatures/],
    ['Blink features (S-10)', /enableBlinkFeatures/],
    ['webview pop-ups (S-11)', /allowpopups/],
    ['way around the policy (S-07)', /unsafe-inline|unsafe-eval|bypassCSP/],
    ['page from a file (S-18)', /loadFile\(|['"`]file:\/\//],
    [
      'code out of data (S-38)',
      /\beval\s*\(|new Function\s*\(|\.innerHTML\b|executeJavaScript|insertCSS|dangerouslySetInnerHTML/,
    ],
    ['removed remote module', /@electron\/remote|enableRemoteModule/],
    ['synchronous channel', /sendSync/],
    ['child of Electron as Node (S-22)', /ELECTRON_RUN_AS_NODE/],
    ['update code before releases are signed (S-40)', /autoUpdater|electron-updater/],
  ])('hold no %s', (_name, pattern) => {
    expect(places(pattern)).toEqual([]);
  });

  it('load a page in one place (S-01)', () => {
    expect(places(/\.loadURL\(/)).toEqual(['main/electron/window.ts']);
  });

  it('open the browser from one file, and the file manager from one other (S-15)', () => {
    expect([...new Set(places(/openExternal/))].sort()).toEqual(['main/electron/links.ts', 'main/electron/parts.ts']);
    expect(places(/\.(?:openPath|showItemInFolder)\(/)).toEqual(['main/electron/folders.ts', 'main/electron/folders.ts']);
  });

  it('speak with the page in one file (S-17), over one pair of channels (S-20)', () => {
    expect(places(/ipcMain\.(?:on|once|handle|handleOnce|addListener)\(/)).toEqual(['main/electron/bridge.ts']);
    expect(places(/contents\.send\(/i)).toEqual(['main/electron/bridge.ts']);
    expect(places(/['"]app:(?:invoke|event)['"]/)).toEqual(['main/electron/channels.ts', 'main/electron/channels.ts']);
    expect([...new Set(places(/ipcRenderer/))]).toEqual(['main/electron/preload.ts']);
  });

  it('import electron in the shell only', () => {
    const importing = places(/(?:from|import|require\()\s*\(?['"]electron(?:\/[\w]+)?['"]/);
    expect(importing.filter((name) => !name.startsWith('main/electron/'))).toEqual([]);
    const asValue = shipped.filter(({ text }) => /^import (?!type )[^;]*from 'electron';/m.test(text));
    expect(asValue.map(({ name }) => name).sort()).toEqual([
      'main/electron/main.ts',
      'main/electron/preload.ts',
      'main/electron/settings-store.ts',
    ]);
  });

  it('ask for DevTools by whether the app is packaged, never by the environment (S-39)', () => {
    expect(places(/devTools:/)).toEqual(['main/electron/window.ts']);
    expect(places(/process\.env(?!\.APPIMAGE\b)/).filter((name) => /^main\/electron\/.*\.ts$/.test(name))).toEqual([]);
  });
});

describe('scripts and packaging', () => {
  it('never switch the sandbox off (S-04)', () => {
    expect(places(/--no-sandbox|disable-setuid-sandbox|ELECTRON_DISABLE_SANDBOX/, [...shipped, ...packaging])).toEqual([]);
  });
});

describe('the workflows (S-43)', () => {
  const workflows = texts('.github/workflows');

  it('start with no rights, keep no credentials and see no secret', () => {
    for (const { name, text } of workflows) {
      expect(text, name).toMatch(/^permissions: \{\}$/m);
      expect(text, name).not.toMatch(/pull_request_target|secrets\.|: write/);
      const checkouts = text.match(/actions\/checkout@/g) ?? [];
      expect(text.match(/persist-credentials: false/g) ?? [], name).toHaveLength(checkouts.length);
    }
  });

  it('use actions by commit, with the version beside it', () => {
    const used = workflows.flatMap(({ text }) => [...text.matchAll(/uses: (.*)$/gm)].map(([, action]) => action));
    expect(used.length).toBeGreaterThan(0);
    for (const action of used) expect(action).toMatch(/^[\w-]+\/[\w-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+$/);
  });

  it('get Electron from its usual place', () => {
    for (const { text } of workflows) expect(text).not.toMatch(/ELECTRON_MIRROR|electron_mirror|electronDownload/);
  });
});
