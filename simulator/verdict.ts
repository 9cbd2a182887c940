// Whether a story went as a scenario expects. Pure: happenings and expectations in, findings out.
import type { Expectation, Times } from './scenarios/scenario.ts';
import type { Happening } from './story.ts';

export type Pace = keyof Times;

export type Finding = {
  readonly says: string;
  readonly met: boolean;
  /** What was seen instead; empty when it was met. */
  readonly problem: string;
  /** No happening to come can make it met any more. */
  readonly lost: boolean;
};

export type Measure = {
  readonly pace: Pace;
  /** Added to every limit: for a Signalbox that has reasons to take longer, such as an outage a moment ago. */
  readonly allowanceMs: number;
};

/** One finding per expectation, in their order. */
export function judge(
  happenings: readonly Happening[],
  expectations: readonly Expectation[],
  measure: Measure,
): readonly Finding[] {
  return expectations.map((expectation) => {
    const { says, count = {} } = expectation;
    const { max = Number.POSITIVE_INFINITY, min = max === 0 ? 0 : 1 } = count;
    const found = happenings.flatMap((one, index) => (fits(one, expectation) ? [{ one, index }] : []));
    const lost = (problem: string): Finding => ({ says, met: false, problem, lost: true });
    if (found.length > max) return lost(max === 0 ? `but: ${found[0]?.one.text}` : `but it happened ${found.length} times`);
    if (found.length < min)
      return { says, met: false, problem: found.length === 0 ? 'did not happen' : 'not often enough', lost: false };
    if (min === 0) return { says, met: true, problem: '', lost: false };
    // What belongs to the recovery does not count when it came before the end of the fault.
    const after = expectation.after ? switchedAt(happenings, expectation) : -1;
    const first = found.find(({ index }) => index > after);
    if (first === undefined) return { says, met: false, problem: 'did not happen after that', lost: false };
    const late = lateness(happenings, expectation, first.one, measure);
    return late > 0 ? lost(`but ${(late / 1_000).toFixed(1)} s too late`) : { says, met: true, problem: '', lost: false };
  });
}

function fits(one: Happening, { kind, tags = [] }: Expectation): boolean {
  // Whoever opens an incident is in it.
  const isKind = one.kind === kind || (kind === 'incident-joined' && one.kind === 'incident-opened');
  return isKind && tags.every((tag) => one.tags.some((own) => own === tag || (kind === 'head' && own.includes(tag))));
}

function switchedAt(happenings: readonly Happening[], { after }: Expectation): number {
  if (!after) return -1;
  return happenings.findIndex((one) => one.kind === (after.on ? 'fault-on' : 'fault-off') && one.tags.includes(after.fault));
}

function lateness(happenings: readonly Happening[], expectation: Expectation, first: Happening, measure: Measure): number {
  const from = happenings[switchedAt(happenings, expectation)];
  return expectation.within && from ? first.at - from.at - expectation.within[measure.pace] - measure.allowanceMs : 0;
}
