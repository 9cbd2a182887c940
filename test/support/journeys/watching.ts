// The journeys of someone whose line is watched: green, red, notified, asleep, a second start, and the end.
import { expect, it } from 'vitest';
import type { Snapshot } from '../../../shared/snapshot.ts';
import { Stage } from '../fake-electron/stage.ts';
import { ask, isAlive, type Launch, startGreen, until, untilColour, untilInMenu, untilVisible } from './desktop.ts';

/** `hearsClicks`: notifications are notify-send's here, so that the stage can click them. */
export function watchingJourneys(launch: Launch, hearsClicks: boolean): void {
  it('starts green, with its window open and nothing wrong on its page', async () => {
    await using stage = await Stage.set();
    await using desktop = await startGreen(launch, stage);
    await until(
      () => desktop.tooltip(),
      (tooltip) => expect(tooltip).toMatch(/^Nine Panels: All clear\. 1 monitor/),
    );
    await untilInMenu(desktop, '1 monitor up', 'Open Signalbox', 'Settings…', 'Quit Signalbox');
    await (await desktop.page()).getByText('All clear').first().waitFor();
    expect(desktop.problems).toEqual([]);
  });

  it.skipIf(!hearsClicks)('turns red in an outage and notifies; a click on that opens the incident', async () => {
    await using stage = await Stage.set();
    stage.clickNotifications();
    await using desktop = await startGreen(launch, stage);
    await desktop.closeWindow();
    await untilVisible(desktop, false);

    await stage.stopServer();
    await untilColour(desktop, 'red');
    await untilInMenu(desktop, 'API (Frankfurt): down');
    expect(await desktop.tooltip()).toMatch(/^Nine Panels: API \(Frankfurt\) is down since \d\d:\d\d:\d\d/);
    await until(
      async () => stage.notifications(),
      ([first]) => expect(first).toContain('API (Frankfurt)'),
    );

    await untilVisible(desktop, true);
    const page = await desktop.page();
    await until(
      async () => page.url(),
      (url) => expect(url).toMatch(/#incident=/),
    );
    await page
      .getByText(/API \(Frankfurt\) is down since/)
      .first()
      .waitFor();

    await stage.startServer();
    await untilColour(desktop, 'green');
    await page.getByText('All clear').first().waitFor();
    await until(
      async () => stage.notifications().length,
      (count) => expect(count).toBe(2),
    );
    expect(desktop.problems).toEqual([]);
  });

  it('sleeps and wakes: green as before, and the next outage is seen', async () => {
    await using stage = await Stage.set();
    await using desktop = await startGreen(launch, stage);
    await desktop.power('lock-screen');
    await untilVisible(desktop, false);
    await desktop.power('suspend');
    await desktop.power('resume');
    await desktop.power('unlock-screen');
    const checked = async (): Promise<string | null> => {
      const { monitors } = await ask<Snapshot>(desktop, 'snapshot.get');
      return monitors[0]?.last?.at ?? null;
    };
    const before = await checked();
    await until(checked, (at) => expect(at).not.toBe(before));
    expect(await desktop.trayColour()).toBe('green');
    await stage.stopServer();
    await untilColour(desktop, 'red');
  });

  it('hides its window on close, and a second start brings it to the front', async () => {
    await using stage = await Stage.set();
    await using desktop = await startGreen(launch, stage);
    await desktop.closeWindow();
    await untilVisible(desktop, false);
    await desktop.secondStart();
    await untilVisible(desktop, true);
    expect(await desktop.trayColour()).toBe('green');
  });

  it('watches on while its window crashes, and opens it anew', async () => {
    await using stage = await Stage.set();
    await using desktop = await startGreen(launch, stage);
    await desktop.crashWindow();
    await stage.stopServer();
    await untilColour(desktop, 'red');
    await untilVisible(desktop, true);
    const page = await desktop.page();
    await page
      .getByText(/API \(Frankfurt\) is down since/)
      .first()
      .waitFor();
  });

  it('leaves no process when it quits, and its data folder free', async () => {
    await using stage = await Stage.set();
    await using desktop = await startGreen(launch, stage);
    // The keychain's helper is started by the question that the settings ask of it.
    await ask(desktop, 'settings.get');
    const processes = await desktop.processes();
    expect(processes.length).toBeGreaterThan(1);
    await desktop.clickMenu('Quit Signalbox');
    expect(await desktop.ended()).toBe(0);
    await until(
      async () => processes.filter(isAlive),
      (alive) => expect(alive).toEqual([]),
    );
    await using _next = await startGreen(launch, stage);
  });
}
