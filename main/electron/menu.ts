// What the tray's menu says, as Electron's own template. Pure: a snapshot, the time and what a click does go in.
import type { MenuItemConstructorOptions } from 'electron';
import type { MonitorView, Snapshot } from '../../shared/snapshot.ts';
import { lampWord, moment, pausedWords, statusWord } from '../../shared/words.ts';

/** More lines than this make a menu that nobody reads; the window has the rest. */
const maxLines = 8;
const labelLimit = 80;
const pauseMs = 3_600_000;

export type MenuActions = {
  readonly open: () => void;
  /** Milliseconds from now; null resumes. */
  readonly pause: (forMs: number | null) => void;
  readonly quit: () => void;
};

/** The template of the tray's menu at `now` (epoch milliseconds). */
export function trayMenu(snapshot: Snapshot, now: number, actions: MenuActions): MenuItemConstructorOptions[] {
  const { pausedUntil } = snapshot.engine;
  const lines = statusLines(snapshot, now).map((line) => ({ label: plainLabel(line), enabled: false }));
  return [
    ...lines,
    { type: 'separator' },
    { label: 'Open Signalbox', click: actions.open },
    pausedUntil === null
      ? { label: 'Pause for 1 hour', click: () => actions.pause(pauseMs) }
      : { label: 'Resume', click: () => actions.pause(null) },
    { type: 'separator' },
    { label: 'Quit Signalbox', click: actions.quit },
  ];
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
  const line = text.length <= labelLimit ? text : `${text.slice(0, labelLimit - 1)}…`;
  return line.replaceAll('&', '&&');
}
