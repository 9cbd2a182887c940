// What a benchmark is: a name, a sentence on how it measures and where its limits are, and rows of figures.

/** How much to do: `quick` is a sanity run of about two minutes, `full` also fills the history to ten million rows. */
export type Effort = 'quick' | 'normal' | 'full';

/** One figure. `spread` is the smallest and largest of the `n` samples behind it. */
export type Row = {
  readonly what: string;
  readonly value: number;
  readonly unit: 'ms' | 's' | 'µs' | 'MB' | 'kB' | '%' | '×' | '/s' | '';
  /** Which of the samples `value` is, for example `median` or `p95`; empty when there is one. */
  readonly statistic: string;
  readonly spread: readonly [number, number] | null;
  readonly n: number;
  /** The most that DESIGN section 11 allows; null for figures that only explain others. */
  readonly target: number | null;
};

export type Bench = {
  readonly name: string;
  readonly title: string;
  /** What is measured, how, and what the figures cannot tell. Printed on the page. */
  readonly how: string;
  /** Calls `say` with progress for whoever waits. Rejects when the thing measured did not do its work. */
  run(effort: Effort, say: (text: string) => void): Promise<readonly Row[]>;
};
