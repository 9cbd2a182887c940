import { existsSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { trayIcon, windowIcon } from '../../../main/electron/icon-file.ts';
import { statusLines, trayMenu } from '../../../main/electron/menu.ts';
import { tooltip } from '../../../main/electron/tray.ts';
import type { Status } from '../../../shared/monitor.ts';
import type { Snapshot } from '../../../shared/snapshot.ts';
import { downMonitorOf, iso, monitorOf, ninePanels, playedAt, snapshotOf } from '../../support/view-fixtures.ts';

const nothing = () => {};
const actions = {
  ...{ open: nothing, settings: nothing, pause: nothing, startAtLogin: nothing, quit: nothing, pull: nothing, cancel: nothing },
};
const desktop = { looking: new Set<never>(), startsAtLogin: false };
const menuOf = (snapshot: Snapshot) => trayMenu(snapshot, playedAt, desktop, actions);

describe('the tray menu', () => {
  it('says in one line that all is up', () => {
    expect(statusLines(snapshotOf(ninePanels()), playedAt)).toEqual(['Clear since 13:00:00', 'All 6 monitors up']);
    expect(statusLines(snapshotOf([monitorOf('api')]), playedAt)).toContain('1 monitor up');
    expect(statusLines(snapshotOf([], { colour: 'grey' }), playedAt)).toContain('No monitors yet');
  });

  it('names what is not up, the worst first, eight at most', () => {
    const statuses: readonly Status[] = ['paused', 'pending', 'degraded', 'verifying', 'unknown'];
    const others = statuses.map((status) => monitorOf(status, { name: `is ${status}`, status }));
    const down = Array.from({ length: 5 }, (_, index) => downMonitorOf(`d${index}`));
    const lines = statusLines(snapshotOf([...ninePanels(), ...others, ...down], { colour: 'red' }), playedAt);
    expect(lines).toEqual([
      'Stop since 13:00:00',
      'd0: down',
      'd1: down',
      'd2: down',
      'd3: down',
      'd4: down',
      'is verifying: verifying',
      'is degraded: degraded',
      'is unknown: unknown',
      'and 2 more',
    ]);
  });

  it('offers open, pause and quit, and its status lines do nothing', () => {
    const template = menuOf(snapshotOf(ninePanels()));
    expect(template.filter((item) => item.click).map((item) => item.label)).toEqual([
      'Open Signalbox',
      'Pause for 1 hour',
      'Settings…',
      'Start at login',
      'Quit Signalbox',
    ]);
    expect(template.filter((item) => item.enabled === false).map((item) => item.label)).toEqual([
      'Clear since 13:00:00',
      'All 6 monitors up',
      'Put the banner up: not set up yet',
      'Move traffic to the standby: not set up yet',
      'Dump now: not set up yet',
    ]);
  });

  it('says until when it is paused and offers to resume', () => {
    const { engine } = snapshotOf([]);
    const paused = snapshotOf(ninePanels(), { engine: { ...engine, pausedUntil: iso(playedAt + 3_600_000) }, colour: 'grey' });
    const labels = menuOf(paused).map((item) => item.label);
    expect(labels).toContain('Paused until 15:00:00');
    expect(labels).toContain('Resume');
    expect(labels).not.toContain('Pause for 1 hour');
  });

  it('keeps "&" in names and cuts long ones', () => {
    const monitors = [downMonitorOf('a', { name: 'Search & rescue' }), downMonitorOf('b', { name: 'x'.repeat(100) })];
    const labels = menuOf(snapshotOf(monitors)).map((item) => item.label ?? '');
    expect(labels).toContain('Search && rescue: down');
    expect(Math.max(...labels.map((label) => label.length))).toBe(80);
  });
});

describe('the tooltip', () => {
  const long = snapshotOf([downMonitorOf('api', { name: `API ${'x'.repeat(96)}` })], {
    colour: 'red',
    app: { name: 'Nine\u0000 Panels\u202e', environment: 'production' },
  });

  it('is the app and the sentence of the head', () => {
    expect(tooltip(snapshotOf(ninePanels()), playedAt, 'linux')).toBe('Nine Panels: All clear. 6 monitors, last check 4 s ago.');
  });

  it('fits into what Windows shows, and holds no control characters', () => {
    expect(tooltip(long, playedAt, 'win32')).toHaveLength(127);
    expect(tooltip(long, playedAt, 'win32')).toMatch(/^Nine Panels: API x+ is down sinc…$/);
    expect(tooltip(long, playedAt, 'darwin').length).toBeGreaterThan(127);
  });
});

describe('the icon files', () => {
  it('exist for every signal and system, in both scales', () => {
    for (const colour of ['green', 'amber', 'red', 'grey'] as const) {
      const files = [...(['linux', 'win32', 'darwin'] as const).map((system) => trayIcon(colour, system)), windowIcon(colour)];
      for (const file of files) {
        expect(existsSync(file), file).toBe(true);
        expect(existsSync(file.replace('.png', '@2x.png')), file).toBe(true);
      }
    }
  });
});
