// One-time keys between a look and its deed (SECURITY S-36): what is started is exactly what was shown, by whoever was shown
// it, soon after, once. Keys live in memory: a restart forgets them all.
import { randomBytes } from 'node:crypto';
import { FaultError } from '../../shared/fault.ts';
import type { LeverRequest, Preflight } from '../../shared/lever.ts';
import type { RunAction } from '../../shared/run.ts';
import type { Clock } from '../engine/ports.ts';

const lifeMs = 120_000;
const mostPerMinute = 10;
const minuteMs = 60_000;

export type Offers = {
  /** @throws FaultError `too-many` */
  give(request: LeverRequest, preflight: Preflight): { readonly token: string; readonly expiresAt: string };
  /** The request that was offered. @throws FaultError `offer-unknown`, `offer-expired`, `offer-stale` */
  take(token: string): LeverRequest;
};

type Given = { readonly request: LeverRequest; readonly revision: string; readonly until: number };

export function makeOffers(deps: {
  readonly clock: Pick<Clock, 'now' | 'monotonic'>;
  /** At least 128 random bits as text; node:crypto's unless a test says otherwise. */
  readonly random?: () => string;
  /** What the deed builds upon, as text: a key is void once it differs from what it was at the look. */
  readonly revision?: (request: LeverRequest) => string;
}): Offers {
  const { clock, random = () => randomBytes(24).toString('base64url'), revision = () => '' } = deps;
  const given = new Map<string, Given>();
  const times = new Map<RunAction, readonly number[]>();

  const spare = (action: RunAction, now: number): void => {
    const recent = (times.get(action) ?? []).filter((at) => now - at < minuteMs);
    if (recent.length >= mostPerMinute) throw tooMany();
    times.set(action, [...recent, now]);
  };

  return {
    give(request) {
      const now = clock.monotonic();
      spare(request.action, now);
      // Expired keys are kept a while, so that a late click is told why; then they go.
      for (const [token, offer] of given) if (now - offer.until > lifeMs) given.delete(token);
      const token = random();
      given.set(token, { request: structuredClone(request), revision: revision(request), until: now + lifeMs });
      return { token, expiresAt: new Date(clock.now() + lifeMs).toISOString() };
    },
    take(token) {
      const offer = given.get(token);
      given.delete(token);
      if (!offer) throw unknown();
      if (clock.monotonic() >= offer.until) throw expired();
      if (offer.revision !== revision(offer.request)) throw stale();
      return offer.request;
    },
  };
}

const lookAgain = 'Look again, then confirm.';

function unknown(): FaultError {
  return new FaultError({
    code: 'offer-unknown',
    message: 'This confirmation was used already, or is none of ours.',
    next: lookAgain,
    exitCode: 1,
  });
}

function expired(): FaultError {
  return new FaultError({
    code: 'offer-expired',
    message: 'This confirmation is more than two minutes old: what it was about may have changed.',
    next: lookAgain,
    exitCode: 1,
  });
}

function stale(): FaultError {
  return new FaultError({
    code: 'offer-stale',
    message: 'Something moved since this was looked at.',
    next: lookAgain,
    exitCode: 1,
  });
}

function tooMany(): FaultError {
  return new FaultError({
    code: 'too-many',
    message: 'This lever was looked at ten times within a minute.',
    next: 'Wait a minute, then look again.',
    exitCode: 1,
  });
}
