// What an imported settings file would change, in words. Pure.
import { count } from '../figures.ts';
import { monitorsOf } from './monitors-model.ts';
import { changedSections } from './sections.ts';
import type { Raw } from './values.ts';

export type Comparison = {
  /** `6 monitors instead of 2`. */
  readonly monitors: string;
  /** Titles of sections that would differ. */
  readonly changed: readonly string[];
};

export function compare(incoming: Raw, present: Raw): Comparison {
  const [next, now] = [monitorsOf(incoming).length, monitorsOf(present).length];
  const monitors = next === now ? count(next, 'monitor') : `${count(next, 'monitor')} instead of ${now}`;
  return { monitors, changed: changedSections(incoming, present).map(({ title }) => title) };
}
