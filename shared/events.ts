// Events announce what became true. Each carries the parts of the snapshot that it replaces, so that
// apply(snapshot, event) needs no rule of its own. The names are the contract of `watch --json` (DESIGN section 9).
import { z } from 'zod';
import { incident } from './incident.ts';
import { leversView } from './lever.ts';
import { status } from './monitor.ts';
import { observation } from './observation.ts';
import { run } from './run.ts';
import {
  bannerView,
  channelName,
  channelView,
  colour,
  connectivityView,
  monitorView,
  signalView,
  snapshot,
  trafficView,
} from './snapshot.ts';

const base = { at: z.iso.datetime(), revision: z.number().int().positive() };

const incidentEvent = { ...base, incident };
const alertEvent = {
  ...base,
  channel: channelName,
  /** `null` for a notice outside any incident, such as a certificate about to expire. */
  incidentId: z.string().nullable(),
  alert: z.string().max(400),
  channelView,
};
const runEvent = { ...base, run };

export const engineEvent = z.discriminatedUnion('event', [
  /** Carries a whole snapshot: a reader of the stream needs nothing else. */
  z.object({ ...base, event: z.literal('engine.started'), url: z.string().nullable(), snapshot }),
  z.object({ ...base, event: z.literal('observation.recorded'), observation, monitor: monitorView }),
  z.object({
    ...base,
    event: z.literal('monitor.changed'),
    monitorId: z.string(),
    from: status,
    to: status,
    monitor: monitorView,
  }),
  z.object({ ...base, event: z.literal('signal.changed'), from: colour, to: colour, signal: signalView }),
  z.object({ ...incidentEvent, event: z.literal('incident.opened') }),
  z.object({ ...incidentEvent, event: z.literal('incident.updated') }),
  z.object({ ...incidentEvent, event: z.literal('incident.resolved') }),
  z.object({ ...alertEvent, event: z.literal('alert.sent') }),
  z.object({ ...alertEvent, event: z.literal('alert.failed'), problem: z.string() }),
  z.object({ ...runEvent, event: z.literal('run.started') }),
  z.object({ ...runEvent, event: z.literal('run.step') }),
  z.object({ ...runEvent, event: z.literal('run.finished') }),
  z.object({
    ...base,
    event: z.literal('connectivity.changed'),
    from: connectivityView.shape.state,
    to: connectivityView.shape.state,
    connectivity: connectivityView,
  }),
  z.object({ ...base, event: z.literal('engine.stopped') }),
  /** For the window only, not printed by `watch --json`: parts that changed without one of the events above. */
  z.object({
    ...base,
    event: z.literal('view.changed'),
    monitors: z.array(monitorView).optional(),
    signal: signalView.optional(),
    incidents: z.array(incident).optional(),
    engine: snapshot.shape.engine.optional(),
    app: snapshot.shape.app.optional(),
    channels: z.array(channelView).optional(),
    traffic: trafficView.optional(),
    banner: bannerView.optional(),
    levers: leversView.optional(),
    runs: z.array(run).optional(),
  }),
]);
export type EngineEvent = z.infer<typeof engineEvent>;

type WithoutBase<E> = E extends unknown ? Omit<E, 'at' | 'revision'> : never;
/** An event before the engine has stamped it with a time and a revision. */
export type EventBody = WithoutBase<EngineEvent>;
