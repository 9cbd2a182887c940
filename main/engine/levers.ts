// What runs of the levers need from storage, and what the faces may ask of the levers, as types. main/actions does the
// deeds, main/storage keeps the journal, compose-levers.ts joins them.
import type { DumpFile, LeverRequest, LeversView, Preflight, Severity } from '../../shared/lever.ts';
import type { Run, RunAction, RunBy } from '../../shared/run.ts';
import type { BannerView, TrafficView } from '../../shared/snapshot.ts';

/** Plain data that survives JSON. */
export type Json = string | number | boolean | null | readonly Json[] | { readonly [key: string]: Json };
/** What the steps of a run learned and will need to go on or to take back; never a credential. */
export type Memory = { readonly [key: string]: Json };

/** A run as the journal keeps it. */
export type JournalRun = {
  readonly run: Run;
  readonly request: LeverRequest;
  readonly by: RunBy;
  /** `forward` does the deed, `back` takes an interrupted one back. */
  readonly direction: 'forward' | 'back';
  /** Outages that were open when it began. */
  readonly incidentIds: readonly string[];
  readonly memory: Memory;
};

/** What is known of each lever beyond its runs. Times are epoch milliseconds. */
export type LeverMemory = {
  readonly banner: {
    readonly on: boolean;
    readonly text: string | null;
    readonly severity: Severity | null;
    readonly expiresAt: number | null;
    readonly way: string;
    readonly verifiedAt: number | null;
    /** What the way needs to take it down again: an id at the provider, the value before. */
    readonly handle: Memory;
  };
  readonly traffic: {
    readonly target: 'primary' | 'standby' | 'unknown';
    readonly way: string | null;
    readonly verifiedAt: number | null;
    /** When traffic last moved. */
    readonly at: number;
    /** What was live before it moved, with the other address in it; the quick way back while it is of the live commit. */
    readonly formerDeploymentId?: string | null;
  };
  /** The staged deployment that has the standby's address in it; see actions/twin.ts. */
  readonly twin: {
    readonly deploymentId: string;
    readonly commit: string | null;
    readonly liveCommit: string | null;
    readonly at: number;
  };
  readonly drill: { readonly at: number; readonly runId: string; readonly succeeded: boolean };
  readonly dump: { readonly at: number; readonly name: string; readonly bytes: number };
  /** `suggestedFor` is the outage for which a switch was proposed; `switchedAt` is when automation last moved traffic. */
  readonly automation: { readonly suggestedFor: string | null; readonly switchedAt: number | null };
};
export type LeverName = keyof LeverMemory;

/** Runs and what is known of the levers, in the history database. Every call is stored when it returns. */
export type Journal = {
  save(run: JournalRun): void;
  run(id: string): JournalRun | null;
  /** Stored as running or interrupted; oldest first. */
  unfinished(): readonly JournalRun[];
  /** Newest first; those under way and interrupted always among them. */
  recent(limit: number): readonly Run[];
  /** Runs saved after `mark` by whichever process, oldest first, and the mark to ask with next; `null` asks for the mark only. */
  changedSince(mark: number | null): { readonly mark: number; readonly runs: readonly Run[] };
  /** Whoever executes the run is asked to stop. */
  askToCancel(id: string, at: number): void;
  cancelAsked(id: string): boolean;
  recall<N extends LeverName>(name: N): LeverMemory[N] | null;
  remember<N extends LeverName>(name: N, value: LeverMemory[N]): void;
};

/** Holds a lever for this process until released or its death (a lock of the kernel's, as the engine's own).
 *  `taken`: somebody else's run is under way. */
export type LeverLocks = {
  take(action: RunAction): { release(): void } | 'taken';
  /** Whether some process, ours included, holds it now. */
  held(action: RunAction): boolean;
};

export type HowToRun = {
  readonly by: RunBy;
  readonly force: boolean;
  /** Aborting it cancels the run, which then puts back what it can. */
  readonly signal?: AbortSignal;
  /** Every state of the run, the first and the last included, after it was stored. */
  readonly onRun?: (run: Run) => void;
};

/** `run` is its first state; `finished` never rejects: a failed run is a run with an `error`. */
export type StartedRun = { readonly run: Run; readonly finished: Promise<Run> };

/** The levers, for faces and automation. Methods throw a FaultError for what the user can fix: a lever that is not set up,
 *  busy in another run, a run that cannot be resumed. */
export type Levers = {
  /** Read-only; takes at most 20 s, a cold standby excepted, which is only asked and not waited for. */
  prepare(request: LeverRequest, signal: AbortSignal): Promise<Preflight>;
  /** Looks again itself as its first step, so that what it does is right for now. */
  start(request: LeverRequest, how: HowToRun): Promise<StartedRun>;
  resume(runId: string, how: HowToRun): Promise<StartedRun>;
  undo(runId: string, how: HowToRun): Promise<StartedRun>;
  /** Also for a run of another process. */
  cancel(runId: string): void;
  /** Marks runs whose process died as interrupted and returns them. */
  findInterrupted(): readonly Run[];
  dumps(): Promise<readonly DumpFile[]>;
  deleteDump(name: string): Promise<void>;
  /** Positions and readiness for the snapshot, from settings and journal alone: no request leaves. */
  view(now: number): { readonly traffic: TrafficView; readonly banner: BannerView; readonly levers: LeversView };
  /** Cancels what runs in this process and waits for it. */
  stop(): Promise<void>;
};
