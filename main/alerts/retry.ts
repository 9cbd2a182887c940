// When a delivery is tried again, which one is next, and when it is given up. Pure.

import { safeText } from '../../shared/redact.ts';
import { type Delivery, DeliveryError, type History } from '../engine/ports.ts';

const backOffMs = [1_000, 2_000, 5_000, 15_000, 60_000] as const;
const slowestMs = 300_000;
/** No wait is ever longer, whatever the other side asks for. */
const longestMs = 3_600_000;
/** After this a message about then would only puzzle; the timeline says that it was not delivered. */
const giveUpAfterMs = 86_400_000;

export type Change = Parameters<History['markDelivery']>[1];
export type Failure = { readonly change: Change; readonly problem: string; readonly final: boolean };

/** What a failed attempt means for its row. `random` is 0 to 1 and spreads our own waits by a fifth either way, so that
 *  many installations do not come back together; what the other side asked for is kept to the millisecond. */
export function afterFailure(row: Delivery, error: unknown, at: number, random: number): Failure {
  const delay = delayMs(error, row.attempts, random);
  const useless = error instanceof DeliveryError && error.final;
  const late = at + delay > row.alert.at + giveUpAfterMs;
  const problem = `${sentence(error)}${late && !useless ? ' Given up after a day.' : ''}`;
  const final = useless || late;
  return {
    change: final ? { state: 'failed', at, problem } : { state: 'waiting', at, dueAt: at + delay, problem },
    problem,
    final,
  };
}

function delayMs(error: unknown, earlierAttempts: number, random: number): number {
  const asked = error instanceof DeliveryError ? error.retryAfterMs : null;
  // A service that asks for 0 s would otherwise be asked without a pause.
  if (asked !== null) return Math.min(Math.max(asked, 1_000), longestMs);
  return Math.round((backOffMs[earlierAttempts] ?? slowestMs) * (0.8 + 0.4 * random));
}

/** The oldest row that is due, else the next to fall due, else null. A row waits behind earlier ones of its own incident
 *  only: an item that cannot be resolved for lack of a scope must not keep the next outage from being told. */
export function nextRow(rows: readonly Delivery[], now: number): Delivery | null {
  const heads = new Map<string, Delivery>();
  for (const row of rows) {
    const group = row.alert.incidentId ?? row.alert.key;
    if (row.state === 'waiting' && !heads.has(group)) heads.set(group, row);
  }
  const first = [...heads.values()].sort((a, b) => a.dueAt - b.dueAt);
  return [...heads.values()].find((row) => isDue(row, now)) ?? first[0] ?? null;
}

/** Due as well when it lies further ahead than any wait: then the wall clock has been set back. */
export function isDue(row: Delivery, now: number): boolean {
  return row.dueAt <= now || row.dueAt > now + longestMs;
}

/** An error as a sentence for people: ours as it is, anything else marked as unexpected. */
export function sentence(error: unknown): string {
  const text = error instanceof Error ? error.message : String(error);
  return safeText(error instanceof DeliveryError ? text : `Unexpected: ${text}`, 450);
}
