// Causes that lie at a place: this machine, a certificate, a name, a provider's region, the one server.
import type { EvidenceLine, EvidenceOf } from '../../../shared/evidence.ts';
import type { MonitorView } from '../../../shared/snapshot.ts';
import type { Facts } from './facts.ts';
import {
  answersBadly,
  checkLine,
  evidenceOf,
  failing,
  isDown,
  isGone,
  isUp,
  ofRole,
  type Rule,
  said,
  standbyHelps,
  type Verdict,
} from './rule.ts';
import { openIncidents } from './say.ts';

const hostOf = ({ target }: MonitorView): string => target.replace(/:\d+$/, '');
const lever = (facts: Facts): 'traffic' | null => (standbyHelps(facts) ? 'traffic' : null);

/** My Wi-Fi is not their outage. */
export const offline: Rule = {
  id: 'we-are-offline',
  judge(facts) {
    const looked = facts.monitors.filter(({ last, status }) => last !== null && status !== 'paused');
    const evidence = looked.slice(0, 5).map(checkLine);
    if (!facts.online) {
      const sentence = 'This machine is offline: what it cannot reach says nothing about production.';
      return { sentence, confidence: 'high', evidence, lever: null };
    }
    const hosts = new Set(looked.map(hostOf));
    const isAlone =
      looked.length >= 3 && hosts.size >= 3 && looked.every((monitor) => monitor.last?.outcome !== 'up' && isGone(monitor));
    if (!isAlone) return null;
    const sentence = 'Nothing at all can be reached from here, providers’ pages included: it may be this machine’s network.';
    return { sentence, confidence: 'medium', evidence, lever: null };
  },
};

export const certificate: Rule = {
  id: 'certificate-expired',
  judge(facts) {
    const expired = failing(facts).find(
      ({ last }) => last?.error?.code === 'tls' && ((last.certificate?.daysLeft ?? 1) < 0 || /expired/i.test(last.error.message)),
    );
    if (!expired) return null;
    const host = expired.last?.certificate?.host ?? hostOf(expired);
    return {
      sentence: `The certificate of ${host} has expired.`,
      confidence: 'high',
      evidence: [checkLine(expired)],
      lever: lever(facts),
      suggestion:
        'Renew the certificate where it is made: at the host’s dashboard, or by the ACME client that should have done it.',
    };
  },
};

export const nameGone: Rule = {
  id: 'dns-gone',
  judge(facts) {
    const asked = failing(facts).filter(({ last }) => last?.error?.code === 'dns');
    const hosts = new Set(failing(facts).map(hostOf));
    const vanished = evidenceOf(facts, 'dns').filter(
      ({ host, now, error }) => hosts.has(host) && (error !== null || (now.a?.length === 0 && now.aaaa?.length === 0)),
    );
    const [first] = asked;
    if (!first) return null;
    const host = vanished[0]?.host ?? hostOf(first);
    return {
      sentence: `The name ${host} no longer resolves.`,
      confidence: vanished.some(({ before }) => before !== null) ? 'high' : 'medium',
      evidence: [...asked.slice(0, 3).map(checkLine), ...said(vanished)],
      lever: lever(facts),
      suggestion: 'Look at the domain’s DNS records and whether its registration has run out.',
    };
  },
};

type Page = EvidenceOf<'provider-page'>;
type Concern = 'api' | 'database' | 'frontend' | 'none';

/** What a provider's trouble could bring down. */
function concernOf({ provider }: Page): Concern {
  if (/supabase|neon|planetscale|postgres|aiven|database/i.test(provider)) return 'database';
  if (/vercel|netlify/i.test(provider)) return 'frontend';
  if (/rollbar|sentry|slack|github|statuspage|pagerduty/i.test(provider)) return 'none';
  return 'api';
}

const weightOf = { none: 0, maintenance: 1, minor: 1, major: 2, critical: 2 } as const;

export const providerOutage: Rule = {
  id: 'provider-outage',
  judge(facts) {
    const pages = evidenceOf(facts, 'provider-page');
    const verdicts = pages.flatMap((page) => judgePage(facts, page, pages) ?? []);
    return (
      verdicts.find(({ confidence }) => confidence === 'high') ??
      verdicts.find(({ confidence }) => confidence === 'medium') ??
      verdicts[0] ??
      null
    );
  },
};

function judgePage(facts: Facts, page: Page, pages: readonly Page[]): Verdict | null {
  const { report, provider } = page;
  const ours = openIncidents(report).filter(({ concernsUs }) => concernsUs);
  const weight = weightOf[report.severity];
  const hit = struckBy(facts, concernOf(page));
  if (weight === 0 || hit.length === 0) return null;
  const healthy = pages.filter((other) => other !== page && other.report.severity === 'none');
  const sick = pages.filter((other) => other !== page && weightOf[other.report.severity] > 0);
  const gone = hit.filter(isGone);
  const isSure = weight === 2 && ours.length > 0 && gone.length > 0 && sick.length === 0;
  const isLikely = gone.length > 0 || (weight === 2 && hit.length > 0);
  const name = ours[0]?.name;
  const place = placeIn(report);
  const size = report.severity === 'maintenance' ? 'maintenance' : weight === 2 ? 'a major outage' : 'trouble';
  return {
    sentence: `${provider} reports ${size}${place ? ` in ${place}` : name ? `: “${name}”` : ''}.`,
    confidence: isSure ? 'high' : isLikely ? 'medium' : 'low',
    evidence: [...hit.slice(0, 3).map(checkLine), ...said([page]), ...said(healthy)],
    against: againstPage(facts, sick),
    lever: concernOf(page) === 'api' && standbyHelps(facts) ? 'traffic' : null,
    suggestion: ours.find(({ url }) => url !== null)?.url ?? null,
  };
}

function struckBy(facts: Facts, concern: Concern): readonly MonitorView[] {
  const down = failing(facts);
  if (concern === 'none') return [];
  if (concern === 'frontend') return ofRole(down, 'frontend');
  if (concern === 'api')
    return ofRole(down, 'api-primary', 'api-standby', 'other').filter((monitor) => isGone(monitor) || answersBadly(monitor));
  const database = ofRole(down, 'database');
  return database.length > 0 ? database : ofRole(down, 'api-primary').filter(answersBadly);
}

/** `Frankfurt` out of `Frankfurt / Web Services`: what people call the place. */
function placeIn({ components }: Page['report']): string | null {
  const bad = components.find(({ status }) => !/^(operational|none|up)$/i.test(status));
  return bad?.name.split(' / ')[0]?.trim() || null;
}

function againstPage(facts: Facts, sick: readonly Page[]): EvidenceLine[] {
  const answering = ofRole(facts.monitors, 'api-primary').filter(isUp).map(checkLine);
  return [...answering.slice(0, 3), ...said(sick)];
}

/** The last resort of the rules: one server is gone, and nothing says why. */
export const serverGone: Rule = {
  id: 'server-unreachable',
  judge(facts) {
    const down = ofRole(failing(facts), 'api-primary').filter(isGone);
    const others = facts.monitors.filter((monitor) => isUp(monitor) && !down.includes(monitor));
    const [first] = down;
    if (!first || others.length === 0 || ofRole(facts.monitors, 'api-primary').some(isUp)) return null;
    return {
      sentence: `The server behind ${hostOf(first)} does not answer, and nothing that was found says why.`,
      confidence: 'low',
      evidence: [...down.slice(0, 3).map(checkLine), ...others.slice(0, 3).map(checkLine)],
      lever: lever(facts),
    };
  },
};

export const standbyOnly: Rule = {
  id: 'standby-only',
  judge(facts) {
    const down = failing(facts);
    if (down.length === 0 || !down.every(({ role }) => role === 'api-standby')) return null;
    if (ofRole(facts.monitors, 'api-primary').some(isDown)) return null;
    const sentence = 'Only the standby is down: users are served by the primary, but there is nothing to fall back on.';
    return {
      sentence,
      confidence: 'medium',
      evidence: [...down, ...ofRole(facts.monitors, 'api-primary')].slice(0, 4).map(checkLine),
      lever: null,
    };
  },
};

export const frontendOnly: Rule = {
  id: 'frontend-only',
  judge(facts) {
    const down = failing(facts);
    const api = ofRole(facts.monitors, 'api-primary');
    if (down.length === 0 || !down.every(({ role }) => role === 'frontend') || api.length === 0 || !api.every(isUp)) return null;
    const sentence = 'Only the front end fails; the API answers.';
    return { sentence, confidence: 'medium', evidence: [...down, ...api].slice(0, 4).map(checkLine), lever: null };
  },
};
