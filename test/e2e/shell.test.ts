// The built tray app, dist/main and dist/preload, over the fake Electron with the real engine: a real server is stopped
// and started, and a person sees the tray.
import { beforeAll, describe, expect, it, vi } from 'vitest';
import { contentSecurityPolicy } from '../../main/electron/protocol.ts';
import { snapshot } from '../../shared/snapshot.ts';
import { buildShell } from '../support/build-part.ts';
import { BuiltShell } from '../support/fake-electron/built-shell.ts';
import { Stage } from '../support/fake-electron/stage.ts';

const onLinux = process.platform === 'linux';
if (!onLinux) {
  console.warn('Left out here: icons and notifications of the tray app are looked at on Linux only, through notify-send.');
}

const allClear = 'All clear';
const isGreen = { icon: 'green-22.png', tooltip: expect.stringContaining(allClear) };

beforeAll(buildShell);

/** The app on a stage, seen green for the first time. */
async function startGreen(stage: Stage): Promise<BuiltShell> {
  const shell = new BuiltShell(stage.args, stage.env);
  try {
    await shell.until(({ tooltip }) => tooltip.includes(allClear), 'a clear signal');
  } catch (error) {
    await shell[Symbol.asyncDispose]();
    throw error;
  }
  return shell;
}

describe('the built tray app', () => {
  it.skipIf(!onLinux)('turns red and notifies when the server stops, and green when it answers again', async () => {
    await using stage = await Stage.set();
    await using shell = await startGreen(stage);
    expect(await shell.until(() => true)).toMatchObject(isGreen);

    await stage.stopServer();
    const red = await shell.until(({ icon }) => icon === 'red-22.png', 'a red signal');
    expect(red.tooltip).toMatch(/^Nine Panels: API \(Frankfurt\) is down since \d\d:\d\d:\d\d/);
    expect(red.menu).toContain('API (Frankfurt): down');
    await vi.waitFor(() => expect(stage.notifications()).toHaveLength(1), { timeout: 10_000 });
    expect(stage.notifications()[0]).toContain('API (Frankfurt)');

    await stage.startServer();
    const green = await shell.until(({ icon }) => icon === 'green-22.png', 'a green signal again');
    expect(green).toMatchObject(isGreen);
    expect(green.menu).toContain('1 monitor up');
    await vi.waitFor(() => expect(stage.notifications()).toHaveLength(2), { timeout: 10_000 });
  });

  it('answers its page through the built preload, sends it events, and refuses another window', async () => {
    await using stage = await Stage.set();
    await using shell = await startGreen(stage);
    await shell.do('subscribe');
    const reply = (await shell.do('invoke', 'snapshot.get', {})) as { ok: boolean; value: unknown };
    expect(reply.ok).toBe(true);
    expect(snapshot.parse(reply.value)).toMatchObject({ engine: { face: 'tray' }, signal: { colour: 'green' } });
    await shell.until(({ events }) => events.includes('observation.recorded'), 'an event in the page');
    expect((await shell.until(() => true)).channels).toEqual(['app:invoke']);
    expect(await shell.do('forge', 'snapshot.get', {})).toMatchObject({ ok: false, error: { code: 'forbidden' } });
    expect(await shell.do('invoke', 'no.such', {})).toMatchObject({ ok: false, error: { code: 'unknown-method' } });
    expect(await shell.do('invoke', 'engine.pause', { forMs: 'x' })).toMatchObject({ ok: false, error: { code: 'bad-input' } });
  });

  it('shows the built page with its policy', async () => {
    await using stage = await Stage.set();
    await using shell = await startGreen(stage);
    const seen = await shell.until(({ visible }) => visible, 'a window');
    const page = (await shell.do('fetch', seen.page)) as { status: number; headers: Record<string, string>; text: string };
    expect(page.status).toBe(200);
    expect(page.headers['content-security-policy']).toBe(contentSecurityPolicy);
    const [script] = /assets\/[^"]+\.js/.exec(page.text) ?? [];
    expect(await shell.do('fetch', `app://signalbox/${script}`)).toMatchObject({ status: 200 });
    expect(await shell.do('fetch', 'app://signalbox/..%2fmain%2fmain.mjs')).toMatchObject({ status: 404 });
  });

  it('pauses and resumes from the menu', async () => {
    await using stage = await Stage.set();
    await using shell = await startGreen(stage);
    await shell.do('click', 'Pause for 1 hour');
    const paused = await shell.until(({ menu }) => menu.includes('Resume'), 'a paused engine');
    expect(paused.menu.join()).toContain('Paused until');
    await shell.do('click', 'Resume');
    await shell.until(({ menu }) => menu.includes('Pause for 1 hour'), 'a running engine');
  });

  it('hides on close, comes back for a second start, and leaves no process when it quits', async () => {
    await using stage = await Stage.set();
    await using shell = await startGreen(stage);
    await shell.until(({ visible }) => visible, 'a window');
    await shell.do('closeWindow');
    await shell.until(({ visible }) => !visible, 'a hidden window');
    await shell.do('secondInstance');
    await shell.until(({ visible }) => visible, 'the window again');
    const quit = shell.do('click', 'Quit Signalbox').catch(() => undefined);
    expect(await shell.ended()).toEqual({ code: 0, signal: null });
    await quit;
    expect(() => process.kill(shell.pid, 0)).toThrowError('ESRCH');
    // The data folder is free again.
    await using next = await startGreen(stage);
    expect(next.pid).not.toBe(shell.pid);
  });

  it.skipIf(process.platform === 'win32')('stops its engine properly when the system asks it to', async () => {
    await using stage = await Stage.set();
    await using shell = await startGreen(stage);
    shell.kill('SIGTERM');
    expect(await shell.ended()).toEqual({ code: 0, signal: null });
  });

  it('says in a sentence what is wrong with the settings, and ends with 2', async () => {
    await using stage = await Stage.set();
    stage.writeSettings({ monitors: [{ id: 'api', kind: 'http', url: 'nonsense' }] });
    await using shell = new BuiltShell(stage.args, stage.env);
    expect(await shell.ended()).toEqual({ code: 2, signal: null });
    expect(shell.stderr).toContain('monitors');
  });

  it('leaves a data folder alone on which another engine runs', async () => {
    await using stage = await Stage.set();
    await using shell = await startGreen(stage);
    await using second = new BuiltShell(stage.args, stage.env);
    expect(await second.ended()).toEqual({ code: 2, signal: null });
    expect(second.stderr).not.toBe('');
    expect((await shell.until(() => true)).tooltip).toContain(allClear);
  });
});
