import { describe, expect, it } from 'vitest';
import { afterFailure, isDue, nextRow, sentence } from '../../../main/alerts/retry.ts';
import { type Delivery, DeliveryError } from '../../../main/engine/ports.ts';
import { anAlert } from '../../support/alerts.ts';

const at = anAlert().at;
const row = (parts: Partial<Delivery> = {}): Delivery => ({
  id: 1,
  channel: 'slack',
  alert: anAlert(),
  state: 'waiting',
  attempts: 0,
  dueAt: at,
  ...parts,
});
const wait = (attempts: number, error: unknown, random = 0.5): number =>
  (afterFailure(row({ attempts }), error, at, random).change.dueAt ?? Number.NaN) - at;

describe('back-off', () => {
  it('waits 1 s, 2 s, 5 s, 15 s, 60 s, then 5 minutes', () => {
    expect([0, 1, 2, 3, 4, 5, 6, 50].map((attempts) => wait(attempts, new DeliveryError('no')))).toEqual([
      1_000, 2_000, 5_000, 15_000, 60_000, 300_000, 300_000, 300_000,
    ]);
  });
  it('spreads by a fifth either way', () => {
    expect(wait(4, new DeliveryError('no'), 0)).toBe(48_000);
    expect(wait(4, new DeliveryError('no'), 1)).toBe(72_000);
  });
  it('keeps what the other side asked for, between 1 s and an hour', () => {
    const asked = (retryAfterMs: number): number => wait(0, new DeliveryError('no', { retryAfterMs }), 1);
    expect(asked(37_000)).toBe(37_000);
    expect(asked(0)).toBe(1_000);
    expect(asked(86_400_000)).toBe(3_600_000);
  });
});

describe('giving up', () => {
  it('fails a delivery at once when trying again is useless', () => {
    expect(afterFailure(row(), new DeliveryError('unreadable', { final: true }), at, 0.5)).toEqual({
      change: { state: 'failed', at, problem: 'unreadable' },
      problem: 'unreadable',
      final: true,
    });
  });
  it('fails it once the next attempt would come more than a day after the alert', () => {
    const nearly = at + 86_400_000 - 300_000;
    expect(afterFailure(row({ attempts: 9 }), new DeliveryError('no'), nearly, 0.5).final).toBe(false);
    const failure = afterFailure(row({ attempts: 9 }), new DeliveryError('No.'), nearly + 1, 0.5);
    expect(failure).toMatchObject({ final: true, problem: 'No. Given up after a day.', change: { state: 'failed' } });
  });
});

describe('the next row', () => {
  const other = anAlert({ incidentId: 'inc-20261120-100000' });
  it('is the oldest that is due', () => {
    expect(nextRow([row({ id: 1 }), row({ id: 2, alert: other })], at)?.id).toBe(1);
  });
  it('waits behind an earlier one of its own incident', () => {
    const opened = row({ id: 1, dueAt: at + 5_000 });
    const resolved = row({ id: 2, alert: anAlert({ kind: 'resolved' }) });
    expect(nextRow([opened, resolved], at)?.id).toBe(1);
  });
  it('does not wait behind another incident’s', () => {
    expect(nextRow([row({ id: 1, dueAt: at + 5_000 }), row({ id: 2, alert: other })], at)?.id).toBe(2);
  });
  it('is the soonest when none is due', () => {
    expect(nextRow([row({ id: 1, dueAt: at + 9 }), row({ id: 2, alert: other, dueAt: at + 5 })], at)?.id).toBe(2);
  });
  it('is none when nothing waits', () => {
    expect(nextRow([row({ state: 'sending' })], at)).toBeNull();
  });
  it('is due when the wall clock was set back past any wait', () => {
    expect(isDue(row({ dueAt: at + 3_600_001 }), at)).toBe(true);
    expect(isDue(row({ dueAt: at + 3_600_000 }), at)).toBe(false);
  });
});

describe('a failure’s sentence', () => {
  it('marks what is not ours as unexpected, masks secrets and drops escapes', () => {
    expect(sentence(new DeliveryError('Slack refused.'))).toBe('Slack refused.');
    expect(sentence(new Error('\u001b[31mtoken=abcdef12345'))).toBe('Unexpected: token=•••');
    expect(sentence('x'.repeat(900))).toHaveLength(450);
  });
});
