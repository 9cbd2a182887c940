// What a scenario is made of: a timeline of faults and the story that Signalbox is expected to tell about them. Data only.

import type { Input } from '../../shared/ipc.ts';

/** As the window asks for it. */
export type LeverRequest = Input<'lever.prepare'>['request'];

/** The same moment or span at a person's pace and at that of tests, milliseconds. */
export type Times = { readonly usual: number; readonly fast: number };

/** A change on Render's status page that is no fault of ours, such as trouble in another region. */
type PageChange = {
  readonly component: string;
  /** Statuspage's word, such as `degraded_performance`. */
  readonly status: string;
  /** A minor incident's title; null when there is none. */
  readonly incident: string | null;
};

/** One thing that happens in the yard, `at` after the start. */
export type Step = { readonly at: Times } & (
  | { readonly switch: string; readonly on: boolean }
  /** Said in the timeline: what a person would have seen or done. */
  | { readonly note: string }
  | { readonly page: PageChange }
  /** The standby's server stops, as after its idle time. */
  | { readonly sleep: 'standby' }
  /** Signalbox is asked to check this monitor now. */
  | { readonly check: string }
  /** A person pulls a lever in Signalbox and confirms what it asks. */
  | { readonly lever: LeverRequest }
);

/** Kinds of what a story is told of (story.ts). */
export type HappeningKind =
  | 'note'
  | 'fault-on'
  | 'fault-off'
  | 'signal'
  | 'incident-opened'
  | 'incident-joined'
  | 'incident-flapping'
  | 'incident-resolved'
  | 'slack'
  | 'rollbar'
  | 'alert-failed'
  | 'connectivity'
  | 'woke'
  | 'head'
  | 'diagnosis'
  | 'lever';

/** Something that must happen so and so often, or never. */
export type Expectation = {
  /** The expectation in words, as it stands in the verdict. */
  readonly says: string;
  readonly kind: HappeningKind;
  /** Words that all of them must be among the happening's tags. */
  readonly tags?: readonly string[];
  /** How often it must happen; once or more when absent. */
  readonly count?: { readonly min?: number; readonly max?: number };
  /** The first one comes no later than this after the fault `after` was switched on or off. */
  readonly within?: Times;
  readonly after?: { readonly fault: string; readonly on: boolean };
};

export type Scenario = {
  readonly id: string;
  readonly title: string;
  /** A sentence or two for people who choose. */
  readonly about: string;
  readonly steps: readonly Step[];
  /** What must happen and what must not. */
  readonly expect: readonly Expectation[];
  /** From the last step until the story must be complete. */
  readonly patience: Times;
  /** Watched this long after the last step even when all that must happen has happened: for what must not. */
  readonly quiet: Times;
};

/** Seconds at a person's pace and at that of tests. */
export function seconds(usual: number, fast: number): Times {
  return { usual: usual * 1_000, fast: fast * 1_000 };
}

const never = { max: 0 } as const;
const once = { min: 1, max: 1 } as const;

/** An incident opens within so long of the fault, with these monitors in it, and is told once per channel. */
export function outage(fault: string, monitors: readonly string[], within: Times): readonly Expectation[] {
  const after = { fault, on: true } as const;
  return [
    { says: 'one incident opens', kind: 'incident-opened', count: once, within, after },
    { says: 'the signal turns red', kind: 'signal', tags: ['red'], within, after },
    { says: 'Slack is told once that it began', kind: 'slack', tags: ['opened'], count: once },
    { says: 'Rollbar gets one item', kind: 'rollbar', tags: ['active'], count: once },
    ...monitors.map((id): Expectation => ({ says: `“${id}” is in the incident`, kind: 'incident-joined', tags: [id] })),
  ];
}

/** It is over within so long of the fault's end, and that is told once per channel. */
export function recovery(fault: string, within: Times): readonly Expectation[] {
  const after = { fault, on: false } as const;
  return [
    { says: 'the incident is resolved', kind: 'incident-resolved', count: once, within, after },
    { says: 'the Rollbar item is resolved', kind: 'rollbar', tags: ['resolved'], count: once, within, after },
    { says: 'Slack is told once that it is over', kind: 'slack', tags: ['resolved'], count: once, within, after },
    { says: 'the signal is green again', kind: 'signal', tags: ['green'], after },
  ];
}

/** These monitors are never blamed. */
export function spared(...monitors: readonly string[]): readonly Expectation[] {
  return monitors.map((id) => ({ says: `“${id}” stays out of it`, kind: 'incident-joined', tags: [id], count: never }));
}

/** No incident and no message about it. */
export const silence: readonly Expectation[] = [
  { says: 'no incident opens', kind: 'incident-opened', count: never },
  { says: 'the signal is never red', kind: 'signal', tags: ['red'], count: never },
  { says: 'nothing is said in Slack', kind: 'slack', count: never },
  { says: 'nothing is sent to Rollbar', kind: 'rollbar', count: never },
];

/** A cause is named, by its rule, with the lever that helps (`no lever` where none does), and is what is believed at the end. */
export function diagnosed(says: string, rule: string, lever: string, fault: string, within: Times): Expectation {
  return { says, kind: 'diagnosis', tags: [rule, lever], within, after: { fault, on: true } };
}

/** The lever was pulled once and did what it should, seen from outside where that can be seen. */
export function pulled(says: string, ...tags: readonly string[]): Expectation {
  return { says, kind: 'lever', tags: [...tags, 'succeeded'], count: { min: 1, max: 1 } };
}
