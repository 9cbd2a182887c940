// The week in a few lines: when it is due, from what it is made, whom it is told. What it says is in core/digest.ts.
import type { Digest } from '../shared/digest.ts';
import type { Settings } from '../shared/settings.ts';
import type { Snapshot } from '../shared/snapshot.ts';
import { digestOf } from './core/digest.ts';
import type { Alert } from './core/model.ts';
import type { Clock, History } from './engine/ports.ts';

const minuteMs = 60_000;
const dayMs = 86_400_000;
const weekMs = 7 * dayMs;
const hourMs = 3_600_000;
/** A week has no more of them that anyone would read. */
const mostIncidents = 200;
const mostRuns = 200;

export type DigestSurroundings = {
  readonly settings: () => Settings;
  readonly snapshot: () => Snapshot;
  readonly history: Pick<History, 'incidents' | 'latency' | 'runs'>;
  readonly clock: Clock;
  /** Hands an alert to the channels; one with the same key is told once for ever. */
  readonly say: (alert: Alert) => void;
};

/** What is to be said of the seven days until now. */
export function weekOf({ settings, snapshot, history, clock }: Omit<DigestSurroundings, 'say'>): Digest {
  const to = clock.now();
  const { monitors, app } = snapshot();
  const { dump, traffic } = settings();
  const runs = history.runs(mostRuns).filter(({ state }) => state === 'succeeded');
  return digestOf({
    ...{ to, app: app.name, monitors, has: { dump: dump !== undefined, traffic: traffic !== undefined } },
    incidents: history.incidents(null, mostIncidents),
    slowness: new Map(monitors.map(({ id }) => [id, slownessOf(history, id, to)])),
    lastDump: runs.find(({ action }) => action === 'dump') ?? null,
    lastDrill: runs.find(({ action }) => action === 'drill') ?? null,
  });
}

/** The worst of the week's hours would shout about one bad minute; half of the hours were better than this. */
function slownessOf(history: DigestSurroundings['history'], id: string, to: number): number | null {
  const hours = history.latency(id, to - weekMs, to, hourMs).flatMap(({ p95 }) => (p95 === null ? [] : [p95]));
  return hours.toSorted((a, b) => a - b)[Math.floor(hours.length / 2)] ?? null;
}

/** Tells the week at the time that the settings name, on this machine's clock; up to a day late when nobody was running then. */
export function startDigest(around: DigestSurroundings): { stop(): void } {
  const { settings, clock, say } = around;
  let told = 0;
  let cancel = (): void => undefined;
  const look = (): void => {
    cancel = clock.after(minuteMs, look);
    const { digest } = settings().alerts;
    if (!digest.enabled) return;
    const due = lastDue(clock.now(), digest);
    if (due === told || clock.now() - due > dayMs) return;
    told = due;
    say(alertOf(weekOf(around), due, clock.now()));
  };
  cancel = clock.after(minuteMs, look);
  return { stop: () => cancel() };
}

const days = ['sunday', 'monday', 'tuesday', 'wednesday', 'thursday', 'friday', 'saturday'] as const;

/** The latest moment not after `now` (epoch ms) at which the digest was due, local time. */
export function lastDue(now: number, { day, at }: Pick<Settings['alerts']['digest'], 'day' | 'at'>): number {
  const [hours = 9, minutes = 0] = at.split(':').map(Number);
  const due = new Date(now);
  due.setHours(hours, minutes, 0, 0);
  due.setDate(due.getDate() - ((due.getDay() - days.indexOf(day) + 7) % 7));
  if (due.getTime() > now) due.setDate(due.getDate() - 7);
  return due.getTime();
}

function alertOf({ title, lines }: Digest, due: number, at: number): Alert {
  return {
    ...{ key: `digest:${new Date(due).toISOString().slice(0, 10)}`, kind: 'digest', at, incidentId: null },
    ...{ title, text: lines.join('\n'), openedAt: null, durationMs: null, monitors: [] },
  };
}
