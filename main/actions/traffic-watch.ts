// Keeps what is shown of Traffic true between two runs: whom production serves, and whether the twin is of what is live now.
// Reads only, and stays away while a run moves traffic.
import type { LeverMemory } from '../engine/levers.ts';
import { commitOf, lookAtTraffic, makeLeg, noteLiveCommit, requireVercel, type TrafficDeps } from './traffic-leg.ts';
import { candidate } from './traffic-promote.ts';

/** Rejects with what the provider or the signal says; what was found out by then is kept. */
export async function lookAfterTraffic(deps: TrafficDeps, signal: AbortSignal): Promise<void> {
  const { journal, clock, settings } = deps;
  const leg = makeLeg(deps, requireVercel(deps), { to: 'standby', key: 'watch' });
  const { live, outside } = await lookAtTraffic(leg, signal);
  if (outside.serves !== 'unknown') journal.remember('traffic', seen(journal.recall('traffic'), outside.serves, clock.now()));
  const commit = commitOf(live);
  noteLiveCommit(leg, commit);
  if (!settings.via.includes('promote-twin') || outside.serves !== 'primary') return;
  const found = await candidate(leg, { signal, force: false, memory: {} }, { id: live.id, commit });
  if ('gaveUp' in found || found.id === journal.recall('twin')?.deploymentId) return;
  const { createdAt } = await leg.vercel.deployment(found.id, signal);
  journal.remember('twin', { deploymentId: found.id, commit: found.commit, liveCommit: commit, at: createdAt });
}

/** A move that is none of ours counts from when it was noticed; the first look is no move. */
function seen(known: LeverMemory['traffic'] | null, target: 'primary' | 'standby', now: number): LeverMemory['traffic'] {
  if (known?.target === target) return { ...known, verifiedAt: now };
  const moved = known !== null && known.target !== 'unknown';
  return { target, way: null, verifiedAt: now, at: moved ? now : 0 };
}
