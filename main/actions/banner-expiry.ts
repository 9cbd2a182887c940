// Takes a banner down when its time is over. What is due is remembered in the journal, so a restart changes nothing.
import { faultOf } from '../../shared/fault.ts';
import type { Journal, Levers } from '../engine/levers.ts';
import type { Clock } from '../engine/ports.ts';

export type BannerExpiry = {
  /** Called about once a second. */
  tick(): void;
  /** Nothing is begun any more. A run under way belongs to the levers, which stop it. */
  stop(): void;
};

/** Between a failure and the next try, ms. */
const retryMs = [60_000, 120_000, 300_000] as const;

/** `announce` is told when a banner's time was over and it could not be taken down. */
export function bannerExpiry(options: {
  readonly journal: Pick<Journal, 'recall'>;
  readonly levers: Pick<Levers, 'start'>;
  readonly clock: Clock;
  readonly announce: (sentence: string) => void;
}): BannerExpiry {
  const { journal, levers, clock, announce } = options;
  let isUnderWay = false;
  let isStopped = false;
  /** Of the banner that is due now. */
  let tries: { readonly expiresAt: number; readonly failures: number; readonly notBefore: number } | null = null;

  async function takeDown(expiresAt: number): Promise<void> {
    const problem = await attempt();
    if (problem === null) {
      tries = null;
      return;
    }
    const failures = (tries?.expiresAt === expiresAt ? tries.failures : 0) + 1;
    const waitMs = retryMs[Math.min(failures, retryMs.length) - 1] ?? retryMs[0];
    tries = { expiresAt, failures, notBefore: clock.monotonic() + waitMs };
    const again = journal.recall('banner')?.on === true ? ` It is tried again in ${waitMs / 60_000} min.` : '';
    announce(`The banner’s time is over, and taking it down failed: ${problem}${again}`);
  }

  async function attempt(): Promise<string | null> {
    try {
      const request = { action: 'banner', on: false, text: null, severity: 'warning', forMs: null } as const;
      const { finished } = await levers.start(request, { by: 'expiry', force: false });
      const run = await finished;
      return run.state === 'succeeded' ? null : (run.error?.message ?? `the run was ${run.state}.`);
    } catch (error: unknown) {
      return faultOf(error).message;
    }
  }

  return {
    tick() {
      if (isUnderWay || isStopped) return;
      const banner = journal.recall('banner');
      if (!banner?.on || banner.expiresAt === null || banner.expiresAt > clock.now()) return;
      if (tries?.expiresAt === banner.expiresAt && clock.monotonic() < tries.notBefore) return;
      isUnderWay = true;
      takeDown(banner.expiresAt).finally(() => {
        isUnderWay = false;
      });
    },
    stop() {
      isStopped = true;
    },
  };
}
