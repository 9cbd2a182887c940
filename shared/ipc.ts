// The contract between the engine's faces and its core: every method's input and output, as zod. Electron carries it over
// one checked channel, headless over `POST /rpc/<method>`, tests call it in process. Types are inferred end to end.
import { z } from 'zod';
import { digest } from './digest.ts';
import { connectionQuestion, connectionReport } from './doctor.ts';
import { incident, incidentId } from './incident.ts';
import { dumpFile, leverRequest, offer, startedRun } from './lever.ts';
import { monitorId } from './monitor.ts';
import { observation } from './observation.ts';
import { run } from './run.ts';
import { secretName } from './settings.ts';
import { settingsProblem, settingsSaved, settingsTest, settingsView, suggestion, testResult } from './settings-view.ts';
import { channelName, snapshot } from './snapshot.ts';

const nothing = z.strictObject({});
const done = z.object({ ok: z.literal(true) });

const runId = z.string().regex(/^[\w.:-]{1,64}$/);

/** Compact past check for strips: [epoch ms, outcome initial `u` `g` `d` `n`, latency ms or null, error message or null].
 *  `u` up, `g` degraded, `d` down, `n` unknown. */
const strip = z.tuple([z.number(), z.enum(['u', 'g', 'd', 'n']), z.number().nullable(), z.string().nullable()]);

const bucket = z.object({
  /** Start of the bucket, epoch milliseconds. */
  at: z.number(),
  count: z.number().int(),
  down: z.number().int(),
  p50: z.number().nullable(),
  p95: z.number().nullable(),
  max: z.number().nullable(),
});
export type Bucket = z.infer<typeof bucket>;

export const methods = {
  'snapshot.get': { input: nothing, output: snapshot },
  'monitor.checkNow': { input: z.strictObject({ id: monitorId }), output: observation },
  'monitor.pause': {
    /** `forMs` null resumes. */
    input: z.strictObject({ id: monitorId, forMs: z.int().min(1_000).max(31_536_000_000).nullable() }),
    output: done,
  },
  'engine.pause': { input: z.strictObject({ forMs: z.int().min(1_000).max(31_536_000_000).nullable() }), output: done },
  'history.strips': {
    input: z.strictObject({ limit: z.int().min(1).max(100) }),
    output: z.record(z.string(), z.array(strip)),
  },
  'history.latency': {
    input: z.strictObject({ id: monitorId, period: z.enum(['1h', '24h', '7d', '90d']) }),
    output: z.object({ bucketMs: z.number(), buckets: z.array(bucket) }),
  },
  'history.incidents': {
    /** Newest first; `before` is the openedAt of the last one already shown. */
    input: z.strictObject({ before: z.iso.datetime().nullable(), limit: z.int().min(1).max(100) }),
    output: z.array(incident),
  },
  'history.runs': { input: z.strictObject({ limit: z.int().min(1).max(100) }), output: z.array(run) },
  /** The last seven days in a few lines. */
  'digest.get': { input: nothing, output: digest },
  'incident.get': { input: z.strictObject({ id: incidentId }), output: incident.nullable() },
  'incident.acknowledge': { input: z.strictObject({ id: incidentId }), output: done },
  'incident.note': {
    input: z.strictObject({ id: incidentId, text: z.string().trim().min(1).max(2_000) }),
    output: done,
  },
  /** The report on an outage as Markdown, and a name for its file; what a person writes into it is kept by the command. */
  'incident.postmortem': {
    input: z.strictObject({ id: incidentId }),
    output: z.object({ markdown: z.string().max(10_000_000), name: z.string().max(100) }),
  },
  /** What is wrong with a database connection; tries it. What was pasted is not stored and does not come back. */
  'doctor.examine': { input: connectionQuestion, output: connectionReport },
  /** Looks first, changes nothing; the answer's token starts exactly this deed. */
  'lever.prepare': { input: z.strictObject({ request: leverRequest }), output: offer },
  'lever.start': { input: z.strictObject({ token: z.string().max(64), force: z.boolean() }), output: startedRun },
  'lever.cancel': { input: z.strictObject({ runId }), output: done },
  /** Takes up an interrupted run where it stopped, or takes back what it did. */
  'lever.resume': { input: z.strictObject({ runId }), output: startedRun },
  'lever.undo': { input: z.strictObject({ runId }), output: startedRun },
  'dump.list': { input: nothing, output: z.array(dumpFile).max(10_000) },
  'dump.delete': { input: z.strictObject({ name: z.string().min(1).max(300) }), output: done },
  /** Opens the folder of the dumps on this machine. */
  'dump.reveal': { input: nothing, output: done },
  'settings.get': { input: nothing, output: settingsView },
  /** Writes the whole file, or nothing when it is invalid or was changed since `version`. */
  'settings.save': {
    input: z.strictObject({ document: z.record(z.string().max(200), z.unknown()), version: z.string().max(64) }),
    output: settingsSaved,
  },
  /** Reads a settings file's text, comments allowed; nothing is written. */
  'settings.parse': {
    input: z.strictObject({ text: z.string().max(1_000_000) }),
    output: z.object({ document: z.record(z.string(), z.unknown()).nullable(), problems: z.array(settingsProblem).max(100) }),
  },
  'settings.test': { input: z.strictObject({ test: settingsTest }), output: testResult },
  /** Shows the settings file in this machine's file manager. */
  'settings.reveal': { input: nothing, output: done },
  'setup.suggest': { input: z.strictObject({ address: z.string().trim().min(1).max(2_000) }), output: suggestion.nullable() },
  /** Starts the rehearsal yard beside this engine; its own window opens in the browser. Ends when this engine does. */
  'setup.rehearse': { input: nothing, output: z.object({ url: z.string().max(500) }) },
  /** Write-only: no method gives a value back. */
  'secret.set': { input: z.strictObject({ name: secretName, value: z.string().min(1).max(20_000) }), output: done },
  'secret.delete': { input: z.strictObject({ name: secretName }), output: done },
  'alerts.test': {
    input: z.strictObject({ channel: channelName }),
    output: z.object({ ok: z.boolean(), message: z.string().max(500) }),
  },
} as const;

export type Methods = typeof methods;
export type MethodName = keyof Methods;
export type Input<M extends MethodName> = z.input<Methods[M]['input']>;
export type Output<M extends MethodName> = z.infer<Methods[M]['output']>;
export type Strip = z.infer<typeof strip>;

/** The one shape of every failure that crosses a boundary (DESIGN section 9, errors). */
export const fault = z.object({
  code: z.string().max(64),
  message: z.string().max(1_000),
  next: z.string().max(500),
});
export type Fault = z.infer<typeof fault>;

export type Reply<T> = { readonly ok: true; readonly value: T } | { readonly ok: false; readonly error: Fault };

/** What a face gives the window: how to call, and how to listen. `subscribe` returns its undo. */
export type Pipe = {
  invoke(method: string, input: unknown): Promise<Reply<unknown>>;
  subscribe(listener: (event: unknown) => void): () => void;
};
