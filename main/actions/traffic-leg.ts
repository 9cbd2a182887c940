// One move of traffic, as its steps share it: where to, what it may use, and the read-only looks that all of them take.

import { FaultError } from '../../shared/fault.ts';
import type { Settings } from '../../shared/settings.ts';
import type { Journal, LeverMemory } from '../engine/levers.ts';
import type { Clock } from '../engine/ports.ts';
import type { VercelClient, VercelDeployment, VercelProject } from '../providers/vercel-model.ts';
import { type PickedRow, pickRow } from './env-row.ts';
import { seesAddress, waitUntil } from './outside.ts';

export type Side = 'primary' | 'standby';
export type TrafficSettings = NonNullable<Settings['traffic']>;

export type TrafficDeps = {
  readonly settings: TrafficSettings;
  /** Traffic's own, else the banner's. */
  readonly globalConfigId: string | null;
  readonly vercel: VercelClient | null;
  readonly journal: Pick<Journal, 'recall' | 'remember'>;
  readonly clock: Clock;
  /** Why moving traffic to the standby would not help now, as a sentence; null when nothing speaks against it. */
  openFault(): string | null;
  /** The primary is down now: a person is not asked a second time. */
  urgent(): boolean;
  /** Only tests change them. */
  readonly times?: Partial<TrafficTimes>;
};

/** Milliseconds. */
export type TrafficTimes = {
  readonly wakeTry: number;
  /** Render's cold start takes 30 to 60 s. */
  readonly wakeBudget: number;
  /** Vercel's own command line gives a promotion up after this. */
  readonly promote: number;
  /** Until production serves what a promotion or a deployment put live. */
  readonly see: number;
  /** "Up to a few seconds to propagate globally" (providers/README section 1.2). */
  readonly config: number;
  /** Until what Vercel was already doing is over, when it is to be taken back. */
  readonly settle: number;
};
const usual: TrafficTimes = {
  wakeTry: 10_000,
  wakeBudget: 90_000,
  promote: 180_000,
  see: 15_000,
  config: 15_000,
  settle: 30_000,
};

export type Leg = {
  readonly to: Side;
  /** Name of its sheet in the run's memory. */
  readonly key: string;
  /** The sheet of the move that this one takes back, in a drill. */
  readonly returnOf: string | null;
  readonly deps: TrafficDeps;
  readonly vercel: VercelClient;
  readonly times: TrafficTimes;
};

export function makeLeg(
  deps: TrafficDeps,
  vercel: VercelClient,
  { to, key, returnOf = null }: { readonly to: Side; readonly key: string; readonly returnOf?: string | null },
): Leg {
  return { to, key, returnOf, deps, vercel, times: { ...usual, ...deps.times } };
}

/** The client, or FaultError `not-set-up` when no way could work with these settings. */
export function requireVercel({ vercel, settings, globalConfigId }: TrafficDeps): VercelClient {
  if (!vercel)
    throw notSetUp('Traffic is moved at Vercel, and Vercel is not set up.', 'Add `providers.vercel` to the settings file.');
  if (settings.via.every((way) => way === 'global-config') && globalConfigId === null) {
    throw notSetUp(
      'Traffic is to go by way of Global Config, and it is not named.',
      'Add `traffic.globalConfigId` to the settings file.',
    );
  }
  if (settings.via.every((way) => way === 'vercel-env') && settings.variable === undefined) {
    throw notSetUp('Traffic is to go by way of a variable, and it is not named.', 'Add `traffic.variable` to the settings file.');
  }
  return vercel;
}

function notSetUp(message: string, next: string): FaultError {
  return new FaultError({ code: 'not-set-up', message, next });
}

export const otherSide = (side: Side): Side => (side === 'primary' ? 'standby' : 'primary');
export const addressOf = ({ deps }: Leg, side: Side): string => deps.settings[side];

/** The commit that a deployment was built from; null when it did not come out of Git. */
export function commitOf({ gitSource, meta }: VercelDeployment): string | null {
  return gitSource?.sha ?? meta.githubCommitSha ?? meta.gitlabCommitSha ?? meta.bitbucketCommitSha ?? null;
}

/** For people: the first seven digits. */
export const shortCommit = (commit: string | null): string => (commit === null ? 'an unknown commit' : commit.slice(0, 7));

/** `serves` is unknown when neither or both addresses were found; `problem` says why then. */
export type Outside = { readonly serves: Side | 'unknown'; readonly problem: string | null };

/** Whom production serves now, as a browser would see it. */
export async function lookOutside(leg: Leg, signal: AbortSignal): Promise<Outside> {
  const { settings } = leg.deps;
  const sight = await seesAddress({
    verifyUrl: settings.verifyUrl,
    address: addressOf(leg, leg.to),
    other: addressOf(leg, otherSide(leg.to)),
    signal,
  });
  if (sight.seen && sight.otherSeen) return { serves: 'unknown', problem: 'both addresses are in what it serves' };
  if (sight.seen) return { serves: leg.to, problem: null };
  if (sight.otherSeen) return { serves: otherSide(leg.to), problem: null };
  return { serves: 'unknown', problem: sight.problem ?? 'neither address was found in what it serves' };
}

/** Looks again and again until production serves `side`, at most `withinMs`; the last look. */
export async function awaitOutside(leg: Leg, side: Side, withinMs: number, signal: AbortSignal): Promise<Outside> {
  let outside: Outside = { serves: 'unknown', problem: 'there was no time to look' };
  const look = async (limited: AbortSignal): Promise<boolean> => {
    outside = await lookOutside(leg, limited);
    return outside.serves === side;
  };
  await waitUntil(look, { everyMs: 500, limitMs: withinMs, signal });
  return outside;
}

/** In a few words, for a reason: "production still serves the primary". */
export function sayOutside({ serves, problem }: Outside): string {
  return serves === 'unknown' ? `production could not be checked: ${problem}` : `production still serves the ${serves}`;
}

export type Look = {
  readonly project: VercelProject;
  readonly live: VercelDeployment;
  /** Null when settings name no variable. */
  readonly picked: PickedRow | null;
  readonly outside: Outside;
};

/** Everything that decides what will change; read-only. */
export async function lookAtTraffic(leg: Leg, signal: AbortSignal): Promise<Look> {
  const { variable } = leg.deps.settings;
  const [project, rows, outside] = await Promise.all([
    leg.vercel.project(signal),
    variable === undefined ? null : leg.vercel.env(signal),
    lookOutside(leg, signal),
  ]);
  if (project.liveDeploymentId === null) {
    throw new FaultError({
      code: 'nothing-live',
      message: `The Vercel project ${project.name} has no production deployment, so there is no traffic to move.`,
      next: 'Deploy the front end to production once, then try again.',
    });
  }
  const live = await leg.vercel.deployment(project.liveDeploymentId, signal);
  return { project, live, outside, picked: rows === null || variable === undefined ? null : pickRow(rows, variable) };
}

/** The look's sentence about the frozen flag, or null (providers/README section 1.1: days were lost to it). */
export function frozenWarning(project: VercelProject): string | null {
  return project.autoAssignCustomDomains === false
    ? 'New deployments of this project do not go live by themselves (autoAssignCustomDomains is off): later releases must be promoted by hand until it is on.'
    : null;
}

/** Keeps what is known of the twin up to date with what is live. */
export function noteLiveCommit(leg: Leg, liveCommit: string | null): void {
  const twin: LeverMemory['twin'] | null = leg.deps.journal.recall('twin');
  if (twin && twin.liveCommit !== liveCommit) leg.deps.journal.remember('twin', { ...twin, liveCommit });
}
