// What each method of the contract does, in terms of what a running engine offers. Knows neither transport nor storage.

import type { Digest } from '../../shared/digest.ts';
import { FaultError } from '../../shared/fault.ts';
import type { Incident } from '../../shared/incident.ts';
import type { Observation } from '../../shared/observation.ts';
import type { ChannelName, Snapshot } from '../../shared/snapshot.ts';
import type { History, Wish } from '../engine/ports.ts';
import type { Handlers } from './dispatch.ts';
import { type DoctorDeps, makeDoctorHandlers } from './doctor-handlers.ts';
import { type LeverDeps, makeLeverHandlers } from './lever-handlers.ts';
import { makePostmortemHandlers, type PostmortemDeps } from './postmortem-handlers.ts';
import { makeSettingsHandlers, type SettingsDeps } from './settings-handlers.ts';

/** What a running engine must offer so that the contract can be answered. */
export type HandlerDeps = LeverDeps &
  DoctorDeps &
  PostmortemDeps &
  SettingsDeps & {
    /** What the last seven days were like. */
    readonly digest: () => Digest;
    /** The present view. */
    readonly snapshot: () => Snapshot;
    readonly history: Pick<History, 'strips' | 'latency' | 'incidents' | 'incident' | 'runs'>;
    /** Carries the wish out before it returns (or resolves). */
    readonly tell: (wish: Wish) => void | Promise<void>;
    /** Runs the monitor's check at once and judges it like any other. Rejects with a FaultError when it cannot. */
    readonly checkNow: (monitorId: string) => Promise<Observation>;
    /** Sends one test message through a channel. Rejects with a FaultError when the channel is not set up. */
    readonly testAlert: (channel: ChannelName) => Promise<{ readonly ok: boolean; readonly message: string }>;
    /** Epoch milliseconds. */
    readonly now: () => number;
  };

const minute = 60_000;
const hour = 60 * minute;

/** For each period of the chart: how far back, and how wide a bucket; 60 to 180 buckets each, all widths that storage keeps. */
export const periods = {
  '1h': { spanMs: hour, bucketMs: minute },
  '24h': { spanMs: 24 * hour, bucketMs: 10 * minute },
  '7d': { spanMs: 7 * 24 * hour, bucketMs: hour },
  '90d': { spanMs: 90 * 24 * hour, bucketMs: 12 * hour },
} as const;

/** The handlers of a running engine, for `makeDispatch`. */
export function makeHandlers(deps: HandlerDeps): Handlers {
  const ok = { ok: true } as const;
  return {
    'snapshot.get': () => deps.snapshot(),
    'monitor.checkNow': async ({ id }) => {
      knownMonitor(deps, id);
      return await deps.checkNow(id);
    },
    'monitor.pause': async ({ id, forMs }) => {
      knownMonitor(deps, id);
      await deps.tell({ type: 'pause', monitorId: id, until: until(deps, forMs) });
      return ok;
    },
    'engine.pause': async ({ forMs }) => {
      await deps.tell({ type: 'pause', monitorId: null, until: until(deps, forMs) });
      return ok;
    },
    'history.strips': ({ limit }) => mutable(deps.history.strips(limit)),
    'history.latency': ({ id, period }) => {
      const { spanMs, bucketMs } = periods[period];
      // Whole buckets only, so that a chart drawn twice in a minute shows the same figures; the last one is still filling.
      const to = Math.floor(deps.now() / bucketMs) * bucketMs + bucketMs;
      return { bucketMs, buckets: [...deps.history.latency(id, to - spanMs, to, bucketMs)] };
    },
    'history.incidents': ({ before, limit }) => [...deps.history.incidents(before === null ? null : Date.parse(before), limit)],
    'history.runs': ({ limit }) => [...deps.history.runs(limit)],
    'digest.get': () => deps.digest(),
    'incident.get': ({ id }) => findIncident(deps, id),
    'incident.acknowledge': async ({ id }) => {
      const incident = knownIncident(deps, id);
      if (incident.state === 'resolved') {
        throw new FaultError({
          code: 'incident-resolved',
          message: 'This incident is already over.',
          next: 'There is nothing left to acknowledge.',
          exitCode: 1,
        });
      }
      await deps.tell({ type: 'acknowledge', incidentId: id });
      return ok;
    },
    'incident.note': async ({ id, text }) => {
      knownIncident(deps, id);
      await deps.tell({ type: 'note', incidentId: id, text });
      return ok;
    },
    ...makePostmortemHandlers(deps, (id) => knownIncident(deps, id)),
    ...makeDoctorHandlers(deps),
    ...makeLeverHandlers(deps),
    ...makeSettingsHandlers(deps),
    'alerts.test': ({ channel }) => deps.testAlert(channel),
  };
}

function until(deps: HandlerDeps, forMs: number | null): number | null {
  return forMs === null ? null : deps.now() + forMs;
}

function knownMonitor(deps: HandlerDeps, id: string): void {
  if (deps.snapshot().monitors.some((monitor) => monitor.id === id)) return;
  throw new FaultError({
    code: 'unknown-monitor',
    message: 'There is no monitor with this id.',
    next: 'Reload the window: the settings may have changed.',
  });
}

/** The running view is fresher than what is stored. */
function findIncident(deps: HandlerDeps, id: string): Incident | null {
  return deps.snapshot().incidents.find((incident) => incident.id === id) ?? deps.history.incident(id);
}

function knownIncident(deps: HandlerDeps, id: string): Incident {
  const incident = findIncident(deps, id);
  if (incident) return incident;
  throw new FaultError({
    code: 'unknown-incident',
    message: 'There is no incident with this id.',
    next: 'Reload the window to see the present ones.',
  });
}

/** Storage hands out read-only lists; the contract's types are inferred as plain arrays. */
function mutable<T>(lists: Readonly<Record<string, readonly T[]>>): Record<string, T[]> {
  return Object.fromEntries(Object.entries(lists).map(([id, list]) => [id, [...list]]));
}
