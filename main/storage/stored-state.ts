// The judged state as it stands in the database: read tolerantly, so that a file of an older or newer release of the same
// database version still loads. What is essential must be there; what is not falls back to a harmless value.
import { z } from 'zod';
import { evidence } from '../../shared/evidence.ts';
import { diagnosis, timelineEntry } from '../../shared/incident.ts';
import { leverRequest } from '../../shared/lever.ts';
import { status } from '../../shared/monitor.ts';
import { run, runBy } from '../../shared/run.ts';
import { channelName, colour, connectivityView } from '../../shared/snapshot.ts';
import type { Alert, IncidentState, MonitorState } from '../core/model.ts';
import type { JournalRun, Memory } from '../engine/levers.ts';
import type { EngineMemory, Wish } from '../engine/ports.ts';
import { StoredValueError } from './database.ts';

const time = z.number();
const timeOrNull = z.number().nullable().catch(null);
const count = z.number().int().nonnegative().catch(0);

export const storedMonitor: z.ZodType<MonitorState> = z.object({
  id: z.string(),
  status: status.catch('pending'),
  since: time,
  known: z.enum(['up', 'degraded', 'down']).nullable().catch(null),
  failures: count,
  successes: count,
  slow: count,
  firstFailureAt: timeOrNull,
  firstSuccessAt: timeOrNull,
  awaitingWitness: z.boolean().catch(false),
  lastAt: timeOrNull,
  lastSuccessAt: timeOrNull,
  lastError: z.string().nullable().catch(null),
  span: z
    .object({ kind: z.enum(['up', 'down']), from: time })
    .nullable()
    .catch(null),
  pausedUntil: timeOrNull,
});

/** An incident without its timeline, which has rows of its own. */
export const storedIncident: z.ZodType<Omit<IncidentState, 'timeline'>> = z.object({
  id: z.string(),
  state: z.enum(['open', 'recovering', 'resolved']),
  title: z.string(),
  openedAt: time,
  detectedAt: time,
  acknowledgedAt: timeOrNull,
  mitigatedAt: timeOrNull,
  resolvedAt: timeOrNull,
  monitors: z.array(z.string()),
  lastJoinedAt: time,
  goodSince: timeOrNull,
  relapses: count,
  changes: z.array(z.object({ monitorId: z.string(), at: time })).catch([]),
  flapping: z.boolean().catch(false),
  announced: z.enum(['open', 'resolved']).nullable(),
  alerts: z.number().int().nonnegative(),
  lastAlertAt: timeOrNull,
  diagnosis: diagnosis.nullable().catch(null),
  evidence: z.array(evidence).catch([]),
});

export const storedTimelineEntry = timelineEntry;
export const storedRun = run;
export const storedRequest = leverRequest;
export const storedMemory: z.ZodType<Memory> = z.record(z.string(), z.json());
export const storedIncidentIds = z.array(z.string());
/** Columns with a closed list of words. */
export const storedBy = runBy.catch('command');
export const storedDirection: z.ZodType<JournalRun['direction']> = z.enum(['forward', 'back']);

export const storedEngine: z.ZodType<EngineMemory> = z.object({
  signal: z.object({ colour, since: time, reasons: z.array(z.string()) }),
  connectivity: z.object({ state: connectivityView.shape.state, since: time }),
  pausedUntil: timeOrNull,
  certificates: z
    .record(z.string(), z.object({ expiresAt: z.string(), seenAt: time, warnedDays: z.number().nullable() }))
    .catch({}),
  failingChannels: z.array(channelName).catch([]),
  settingsProblem: z.string().nullable().catch(null),
});

export const storedAlert: z.ZodType<Alert> = z.object({
  key: z.string(),
  kind: z.enum(['opened', 'reopened', 'escalated', 'reminder', 'resolved', 'certificate', 'lever', 'digest']),
  at: time,
  incidentId: z.string().nullable(),
  title: z.string(),
  text: z.string(),
  openedAt: timeOrNull,
  durationMs: timeOrNull,
  monitors: z.array(z.string()),
});

export const storedWish: z.ZodType<Wish> = z.discriminatedUnion('type', [
  z.object({ type: z.literal('acknowledge'), incidentId: z.string() }),
  z.object({ type: z.literal('note'), incidentId: z.string(), text: z.string() }),
  z.object({
    type: z.literal('acted'),
    doneAt: z.exactOptional(z.number()),
    incidentIds: z.array(z.string()),
    text: z.string(),
    mitigates: z.boolean(),
  }),
  z.object({ type: z.literal('pause'), monitorId: z.string().nullable(), until: z.number().nullable() }),
]);

/** Reads one stored JSON value. @throws StoredValueError, which the database's guard turns into a FaultError that names the file */
export function parseStored<T>(schema: z.ZodType<T>, json: unknown, what: string): T {
  let value: unknown;
  try {
    value = JSON.parse(String(json));
  } catch (error: unknown) {
    throw new StoredValueError(`${what} is not JSON`, { cause: error });
  }
  const read = schema.safeParse(value);
  if (read.success) return read.data;
  const issue = read.error.issues[0];
  throw new StoredValueError(`${what}: ${issue?.path.join('.') ?? ''} ${issue?.message ?? ''}`.trim());
}
