// What a running engine does with the levers by itself: takes a banner down when its time is over, keeps its view of traffic
// true, proposes or makes a failover. Joins the adapters for it; the decisions are in core/failover.ts.
import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import { faultOf } from '../shared/fault.ts';
import type { Settings } from '../shared/settings.ts';
import type { Snapshot } from '../shared/snapshot.ts';
import { makeAutomation } from './actions/automation.ts';
import { bannerExpiry } from './actions/banner-expiry.ts';
import { configLease, makeOperatorLease } from './actions/lease.ts';
import { lookAfterTraffic } from './actions/traffic-watch.ts';
import { wake } from './actions/wake.ts';
import { trafficDeps, vercelOf } from './compose-actions.ts';
import type { Journal, Levers } from './engine/levers.ts';
import type { Clock, Secrets, Witnesses } from './engine/ports.ts';
import { takeKernelLock } from './storage/kernel-lock.ts';

export type AutomationSurroundings = {
  readonly settings: () => Settings;
  readonly snapshot: () => Snapshot;
  readonly secrets: Secrets;
  readonly journal: Journal;
  readonly levers: Levers;
  readonly clock: Clock;
  /** The data folder. */
  readonly folder: string;
  readonly witnesses: Witnesses;
  /** Tells people about an outage, in its timeline and by the alert channels. */
  readonly tell: (incidentId: string, text: string) => void;
  readonly announce: (sentence: string) => void;
};

const expiryEveryMs = 1_000;
const lookEveryMs = 5_000;
/** Whom production serves and which twin is ready changes with releases, and Vercel is asked for it. */
const trafficEveryMs = 10 * 60_000;
const trafficLimitMs = 30_000;
/** Render's cold start takes 30 to 60 s (providers/README section 3). */
const standby = { tryMs: 10_000, budgetMs: 90_000 } as const;

/** Starts all of it. `stop` waits for what is being found out; runs belong to the levers. */
export function startAutomation(around: AutomationSurroundings): { suggestion(): string | null; stop(): Promise<void> } {
  const { settings, snapshot, journal, levers, clock, announce } = around;
  const holder = randomUUID();
  const automation = makeAutomation({
    ...{ journal, levers, clock, snapshot, witnesses: around.witnesses },
    settings: () => settings().traffic,
    // Settings change while we run, so the lease's place is looked up whenever it is taken.
    lease: { take: (signal) => leaseOf(around, holder).take(signal) },
    async probeStandby(signal) {
      const address = settings().traffic?.standby;
      return address !== undefined && (await wake({ address, clock, signal, ...standby })).healthy;
    },
    notify(text) {
      const outage = snapshot().incidents.find(({ state }) => state !== 'resolved');
      if (outage) around.tell(outage.id, text);
      announce(text);
    },
  });
  const expiry = bannerExpiry({ journal, levers, clock, announce });
  const stopping = new AbortController();
  const lookAfter = trafficWatcher(around, stopping.signal);
  lookAfter();
  const timers = [
    setInterval(lookAfter, trafficEveryMs),
    setInterval(expiry.tick, expiryEveryMs),
    setInterval(() => void automation.tick(), lookEveryMs),
  ];
  return {
    suggestion: automation.suggestion,
    async stop() {
      for (const timer of timers) clearInterval(timer);
      stopping.abort();
      expiry.stop();
      await automation.stop();
    },
  };
}

/** A look that fails is told once, not every ten minutes. */
function trafficWatcher(around: AutomationSurroundings, stopping: AbortSignal): () => void {
  const { settings, snapshot, announce } = around;
  let told: string | null = null;
  const look = async (): Promise<void> => {
    const isMoving = snapshot().runs.some(
      ({ action, state }) => state === 'running' && (action === 'traffic' || action === 'drill'),
    );
    if (isMoving || !settings().traffic || !settings().providers.vercel) return;
    const deps = trafficDeps(settings(), { ...around, picture: snapshot });
    await lookAfterTraffic(deps, AbortSignal.any([stopping, AbortSignal.timeout(trafficLimitMs)]));
    told = null;
  };
  return () =>
    void look().catch((error: unknown) => {
      const { message } = faultOf(error);
      if (!stopping.aborted && message !== told) announce(`Traffic could not be looked at: ${message}`);
      told = message;
    });
}

function leaseOf({ settings, secrets, folder, clock }: AutomationSurroundings, holder: string) {
  const { traffic, banner } = settings();
  const configId = traffic?.globalConfigId ?? banner?.globalConfigId;
  const vercel = vercelOf(settings(), { secrets });
  return makeOperatorLease({
    store: vercel && configId !== undefined ? configLease(vercel, configId) : null,
    local: () => takeKernelLock(join(folder, 'operator.lock')),
    ...{ holder, clock },
  });
}
