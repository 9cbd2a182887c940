// Decides whether traffic should go to the standby without anybody asking, and why not (DESIGN section 7). Pure: everything
// that must be found out first is handed in. Never decides for the way back.

export type PrimaryMonitor = {
  readonly name: string;
  readonly status: string;
  /** When the status began; for `down` the first failed check. Epoch ms. */
  readonly since: number | null;
  /** Its last check, epoch ms, and the time between two. */
  readonly lastAt: number | null;
  readonly intervalMs: number;
  readonly inMaintenance: boolean;
};

/** What is known at any time. */
export type FailoverState = {
  /** Epoch ms. */
  readonly now: number;
  readonly mode: 'off' | 'suggest' | 'automatic';
  readonly afterMs: number;
  readonly cooldownMs: number;
  /** Where Signalbox last put traffic. */
  readonly traffic: 'primary' | 'standby' | 'unknown';
  /** When traffic last moved or a switch was last tried, whoever did it; epoch ms. */
  readonly lastMoveAt: number | null;
  /** Monitors of the role `api-primary` that check it themselves; what a status page says is no probe of ours. */
  readonly primaries: readonly PrimaryMonitor[];
  readonly connectivity: 'online' | 'offline' | 'captive' | 'unguarded';
  /** Everything is paused until then, epoch ms. */
  readonly pausedUntil: number | null;
  /** The outage that the primary is part of. */
  readonly incident: { readonly id: string; readonly flapping: boolean } | null;
  /** Why moving traffic would not help. */
  readonly warning: string | null;
};

/** What was found out just now, for this decision. */
export type FailoverProof = {
  readonly standbyHealthy: boolean;
  /** `unguarded`: nobody could be asked. */
  readonly machine: 'online' | 'offline' | 'captive' | 'unguarded';
  /** Whom production serves, read from outside. */
  readonly serves: 'primary' | 'standby' | 'unknown';
  /** Null when the lease is ours, or when nobody acts; otherwise who holds it. */
  readonly leaseProblem: string | null;
};

export type FailoverDecision = {
  readonly act: 'nothing' | 'suggest' | 'switch';
  /** For people. */
  readonly sentence: string;
  /** Everything that speaks against it, a sentence each. */
  readonly blockers: readonly string[];
};

/** Checks missed in a row after which the last one says nothing about now. */
const staleIntervals = 3;
/** A check takes its time, and so does a retry. */
const staleSlackMs = 30_000;

/** What speaks against it before anybody is asked; while there is something, asking is of no use. */
export function standingBlockers(state: FailoverState): readonly string[] {
  const { now, mode, traffic, connectivity, incident, warning, pausedUntil } = state;
  const stale = downs(state).filter((one) => isStale(one, now));
  return [
    ...(mode === 'off' ? ['Automation is off.'] : []),
    ...(traffic === 'standby' ? ['Traffic is on the standby already.'] : []),
    ...(pausedUntil !== null && pausedUntil > now ? ['Everything is paused.'] : []),
    ...downBlockers(state),
    ...(stale.length > 0 ? [`The last check of ${names(stale)} is too old to say how it is now.`] : []),
    ...(state.primaries.some((one) => one.inMaintenance) ? ['The primary is in maintenance.'] : []),
    ...(connectivity === 'offline' || connectivity === 'captive' ? ['This machine is not online.'] : []),
    ...(mode === 'automatic' && connectivity === 'unguarded' ? [unproven] : []),
    ...(incident === null ? ['No outage of the primary is open.'] : []),
    ...(incident?.flapping ? ['The outage is flapping: it comes and goes.'] : []),
    ...cooldownBlockers(state),
    ...(warning === null ? [] : [warning]),
  ];
}

export function decide(state: FailoverState, proof: FailoverProof): FailoverDecision {
  const { mode } = state;
  const { standbyHealthy, machine, serves, leaseProblem } = proof;
  const blockers = [
    ...standingBlockers(state),
    ...(standbyHealthy ? [] : ['The standby does not answer healthily now.']),
    ...(machine === 'offline' || machine === 'captive' ? ['This machine is not online.'] : []),
    ...(mode === 'automatic' && machine === 'unguarded' ? [unproven] : []),
    ...(serves === 'primary'
      ? []
      : [`Production ${serves === 'standby' ? 'is served by the standby already' : 'could not be checked'}.`]),
    ...(mode === 'automatic' && leaseProblem !== null ? [leaseProblem] : []),
  ];
  const unique = [...new Set(blockers)];
  const [first] = unique;
  if (first !== undefined) return { act: 'nothing', sentence: first, blockers: unique };
  const why = `${names(longDown(state))} ${longDown(state).length === 1 ? 'has' : 'have'} been down for ${minutes(downMs(state))} and the standby answers`;
  return mode === 'automatic'
    ? { act: 'switch', sentence: `${why}: traffic goes to the standby.`, blockers: [] }
    : { act: 'suggest', sentence: `${why}. Traffic can go to the standby.`, blockers: [] };
}

const unproven = 'No witnesses are set (`connectivity.probes`), so this machine cannot prove that it is online.';

const downs = ({ primaries }: FailoverState): readonly PrimaryMonitor[] => primaries.filter((one) => one.status === 'down');

function downBlockers(state: FailoverState): readonly string[] {
  if (state.primaries.length === 0) return ['No monitor has the role api-primary.'];
  if (downs(state).length === 0) return ['The primary is not down.'];
  if (longDown(state).length > 0) return [];
  return [`The primary is not down for ${minutes(state.afterMs)} yet.`];
}

function longDown(state: FailoverState): readonly PrimaryMonitor[] {
  return downs(state).filter(({ since }) => since !== null && state.now - since >= state.afterMs);
}

/** How long the first of them has been down. */
function downMs(state: FailoverState): number {
  return state.now - Math.min(...longDown(state).map(({ since }) => since ?? state.now));
}

function isStale({ lastAt, intervalMs }: PrimaryMonitor, now: number): boolean {
  return lastAt === null || now - lastAt > staleIntervals * intervalMs + staleSlackMs;
}

function cooldownBlockers({ lastMoveAt, cooldownMs, now }: FailoverState): readonly string[] {
  if (lastMoveAt === null || now - lastMoveAt >= cooldownMs) return [];
  return [`Traffic was moved less than ${minutes(cooldownMs)} ago.`];
}

const names = (list: readonly PrimaryMonitor[]): string => list.map(({ name }) => name).join(', ');

function minutes(ms: number): string {
  return ms < 120_000 ? `${Math.round(ms / 1_000)} s` : `${Math.floor(ms / 60_000)} min`;
}
