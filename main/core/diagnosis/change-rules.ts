// Causes that lie in what somebody did: a deploy, new code, a password of our own; and those that are no outage at all.
import type { Deploy, EvidenceLine, EvidenceOf } from '../../../shared/evidence.ts';
import type { Facts } from './facts.ts';
import {
  answersBadly,
  checkLine,
  cluesThat,
  evidenceOf,
  failing,
  isUp,
  lines,
  ofRole,
  type Rule,
  said,
  witnesses,
} from './rule.ts';
import { sayDeploy } from './say.ts';

const minuteMs = 60_000;
/** A release shows what it broke at once; later than this it is a coincidence more often than a cause. */
const liveBeforeMs = 15 * minuteMs;
const failedAroundMs = 30 * minuteMs;
const traceback =
  /Traceback \(most recent call last\)|Unhandled(Promise)?Rejection|UnhandledException|TypeError:|ReferenceError:|ImportError|ModuleNotFoundError|SyntaxError|NullPointerException|panic:|KeyError:|AttributeError:/;

type Deploys = EvidenceOf<'deploys'>;
type One = { readonly list: Deploys; readonly deploy: Deploy };

function deploysThat(facts: Facts, fits: (deploy: Deploy) => boolean): readonly One[] {
  return evidenceOf(facts, 'deploys').flatMap((list) => list.deploys.filter(fits).map((deploy) => ({ list, deploy })));
}

const deployLine = ({ list, deploy }: One): EvidenceLine => ({
  source: list.source,
  text: sayDeploy(list.service, deploy),
  at: deploy.finishedAt ?? deploy.createdAt,
});

/** A deploy at Vercel can break the front end, one at Render the API. */
function couldBreak(facts: Facts, { list }: One): boolean {
  const down = failing(facts);
  return list.provider === 'vercel' ? ofRole(down, 'frontend').length > 0 : ofRole(down, 'api-primary', 'other').length > 0;
}

export const deployBroke: Rule = {
  id: 'deploy-broke-it',
  judge(facts) {
    const isJustLive = ({ state, finishedAt, createdAt }: Deploy): boolean => {
      const before = facts.openedAt - Date.parse(finishedAt ?? createdAt);
      return state === 'live' && before >= -minuteMs && before <= liveBeforeMs;
    };
    const [live] = deploysThat(facts, isJustLive).filter((one) => couldBreak(facts, one));
    if (!live) return null;
    const minutes = Math.max(
      0,
      Math.round((facts.openedAt - Date.parse(live.deploy.finishedAt ?? live.deploy.createdAt)) / minuteMs),
    );
    const crashes = cluesThat(facts, traceback);
    const fresh = newErrors(facts);
    const when = minutes === 0 ? 'just before' : minutes === 1 ? '1 minute before' : `${minutes} minutes before`;
    return {
      sentence: `A deploy of ${live.list.service} went live ${when} it began${live.deploy.commit ? `: “${live.deploy.commit}”` : ''}.`,
      confidence: crashes.length > 0 || fresh.length > 0 ? 'high' : 'medium',
      evidence: [deployLine(live), ...lines(crashes), ...fresh],
      lever: null,
      suggestion: 'Roll the deploy back; if it changed the database, look at the migration first.',
    };
  },
};

export const deployFailed: Rule = {
  id: 'deploy-failed',
  judge(facts) {
    const isAround = ({ state, finishedAt, createdAt }: Deploy): boolean =>
      state === 'failed' && Math.abs(Date.parse(finishedAt ?? createdAt) - facts.openedAt) <= failedAroundMs;
    const [failed] = deploysThat(facts, isAround).filter((one) => couldBreak(facts, one));
    if (!failed) return null;
    return {
      sentence: `A deploy of ${failed.list.service} failed around the time it began${failed.deploy.commit ? `: “${failed.deploy.commit}”` : ''}.`,
      confidence: 'medium',
      evidence: [deployLine(failed), ...lines(cluesThat(facts, traceback))],
      lever: null,
      suggestion: 'Read the deploy’s log; the deploy before it can be made live again.',
    };
  },
};

export const deployRuns: Rule = {
  id: 'deploy-in-progress',
  judge(facts) {
    const isRunning = ({ state, createdAt }: Deploy): boolean =>
      (state === 'building' || state === 'queued') &&
      Date.parse(createdAt) <= facts.at &&
      facts.at - Date.parse(createdAt) <= 60 * minuteMs;
    const [running] = deploysThat(facts, isRunning).filter(
      (one) => couldBreak(facts, one) && Date.parse(one.deploy.createdAt) <= facts.openedAt + minuteMs,
    );
    if (!running) return null;
    return {
      sentence: `A deploy of ${running.list.service} is under way; it may pass when that ends.`,
      confidence: 'medium',
      evidence: [deployLine(running)],
      lever: null,
    };
  },
};

/** Errors that the tracker first saw when it began. */
function newErrors(facts: Facts): EvidenceLine[] {
  const fresh = evidenceOf(facts, 'errors').map((tracker) => ({
    ...tracker,
    errors: tracker.errors.filter(
      ({ firstAt }) => firstAt !== null && Math.abs(Date.parse(firstAt) - facts.openedAt) <= 5 * minuteMs,
    ),
  }));
  return said(fresh.filter(({ errors }) => errors.length > 0));
}

export const codeFails: Rule = {
  id: 'code-error',
  judge(facts) {
    const bad = failing(facts).filter((monitor) => answersBadly(monitor) && (monitor.last?.status ?? 0) >= 500);
    const crashes = cluesThat(facts, traceback);
    const fresh = newErrors(facts);
    if (bad.length === 0 || (crashes.length === 0 && fresh.length === 0)) return null;
    return {
      sentence: 'The server answers with an error of its own code.',
      confidence: fresh.length > 0 && witnesses(crashes.filter(({ from }) => from !== 'tracker')) > 0 ? 'high' : 'medium',
      evidence: [...bad.slice(0, 3).map(checkLine), ...lines(crashes), ...fresh],
      lever: null,
    };
  },
};

export const probeRefused: Rule = {
  id: 'probe-account-refused',
  judge(facts) {
    const down = failing(facts);
    const refused = down.filter(
      ({ last, role }) => role !== 'database' && (last?.error?.code === 'auth' || [401, 403].includes(last?.status ?? 0)),
    );
    const others = facts.monitors.filter((monitor) => monitor.role !== 'provider' && !down.includes(monitor));
    if (refused.length === 0 || refused.length < down.length) return null;
    return {
      sentence: 'The check’s own account or token is refused: production may be well.',
      confidence: others.some(isUp) ? 'medium' : 'low',
      evidence: [...refused, ...others.filter(isUp)].slice(0, 4).map(checkLine),
      lever: null,
      suggestion: 'Store the probe’s password or token again, and look whether its account still exists.',
    };
  },
};

export const rateLimited: Rule = {
  id: 'rate-limited',
  judge(facts) {
    const limited = failing(facts).filter(({ last }) => last?.error?.code === 'rate-limited' || last?.status === 429);
    if (limited.length === 0 || limited.length < failing(facts).length) return null;
    return {
      sentence: 'The server turns our own checks away for coming too often (429); users may be served.',
      confidence: 'medium',
      evidence: limited.slice(0, 3).map(checkLine),
      lever: null,
      suggestion: 'Check less often, or let these checks pass whatever limits them.',
    };
  },
};

export const onlySlow: Rule = {
  id: 'only-slow',
  judge(facts) {
    const down = failing(facts);
    const timedOut = down.filter(({ last }) => last?.error?.code === 'timeout');
    const slow = facts.monitors.filter(({ known, status }) => known === 'degraded' || status === 'degraded');
    const isSame = slow.some(({ target }) => down.some((monitor) => monitor.target === target));
    if (timedOut.length === 0 || timedOut.length < down.length || !isSame) return null;
    return {
      sentence: 'It is slow rather than gone: some answers come late, others too late.',
      confidence: 'medium',
      evidence: [...timedOut, ...slow].slice(0, 5).map(checkLine),
      lever: null,
    };
  },
};
