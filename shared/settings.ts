// The settings file (DESIGN section 8): one JSON file, no secret in it. The monitors' schema comes from the check kinds,
// so that a new kind is one file; everything else is described here.
import { z } from 'zod';
import { duration } from './duration.ts';
import { type MonitorConfig, monitorId } from './monitor.ts';

/** Matches `${secret:name}` inside a settings string. */
export const secretReference = /\$\{secret:([a-z0-9][a-z0-9._-]{0,63})\}/g;
export const secretName = z
  .string()
  .regex(/^[a-z0-9][a-z0-9._-]{0,63}$/, 'use lower-case letters, digits, "-", "_" and ".", at most 64');

const text = (max: number): z.ZodString => z.string().min(1).max(max);
const apiUrl = (url: string) =>
  z
    .url({ protocol: /^https?$/ })
    .max(500)
    .default(url);

const witness = z.union([
  z.url({ protocol: /^https?$/ }),
  z.strictObject({
    url: z.url({ protocol: /^https?$/ }),
    status: z.int().min(100).max(599).optional(),
    text: text(500).optional(),
  }),
]);
export type Witness = z.infer<typeof witness>;

/** Two unrelated networks whose answers are short and known, so that a captive portal is told apart. */
export const defaultWitnesses: readonly Witness[] = [
  { url: 'https://www.gstatic.com/generate_204', status: 204 },
  { url: 'https://cp.cloudflare.com/generate_204', status: 204 },
];

const limits = z.strictObject({
  concurrent: z.int().min(1).max(512).default(32).describe('Checks under way at once.'),
  perHost: z.int().min(1).max(64).default(2).describe('Checks under way at once to one host and port.'),
  gapPerHost: duration.default('250ms').describe('Time between two starts to one host.'),
});

const alerts = z.strictObject({
  desktop: z.strictObject({ enabled: z.boolean().default(true) }).prefault({}),
  rollbar: z
    .strictObject({
      token: text(500).describe('Project token with post_server_item scope, as ${secret:name}.'),
      readToken: text(500).optional().describe('Token with read and write scope: needed to resolve the item at the end.'),
      apiUrl: apiUrl('https://api.rollbar.com'),
      enabled: z.boolean().default(true),
      crashReports: z.boolean().default(false).describe('Report Signalbox’s own crashes to your Rollbar project.'),
    })
    .optional(),
  slack: z
    .strictObject({
      webhook: text(500).describe('Incoming webhook address, as ${secret:name}.'),
      enabled: z.boolean().default(true),
    })
    .optional(),
  digest: z
    .strictObject({
      enabled: z.boolean().default(false),
      day: z.enum(['monday', 'tuesday', 'wednesday', 'thursday', 'friday', 'saturday', 'sunday']).default('monday'),
      at: z
        .string()
        .regex(/^([01]\d|2[0-3]):[0-5]\d$/, 'use a time such as 09:00')
        .default('09:00')
        .describe('On this machine’s clock.'),
    })
    .prefault({})
    .describe('The week in a few lines, told by Slack.'),
  remindEvery: duration.default('15m').describe('Reminder while an incident is open and not acknowledged.'),
});

const vercel = z.strictObject({
  token: text(500),
  teamId: text(100).nullable().default(null),
  project: text(100),
  apiUrl: apiUrl('https://api.vercel.com'),
});
const render = z.strictObject({
  token: text(500),
  services: z.array(text(100)).max(50).default([]),
  apiUrl: apiUrl('https://api.render.com'),
});
const supabase = z.strictObject({
  token: text(500),
  ref: text(100),
  apiUrl: apiUrl('https://api.supabase.com'),
});
const statuspage = z.strictObject({
  token: text(500),
  pageId: text(100),
  apiUrl: apiUrl('https://api.statuspage.io'),
});
const providers = z.strictObject({
  vercel: vercel.optional(),
  render: render.optional(),
  supabase: supabase.optional(),
  statuspage: statuspage.optional(),
});

const configKey = (name: string) =>
  text(256)
    .regex(/^[\w-]+$/, 'use letters, digits, "-" and "_"')
    .default(name);

const banner = z.strictObject({
  via: z.enum(['global-config', 'vercel-env', 'statuspage']),
  globalConfigId: text(100).optional(),
  key: configKey('banner').describe('Item of Global Config that the front end reads: { on, text, severity, id, until }.'),
  variable: text(256).default('VITE_BANNER').describe('Variable that the build of the front end reads.'),
  verifyUrl: z
    .url({ protocol: /^https?$/ })
    .optional()
    .describe('What users see, without logging in: the page, or what it reads the banner from.'),
});

const trafficWay = z.enum(['global-config', 'promote-twin', 'vercel-env']);
const traffic = z.strictObject({
  via: z.array(trafficWay).min(1).max(3),
  variable: text(256).optional(),
  globalConfigId: text(100).optional(),
  key: configKey('apiBase').describe('Item of Global Config that the front end reads its API address from.'),
  primary: z.url({ protocol: /^https?$/ }),
  standby: z.url({ protocol: /^https?$/ }),
  verifyUrl: z.url({ protocol: /^https?$/ }),
  automation: z.enum(['off', 'suggest', 'automatic']).default('off'),
  after: duration.default('5m'),
  cooldown: duration.default('30m'),
});

const dump = z.strictObject({
  connection: text(2_000),
  directory: text(1_000),
  mode: z.enum(['data-only', 'full']).default('data-only'),
  schemas: z.array(text(63)).max(200).default(['public']),
  tables: z.array(text(127)).max(2_000).default([]),
  keep: z.int().min(1).max(10_000).default(20),
  encryptTo: text(500).nullable().default(null),
  identity: text(2_000).optional().describe('Private age key, as ${secret:name}: lets `dump verify` read encrypted dumps.'),
  scratch: text(2_000).optional(),
  pgDump: text(1_000).optional(),
});

const maintenance = z.strictObject({
  from: z.iso.datetime({ offset: true }),
  to: z.iso.datetime({ offset: true }),
  monitors: z.array(monitorId).max(1_000).optional().describe('All monitors when absent.'),
  reason: text(200).optional(),
});

const heartbeat = z.strictObject({
  url: z.url({ protocol: /^https?$/ }).describe('Pinged by a running engine: a dead-man switch kept elsewhere.'),
  interval: duration.default('1m'),
});

/** The whole file, given the union of the monitor kinds. Unknown keys are refused, so that a typo is told. */
export function settingsSchema<M extends z.ZodType<MonitorConfig>>(monitor: M) {
  return z.strictObject({
    $schema: z.string().max(500).optional(),
    app: z.strictObject({ name: text(100).default('Production'), environment: text(50).default('production') }).prefault({}),
    monitors: z
      .array(monitor)
      .max(5_000)
      .default([])
      .superRefine((list, context) => {
        const seen = new Set<string>();
        list.forEach((item, index) => {
          if (seen.has(item.id)) {
            context.addIssue({ code: 'custom', path: [index, 'id'], message: `"${item.id}" is used twice; ids must differ` });
          }
          seen.add(item.id);
        });
      }),
    limits: limits.prefault({}),
    connectivity: z
      .strictObject({
        probes: z
          .array(witness)
          .max(10)
          .default([...defaultWitnesses]),
      })
      .prefault({})
      .describe('Hosts asked after a failure whether this machine is online; an empty list switches the guard off.'),
    alerts: alerts.prefault({}),
    providers: providers.prefault({}),
    banner: banner.optional(),
    traffic: traffic.optional(),
    dump: dump.optional(),
    maintenance: z.array(maintenance).max(500).default([]),
    heartbeat: heartbeat.optional(),
  });
}

/** Settings as the rest of the code sees them: the monitors narrowed to what every kind has. */
export type Settings = z.infer<ReturnType<typeof settingsSchema<z.ZodType<MonitorConfig>>>>;
export type AlertSettings = Settings['alerts'];

/** Names of all secrets that a value refers to, anywhere inside it. */
export function secretsIn(value: unknown): string[] {
  const names = new Set<string>();
  const walk = (part: unknown): void => {
    if (typeof part === 'string') for (const match of part.matchAll(secretReference)) names.add(match[1] as string);
    else if (Array.isArray(part)) part.forEach(walk);
    else if (part && typeof part === 'object') Object.values(part).forEach(walk);
  };
  walk(value);
  return [...names];
}
