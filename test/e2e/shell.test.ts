// The built tray app, dist/main and dist/preload, over the fake Electron with the real engine: what lies beside the journeys of
// shell-journeys.test.ts.
import { readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, it, vi } from 'vitest';
import { contentSecurityPolicy } from '../../main/electron/protocol.ts';
import { snapshot } from '../../shared/snapshot.ts';
import { startRollbar } from '../../simulator/rollbar.ts';
import { buildShell } from '../support/build-part.ts';
import { BuiltShell } from '../support/fake-electron/built-shell.ts';
import { Stage } from '../support/fake-electron/stage.ts';

const allClear = 'All clear';

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

  it.skipIf(process.platform !== 'linux')('lives in its window where the desktop shows no tray, and says so once', async () => {
    await using stage = await Stage.set();
    stage.hideTrays();
    await using shell = new BuiltShell(stage.args, stage.env);
    const seen = await shell.until(({ visible, messages }) => visible && messages.length > 0, 'a window and a word');
    expect(seen).toMatchObject({ icon: null, messages: ['This desktop shows no tray, so Signalbox lives in its window.'] });
    await shell.do('closeWindow').catch(() => undefined);
    expect(await shell.ended()).toEqual({ code: 0, signal: null });
    await using next = new BuiltShell(stage.args, stage.env);
    await next.until(({ visible }) => visible, 'the window again');
    expect((await next.until(() => true)).messages).toEqual([]);
  });

  it('shows its settings file in the file manager, and never opens it (S-15)', async () => {
    await using stage = await Stage.set();
    await using shell = await startGreen(stage);
    expect(await shell.do('invoke', 'settings.reveal', {})).toMatchObject({ ok: true });
    expect(await shell.do('shown')).toEqual([stage.settings]);
  });

  it("writes its own crashes down and runs on, reporting them to the user's Rollbar once that was agreed to", async () => {
    const rollbar = await startRollbar();
    try {
      await using stage = await Stage.set();
      const settings = { token: rollbar.token, apiUrl: rollbar.url, enabled: false };
      stage.change((before) => ({ ...before, alerts: { rollbar: settings } }));
      await using shell = await startGreen(stage);
      const log = () => readFileSync(join(stage.data, 'logs', 'signalbox.log'), 'utf8');
      await shell.do('fail', 'throw', 'first, token=hunter2hunter2');
      await vi.waitFor(() => expect(log()).toContain('first, '));
      expect(log()).not.toContain('hunter2');
      expect(statSync(join(stage.data, 'logs', 'signalbox.log')).mode & 0o077).toBe(0);

      const consent = (before: Record<string, unknown>) => ({
        ...before,
        alerts: { rollbar: { ...settings, crashReports: true } },
      });
      stage.change((before) => ({ ...consent(before), app: { name: 'Agreed' } }));
      await shell.until(({ tooltip }) => tooltip.startsWith('Agreed'), 'the settings in force');
      await shell.do('fail', 'reject', 'second, token=hunter2hunter2');
      await vi.waitFor(() => expect(rollbar.items).toHaveLength(1), { timeout: 15_000 });
      const body = rollbar.received.at(-1)?.body ?? '';
      expect(body).toContain('second, ');
      expect(body).not.toMatch(/hunter2|first, /);
      expect((await shell.until(() => true)).icon).toBe('green-22.png');
    } finally {
      await rollbar.stop();
    }
  });

  it('ends, and says that it failed, when it crashes again and again', async () => {
    await using stage = await Stage.set();
    await using shell = await startGreen(stage);
    for (let count = 0; count < 10; count += 1) await shell.do('fail', 'throw', 'again').catch(() => undefined);
    expect(await shell.ended()).toEqual({ code: 1, signal: null });
    expect(shell.stderr).toContain('10th within a minute');
  });
});
