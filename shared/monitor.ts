// What is watched: the settings that every monitor kind shares, and the words for its judged condition.
import { z } from 'zod';
import { duration, durationOf } from './duration.ts';

export const roles = ['api-primary', 'api-standby', 'database', 'frontend', 'provider', 'other'] as const;
export const role = z.enum(roles);
export type Role = z.infer<typeof role>;

/** A monitor's judged condition after thresholds (DESIGN section 3). */
export const status = z.enum(['pending', 'up', 'degraded', 'verifying', 'down', 'unknown', 'paused']);
export type Status = z.infer<typeof status>;

export const monitorId = z.string().regex(/^[a-z0-9][a-z0-9_-]{0,63}$/i, 'use letters, digits, "-" and "_", at most 64');

/** The fields common to every kind; a kind's own schema extends this one (CONTRIBUTING: add a monitor kind). */
export const monitorBase = z.strictObject({
  id: monitorId.describe('Short name used on the command line and in the history.'),
  name: z.string().min(1).max(100).optional().describe('What people read; the id when absent.'),
  role: role.default('other').describe('What this means for the product.'),
  interval: durationOf({ min: '1s' })
    .optional()
    .describe('Time between checks. Default 30s; 1m for status pages; 1h for a target with a cold start.'),
  timeout: durationOf({ min: '100ms' }).default('10s').describe('A check that takes longer has failed.'),
  retryInterval: durationOf({ min: '100ms' }).default('5s').describe('Time to the next check while a verdict is open.'),
  failureThreshold: z.int().min(1).max(20).default(2).describe('Failures in a row before it counts as down.'),
  successThreshold: z.int().min(1).max(20).default(2).describe('Successes in a row before it counts as up again.'),
  degradedAbove: duration.optional().describe('Slower than this, for failureThreshold checks, is degraded.'),
  coldStart: duration.optional().describe('The target may sleep: its first answer may take this long.'),
  sleepsAfter: duration.default('15m').describe('With coldStart: how long without a request until it may sleep.'),
  enabled: z.boolean().default(true).describe('false keeps the monitor in the file but does not check it.'),
});
export type MonitorBase = z.infer<typeof monitorBase>;

/** What every parsed monitor has, whatever its kind. */
export type MonitorConfig = MonitorBase & { readonly kind: string };
