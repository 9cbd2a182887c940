// What was found out about an outage, from wherever it was looked for. All text in it is somebody else's: data, redacted and
// capped before it gets here, never markup (SECURITY S-46).
import { z } from 'zod';
import { providerReport } from './observation.ts';

const when = z.iso.datetime();
const short = z.string().max(200);
const line = z.string().max(1_000);
const address = z.string().max(500).nullable();

/** One line of a log. */
export const logLine = z.object({ at: when.nullable(), level: z.string().max(32).nullable(), text: line });
export type LogLine = z.infer<typeof logLine>;

/** One deploy of a server or a front end, in our words. */
export const deploy = z.object({
  id: z.string().max(100),
  state: z.enum(['queued', 'building', 'live', 'failed', 'cancelled', 'replaced']),
  createdAt: when,
  finishedAt: when.nullable(),
  /** First line of the commit's message. */
  commit: z.string().max(300).nullable(),
  url: address,
});
export type Deploy = z.infer<typeof deploy>;

/** Addresses of a name: null where that lookup gave no answer, empty where the name has none of that family. */
export const addresses = z.object({
  a: z.array(z.string().max(64)).max(20).nullable(),
  aaaa: z.array(z.string().max(64)).max(20).nullable(),
});
export type Addresses = z.infer<typeof addresses>;

const item = <K extends string, S extends z.ZodRawShape>(kind: K, shape: S) =>
  z.object({
    kind: z.literal(kind),
    /** For people: "Render's log of nine-panels-api". */
    source: short,
    /** When it was looked at. */
    at: when,
    ...shape,
  });

export const evidence = z.discriminatedUnion('kind', [
  /** A provider's status page, as its monitor read it. */
  item('provider-page', { provider: short, report: providerReport }),
  /** Lines around the start of the outage, oldest first; errors only where the service can tell them apart. */
  item('log', { provider: z.literal('render'), service: short, lines: z.array(logLine).max(50) }),
  /** Newest first. */
  item('deploys', { provider: z.enum(['render', 'vercel']), service: short, deploys: z.array(deploy).max(20) }),
  /** Active errors in the product's own error tracker, most recent first. */
  item('errors', {
    provider: z.literal('rollbar'),
    errors: z
      .array(
        z.object({
          title: line,
          level: z.string().max(32),
          total: z.number().int(),
          firstAt: when.nullable(),
          lastAt: when.nullable(),
          url: address,
        }),
      )
      .max(20),
  }),
  item('project', {
    provider: z.literal('supabase'),
    ref: short,
    /** As Supabase writes it, such as ACTIVE_HEALTHY or PAUSED. */
    status: z.string().max(60),
    services: z.array(z.object({ name: z.string().max(60), healthy: z.boolean(), error: line.nullable() })).max(20),
  }),
  /** What a name resolves to now, and what it did when it was last seen otherwise. */
  item('dns', {
    host: z.string().max(255),
    now: addresses,
    error: line.nullable(),
    before: addresses.extend({ at: when }).nullable(),
  }),
  /** A database connection that the settings name, without its password. */
  item('connection', {
    monitorId: z.string().max(64).nullable(),
    host: z.string().max(255),
    port: z.number().int(),
    user: short,
    database: short.nullable(),
    /** The Supabase project that the settings name. */
    ref: short.nullable(),
    /** Supabase's session pooler for that project, where it could be asked. */
    pooler: z.object({ host: z.string().max(255), port: z.number().int(), user: short, database: short }).nullable(),
  }),
  /** What could not be found out, and why. */
  item('missing', { why: line }),
]);
export type Evidence = z.infer<typeof evidence>;
export type EvidenceOf<K extends Evidence['kind']> = Extract<Evidence, { readonly kind: K }>;

/** One piece of evidence as a person reads it. */
export const evidenceLine = z.object({ source: z.string().max(200), text: z.string().max(2_000), at: when });
export type EvidenceLine = z.infer<typeof evidenceLine>;
