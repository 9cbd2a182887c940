// A journal that lives as long as the test: for levers whose runs need no database.
import type { Journal, JournalRun, LeverMemory, LeverName } from '../../main/engine/levers.ts';

export type MemoryJournal = Journal & {
  /** Everything that was ever saved, in order: the first states of a run come before what they announce. */
  readonly saved: readonly JournalRun[];
};

export function memoryJournal(start: Partial<LeverMemory> = {}): MemoryJournal {
  const saved: JournalRun[] = [];
  const memory: { -readonly [N in LeverName]?: LeverMemory[N] } = { ...start };
  const asked = new Set<string>();
  const latest = (): JournalRun[] => [...new Map(saved.map((one) => [one.run.id, one])).values()];
  return {
    saved,
    save: (run) => void saved.push(structuredClone(run)),
    run: (id) => saved.findLast((one) => one.run.id === id) ?? null,
    unfinished: () => latest().filter(({ run }) => run.state === 'running' || run.state === 'interrupted'),
    recent: (limit) =>
      latest()
        .map(({ run }) => run)
        .reverse()
        .slice(0, limit),
    changedSince: (mark) => ({ mark: saved.length, runs: mark === null ? [] : saved.slice(mark).map(({ run }) => run) }),
    askToCancel: (id) => void asked.add(id),
    cancelAsked: (id) => asked.has(id),
    recall: (name) => memory[name] ?? null,
    remember(name, value) {
      memory[name] = structuredClone(value);
    },
  };
}
