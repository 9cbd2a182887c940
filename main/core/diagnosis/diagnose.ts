// The likely cause of an outage, out of what is known: every rule judges the facts, the surest verdict wins, and of equally sure
// ones the more specific, which stands further up. Pure and total: it always answers.
import type { Diagnosis } from '../../../shared/incident.ts';
import { plainText } from '../../../shared/redact.ts';
import { codeFails, deployBroke, deployFailed, deployRuns, onlySlow, probeRefused, rateLimited } from './change-rules.ts';
import {
  databaseDisk,
  databaseDown,
  databaseFull,
  databasePassword,
  databaseUser,
  ipv6Only,
  oneWay,
  projectPaused,
  unreachableFromApi,
} from './database-rules.ts';
import type { Facts } from './facts.ts';
import { certificate, frontendOnly, nameGone, offline, providerOutage, serverGone, standbyOnly } from './place-rules.ts';
import { checkLine, failing, type Rule, type Verdict } from './rule.ts';
import { sayEvidence } from './say.ts';

/** The most specific first. */
export const rules: readonly Rule[] = [
  offline,
  certificate,
  nameGone,
  ipv6Only,
  databaseUser,
  databasePassword,
  databaseFull,
  databaseDisk,
  projectPaused,
  oneWay,
  providerOutage,
  databaseDown,
  deployBroke,
  deployFailed,
  unreachableFromApi,
  deployRuns,
  codeFails,
  probeRefused,
  rateLimited,
  onlySlow,
  standbyOnly,
  frontendOnly,
  serverGone,
];

const sureness = { high: 0, medium: 1, low: 2 } as const;
const most = { evidence: 50, others: 5 } as const;

/** The surest cause, with what speaks for and against it, and the others that the facts allow. */
export function diagnose(facts: Facts): Diagnosis {
  const verdicts = rules.flatMap((rule) => {
    const verdict = rule.judge(facts);
    return verdict === null ? [] : [{ rule: rule.id, ...verdict }];
  });
  const ranked = verdicts.toSorted((a, b) => sureness[a.confidence] - sureness[b.confidence]);
  const [first, ...others] = ranked;
  if (!first) return unknown(facts);
  return {
    rule: first.rule,
    sentence: plainText(first.sentence, 1_000),
    confidence: first.confidence,
    lever: first.lever,
    ...texts(first),
    others: others
      .slice(0, most.others)
      .map(({ rule, sentence, confidence }) => ({ rule, confidence, sentence: plainText(sentence, 1_000) })),
  };
}

function texts({ evidence, against = [], suggestion = null }: Verdict): Pick<Diagnosis, 'evidence' | 'against' | 'suggestion'> {
  return {
    evidence: evidence.slice(0, most.evidence),
    against: against.slice(0, most.evidence),
    suggestion: suggestion === null ? null : plainText(suggestion, 1_000),
  };
}

/** The rule `unknown`: nothing is claimed, and everything is laid out. */
function unknown(facts: Facts): Diagnosis {
  const evidence = [...failing(facts).map(checkLine), ...facts.evidence.flatMap(sayEvidence)].slice(0, most.evidence);
  const sentence = 'The cause is not known yet.';
  return { rule: 'unknown', sentence, confidence: 'low', evidence, lever: null, against: [], suggestion: null, others: [] };
}
