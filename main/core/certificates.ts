// When to warn about a certificate that is about to expire: once per threshold and host, judged by the newest certificate
// seen in 24 h (hosts behind several edges show old and new ones in turn), forgotten on renewal (DESIGN section 5).
import type { Certificate } from '../../shared/observation.ts';
import type { Alert, State } from './model.ts';

export const thresholdsDays = [1, 7, 14, 21] as const;
const dayMs = 86_400_000;
/** How stale the record of having seen it may get before it is written again. */
const refreshMs = 3_600_000;

type Records = State['certificates'];

export type Watched = { readonly records: Records; readonly alert: Alert | null };

/** What a seen certificate changes, and the warning it calls for, if any. `at` is epoch ms. */
export function watchCertificate(records: Records, seen: Certificate, at: number): Watched {
  const before = records[seen.host];
  const older = before && seen.expiresAt < before.expiresAt && at - before.seenAt < dayMs;
  if (older) return { records, alert: null };

  const renewed = !before || seen.expiresAt !== before.expiresAt;
  const warned = renewed ? null : before.warnedDays;
  const daysLeft = Math.floor((Date.parse(seen.expiresAt) - at) / dayMs);
  const threshold = thresholdsDays.find((days) => daysLeft <= days) ?? null;
  const due = threshold !== null && (warned === null || threshold < warned);
  if (!renewed && !due && at - before.seenAt < refreshMs) return { records, alert: null };

  const record = { expiresAt: seen.expiresAt, seenAt: at, warnedDays: due ? threshold : warned };
  return { records: { ...records, [seen.host]: record }, alert: due ? warning(seen, threshold, daysLeft, at) : null };
}

function warning(seen: Certificate, threshold: number, daysLeft: number, at: number): Alert {
  const left =
    daysLeft < 0 ? 'has expired' : daysLeft === 0 ? 'expires today' : `expires in ${daysLeft} ${daysLeft === 1 ? 'day' : 'days'}`;
  return {
    key: `certificate:${seen.host}:${seen.expiresAt}:${threshold}`,
    kind: 'certificate',
    at,
    incidentId: null,
    title: `The certificate of ${seen.host} ${left}`,
    text: `It is valid until ${seen.expiresAt}. Renew it before then, or every visitor will see a warning page.`,
    openedAt: null,
    durationMs: null,
    monitors: [],
  };
}
