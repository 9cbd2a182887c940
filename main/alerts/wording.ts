// What every channel says about an alert: its headline, a short text, its times. Pure; markup is the channels' own business.

import { safeText } from '../../shared/redact.ts';
import { duration, moment } from '../../shared/words.ts';
import type { Alert, AlertKind } from '../core/model.ts';

const lead: Readonly<Record<AlertKind, string>> = {
  opened: 'Outage: ',
  reopened: 'Outage again: ',
  escalated: 'Outage is worse: ',
  reminder: 'Still open: ',
  resolved: 'Resolved: ',
  certificate: '',
  lever: '',
  digest: '',
};

/** Alerts made by `testAlert`; they must never read like an outage. */
export function isTest(alert: Alert): boolean {
  return alert.key.startsWith('test-');
}

/** One line without a full stop: `Outage: API (Frankfurt) is down`. At most `maxLength` characters. */
export function headline(alert: Alert, maxLength = 200): string {
  return safeText(`${isTest(alert) ? '' : lead[alert.kind]}${alert.title}`, maxLength);
}

/** What the alert's own text adds to its title; empty when it only repeats it. At most `maxLength` characters. */
export function detail(alert: Alert, maxLength = 1_000): string {
  const text = safeText(alert.text, maxLength);
  return text.replace(/\.$/, '') === safeText(alert.title, maxLength).replace(/\.$/, '') ? '' : text;
}

/** The body of a desktop notification: a sentence or two. Times are this machine's own: its reader sits at it. */
export function shortText(alert: Alert, timeZone?: string): string {
  const parts = [when(alert, timeZone), detail(alert, 240)].filter((part) => part !== '');
  return parts.length > 0 ? parts.join(' ') : 'Open Signalbox for more.';
}

function when(alert: Alert, timeZone: string | undefined): string {
  if (isTest(alert) || alert.openedAt === null) return '';
  if (alert.kind === 'resolved') return alert.durationMs === null ? '' : `It lasted ${duration(alert.durationMs)}.`;
  const since = `Since ${moment(alert.openedAt, alert.at, timeZone)}`;
  return alert.kind === 'reminder' ? `${since}, not acknowledged yet.` : `${since}.`;
}

/** `2026-11-20 09:02 UTC`: how a moment is written where readers may sit in different time zones. */
export function utc(at: number): string {
  return `${new Date(at).toISOString().slice(0, 16).replace('T', ' ')} UTC`;
}

/** Ids of the monitors concerned, at most ten by name: `api, login and 3 more`. Empty when there are none. */
export function affected(alert: Alert): string {
  const named = alert.monitors.slice(0, 10).map((id) => safeText(id, 64));
  const more = alert.monitors.length - named.length;
  return `${named.join(', ')}${more > 0 ? ` and ${more} more` : ''}`;
}
