// An alert as a Rollbar item (docs.rollbar.com, "Create an item"). Pure, and the same for the same alert every time: its
// uuid is what makes a repeated delivery harmless.
import { createHash } from 'node:crypto';
import type { Alert } from '../core/model.ts';
import { detail, headline, isTest } from './wording.ts';

export type ItemSource = { readonly appName: string; readonly environment: string; readonly version: string };

/** Rollbar cuts titles at 255 characters; ours end with the incident's id, which finds the item again. */
const titleLimit = 255;

export type RollbarItem = {
  readonly data: Readonly<Record<string, unknown>> & {
    readonly uuid: string;
    readonly fingerprint: string;
    readonly title: string;
  };
};

/** The body of `POST /api/1/item/`. */
export function rollbarItem(alert: Alert, source: ItemSource): RollbarItem {
  const mark = alert.incidentId === null ? '' : ` [${alert.incidentId}]`;
  return {
    data: {
      environment: source.environment,
      level: isTest(alert) ? 'info' : alert.kind === 'certificate' ? 'warning' : 'critical',
      title: `${headline(alert, titleLimit - mark.length)}${mark}`,
      fingerprint: fingerprint(alert),
      uuid: occurrenceUuid(alert.key),
      timestamp: Math.floor(alert.at / 1_000),
      platform: 'client',
      framework: 'signalbox',
      notifier: { name: 'signalbox', version: source.version },
      body: { message: { body: detail(alert) || headline(alert), app: source.appName } },
      custom: {
        incidentId: alert.incidentId,
        monitors: alert.monitors,
        openedAt: alert.openedAt === null ? null : new Date(alert.openedAt).toISOString(),
      },
    },
  };
}

/** What makes occurrences one item: the incident; for certificates the host, whatever the days left. At most 40 characters,
 *  Rollbar's limit: longer ones it hashes, and nobody could search for them. */
function fingerprint(alert: Alert): string {
  if (isTest(alert)) return 'signalbox-test';
  if (alert.incidentId !== null) return `signalbox-${alert.incidentId}`;
  const host = /^certificate:(.+):\d{4}-\d\d-/.exec(alert.key)?.[1] ?? alert.key;
  return `signalbox-${createHash('sha256').update(host).digest('hex').slice(0, 30)}`;
}

/** A version 8 UUID (RFC 9562: contents of one's own making) out of the alert's key. Rollbar discards the second of two
 *  occurrences with one uuid, so sending again after a crash or a lost answer doubles nothing. */
export function occurrenceUuid(key: string): string {
  const hex = createHash('sha256').update(`signalbox occurrence ${key}`).digest('hex');
  const variant = '89ab'[Number.parseInt(hex.charAt(16), 16) % 4];
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-8${hex.slice(13, 16)}-${variant}${hex.slice(17, 20)}-${hex.slice(20, 32)}`;
}
