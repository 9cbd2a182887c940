// The journal in memory, with every save kept in order, and a switch to refuse as a full disk does. The file's own rules
// (who sees what, what is kept) are tested against the real one.
import type { Journal, JournalRun, LeverMemory, LeverName } from '../../main/engine/levers.ts';
import { FaultError } from '../../shared/fault.ts';

export type RefusingJournal = Journal & {
  readonly saves: JournalRun[];
  /** A save throws when it returns true for the entry. */
  refuse: (entry: JournalRun) => boolean;
};

export function refusingJournal(): RefusingJournal {
  const entries = new Map<string, { entry: JournalRun; change: number; cancelAt: number | null }>();
  const levers = new Map<LeverName, LeverMemory[LeverName]>();
  const saves: JournalRun[] = [];
  const all = () => [...entries.values()];
  return {
    saves,
    refuse: () => false,
    save(entry) {
      if (this.refuse(entry)) {
        throw new FaultError({ code: 'disk-full', message: 'The disk is full.', next: 'Free some space.', exitCode: 1 });
      }
      const copy = structuredClone(entry);
      saves.push(copy);
      const old = entries.get(entry.run.id);
      const isNew = old?.entry.run.state === 'interrupted' && entry.run.state === 'running';
      entries.set(entry.run.id, { entry: copy, change: saves.length, cancelAt: isNew ? null : (old?.cancelAt ?? null) });
    },
    run: (id) => entries.get(id)?.entry ?? null,
    unfinished: () =>
      all().flatMap(({ entry }) => (entry.run.state === 'running' || entry.run.state === 'interrupted' ? [entry] : [])),
    recent: (limit) =>
      all()
        .map(({ entry }) => entry.run)
        .toReversed()
        .slice(0, limit),
    changedSince: (mark) => ({
      mark: saves.length,
      runs: all().flatMap(({ entry, change }) => (mark !== null && change > mark ? [entry.run] : [])),
    }),
    askToCancel(id, at) {
      const known = entries.get(id);
      if (known?.entry.run.state === 'running') known.cancelAt ??= at;
    },
    cancelAsked: (id) => typeof entries.get(id)?.cancelAt === 'number',
    recall: <N extends LeverName>(name: N) => (levers.get(name) as LeverMemory[N] | undefined) ?? null,
    remember: (name, value) => void levers.set(name, value),
  };
}
