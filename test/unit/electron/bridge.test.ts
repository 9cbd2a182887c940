import { describe, expect, it, vi } from 'vitest';
import { isTrusted } from '../../../main/electron/bridge.ts';
import { runningShell } from '../../support/fake-electron/run-shell.ts';
import { FakeWebContents } from '../../support/fake-electron/windows.ts';
import { ninePanels, snapshotOf } from '../../support/view-fixtures.ts';

const green = snapshotOf(ninePanels());
const forbidden = { ok: false, error: expect.objectContaining({ code: 'forbidden' }) };

async function openWindow() {
  const shell = await runningShell(green);
  const { window } = shell.electron;
  if (window === null) throw new Error('The shell opened no window.');
  const { webContents } = window;
  const { ipcMain } = shell.electron;
  const event = shell.electron.eventOf(webContents);
  const invoke = (from: unknown, method: unknown = 'snapshot.get') => ipcMain.invoke('app:invoke', from, method, {});
  const events = () => webContents.sent.map(({ args }) => args[0]);
  return { ...shell, window, webContents, event, invoke, events };
}

describe('isTrusted', () => {
  const ours = { id: 7 };
  const frame = { parent: null, origin: 'app://signalbox' };
  it.each([
    ['our own main frame', { sender: ours, senderFrame: frame }, ours, true],
    ['a frame that is gone', { sender: ours, senderFrame: null }, ours, false],
    ['a frame inside our page', { sender: ours, senderFrame: { ...frame, parent: frame } }, ours, false],
    ['another origin', { sender: ours, senderFrame: { ...frame, origin: 'https://example.com' } }, ours, false],
    ['an origin that begins like ours', { sender: ours, senderFrame: { ...frame, origin: 'app://signalbox.evil' } }, ours, false],
    ['another host of our scheme', { sender: ours, senderFrame: { ...frame, origin: 'app://evil' } }, ours, false],
    ['an opaque origin', { sender: ours, senderFrame: { ...frame, origin: 'null' } }, ours, false],
    ['an empty origin', { sender: ours, senderFrame: { ...frame, origin: '' } }, ours, false],
    ['a file', { sender: ours, senderFrame: { ...frame, origin: 'file://' } }, ours, false],
    ['another window', { sender: { id: 8 }, senderFrame: frame }, ours, false],
    ['any window while we have none', { sender: ours, senderFrame: frame }, null, false],
  ])('%s', (_name, event, window, trusted) => {
    expect(isTrusted(event, window)).toBe(trusted);
  });
});

describe('the bridge', () => {
  it('answers our own page with what the engine replies', async () => {
    const { engine, event, invoke } = await openWindow();
    expect(await invoke(event)).toEqual({ ok: true, value: { ok: true } });
    expect(engine.calls).toEqual([{ method: 'snapshot.get', input: {} }]);
  });

  it('refuses forged senders, logs each and asks the engine nothing', async () => {
    const { engine, event, invoke, lines, webContents } = await openWindow();
    expect(await invoke({ ...event, senderFrame: null })).toEqual(forbidden);
    expect(await invoke({ ...event, sender: new FakeWebContents() })).toEqual(forbidden);
    const frame = { parent: webContents.mainFrame, origin: 'app://signalbox' };
    expect(await invoke({ ...event, senderFrame: frame })).toEqual(forbidden);
    const hostile = { parent: null, origin: `https://evil.example/\u001b[31m${'x'.repeat(500)}` };
    expect(await invoke({ ...event, senderFrame: hostile })).toEqual(forbidden);
    expect(engine.calls).toEqual([]);
    expect(lines).toHaveLength(4);
    expect(lines.every((line) => line.length < 260 && !line.includes('\u001b'))).toBe(true);
  });

  it('hands on no method name that is not text', async () => {
    const { engine, event, invoke } = await openWindow();
    await invoke(event, { toString: 'snapshot.get' });
    expect(engine.calls).toEqual([{ method: '', input: {} }]);
  });

  it('forwards events from the first question on, to our window only, each once', async () => {
    const { engine, event, events, invoke } = await openWindow();
    engine.become(green);
    expect(events()).toEqual([]);
    await invoke(event);
    await invoke(event);
    const said = engine.become(green);
    expect(events()).toEqual([said]);
  });

  it.each([
    ['is reloaded', (page: FakeWebContents) => page.startNavigation(false)],
    ['is closed for good', (page: FakeWebContents) => page.destroy()],
  ])('stops forwarding when the page %s', async (_name, leave) => {
    const { engine, event, events, invoke, webContents } = await openWindow();
    const others = engine.listeners.size;
    await invoke(event);
    expect(engine.listeners.size).toBe(others + 1);
    leave(webContents);
    expect(engine.listeners.size).toBe(others);
    engine.become(green);
    expect(events()).toEqual([]);
  });

  it('goes on forwarding when only the part after # changes, and again after a reload', async () => {
    const { engine, event, events, invoke, webContents } = await openWindow();
    await invoke(event);
    webContents.startNavigation(true);
    engine.become(green);
    webContents.startNavigation(false);
    await invoke(event);
    engine.become(green);
    expect(events()).toHaveLength(2);
  });

  it('outlives a crash of the page: a new window, the same engine, and the old one refused', async () => {
    const { electron, engine, event, invoke, window } = await openWindow();
    await vi.waitFor(() => expect(window.visible).toBe(true));
    await invoke(event);
    window.crash();
    const next = electron.window;
    expect(next).not.toBe(window);
    expect(engine.stops).toBe(0);
    expect(await invoke(event)).toEqual(forbidden);
    if (next === null) throw new Error('No window came back.');
    expect(await invoke(electron.eventOf(next.webContents))).toMatchObject({ ok: true });
    engine.become(green);
    expect(next.webContents.sent).toHaveLength(1);
  });
});
