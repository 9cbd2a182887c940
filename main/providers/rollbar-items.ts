// The errors that Rollbar holds open (GET /api/1/items/, docs.rollbar.com/reference/list-all-items; providers/README section 5).
import { z } from 'zod';
import type { EvidenceOf } from '../../shared/evidence.ts';
import { makeCaller } from './call.ts';
import type { Refusal } from './call-error.ts';
import { outsideText, outsideTime } from './outside-text.ts';

export type RollbarItemsOptions = {
  /** `https://api.rollbar.com`; a trailing `/api/1` is accepted. */
  readonly apiUrl: string;
  readonly environment: string;
  /** Needs the scope `read`. */
  readonly token: () => Promise<string>;
  readonly userAgent?: string;
  readonly repeats?: number;
  readonly secrets: () => readonly string[];
};

export type TrackedError = EvidenceOf<'errors'>['errors'][number];

/** The most recent first, at most twenty, without the items that Signalbox itself writes. Rejects with a ProviderError (call.ts),
 *  or with the signal's reason when that aborts. */
export type RollbarItems = (signal: AbortSignal) => Promise<readonly TrackedError[]>;

const number = z.number().nullish().catch(null);
const item = z.object({
  title: z.string(),
  level: z.string().catch('error'),
  total_occurrences: number,
  first_occurrence_timestamp: number,
  last_occurrence_timestamp: number,
});
const answer = z.object({ result: z.object({ items: z.array(item.nullable().catch(null)) }) });

/** How the title of an item ends that an alert of ours made (alerts/rollbar-item.ts). */
const ours = /\[inc-\d{8}-\d{6}(?:-\d{1,4})?\]\s*$/;
const seconds = (value: number | null | undefined): string | null => outsideTime(value ? value * 1_000 : null);

export function makeRollbarItems(options: RollbarItemsOptions): RollbarItems {
  const { secrets, environment, apiUrl, ...rest } = options;
  const base = apiUrl.replace(/\/+$/, '').replace(/\/api\/1$/, '');
  const provider = { who: 'Rollbar', scheme: 'Bearer', tokenHeader: 'x-rollbar-access-token' } as const;
  const call = makeCaller({ ...provider, ...rest, apiUrl: base, advise });
  return async (signal) => {
    const query = { status: 'active', level: ['error', 'critical'], environment };
    const { value } = await call({ method: 'GET', path: '/api/1/items/', query, answer }, signal);
    return value.result.items
      .flatMap((one) => (one && !ours.test(one.title) ? [one] : []))
      .toSorted((a, b) => (b.last_occurrence_timestamp ?? 0) - (a.last_occurrence_timestamp ?? 0))
      .slice(0, 20)
      .map((one) => ({
        title: outsideText(one.title, 1_000, secrets()),
        level: outsideText(one.level, 32),
        total: Math.max(0, Math.trunc(one.total_occurrences ?? 0)),
        firstAt: seconds(one.first_occurrence_timestamp),
        lastAt: seconds(one.last_occurrence_timestamp),
        url: null,
      }));
  };
}

function advise({ code }: Refusal): { readonly next: string } | null {
  if (code !== 'provider-auth' && code !== 'provider-forbidden') return null;
  return { next: 'Make a project token with the scope `read` and name it in `alerts.rollbar.readToken`.' };
}
