// Everything the window, the tray and `signalbox status` show about now. One value, rebuilt by events (apply.ts).
import { z } from 'zod';
import { incident } from './incident.ts';
import { leversView, severity } from './lever.ts';
import { role, status } from './monitor.ts';
import { observation } from './observation.ts';
import { run } from './run.ts';

export const colour = z.enum(['green', 'amber', 'red', 'grey']);
export type Colour = z.infer<typeof colour>;

const percent = z.number().min(0).max(100).nullable();
/** Share of watched time, in percent; `null` where nothing was watched. */
const spans = z.object({ h24: percent, d7: percent, d90: percent });
export type UptimeFigures = z.infer<typeof spans>;

export const monitorView = z.object({
  id: z.string().max(64),
  name: z.string().max(100),
  kind: z.string().max(32),
  role,
  /** Host and port, or page address; never credentials. */
  target: z.string().max(300),
  intervalMs: z.number().positive(),
  status,
  /** The last status that was known, kept while the present one is unknown, paused or verifying. */
  known: z.enum(['up', 'degraded', 'down']).nullable(),
  since: z.iso.datetime().nullable(),
  latencyMs: z.number().nullable(),
  uptime: spans,
  /** Percent of the period in which it was really watched. */
  coverage: spans,
  pausedUntil: z.iso.datetime().nullable(),
  inMaintenance: z.boolean(),
  last: observation.nullable(),
  /** Sentences about it that are not outages: "TLS verification is off", "Secret is missing". */
  notices: z.array(z.string().max(500)).max(10),
});
export type MonitorView = z.infer<typeof monitorView>;

export const signalView = z.object({
  colour,
  /** Why, in a few words each, worst first; `sentence()` makes the head line of them. */
  reasons: z.array(z.string().max(500)).max(20),
  since: z.iso.datetime(),
});

export const channelName = z.enum(['desktop', 'rollbar', 'slack']);
export type ChannelName = z.infer<typeof channelName>;
export const channelView = z.object({
  channel: channelName,
  /** `failing`: at least one delivery is waiting to be tried again or was given up. */
  state: z.enum(['ready', 'failing']),
  lastSentAt: z.iso.datetime().nullable(),
  problem: z.string().max(500).nullable(),
});
export type ChannelView = z.infer<typeof channelView>;

export const connectivityView = z.object({
  /** `unguarded`: no witnesses are configured. */
  state: z.enum(['online', 'offline', 'captive', 'unguarded']),
  since: z.iso.datetime(),
});
export type ConnectivityView = z.infer<typeof connectivityView>;

export const trafficView = z.object({
  target: z.enum(['primary', 'standby', 'unknown']),
  /** When production was last seen to serve this address; null when the last deed could not be verified. */
  verifiedAt: z.iso.datetime().nullable(),
  way: z.string().max(32).nullable(),
});
export type TrafficView = z.infer<typeof trafficView>;
export const bannerView = z.object({
  on: z.boolean(),
  text: z.string().max(500).nullable(),
  verifiedAt: z.iso.datetime().nullable(),
  severity: severity.nullable(),
  expiresAt: z.iso.datetime().nullable(),
  way: z.string().max(32).nullable(),
});
export type BannerView = z.infer<typeof bannerView>;

export const snapshot = z.object({
  /** Grows by one with every event; an event applies to the snapshot whose revision is one less. */
  revision: z.number().int().nonnegative(),
  at: z.iso.datetime(),
  app: z.object({ name: z.string(), environment: z.string() }),
  engine: z.object({
    version: z.string(),
    face: z.enum(['tray', 'headless', 'command']),
    startedAt: z.iso.datetime(),
    pausedUntil: z.iso.datetime().nullable(),
    settingsFile: z.string(),
    /** A sentence when the settings file on disk was refused and older settings are running. */
    settingsProblem: z.string().nullable(),
  }),
  signal: signalView,
  connectivity: connectivityView,
  monitors: z.array(monitorView),
  /** Open and recovering incidents, and those resolved less than ten minutes ago; the most pressing first. */
  incidents: z.array(incident),
  channels: z.array(channelView),
  traffic: trafficView,
  banner: bannerView,
  levers: leversView,
  /** Under way, interrupted, and the last few that ended; newest first. */
  runs: z.array(run),
});
export type Snapshot = z.infer<typeof snapshot>;
