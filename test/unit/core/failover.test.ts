// Automatic failover's decision: every single thing that speaks against it, with all the others in its favour.
import { describe, expect, it } from 'vitest';
import { decide, type FailoverProof, type FailoverState, standingBlockers } from '../../../main/core/failover.ts';

const now = Date.parse('2026-11-23T14:10:00.000Z');
const minute = 60_000;

const down = {
  ...{ name: 'API (Frankfurt)', status: 'down', since: now - 6 * minute, lastAt: now - 20_000 },
  ...{ intervalMs: 30_000, inMaintenance: false },
};
const state: FailoverState = {
  ...{ now, mode: 'automatic', afterMs: 5 * minute, cooldownMs: 30 * minute, traffic: 'primary', lastMoveAt: null },
  ...{ primaries: [down], connectivity: 'online', pausedUntil: null, warning: null },
  incident: { id: 'inc-20261123-140400', flapping: false },
};
const proof: FailoverProof = { standbyHealthy: true, machine: 'online', serves: 'primary', leaseProblem: null };

describe('automatic failover', () => {
  it('moves traffic when everything holds', () => {
    expect(decide(state, proof)).toEqual({
      act: 'switch',
      sentence: 'API (Frankfurt) has been down for 6 min and the standby answers: traffic goes to the standby.',
      blockers: [],
    });
  });

  it('only proposes it when it was asked to', () => {
    expect(decide({ ...state, mode: 'suggest' }, proof)).toMatchObject({
      act: 'suggest',
      sentence: 'API (Frankfurt) has been down for 6 min and the standby answers. Traffic can go to the standby.',
    });
  });

  it('moves it also when nobody knows yet where Signalbox put it, as long as production says primary', () => {
    expect(decide({ ...state, traffic: 'unknown' }, proof).act).toBe('switch');
  });

  it.each<[string, Partial<FailoverState>, string]>([
    ['automation is off', { mode: 'off' }, 'Automation is off.'],
    ['traffic is on the standby', { traffic: 'standby' }, 'Traffic is on the standby already.'],
    ['everything is paused', { pausedUntil: now + 1 }, 'Everything is paused.'],
    ['nobody watches the primary', { primaries: [] }, 'No monitor has the role api-primary.'],
    ['the primary is up', { primaries: [{ ...down, status: 'up' }] }, 'The primary is not down.'],
    ['its failure is not confirmed', { primaries: [{ ...down, status: 'verifying' }] }, 'The primary is not down.'],
    ['nobody knows how it is', { primaries: [{ ...down, status: 'unknown' }] }, 'The primary is not down.'],
    [
      'it is a moment too early',
      { primaries: [{ ...down, since: now - 5 * minute + 1 }] },
      'The primary is not down for 5 min yet.',
    ],
    ['the last check is old', { primaries: [{ ...down, lastAt: now - 120_001 }] }, 'too old'],
    ['it was never checked', { primaries: [{ ...down, lastAt: null }] }, 'too old'],
    ['the primary is in maintenance', { primaries: [{ ...down, inMaintenance: true }] }, 'The primary is in maintenance.'],
    ['this machine is offline', { connectivity: 'offline' }, 'This machine is not online.'],
    ['a portal answers for everybody', { connectivity: 'captive' }, 'This machine is not online.'],
    ['no witness can be asked', { connectivity: 'unguarded' }, 'cannot prove that it is online'],
    ['there is no outage', { incident: null }, 'No outage of the primary is open.'],
    ['the outage is flapping', { incident: { id: 'inc-20261123-140400', flapping: true } }, 'flapping'],
    ['traffic moved a moment ago', { lastMoveAt: now - 30 * minute + 1 }, 'Traffic was moved less than 30 min ago.'],
    ['it would not help', { warning: 'Both servers share the database that is down.' }, 'Both servers share'],
  ])('does nothing when %s', (_, change, blocker) => {
    const changed = { ...state, ...change };
    const { act, sentence, blockers } = decide(changed, proof);
    expect(act).toBe('nothing');
    expect(blockers).toHaveLength(1);
    expect(sentence).toContain(blocker);
    // And nobody is asked for it.
    expect(standingBlockers(changed)).toEqual(blockers);
  });

  it.each<[string, Partial<FailoverProof>, string]>([
    ['the standby does not answer', { standbyHealthy: false }, 'The standby does not answer healthily now.'],
    ['the witnesses do not answer now', { machine: 'offline' }, 'This machine is not online.'],
    ['a portal answers now', { machine: 'captive' }, 'This machine is not online.'],
    ['no witness was asked', { machine: 'unguarded' }, 'cannot prove that it is online'],
    ['production is on the standby', { serves: 'standby' }, 'served by the standby already'],
    ['production cannot be checked', { serves: 'unknown' }, 'could not be checked'],
    ['another Signalbox has the lease', { leaseProblem: 'Another Signalbox holds it.' }, 'Another Signalbox holds it.'],
  ])('does nothing when %s', (_, change, blocker) => {
    const { act, sentence, blockers } = decide(state, { ...proof, ...change });
    expect(act).toBe('nothing');
    expect(blockers).toHaveLength(1);
    expect(sentence).toContain(blocker);
  });

  it('is allowed at the very end of the cooldown and of the waiting time', () => {
    const primaries = [{ ...down, since: now - 5 * minute }];
    expect(decide({ ...state, primaries, lastMoveAt: now - 30 * minute }, proof).act).toBe('switch');
  });

  it('proposes without witnesses and without the lease, because a person decides', () => {
    const unguarded: FailoverState = { ...state, mode: 'suggest', connectivity: 'unguarded' };
    expect(decide(unguarded, { ...proof, machine: 'unguarded', leaseProblem: 'taken' }).act).toBe('suggest');
  });

  it('never decides for the way back', () => {
    const { act } = decide({ ...state, traffic: 'standby' }, { ...proof, serves: 'standby' });
    expect(act).toBe('nothing');
  });
});
