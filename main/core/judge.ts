// Judges one monitor by one observation: thresholds, verifying, slow, unknown (DESIGN section 5). Knows no other monitor,
// no incident and no clock but the one it is given.
import type { Status } from '../../shared/monitor.ts';
import type { Observation } from '../../shared/observation.ts';
import type { Known, MonitorRule, MonitorState } from './model.ts';

export type Span = { readonly kind: 'up' | 'down'; readonly from: number; readonly to: number };

export type Judged = {
  readonly monitor: MonitorState;
  /** `confirm`: look again after the retry interval. `witness`: ask whether we are online before believing it. */
  readonly wants: 'confirm' | 'witness' | null;
  readonly spans: readonly Span[];
};

export type Circumstances = {
  /** Failures of this monitor can be explained by our own connection, so the witnesses must be asked. */
  readonly needsWitness: boolean;
  /** We know that we are offline: this monitor's failures say nothing. */
  readonly offline: boolean;
  /** Just woke or just reconnected: a failure only asks for a confirmation. */
  readonly quiet: boolean;
};

/** A monitor nobody has checked yet. */
export function newMonitor(id: string, at: number): MonitorState {
  return {
    id,
    status: 'pending',
    since: at,
    known: null,
    failures: 0,
    successes: 0,
    slow: 0,
    firstFailureAt: null,
    firstSuccessAt: null,
    awaitingWitness: false,
    lastAt: null,
    lastSuccessAt: null,
    lastError: null,
    span: null,
    pausedUntil: null,
  };
}

/** `before` after `observation`; a cancelled check changes nothing. */
export function judge(rule: MonitorRule, before: MonitorState, observation: Observation, circumstances: Circumstances): Judged {
  const at = Date.parse(observation.at);
  if (observation.error?.code === 'cancelled' || before.status === 'paused') return unchanged(before);
  const seen = { ...before, lastAt: Math.max(at, before.lastAt ?? at) };
  switch (observation.outcome) {
    case 'unknown':
      return lose({ ...seen, lastError: observation.error?.message ?? 'No answer that could be read.' }, at);
    case 'down':
      return fail(rule, { ...seen, lastError: observation.error?.message ?? 'The check failed.' }, at, circumstances);
    case 'up':
    case 'degraded':
      return succeed(rule, seen, at, observation);
  }
}

/** The verdict that waited for the witnesses, now that they say we are online. */
export function confirmDown(monitor: MonitorState): Judged {
  const from = monitor.firstFailureAt ?? monitor.lastAt ?? monitor.since;
  return turn({ ...monitor, awaitingWitness: false, successes: 0, slow: 0 }, 'down', from);
}

/** Nobody can tell how it is: the status becomes unknown, what was known stays beside it, watched time ends at `at`. */
export function lose(monitor: MonitorState, at: number): Judged {
  const since = monitor.status === 'unknown' ? monitor.since : at;
  const counters = monitor.known === 'down' ? {} : { failures: 0, firstFailureAt: null };
  return close(
    { ...monitor, ...counters, status: 'unknown', since, awaitingWitness: false },
    Math.min(at, monitor.firstFailureAt ?? at),
  );
}

/** Not watched for a while by the operator's wish. */
export function pause(monitor: MonitorState, at: number, until: number): Judged {
  const since = monitor.status === 'paused' ? monitor.since : at;
  return close(
    {
      ...monitor,
      status: 'paused',
      since,
      pausedUntil: until,
      failures: 0,
      successes: 0,
      slow: 0,
      firstFailureAt: null,
      awaitingWitness: false,
    },
    at,
  );
}

/** Watched again: nothing is claimed until the next check. */
export function resume(monitor: MonitorState, at: number): MonitorState {
  return { ...monitor, status: 'pending', since: at, pausedUntil: null, lastAt: null };
}

/** Ends the open stretch of watched time at `at`; the next verdict begins a new one. */
export function close(monitor: MonitorState, at: number): Judged {
  if (!monitor.span) return { monitor, wants: null, spans: [] };
  const { kind, from } = monitor.span;
  return { monitor: { ...monitor, span: null }, wants: null, spans: at > from ? [{ kind, from, to: at }] : [] };
}

function unchanged(monitor: MonitorState): Judged {
  return { monitor, wants: null, spans: [] };
}

function succeed(rule: MonitorRule, before: MonitorState, at: number, observation: Observation): Judged {
  const good = { ...before, lastSuccessAt: at, failures: 0, firstFailureAt: null, awaitingWitness: false, lastError: null };
  if (before.known === 'down') {
    const successes = before.successes + 1;
    const firstSuccessAt = before.firstSuccessAt ?? at;
    if (successes < rule.successThreshold) {
      const status: Status = before.status === 'unknown' || before.status === 'pending' ? 'verifying' : before.status;
      return { monitor: { ...good, status, failures: before.failures, successes, firstSuccessAt }, wants: 'confirm', spans: [] };
    }
    return turn({ ...good, successes: 0, firstSuccessAt: null, slow: 0 }, 'up', firstSuccessAt);
  }
  const { next, slow } = pace(rule, before, observation);
  return turn({ ...good, successes: 0, slow }, next, at);
}

/** Up or degraded. A page that says so is believed at once; slowness has to repeat, and so does its end. */
function pace(rule: MonitorRule, before: MonitorState, observation: Observation): { next: 'up' | 'degraded'; slow: number } {
  if (observation.outcome === 'degraded') return { next: 'degraded', slow: rule.failureThreshold };
  const budget = rule.degradedAboveMs;
  if (budget === null || observation.wakeMs !== undefined) return { next: 'up', slow: 0 };
  const isSlow = (observation.latencyMs ?? 0) > budget;
  if (before.known !== 'degraded') {
    const slow = isSlow ? before.slow + 1 : 0;
    return { next: slow >= rule.failureThreshold ? 'degraded' : 'up', slow };
  }
  // While degraded the counter runs below zero: quick answers in a row.
  const slow = isSlow ? rule.failureThreshold : Math.min(before.slow, 0) - 1;
  return { next: -slow >= rule.successThreshold ? 'up' : 'degraded', slow: -slow >= rule.successThreshold ? 0 : slow };
}

function fail(rule: MonitorRule, before: MonitorState, at: number, circumstances: Circumstances): Judged {
  if (circumstances.offline) return lose(before, at);
  if (before.known === 'down') {
    const bad = { ...before, successes: 0, firstSuccessAt: null, firstFailureAt: before.firstFailureAt ?? at };
    return before.status === 'down' ? unchanged(bad) : turn(bad, 'down', at);
  }
  const counted = circumstances.quiet ? Math.min(before.failures + 1, rule.failureThreshold - 1) : before.failures + 1;
  const failing: MonitorState = {
    ...before,
    status: 'verifying',
    failures: counted,
    firstFailureAt: before.firstFailureAt ?? at,
  };
  if (counted < rule.failureThreshold) return { monitor: failing, wants: 'confirm', spans: [] };
  if (circumstances.needsWitness) return { monitor: { ...failing, awaitingWitness: true }, wants: 'witness', spans: [] };
  return confirmDown(failing);
}

/** Sets a known status; closes the old stretch of watched time and begins one where the kind (up/down) changes. */
function turn(monitor: MonitorState, next: Known, from: number): Judged {
  const kind = next === 'down' ? 'down' : 'up';
  // A doubt that was lifted is no change: `since` stays.
  const same = monitor.status === next || (monitor.status === 'verifying' && monitor.known === next);
  const known = { ...monitor, status: next, known: next, since: same ? monitor.since : from };
  if (monitor.span?.kind === kind) return { monitor: known, wants: null, spans: [] };
  const closed = close(known, from);
  const begun = closed.spans[0]?.to ?? Math.max(from, monitor.span?.from ?? from);
  return { ...closed, monitor: { ...closed.monitor, span: { kind, from: begun } } };
}
