// The connection doctor: what is wrong with the text of a Postgres URL, given what could be found out about it, and the URL
// put right. Connects to nothing. No answer of `examine` holds the password: `[password]` stands for it.
import type { ConnectionFinding, ConnectionReport } from '../../shared/doctor.ts';
import { factRules } from './connection/fact-rules.ts';
import { type Parts, partsOf, partsOfKeywords, urlOf } from './connection/parts.ts';
import { unwrap } from './connection/paste.ts';
import { placeRules } from './connection/place-rules.ts';
import type { ConnectionFacts, Verdict } from './connection/rule.ts';
import { isPlaceholder, keywordForm, textRules, unreadable, wrapped } from './connection/text-rules.ts';

export type { Parts } from './connection/parts.ts';
export type { ConnectionFacts } from './connection/rule.ts';

type Read = { readonly parts: Parts | null; readonly verdicts: readonly Verdict[] };

/** The URL inside the text, taken apart, and what was wrong around it. For examining and trying only: it holds the password. */
export function readConnection(text: string): Parts | null {
  const { parts } = read(text);
  return parts;
}

/** Whether a login with these parts can be tried: they name host and user, and a password that is not a placeholder. */
export function isTriable({ host, user, password, isPortUnreadable }: Parts): boolean {
  if (host === '' || host.startsWith('/') || user === '' || isPortUnreadable) return false;
  return password === null || !isPlaceholder(password);
}

function read(text: string): Read {
  const pasted = unwrap(text);
  if (pasted.kind === 'url') return { parts: partsOf(pasted.url), verdicts: pasted.wrapping.map(wrapped) };
  if (pasted.kind !== 'keywords') return { parts: null, verdicts: [unreadable(pasted.kind)] };
  const parts = partsOfKeywords(pasted.values);
  return { parts, verdicts: [keywordForm(parts)] };
}

const rank = { bad: 0, warn: 1, ok: 2 } as const;

/** Findings, the worst first, and the corrected URL. */
export function examine(text: string, facts: ConnectionFacts = {}): ConnectionReport {
  const { verdicts, corrected } = judge(text, facts);
  const findings = verdicts.map(({ finding }) => finding);
  return {
    findings: findings.sort((a: ConnectionFinding, b: ConnectionFinding) => rank[a.level] - rank[b.level]),
    corrected: corrected && urlOf(corrected, corrected.password === null ? null : '[password]'),
  };
}

/** The corrected URL with the real password, for connecting; never to be shown, logged or sent to a window. Null as in
 *  `ConnectionReport`. */
export function correctedForUse(text: string, facts: ConnectionFacts = {}): string | null {
  const { corrected } = judge(text, facts);
  return corrected && urlOf(corrected, corrected.password === null ? null : encodeURIComponent(corrected.password));
}

function judge(text: string, facts: ConnectionFacts) {
  const { parts, verdicts: around } = read(text);
  if (!parts) return { verdicts: around, corrected: null };
  const own = [...textRules, ...placeRules, ...factRules].flatMap((rule) => rule(parts, facts) ?? []);
  const verdicts = [...around, ...own];
  const fixes = verdicts.flatMap(({ fix }) => fix ?? []);
  // Without user or host there is no URL to offer.
  const isReadable = parts.user !== '' && parts.host !== '' && !parts.host.startsWith('/');
  return { verdicts, corrected: fixes.length > 0 && isReadable ? (Object.assign({}, parts, ...fixes) as Parts) : null };
}
