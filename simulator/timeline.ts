// A played scenario as people and programs read it.
import type { Played } from './play.ts';
import type { Happening } from './story.ts';

/** Seconds since the beginning, as in ` 12.3 s`. */
function since(startedAt: number, { at }: Happening): string {
  return `${(Math.max(0, at - startedAt) / 1_000).toFixed(1)} s`.padStart(8);
}

/** One line of the timeline. */
export function lineOf(startedAt: number, one: Happening): string {
  return `${since(startedAt, one)}  ${one.who.padEnd(9)}  ${one.text}`;
}

/** The verdict, with a line for each expectation. */
export function verdictLines({ findings, asExpected, tookMs }: Played): readonly string[] {
  const missing = findings.filter((one) => !one.met).length;
  const took = `${(tookMs / 1_000).toFixed(1)} s`;
  return [
    '',
    ...findings.map(({ met, says, problem }) => `  ${met ? '✓' : '✗'} ${says}${met ? '' : ` - ${problem}`}`),
    '',
    asExpected
      ? `As expected, in ${took}.`
      : `Not as expected: ${missing} of ${findings.length} ${missing === 1 ? 'was' : 'were'} not met, in ${took}.`,
  ];
}

/** The same for programs; times are ISO 8601 UTC. */
export function jsonOf({ scenario, title, asExpected, startedAt, tookMs, happenings, findings }: Played): object {
  return {
    ...{ scenario, title, asExpected, startedAt: new Date(startedAt).toISOString(), tookMs },
    timeline: happenings.map(({ at, kind, who, text, tags }) => ({ at: new Date(at).toISOString(), kind, who, text, tags })),
    expectations: findings.map(({ says, met, problem }) => ({ says, met, problem: met ? null : problem })),
  };
}
