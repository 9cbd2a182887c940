// Automatic failover: looks every few seconds whether traffic should go to the standby, proposes it or does it. What is decided
// is core/failover.ts; here is what must be found out for it, and that it happens once.

import { durationMs } from '../../shared/duration.ts';
import { faultOf } from '../../shared/fault.ts';
import type { Settings } from '../../shared/settings.ts';
import type { Snapshot } from '../../shared/snapshot.ts';
import { decide, type FailoverProof, type FailoverState, standingBlockers } from '../core/failover.ts';
import type { Journal, Levers } from '../engine/levers.ts';
import type { Clock, Witnesses } from '../engine/ports.ts';
import type { Held, OperatorLease } from './lease.ts';
import { seesAddress } from './outside.ts';

type TrafficSettings = NonNullable<Settings['traffic']>;

export type AutomationDeps = {
  readonly settings: () => TrafficSettings | undefined;
  readonly snapshot: () => Snapshot;
  readonly journal: Pick<Journal, 'recall' | 'remember'>;
  readonly levers: Pick<Levers, 'start'>;
  readonly lease: OperatorLease;
  readonly clock: Clock;
  /** Whether the standby answers healthily now; waits out a cold start. */
  readonly probeStandby: (signal: AbortSignal) => Promise<boolean>;
  readonly witnesses: Witnesses;
  /** Whom production serves now. Read from `traffic.verifyUrl` when absent. */
  readonly served?: (signal: AbortSignal) => Promise<FailoverProof['serves']>;
  /** Tells people; about a suggestion once for each outage. */
  readonly notify: (text: string) => void;
};

export type Automation = {
  /** Called every five seconds. Never rejects; resolves when what it began is done. */
  tick(): Promise<void>;
  /** What is proposed now. */
  suggestion(): string | null;
  /** Calls off what is being found out; a switch under way belongs to the levers. */
  stop(): Promise<void>;
};

/** Between two times that standby and witnesses are asked, ms: a free standby has few hours. */
const askEveryMs = 30_000;
/** For everything that is asked, a cold start included, ms. */
const askLimitMs = 100_000;

export function makeAutomation(deps: AutomationDeps): Automation {
  const { clock } = deps;
  const stopping = new AbortController();
  let underWay: Promise<void> | null = null;
  let suggestion: string | null = null;
  let askedAt = Number.NEGATIVE_INFINITY;
  let problem: string | null = null;

  async function consider(settings: TrafficSettings): Promise<void> {
    if (standingBlockers(stateOf(deps, settings)).length > 0) {
      suggestion = null;
      problem = null;
      return;
    }
    if (clock.monotonic() - askedAt < askEveryMs) return;
    askedAt = clock.monotonic();
    const signal = AbortSignal.any([stopping.signal, AbortSignal.timeout(askLimitMs)]);
    const proof = await findOut(deps, settings, signal);
    const state = stateOf(deps, settings);
    const { act, sentence } = decide(state, proof);
    suggestion = act === 'suggest' ? sentence : null;
    if (act === 'suggest') suggest(deps, state.incident?.id ?? null, sentence);
    if (act === 'switch') await switchNow(deps, settings, proof, signal);
  }

  return {
    tick() {
      const settings = deps.settings();
      if (underWay || stopping.signal.aborted) return underWay ?? Promise.resolve();
      if (!settings || settings.automation === 'off') {
        suggestion = null;
        return Promise.resolve();
      }
      underWay = consider(settings)
        .catch((error: unknown) => {
          suggestion = null;
          const { message } = faultOf(error);
          // Every half a minute the same would tell nobody anything.
          if (!stopping.signal.aborted && message !== problem) deps.notify(`Automatic failover could not decide: ${message}`);
          problem = message;
        })
        .finally(() => {
          underWay = null;
        });
      return underWay;
    },
    suggestion: () => suggestion,
    async stop() {
      stopping.abort();
      await underWay;
    },
  };
}

function stateOf({ snapshot, journal, clock }: AutomationDeps, settings: TrafficSettings): FailoverState {
  const { monitors, incidents, connectivity, engine, levers } = snapshot();
  const primaries = monitors.filter((one) => one.role === 'api-primary' && one.kind !== 'status-page');
  const open = incidents.find((one) => one.state !== 'resolved' && primaries.some(({ id }) => one.monitors.includes(id)));
  const traffic = journal.recall('traffic');
  const moves = [traffic?.at, journal.recall('automation')?.switchedAt].filter((at) => typeof at === 'number');
  return {
    now: clock.now(),
    mode: settings.automation,
    afterMs: durationMs(settings.after),
    cooldownMs: durationMs(settings.cooldown),
    traffic: traffic?.target ?? 'unknown',
    lastMoveAt: moves.length > 0 ? Math.max(...moves) : null,
    primaries: primaries.map(({ name, status, since, last, intervalMs, inMaintenance }) => ({
      ...{ name, status, intervalMs, inMaintenance },
      since: since === null ? null : Date.parse(since),
      lastAt: last === null ? null : Date.parse(last.at),
    })),
    connectivity: connectivity.state,
    pausedUntil: engine.pausedUntil === null ? null : Date.parse(engine.pausedUntil),
    incident: open ? { id: open.id, flapping: open.flapping } : null,
    warning: levers.traffic.warning,
  };
}

/** The standby first: waking it may take a minute, and the rest has to be true after that. */
async function findOut(deps: AutomationDeps, settings: TrafficSettings, signal: AbortSignal): Promise<FailoverProof> {
  const standbyHealthy = await deps.probeStandby(signal);
  const unguarded = deps.snapshot().connectivity.state === 'unguarded';
  const [machine, serves] = await Promise.all([
    unguarded ? ('unguarded' as const) : deps.witnesses(signal),
    deps.served ? deps.served(signal) : servedBy(settings, signal),
  ]);
  return { standbyHealthy, machine, serves, leaseProblem: null };
}

async function servedBy(settings: TrafficSettings, signal: AbortSignal): Promise<FailoverProof['serves']> {
  const { verifyUrl, primary, standby } = settings;
  const { seen, otherSeen } = await seesAddress({ verifyUrl, address: primary, other: standby, signal });
  if (seen === otherSeen) return 'unknown';
  return seen ? 'primary' : 'standby';
}

/** Once for each outage, also across restarts. */
function suggest({ journal, notify }: AutomationDeps, outage: string | null, sentence: string): void {
  const known = journal.recall('automation') ?? { suggestedFor: null, switchedAt: null };
  if (known.suggestedFor === outage) return;
  journal.remember('automation', { ...known, suggestedFor: outage });
  notify(sentence);
}

async function switchNow(
  deps: AutomationDeps,
  settings: TrafficSettings,
  proof: FailoverProof,
  signal: AbortSignal,
): Promise<void> {
  const lease = await deps.lease.take(signal);
  if ('taken' in lease) return;
  let moved = false;
  try {
    // Taking the lease took its time: all that can change without being asked about is looked at once more.
    const { act, sentence } = decide(stateOf(deps, settings), proof);
    if (act !== 'switch' || deps.settings()?.automation !== 'automatic') return;
    moved = true;
    await carryOut(deps, lease, sentence);
  } finally {
    await free(deps, lease, moved ? durationMs(settings.cooldown) : 0);
  }
}

async function carryOut({ journal, clock, levers, notify }: AutomationDeps, lease: Held, sentence: string): Promise<void> {
  const known = journal.recall('automation') ?? { suggestedFor: null, switchedAt: null };
  // Before the deed: one that fails, or dies half-way, is not begun again at once.
  journal.remember('automation', { ...known, switchedAt: clock.now() });
  notify(`${sentence}${lease.caveat ? ` ${lease.caveat}` : ''}`);
  try {
    const started = await levers.start({ action: 'traffic', to: 'standby', force: false }, { by: 'automation', force: false });
    const { state, error } = await started.finished;
    const end =
      state === 'succeeded'
        ? 'Traffic is on the standby.'
        : `Traffic was not moved: ${error?.message ?? `the run was ${state}.`}`;
    notify(`Automatic failover: ${end}`);
  } catch (error: unknown) {
    notify(`Automatic failover: traffic was not moved: ${faultOf(error).message}`);
  }
}

/** Kept for the cooldown, which the other instances do not know of. It runs out by itself where it cannot be freed. */
async function free({ notify }: AutomationDeps, lease: Held, keepMs: number): Promise<void> {
  try {
    await lease.release(keepMs);
  } catch (error: unknown) {
    notify(`The operator lease could not be freed; it runs out by itself. ${faultOf(error).message}`);
  }
}
