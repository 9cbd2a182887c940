// What may be asked of the levers, and what they say before they move (DESIGN section 7, WINDOW part 3).
import { z } from 'zod';
import { run } from './run.ts';

export const severity = z.enum(['info', 'warning', 'critical']);
export type Severity = z.infer<typeof severity>;

const bannerRequest = z.strictObject({
  action: z.literal('banner'),
  on: z.boolean(),
  /** Required when `on`; plain text as users will read it. */
  text: z.string().trim().min(1).max(500).nullable().default(null),
  severity: severity.default('warning'),
  /** Taken down by itself after this long, ms; null: only by hand. */
  forMs: z.int().min(1_000).max(31_536_000_000).nullable().default(null),
});

const trafficRequest = z.strictObject({
  action: z.literal('traffic'),
  /** `prepare` builds the twin and moves nothing. */
  to: z.enum(['standby', 'primary', 'prepare']),
  /** Goes on where a refusal may be overridden. */
  force: z.boolean().default(false),
});

const dumpRequest = z.strictObject({
  action: z.literal('dump'),
  task: z.literal('create'),
  /** Schema and data; otherwise what `dump.mode` says. */
  full: z.boolean().default(false),
  /** Instead of `dump.directory`. */
  directory: z.string().min(1).max(1_000).nullable().default(null),
});

const dumpVerifyRequest = z.strictObject({
  action: z.literal('dump'),
  task: z.literal('verify'),
  /** Path of the file, or its name inside `dump.directory`. */
  file: z.string().min(1).max(2_000),
});

const drillRequest = z.strictObject({ action: z.literal('drill'), force: z.boolean().default(false) });

export const leverRequest = z.union([bannerRequest, trafficRequest, dumpRequest, dumpVerifyRequest, drillRequest]);
export type LeverRequest = z.infer<typeof leverRequest>;
export type BannerRequest = z.infer<typeof bannerRequest>;
export type TrafficRequest = z.infer<typeof trafficRequest>;
export type DumpRequest = z.infer<typeof dumpRequest>;
export type DumpVerifyRequest = z.infer<typeof dumpVerifyRequest>;
export type DrillRequest = z.infer<typeof drillRequest>;

export const finding = z.object({ level: z.enum(['good', 'note', 'warning']), text: z.string().max(1_000) });
export type Finding = z.infer<typeof finding>;

/** What looking first found out; nothing was changed for it. */
export const preflight = z.object({
  /** What the lever will do, in a few words: "Traffic to the standby". */
  title: z.string().max(200),
  /** Exactly what will change, a sentence each: where, from what, to what. */
  changes: z.array(z.string().max(1_000)).max(20),
  findings: z.array(finding).max(20),
  /** Why it will not be done. */
  refusal: z.object({ code: z.string().max(64), message: z.string().max(1_000), next: z.string().max(500) }).nullable(),
  /** `force` overrides the refusal. */
  forceable: z.boolean(),
  /** A person is asked once more before it is done. */
  asks: z.boolean(),
});
export type Preflight = z.infer<typeof preflight>;

/** A preflight with the key that starts exactly this deed, once, until it expires. */
export const offer = preflight.extend({ token: z.string().max(64), expiresAt: z.iso.datetime() });
export type Offer = z.infer<typeof offer>;

/** One dump on disk. */
export const dumpFile = z.object({
  /** File name, and the whole path. */
  name: z.string().max(300),
  path: z.string().max(2_000),
  at: z.iso.datetime(),
  bytes: z.number().nonnegative(),
  sha256: z.string().max(64).nullable(),
  tables: z.number().int().nonnegative().nullable(),
  mode: z.string().max(20).nullable(),
  encrypted: z.boolean(),
  /** When it was last restored and compared; null when never. */
  verifiedAt: z.iso.datetime().nullable(),
  /** A sentence when the file is not what its sidecar says. */
  problem: z.string().max(500).nullable(),
});
export type DumpFile = z.infer<typeof dumpFile>;

const lever = {
  /** It is set up; otherwise `problem` says what is missing and what to do. */
  ready: z.boolean(),
  problem: z.string().max(500).nullable(),
};

/** How the levers stand, beside the positions of banner and traffic. */
export const leversView = z.object({
  banner: z.object({ ...lever, way: z.string().max(32).nullable() }),
  traffic: z.object({
    ...lever,
    primary: z.string().max(500).nullable(),
    standby: z.string().max(500).nullable(),
    ways: z.array(z.string().max(32)).max(3),
    automation: z.enum(['off', 'suggest', 'automatic']),
    /** Why moving traffic would not help now; null when nothing speaks against it. */
    warning: z.string().max(500).nullable(),
    /** What automation proposes now. */
    suggestion: z.string().max(500).nullable(),
    twin: z.object({ state: z.enum(['fresh', 'stale', 'missing']), sentence: z.string().max(500) }).nullable(),
  }),
  dump: z.object({
    ...lever,
    directory: z.string().max(1_000).nullable(),
    last: z.object({ name: z.string().max(300), at: z.iso.datetime(), bytes: z.number().nonnegative() }).nullable(),
  }),
  drill: z.object({
    ...lever,
    lastAt: z.iso.datetime().nullable(),
    /** The last good one is older than 30 days, or there was none. */
    overdue: z.boolean(),
  }),
});
export type LeversView = z.infer<typeof leversView>;

/** Nothing is set up and nothing is known. */
export const noLevers: LeversView = {
  banner: { ready: false, problem: null, way: null },
  traffic: {
    ready: false,
    problem: null,
    primary: null,
    standby: null,
    ways: [],
    automation: 'off',
    warning: null,
    suggestion: null,
    twin: null,
  },
  dump: { ready: false, problem: null, directory: null, last: null },
  drill: { ready: false, problem: null, lastAt: null, overdue: false },
};

export const startedRun = z.object({ run });
