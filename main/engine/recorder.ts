// Gathers what has to be stored and writes it in one transaction: at once when something changed that must not be lost,
// otherwise once a second (ENGINE section 4.9).
import type { Observation } from '../../shared/observation.ts';
import type { Alert, Effect, MonitorState, State } from '../core/model.ts';
import type { Clock, Commit, EngineMemory, History } from './ports.ts';

export type Recorder = {
  observation(observation: Observation): void;
  /** Notes every difference between two states and the effects that belong to storage. */
  changes(before: State, after: State, effects: readonly Effect[]): void;
  wish(id: number): void;
  /** Does something wait that must be written now? Otherwise what waits is due within a second. */
  urgent(): boolean;
  /** Writes whatever waits; keeps it when the history refuses. Returns how many alerts were handed to the outbox. */
  flush(): number;
  stop(): void;
};

const lazyMs = 1_000;
const mostWaiting = 100_000;

/** `onDue` is called when plain observations have waited for a second. */
export function makeRecorder(history: Pick<History, 'commit'>, clock: Clock, onDue: () => void): Recorder {
  let observations: Observation[] = [];
  let spans: Commit['spans'][number][] = [];
  let alerts: { alert: Alert; channels: State['rules']['channels'] }[] = [];
  let wishes: number[] = [];
  let engine: EngineMemory | null = null;
  const monitors = new Map<string, MonitorState>();
  const incidents = new Map<string, Commit['incidents'][number]>();
  let isUrgent = false;
  let cancelTimer: (() => void) | null = null;

  const isEmpty = (): boolean =>
    observations.length + spans.length + alerts.length + wishes.length + monitors.size + incidents.size === 0 && engine === null;

  const forget = (): void => {
    observations = [];
    spans = [];
    alerts = [];
    wishes = [];
    engine = null;
    monitors.clear();
    incidents.clear();
    isUrgent = false;
  };

  return {
    observation(observation) {
      observations.push(observation);
      // Only a history that refuses to be written lets this many wait; the oldest plain checks are the least loss.
      if (observations.length > mostWaiting) observations.splice(0, mostWaiting / 2);
      if (observation.outcome === 'down') isUrgent = true;
    },
    changes(before, after, effects) {
      for (const [index, monitor] of after.monitors.entries()) {
        const old = before.monitors[index];
        if (old === monitor || !worthStoring(old, monitor)) continue;
        monitors.set(monitor.id, monitor);
        isUrgent = true;
      }
      for (const incident of after.incidents) {
        if (before.incidents.includes(incident)) continue;
        incidents.set(incident.id, incident);
        isUrgent = true;
      }
      const memory = memoryOf(after);
      if (!sameMemory(memoryOf(before), memory)) {
        engine = memory;
        isUrgent = true;
      }
      for (const effect of effects) {
        if (effect.type === 'span')
          spans.push({ monitorId: effect.monitorId, kind: effect.kind, from: effect.from, to: effect.to });
        if (effect.type === 'alert') {
          alerts.push({ alert: effect.alert, channels: after.rules.channels });
          isUrgent = true;
        }
      }
    },
    wish(id) {
      wishes.push(id);
      isUrgent = true;
    },
    urgent() {
      if (!isUrgent && !isEmpty() && !cancelTimer) {
        cancelTimer = clock.after(lazyMs, () => {
          cancelTimer = null;
          onDue();
        });
      }
      return isUrgent;
    },
    flush() {
      cancelTimer?.();
      cancelTimer = null;
      if (isEmpty()) return 0;
      const deliveries = alerts.flatMap(({ alert, channels }) => channels.map((channel) => ({ channel, alert })));
      history.commit({
        observations,
        spans,
        wishes,
        engine,
        deliveries,
        monitors: [...monitors.values()],
        incidents: [...incidents.values()],
      });
      forget();
      return deliveries.length;
    },
    stop() {
      cancelTimer?.();
      cancelTimer = null;
    },
  };
}

function memoryOf(state: State): EngineMemory {
  const { signal, connectivity, pausedUntil, certificates, failingChannels, settingsProblem } = state;
  return { signal, connectivity, pausedUntil, certificates, failingChannels, settingsProblem };
}

function sameMemory(a: EngineMemory, b: EngineMemory): boolean {
  return (Object.keys(b) as (keyof EngineMemory)[]).every((key) => a[key] === b[key]);
}

/** The times of the last check are in the observations already; only a changed judgement is worth a row. */
function worthStoring(before: MonitorState | undefined, after: MonitorState): boolean {
  if (!before || before.id !== after.id) return true;
  return (Object.keys(after) as (keyof MonitorState)[]).some(
    (key) => key !== 'lastAt' && key !== 'lastSuccessAt' && before[key] !== after[key],
  );
}
