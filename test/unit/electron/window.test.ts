import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it, vi } from 'vitest';
import type { Rectangle } from '../../../main/electron/place.ts';
import { signalWindow, windowOptions } from '../../../main/electron/window.ts';
import { defaultSize, readSize, writeSize } from '../../../main/electron/window-size.ts';
import { fakeElectron } from '../../support/fake-electron/electron.ts';
import { temporaryFolder } from '../../support/fake-electron/run-shell.ts';

function makeWindow(
  change: { readonly sizeFile?: string; readonly staysAlive?: () => boolean; readonly trayPlace?: () => Rectangle | null } = {},
) {
  const electron = fakeElectron({ appData: '' });
  const lines: string[] = [];
  const windows = signalWindow({
    BrowserWindow: electron.parts.BrowserWindow,
    preload: '/app/dist/preload/preload.cjs',
    isPackaged: false,
    sizeFile: change.sizeFile ?? join(temporaryFolder(), 'window-size.json'),
    staysAlive: change.staysAlive ?? (() => true),
    trayPlace: change.trayPlace ?? (() => null),
    screens: { at: () => electron.screen.display, all: () => [electron.screen.display] },
    log: (line) => lines.push(line),
  });
  return { electron, windows, lines };
}

describe('the window options', () => {
  const options = windowOptions({ size: defaultSize, preload: '/preload.cjs', isPackaged: true, colour: 'red' });

  it('lock the page in (S-02, S-03, S-04, S-11, S-39)', () => {
    expect(options.webPreferences).toEqual({
      preload: '/preload.cjs',
      sandbox: true,
      contextIsolation: true,
      nodeIntegration: false,
      nodeIntegrationInWorker: false,
      nodeIntegrationInSubFrames: false,
      webviewTag: false,
      devTools: false,
      spellcheck: false,
    });
  });

  it('make a window of popover size that shows itself when it has something to show', () => {
    expect(options).toMatchObject({ width: 420, height: 640, minWidth: 360, show: false });
    expect(windowOptions({ size: defaultSize, preload: '', isPackaged: false, colour: 'red' }).webPreferences?.devTools).toBe(
      true,
    );
  });
});

describe('the window', () => {
  it('appears when its page is ready', async () => {
    const { electron, windows } = makeWindow();
    windows.show(null);
    expect(electron.window?.visible).toBe(false);
    await vi.waitFor(() => expect(electron.window?.visible).toBe(true));
  });

  it('comes back from being minimised', async () => {
    const { electron, windows } = makeWindow();
    windows.show(null);
    if (electron.window) electron.window.minimized = true;
    windows.show(null);
    expect(electron.window?.minimized).toBe(false);
  });

  it('has the size it had when it was last closed', () => {
    const sizeFile = join(temporaryFolder(), 'deep', 'window-size.json');
    const { electron, windows } = makeWindow({ sizeFile });
    windows.show(null);
    if (electron.window) electron.window.bounds = { x: 5, y: 5, width: 900, height: 700 };
    electron.window?.close();
    expect(JSON.parse(readFileSync(sizeFile, 'utf8'))).toEqual({ x: 5, y: 5, width: 900, height: 700 });
    const next = makeWindow({ sizeFile });
    next.windows.show(null);
    expect(next.electron.window?.options).toMatchObject({ width: 900, height: 700 });
  });

  it('says so when its size cannot be remembered, and closes all the same', () => {
    const folder = temporaryFolder();
    mkdirSync(join(folder, 'window-size.json.partial'));
    const { electron, windows, lines } = makeWindow({ sizeFile: join(folder, 'window-size.json') });
    windows.show(null);
    electron.window?.close();
    expect(electron.window?.visible).toBe(false);
    expect(lines[0]).toContain('could not be remembered');
  });

  it('is made anew after a crash, but not again and again', async () => {
    const { electron, windows, lines } = makeWindow();
    windows.show(null);
    for (const crash of [1, 2, 3]) {
      await vi.waitFor(() => expect(electron.window?.visible).toBe(true));
      expect(electron.windows).toHaveLength(crash);
      electron.window?.crash();
    }
    expect(electron.window).toBeNull();
    expect(electron.windows).toHaveLength(3);
    expect(lines).toHaveLength(3);
    windows.show(null);
    expect(electron.windows).toHaveLength(4);
  });

  it('stays away after a crash that nobody saw', () => {
    const { electron, windows } = makeWindow();
    windows.show(null);
    electron.window?.crash();
    expect(electron.window).toBeNull();
    expect(windows.current()).toBeNull();
  });

  it('says so when its page cannot be loaded', async () => {
    const { electron, windows, lines } = makeWindow();
    windows.show(null);
    const window = electron.window;
    if (window) window.loadURL = () => Promise.reject(Object.assign(new Error('ERR_FAILED (-2)'), { code: 'ERR_FAILED' }));
    windows.show({ incident: 'inc-20230709-140012' });
    if (window) window.loadURL = () => Promise.reject(Object.assign(new Error('ERR_ABORTED'), { code: 'ERR_ABORTED' }));
    windows.show({ incident: 'inc-20230709-140012' });
    await vi.waitFor(() => expect(lines).toEqual(['The window could not load its page: ERR_FAILED (-2)']));
  });
});

describe('the remembered size', () => {
  it.each([
    ['nothing', null],
    ['no JSON', 'width=3'],
    ['no object', '7'],
    ['a size that cannot be seen', '{"width":1,"height":1}'],
    ['a size beyond any screen', '{"width":100000,"height":640}'],
    ['fractions', '{"width":420.5,"height":640}'],
    ['text', '{"width":"420","height":"640"}'],
  ])('is the default one when the file holds %s', (_name, text) => {
    const file = join(temporaryFolder(), 'window-size.json');
    if (text !== null) writeFileSync(file, text);
    expect(readSize(file)).toEqual({ width: 420, height: 640 });
  });

  it('is read as it was written', () => {
    const file = join(temporaryFolder(), 'window-size.json');
    writeSize(file, { width: 800, height: 600 });
    expect(readSize(file)).toEqual({ width: 800, height: 600 });
  });
});
