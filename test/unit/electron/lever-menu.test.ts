import { describe, expect, it, vi } from 'vitest';
import { usualBanner } from '../../../shared/words.ts';
import { runningShell } from '../../support/fake-electron/run-shell.ts';
import { leversOf, ninePanels, runOf, snapshotOf } from '../../support/view-fixtures.ts';

const ready = snapshotOf(ninePanels(), { levers: leversOf() });
const offer = {
  ...{ title: 'Banner up', changes: [], findings: [], refusal: null, forceable: false, asks: false },
  ...{ token: 'token-1', expiresAt: '2026-01-01T00:00:00.000Z' },
};
const ok = (value: unknown) => ({ ok: true, value }) as const;

async function pulled(label: string, answer: object, start: Parameters<typeof ok>[0] = { runId: 'run-1' }) {
  const shell = await runningShell(ready);
  await vi.waitFor(() => expect(shell.electron.window?.visible).toBe(true));
  shell.electron.window?.close();
  shell.engine.answer(ok(answer), 'lever.prepare');
  shell.engine.answer(ok(start), 'lever.start');
  shell.electron.tray?.menu?.click(label);
  return shell;
}

describe('the levers in the tray', () => {
  it('start at once where nobody need be asked', async () => {
    const { electron, engine } = await pulled('Put the banner up…', offer);
    expect(electron.tray?.menu?.labels()).toContain('Put the banner up: looking first…');
    const request = { action: 'banner', on: true, ...usualBanner };
    await vi.waitFor(() =>
      expect(engine.calls).toEqual([
        { method: 'lever.prepare', input: { request } },
        { method: 'lever.start', input: { token: 'token-1', force: false } },
      ]),
    );
    await vi.waitFor(() => expect(electron.tray?.menu?.labels()).toContain('Put the banner up…'));
    expect(electron.window?.visible).toBe(false);
  });

  it.each([
    ['a person must be asked', { ...offer, asks: true }],
    ['it is refused', { ...offer, refusal: { code: 'not-now', message: 'Not now.', next: 'Wait.' } }],
  ])('open the window at the lever where %s, and start nothing', async (_name, answer) => {
    const { electron, engine } = await pulled('Move traffic to the standby…', answer);
    await vi.waitFor(() => expect(electron.window?.visible).toBe(true));
    expect(electron.window?.loaded.at(-1)).toBe('app://signalbox/index.html#lever=traffic');
    expect(engine.calls.map(({ method }) => method)).toEqual(['lever.prepare']);
  });

  it('open the window and say why where the engine cannot even look', async () => {
    const shell = await runningShell(ready);
    const error = { code: 'busy', message: 'A run is under way.', next: 'Wait for it.' };
    shell.engine.answer({ ok: false, error }, 'lever.prepare');
    shell.electron.tray?.menu?.click('Dump now');
    await vi.waitFor(() => expect(shell.electron.window?.loaded.at(-1)).toContain('#lever=dump'));
    expect(shell.lines).toContain('A run is under way. Wait for it.');
  });

  it('show the run that is under way, and cancel it', async () => {
    const { electron, engine } = await runningShell(ready);
    const run = runOf({ id: 'run-7', action: 'traffic', state: 'running' });
    engine.become({ ...ready, runs: [run] });
    await vi.waitFor(() => expect(electron.tray?.menu?.labels().join()).toContain('Cancel: '));
    const cancel = electron.tray?.menu?.labels().find((label) => label.startsWith('Cancel: ')) ?? '';
    electron.tray?.menu?.click(cancel);
    expect(engine.calls).toEqual([{ method: 'lever.cancel', input: { runId: 'run-7' } }]);
    expect(electron.tray?.menu?.labels()).not.toContain('Move traffic to the standby…');
  });

  it('open the settings, for what is not set up yet', async () => {
    const { electron } = await runningShell(snapshotOf(ninePanels()));
    electron.tray?.menu?.click('Settings…');
    expect(electron.window?.loaded.at(-1)).toBe('app://signalbox/index.html#settings');
    // A half-filled form is not lost to a second click.
    if (electron.window) electron.window.webContents.url = 'app://signalbox/index.html#settings=dump';
    electron.tray?.menu?.click('Settings…');
    expect(electron.window?.loaded.filter((url) => url.includes('#settings'))).toHaveLength(1);
  });
});
