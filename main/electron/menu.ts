// What the tray's menu says, as Electron's own template. Pure: a snapshot, the time and what a click does go in.
import type { MenuItemConstructorOptions } from 'electron';
import { plainText } from '../../shared/redact.ts';
import type { MonitorView, Snapshot } from '../../shared/snapshot.ts';
import { lampWord, moment, pausedWords, statusWord } from '../../shared/words.ts';
import { type LeverActions, type LeverName, leverItems } from './lever-menu.ts';

/** More lines than this make a menu that nobody reads; the window has the rest. */
const maxLines = 8;
const labelLimit = 80;
const pauseMs = 3_600_000;

/** What the menu shows that is not the engine's. */
export type DesktopState = {
  readonly looking: ReadonlySet<LeverName>;
  /** Whether Signalbox starts at login; null where that cannot be arranged. */
  readonly startsAtLogin: boolean | null;
};

export type MenuActions = LeverActions & {
  readonly startAtLogin: (wanted: boolean) => void;
  readonly open: () => void;
  readonly settings: () => void;
  /** Milliseconds from now; null resumes. */
  readonly pause: (forMs: number | null) => void;
  readonly quit: () => void;
};

/** The template of the tray's menu at `now` (epoch milliseconds). */
export function trayMenu(
  snapshot: Snapshot,
  now: number,
  desktop: DesktopState,
  actions: MenuActions,
): MenuItemConstructorOptions[] {
  const { pausedUntil } = snapshot.engine;
  const lines = statusLines(snapshot, now).map((label) => ({ label, enabled: false }));
  const template: MenuItemConstructorOptions[] = [
    ...lines,
    { type: 'separator' },
    ...leverItems(snapshot, desktop.looking, actions),
    { type: 'separator' },
    { label: 'Open Signalbox', click: actions.open },
    pausedUntil === null
      ? { label: 'Pause for 1 hour', click: () => actions.pause(pauseMs) }
      : { label: 'Resume', click: () => actions.pause(null) },
    { label: 'Settings…', click: actions.settings },
    ...loginItem(desktop, actions),
    { type: 'separator' },
    { label: 'Quit Signalbox', click: actions.quit },
  ];
  return template.map((item) => (item.label === undefined ? item : { ...item, label: plainLabel(item.label) }));
}

function loginItem({ startsAtLogin }: DesktopState, { startAtLogin }: MenuActions): MenuItemConstructorOptions[] {
  if (startsAtLogin === null) return [];
  const click = (): void => startAtLogin(!startsAtLogin);
  return [{ label: 'Start at login', type: 'checkbox', checked: startsAtLogin, click }];
}

/** The signal's word, then each monitor that is not up, then what all the others are. */
export function statusLines(snapshot: Snapshot, now: number): string[] {
  const { engine, monitors, signal } = snapshot;
  const since = `since ${moment(Date.parse(signal.since), now)}`;
  const head = [`${lampWord(signal.colour)} ${since}`];
  if (engine.pausedUntil !== null) head.push(pausedWords(engine.pausedUntil, now));
  if (monitors.length === 0) return [...head, 'No monitors yet'];
  const notUp = monitors.filter((monitor) => monitor.status !== 'up').sort(byUrgency);
  if (notUp.length === 0) return [...head, monitors.length === 1 ? '1 monitor up' : `All ${monitors.length} monitors up`];
  const shown = notUp.slice(0, maxLines).map((monitor) => `${monitor.name}: ${statusWord(monitor.status).toLowerCase()}`);
  const more = notUp.length - shown.length;
  return [...head, ...shown, ...(more > 0 ? [`and ${more} more`] : [])];
}

const urgency: Readonly<Record<MonitorView['status'], number>> = {
  down: 0,
  verifying: 1,
  degraded: 2,
  unknown: 3,
  pending: 4,
  paused: 5,
  up: 6,
};

function byUrgency(a: MonitorView, b: MonitorView): number {
  return urgency[a.status] - urgency[b.status];
}

/** One line of a menu; a lone "&" would vanish and underline the letter after it. */
function plainLabel(text: string): string {
  return plainText(text, labelLimit).replaceAll('&', '&&');
}
