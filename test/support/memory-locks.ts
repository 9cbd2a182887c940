// Lever locks within one process, and a way to play another process that holds one.
import type { LeverLocks } from '../../main/engine/levers.ts';
import type { RunAction } from '../../shared/run.ts';

export type MemoryLocks = LeverLocks & { readonly taken: Set<RunAction> };

export function memoryLocks(): MemoryLocks {
  const taken = new Set<RunAction>();
  const needs = (action: RunAction): readonly RunAction[] => (action === 'drill' ? ['traffic', 'drill'] : [action]);
  return {
    taken,
    take(action) {
      const names = needs(action);
      if (names.some((name) => taken.has(name))) return 'taken';
      for (const name of names) taken.add(name);
      return {
        release() {
          for (const name of names) taken.delete(name);
        },
      };
    },
    held: (action) => taken.has(action),
  };
}
