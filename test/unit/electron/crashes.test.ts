import { describe, expect, it, vi } from 'vitest';
import { runningShell } from '../../support/fake-electron/run-shell.ts';
import { ninePanels, snapshotOf } from '../../support/view-fixtures.ts';

const green = snapshotOf(ninePanels());

describe("Signalbox's own crashes", () => {
  it('are written down and offered for a report, and the engine runs on', async () => {
    const { engine, lines, uncaught } = await runningShell(green);
    const errors = [new Error('thrown'), new Error('rejected')];
    uncaught.emit('uncaughtException', errors[0]);
    uncaught.emit('unhandledRejection', errors[1]);
    expect(lines.filter((line) => line.includes('runs on'))).toHaveLength(2);
    await vi.waitFor(() => expect(engine.crashes).toEqual(errors));
    expect(engine.stops).toBe(0);
  });

  it('end it properly, in failure, when ten come within a minute', async () => {
    const { electron, engine, lines, uncaught } = await runningShell(green);
    for (let count = 0; count < 9; count += 1) uncaught.emit('uncaughtException', new Error('again'));
    expect(electron.app.exits).toEqual([]);
    uncaught.emit('uncaughtException', new Error('again'));
    await vi.waitFor(() => expect(electron.app.exits).toEqual([1]));
    expect(engine.stops).toBe(1);
    expect(lines.some((line) => line.includes('10th within a minute'))).toBe(true);
  });

  it('are written down where a report of them fails too', async () => {
    const { engine, lines, uncaught } = await runningShell(green);
    Object.assign(engine.engine, { reportCrash: () => Promise.reject(new Error('no network')) });
    uncaught.emit('uncaughtException', new Error('first'));
    await vi.waitFor(() => expect(lines.at(-1)).toContain('no network'));
  });

  it("of Electron's helpers are written down, but not the keychain's, whose end is expected", async () => {
    const { electron, lines } = await runningShell(green);
    const gone = (details: object) => electron.app.emit('child-process-gone', {}, details);
    gone({ type: 'GPU', reason: 'crashed', exitCode: 5 });
    gone({ type: 'Utility', reason: 'killed', name: 'Signalbox keychain', serviceName: 'node.mojom.NodeService' });
    gone({ type: 'Utility', reason: 'clean-exit', name: 'Network Service', serviceName: 'network' });
    expect(lines).toEqual(['A helper of the tray app ended unexpectedly (GPU, crashed).']);
  });
});
