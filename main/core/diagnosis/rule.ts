// What a rule is, and what rules ask of the facts: who fails and how, who answers, which texts there are. Pure.
import type { Evidence, EvidenceLine, EvidenceOf } from '../../../shared/evidence.ts';
import type { Diagnosis } from '../../../shared/incident.ts';
import type { Role } from '../../../shared/monitor.ts';
import type { ErrorCode } from '../../../shared/observation.ts';
import { plainText } from '../../../shared/redact.ts';
import type { MonitorView } from '../../../shared/snapshot.ts';
import type { Facts } from './facts.ts';
import { sayEvidence } from './say.ts';

export type Confidence = Diagnosis['confidence'];

export type Verdict = Pick<Diagnosis, 'sentence' | 'confidence' | 'evidence' | 'lever'> &
  Partial<Pick<Diagnosis, 'against' | 'suggestion'>>;

/** `judge` gives null where the rule has nothing to say. */
export type Rule = { readonly id: string; readonly judge: (facts: Facts) => Verdict | null };

/** Text seen this long before the first failed check may still be about it. */
const beforeMs = 5 * 60_000;
const longestText = 4_000;

export const isDown = (monitor: MonitorView): boolean => monitor.known === 'down' || monitor.status === 'down';
export const isUp = (monitor: MonitorView): boolean =>
  !isDown(monitor) && (monitor.known === 'up' || monitor.known === 'degraded') && monitor.status !== 'unknown';

/** The monitors of the outage that fail now; all of its monitors once none fails any more. */
export function failing(facts: Facts): readonly MonitorView[] {
  const members = facts.monitors.filter(({ id }) => facts.members.includes(id));
  const down = members.filter(isDown);
  return down.length > 0 ? down : members;
}

export const ofRole = (monitors: readonly MonitorView[], ...roles: readonly Role[]): readonly MonitorView[] =>
  monitors.filter(({ role }) => roles.includes(role));

const connectionCodes: readonly (ErrorCode | undefined)[] = ['refused', 'unreachable', 'timeout', 'dns', 'tls'];

/** Nothing behind the address answered, or something in front of it said so. */
export function isGone({ last }: MonitorView): boolean {
  return connectionCodes.includes(last?.error?.code) || [502, 503, 504, 521, 522, 523].includes(last?.status ?? 0);
}

/** The server answered, and the answer was wrong. */
export function answersBadly({ last }: MonitorView): boolean {
  return last?.error?.code === 'http-status' || last?.error?.code === 'assertion';
}

/** Whether moving traffic would serve users again: a primary fails, and there is a standby that is not known to be down. */
export function standbyHelps(facts: Facts): boolean {
  const primary = ofRole(failing(facts), 'api-primary').length > 0;
  const standby = ofRole(facts.monitors, 'api-standby');
  return primary && standby.some((monitor) => !isDown(monitor));
}

export function evidenceOf<K extends Evidence['kind']>(facts: Facts, kind: K): readonly EvidenceOf<K>[] {
  return facts.evidence.filter((item): item is EvidenceOf<K> => item.kind === kind);
}

/** A monitor's last check as a line. */
export function checkLine({ name, last, since }: MonitorView): EvidenceLine {
  const text =
    last?.error?.message ?? (last?.latencyMs == null ? 'No answer yet.' : `Answers in ${Math.round(last.latencyMs)} ms.`);
  return { source: plainText(name, 200), text: plainText(text, 500), at: last?.at ?? since ?? new Date(0).toISOString() };
}

/** A text that somebody's program wrote: the log's, a failing answer's, a check's own error. */
export type Clue = { readonly from: 'log' | 'answer' | 'check' | 'tracker'; readonly text: string; readonly line: EvidenceLine };

/** Everything written about the outage, as far as it was written since shortly before it began. */
export function clues(facts: Facts): readonly Clue[] {
  const since = facts.openedAt - beforeMs;
  const logs = evidenceOf(facts, 'log').flatMap((log) =>
    log.lines
      .filter(({ at }) => at === null || Date.parse(at) >= since)
      .map(
        ({ text, at }): Clue => ({
          from: 'log',
          text: cut(text),
          line: { source: log.source, text: plainText(text, 1_000), at: at ?? log.at },
        }),
      ),
  );
  const answers = failing(facts).flatMap((monitor): Clue[] => {
    const { excerpt, error, at = '' } = monitor.last ?? {};
    const own = (from: Clue['from'], text: string | undefined): Clue[] =>
      text === undefined ? [] : [{ from, text: cut(text), line: { source: monitor.name, text: plainText(text, 1_000), at } }];
    return [...own('answer', excerpt), ...own('check', error?.message)];
  });
  const tracked = evidenceOf(facts, 'errors').flatMap((tracker) =>
    tracker.errors
      .filter(({ lastAt }) => lastAt !== null && Date.parse(lastAt) >= since)
      .map(
        ({ title, lastAt }): Clue => ({
          from: 'tracker',
          text: cut(title),
          line: { source: tracker.source, text: plainText(title, 1_000), at: lastAt ?? tracker.at },
        }),
      ),
  );
  return [...logs, ...answers, ...tracked];
}

const cut = (text: string): string => text.slice(0, longestText);

/** The clues that fit, at most three of each kind. */
export function cluesThat(facts: Facts, pattern: RegExp): readonly Clue[] {
  const found = clues(facts).filter(({ text }) => pattern.test(text));
  return (['log', 'answer', 'check', 'tracker'] as const).flatMap((from) =>
    found.filter((clue) => clue.from === from).slice(0, 3),
  );
}

/** How many independent witnesses the clues are: a log and an answer may tell of the same, but not the same lie. */
export function witnesses(found: readonly Clue[]): number {
  return new Set(found.map(({ from }) => (from === 'check' ? 'answer' : from))).size;
}

export const lines = (found: readonly Clue[]): EvidenceLine[] => found.map(({ line }) => line);
export const said = (items: readonly Evidence[]): EvidenceLine[] => items.flatMap(sayEvidence);

/** One step less sure, for evidence that contradicts. */
export function lessSure(confidence: Confidence): Confidence {
  return confidence === 'high' ? 'medium' : 'low';
}
