// Joins the levers for a face: journal, locks, actions, and how they stand. The engine's process and every command make
// their own; the journal and the locks keep them from acting at once.
import { homedir } from 'node:os';
import { FaultError } from '../shared/fault.ts';
import { redact } from '../shared/redact.ts';
import type { Run } from '../shared/run.ts';
import type { Settings } from '../shared/settings.ts';
import type { Snapshot } from '../shared/snapshot.ts';
import { deleteDump, listDumps } from './actions/dump-files.ts';
import { folderPath } from './actions/dump-space.ts';
import { leverView } from './actions/lever-view.ts';
import { type Acted, makeLevers } from './actions/levers.ts';
import { twinView } from './actions/traffic.ts';
import { actionFor } from './compose-actions.ts';
import { trafficWarning } from './core/lever-advice.ts';
import type { LeverParts, LeverPort } from './engine/lever-desk.ts';
import type { Journal, Levers } from './engine/levers.ts';
import type { Clock } from './engine/ports.ts';
import { openLeverLocks } from './storage/lever-locks.ts';
import type { SecretStore } from './storage/secrets.ts';

export type LeverSurroundings = {
  readonly settings: () => Settings;
  readonly secrets: SecretStore;
  readonly journal: Journal;
  /** The data folder. */
  readonly folder: string;
  readonly clock: Clock;
  /** What the monitors show now. */
  readonly picture: () => Pick<Snapshot, 'monitors' | 'incidents'>;
  readonly onActed: (acted: Acted) => void;
  readonly onRun: (run: Run) => void;
  readonly onTrouble: (sentence: string) => void;
  /** What automation proposes now. */
  readonly suggestion?: () => string | null;
};

/** Finished runs that a snapshot carries beside those that need somebody. */
const recentRuns = 10;

export function composeLevers(around: LeverSurroundings): Levers {
  const { settings, secrets, journal, folder, clock, picture } = around;
  const directory = (): string | null => {
    const { dump } = settings();
    return dump ? folderPath(dump.directory, homedir(), homedir()) : null;
  };
  return makeLevers({
    journal,
    clock,
    locks: openLeverLocks(folder),
    makeAction: (request) => actionFor(request, { settings, secrets, journal, clock, picture }),
    openIncidents: () => picture().incidents.flatMap(({ id, state }) => (state === 'resolved' ? [] : [id])),
    onActed: around.onActed,
    onRun: around.onRun,
    onTrouble: around.onTrouble,
    clean: (text) => redact(text, secrets.knownValues()),
    dumps: async () => {
      const at = directory();
      return at === null ? [] : await listDumps(at);
    },
    deleteDump: async (name) => {
      const at = directory();
      if (at !== null) await deleteDump(at, name);
    },
    view: (now) =>
      standing({ settings: settings(), journal, picture: picture(), suggestion: around.suggestion?.() ?? null, now }),
  });
}

/** How the levers stand, out of settings, journal and what the monitors show; no request leaves. */
function standing(facts: {
  readonly settings: Settings;
  readonly journal: Pick<Journal, 'recall'>;
  readonly picture: Pick<Snapshot, 'monitors' | 'incidents'>;
  readonly suggestion: string | null;
  readonly now: number;
}): ReturnType<Levers['view']> {
  const { settings, journal, picture, suggestion, now } = facts;
  const twin = twinView(journal.recall('twin'), now);
  return leverView({ settings, journal, warning: trafficWarning(picture), suggestion, twin, now });
}

/** The levers' part of a snapshot that no engine keeps. */
export function rememberedLevers(settings: Settings, journal: Journal, seen: Snapshot, now: number): LeverParts {
  const parts = standing({ settings, journal, picture: seen, suggestion: null, now });
  return { ...parts, runs: [...journal.recent(recentRuns)] };
}

/** What the engine asks about the levers. */
export function leverPort(levers: () => Pick<Levers, 'view'>, journal: Pick<Journal, 'recent' | 'changedSince'>): LeverPort {
  let mark: number | null = null;
  return {
    view: (now) => ({ ...levers().view(now), runs: [...journal.recent(recentRuns)] }),
    changes() {
      const changed = journal.changedSince(mark);
      mark = changed.mark;
      return changed.runs;
    },
  };
}

/** Shows the folder of the dumps. @throws FaultError where there is none, or this face cannot */
export function revealDumps({ dump }: Settings, show: ((folder: string) => void) | undefined): void {
  const folder = dump && folderPath(dump.directory, homedir(), homedir());
  if (folder && show) {
    show(folder);
    return;
  }
  throw new FaultError({
    code: folder ? 'cannot-reveal' : 'not-set-up',
    message: folder ? 'This face of Signalbox cannot open folders.' : 'No folder for dumps is set up.',
    next: folder ? `The dumps are in ${folder}.` : 'Add "dump" to the settings file.',
    exitCode: 1,
  });
}
