// What one check saw. An observation is a value: a check that fails still yields one (DESIGN sections 3 and 9).
import { z } from 'zod';

/** The closed list of reasons (DESIGN section 5). Codes are for programs; `message` is for people. */
export const errorCodes = [
  'offline',
  'dns',
  'refused',
  'unreachable',
  'timeout',
  'tls',
  'http-status',
  'assertion',
  'auth',
  'protocol',
  'rate-limited',
  'cancelled',
  'internal',
] as const;
export const errorCode = z.enum(errorCodes);
export type ErrorCode = z.infer<typeof errorCode>;

export const outcome = z.enum(['up', 'degraded', 'down', 'unknown']);

const ms = z.number().nonnegative();

/** Where the time of a check went, in milliseconds; a phase that did not happen is absent. */
export const phases = z.object({
  dnsMs: ms.optional(),
  tcpMs: ms.optional(),
  tlsMs: ms.optional(),
  firstByteMs: ms.optional(),
  loginMs: ms.optional(),
  queryMs: ms.optional(),
});
export type Phases = z.infer<typeof phases>;

/** Per IP family: `true` it answered, `false` it has an address that did not, `null` the name has no such address. */
export const families = z.object({ ipv4: z.boolean().nullable(), ipv6: z.boolean().nullable() });
export type Families = z.infer<typeof families>;

export const certificate = z.object({
  host: z.string().max(255),
  /** ISO 8601 UTC. */
  expiresAt: z.iso.datetime(),
  /** Whole days left when it was seen; negative once expired. */
  daysLeft: z.number().int(),
});
export type Certificate = z.infer<typeof certificate>;

/** One piece of a provider's status page that concerns us, in our words. Text is the page's own: data, never markup. */
export const providerReport = z.object({
  page: z.string().max(200),
  format: z.enum(['statuspage', 'incident-io', 'instatus', 'better-stack', 'slack']),
  severity: z.enum(['none', 'maintenance', 'minor', 'major', 'critical']),
  components: z.array(z.object({ name: z.string().max(300), status: z.string().max(60) })).max(200),
  incidents: z
    .array(
      z.object({
        name: z.string().max(500),
        status: z.string().max(60),
        impact: z.string().max(60),
        url: z.string().max(500).nullable(),
        startedAt: z.string().max(40).nullable(),
        lastUpdate: z.string().max(2_000).nullable(),
        concernsUs: z.boolean(),
      }),
    )
    .max(50),
});
export type ProviderReport = z.infer<typeof providerReport>;

export const observation = z.object({
  monitorId: z.string().max(64),
  /** When the check began; ISO 8601 UTC with milliseconds. */
  at: z.iso.datetime(),
  outcome,
  /** Dispatch to verdict, without time spent queued; `null` when nothing answered. */
  latencyMs: ms.nullable(),
  /** Time spent waiting for a place (caps, gap per host) before the check began. */
  queuedMs: ms.optional(),
  phases: phases.optional(),
  families: families.optional(),
  /** The address that was really spoken to. */
  address: z.string().max(64).optional(),
  /** HTTP status code. */
  status: z.number().int().optional(),
  /** Present when the target may have been asleep: how long it took to answer its first request. */
  wakeMs: ms.optional(),
  certificate: certificate.optional(),
  serverVersion: z.string().max(100).optional(),
  provider: providerReport.optional(),
  /** First bytes of the failing answer, as text, redacted and capped. */
  excerpt: z.string().max(2_048).optional(),
  error: z.object({ code: errorCode, message: z.string().max(1_000) }).optional(),
});
export type Observation = z.infer<typeof observation>;
