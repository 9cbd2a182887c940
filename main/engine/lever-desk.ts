// Tells what the levers do: runs of this process as they happen, runs of others once the database has changed, and the
// levers' positions whenever they differ from what is shown. Moves nothing.
import type { EventBody } from '../../shared/events.ts';
import { noLevers } from '../../shared/lever.ts';
import type { Run } from '../../shared/run.ts';
import type { Snapshot } from '../../shared/snapshot.ts';
import type { Clock } from './ports.ts';

export type LeverParts = Pick<Snapshot, 'traffic' | 'banner' | 'levers' | 'runs'>;

/** What the engine asks about the levers; both answers come out of the journal and the settings. */
export type LeverPort = {
  view(now: number): LeverParts;
  /** Runs that any process saved since the last call, oldest first; none at the first. */
  changes(): readonly Run[];
};

/** For an engine without levers. */
export const withoutLevers: LeverPort = {
  view: () => ({
    traffic: { target: 'unknown', verifiedAt: null, way: null },
    banner: { on: false, text: null, verifiedAt: null, severity: null, expiresAt: null, way: null },
    levers: noLevers,
    runs: [],
  }),
  changes: () => [],
};

export type LeverDesk = {
  /** A run of this process came to a new state, which is stored. */
  run(run: Run): void;
  /** Somebody else may have written. */
  look(): void;
  /** Positions may have changed. */
  refresh(): void;
  stop(): void;
};

/** While another process moves a lever, its steps are looked up this often. */
const followMs = 250;

export function makeLeverDesk(
  port: LeverPort,
  shown: () => Snapshot,
  clock: Pick<Clock, 'now' | 'after'>,
  publish: (body: EventBody) => void,
): LeverDesk {
  port.changes();
  let cancelLook: (() => void) | null = null;
  const run = (next: Run): void => {
    const before = shown().runs.find((one) => one.id === next.id);
    if (same(before, next)) return;
    if (next.state !== 'running') publish({ event: 'run.finished', run: next });
    else publish({ event: before ? 'run.step' : 'run.started', run: next });
  };
  const refresh = (): void => {
    const { runs, ...parts } = port.view(clock.now());
    const before = shown();
    const changed = (Object.keys(parts) as (keyof typeof parts)[]).filter((name) => !same(before[name], parts[name]));
    // A run that ended long ago makes room, which no event of its own tells.
    const dropped = before.runs.length > runs.length;
    if (changed.length === 0 && !dropped) return;
    const body = Object.fromEntries(changed.map((name) => [name, parts[name]]));
    publish({ event: 'view.changed', ...body, ...(dropped ? { runs } : {}) });
  };
  const look = (): void => {
    cancelLook?.();
    cancelLook = null;
    const changed = port.changes();
    for (const next of changed) run(next);
    refresh();
    if (changed.some(({ state }) => state === 'running')) cancelLook = clock.after(followMs, look);
  };
  return {
    run(next) {
      run(next);
      if (next.state !== 'running') refresh();
    },
    look,
    refresh,
    stop() {
      cancelLook?.();
      cancelLook = null;
    },
  };
}

function same(a: unknown, b: unknown): boolean {
  return JSON.stringify(a) === JSON.stringify(b);
}
