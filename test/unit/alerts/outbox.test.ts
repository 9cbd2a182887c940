import { describe, expect, it } from 'vitest';
import type { OutboxResult } from '../../../main/alerts/ledger.ts';
import { makeOutbox, type Outbox } from '../../../main/alerts/outbox.ts';
import { type Channel, DeliveryError } from '../../../main/engine/ports.ts';
import { anAlert, scriptedChannel } from '../../support/alerts.ts';
import { FakeClock, settle } from '../../support/fake-clock.ts';
import { memoryHistory } from '../../support/memory-history.ts';

const refuse =
  (message: string, hints = {}) =>
  () =>
    Promise.reject(new DeliveryError(message, hints));
const never = () => new Promise<never>(() => {});
const accept = () => Promise.resolve({});

function stage(channels: readonly Channel[]) {
  const clock = new FakeClock(anAlert().at);
  const history = memoryHistory();
  const results: OutboxResult[] = [];
  const outbox: Outbox = makeOutbox({ history, clock, channels, random: () => 0.5, onResult: (result) => results.push(result) });
  const settled = async (): Promise<void> => {
    for (let turn = 0; turn < 5; turn += 1) await settle();
  };
  const pass = async (ms: number): Promise<void> => {
    await clock.pass(ms);
    await settled();
  };
  return { clock, history, results, outbox, settled, pass, states: () => history.rows.map((row) => row.state) };
}

describe('outbox', () => {
  it('sends a row after wake, marks it sending first and sent afterwards, and reports it', async () => {
    const seen: string[] = [];
    const channel = scriptedChannel({}, [
      async () => {
        seen.push(...states());
        return { uuid: 'u-1' };
      },
    ]);
    const { history, results, outbox, settled, states, clock } = stage([channel]);
    outbox.start();
    await settled();
    history.add('slack', anAlert());
    outbox.wake();
    await settled();
    expect(seen).toEqual(['sending']);
    expect(history.rows).toMatchObject([{ state: 'sent', memory: { uuid: 'u-1' }, attempts: 1 }]);
    expect(results).toEqual([
      {
        type: 'delivered',
        at: clock.now(),
        channel: 'slack',
        incidentId: 'inc-20261120-090200',
        key: 'inc-20261120-090200:1:opened',
        text: 'Told by Slack: Outage: API (Frankfurt) is down.',
      },
    ]);
  });

  it('tries again after 1 s, 2 s and 5 s, keeping order, and tells each failure', async () => {
    const channel = scriptedChannel({}, [refuse('No.'), refuse('No.'), refuse('No.'), accept]);
    const { history, results, outbox, settled, pass, states } = stage([channel]);
    history.add('slack', anAlert());
    history.add('slack', anAlert({ key: 'inc:2:resolved', kind: 'resolved' }));
    outbox.start();
    await settled();
    expect(channel.sent).toHaveLength(1);
    await pass(999);
    expect(channel.sent).toHaveLength(1);
    await pass(1);
    expect(channel.sent).toHaveLength(2);
    await pass(2_000);
    expect(states()).toEqual(['waiting', 'waiting']);
    await pass(5_000);
    expect(channel.sent.map((alert) => alert.kind)).toEqual(['opened', 'opened', 'opened', 'opened', 'resolved']);
    expect(results.map((result) => result.type)).toEqual(['undelivered', 'undelivered', 'undelivered', 'delivered', 'delivered']);
    expect(results[0]).toMatchObject({ problem: 'No.', final: false });
  });

  it('lets another incident through while one is backing off', async () => {
    const channel = scriptedChannel({}, [refuse('needs write scope', { retryAfterMs: 300_000 }), accept]);
    const { history, outbox, settled, states } = stage([channel]);
    history.add('slack', anAlert({ kind: 'resolved' }));
    history.add('slack', anAlert({ incidentId: 'inc-20261120-100000' }));
    outbox.start();
    await settled();
    expect(states()).toEqual(['waiting', 'sent']);
  });

  it('does not come back before Retry-After', async () => {
    const channel = scriptedChannel({}, [refuse('busy', { retryAfterMs: 120_000 }), accept]);
    const { history, outbox, settled, pass, states } = stage([channel]);
    history.add('slack', anAlert());
    outbox.start();
    await settled();
    await pass(119_999);
    outbox.wake();
    await settled();
    expect(channel.sent).toHaveLength(1);
    await pass(1);
    expect(states()).toEqual(['sent']);
  });

  it('is not held by a channel that hangs and ignores its signal', async () => {
    const hanging = scriptedChannel({ name: 'slack', timeoutMs: 20_000 }, [never]);
    const rollbar = scriptedChannel({ name: 'rollbar' });
    const { history, results, outbox, settled, pass, states } = stage([hanging, rollbar]);
    history.add('slack', anAlert());
    history.add('rollbar', anAlert());
    outbox.start();
    await settled();
    expect(states()).toEqual(['sending', 'sent']);
    await pass(20_000);
    expect(states()).toEqual(['waiting', 'sent']);
    expect(results.at(-1)).toMatchObject({ problem: 'No answer by Slack within 20 s.', final: false });
  });

  it('closes rows of a kind that the channel does not take without telling anyone', async () => {
    const channel = scriptedChannel({ kinds: ['opened'] });
    const { history, results, outbox, settled, states } = stage([channel]);
    history.add('slack', anAlert({ kind: 'reminder' }));
    outbox.start();
    await settled();
    expect(states()).toEqual(['sent']);
    expect(channel.sent).toEqual([]);
    expect(results).toEqual([]);
  });

  it('hands a channel what earlier deliveries of the incident taught it', async () => {
    const channel = scriptedChannel({}, [async () => ({ uuid: 'u-1' }), accept]);
    const { history, outbox, settled } = stage([channel]);
    history.add('slack', anAlert());
    history.add('slack', anAlert({ kind: 'resolved' }));
    outbox.start();
    await settled();
    expect(channel.memories).toEqual([{}, { uuid: 'u-1' }]);
  });
});

describe('a row found sending at start', () => {
  it('is sent again where that is harmless', async () => {
    const channel = scriptedChannel({ idempotent: true });
    const { history, outbox, settled, states } = stage([channel]);
    history.markDelivery(history.add('slack', anAlert()), { state: 'sending', at: 0 });
    outbox.start();
    await settled();
    expect(channel.sent).toHaveLength(1);
    expect(states()).toEqual(['sent']);
  });

  it('is uncertain, reported and not repeated where it could double a message', async () => {
    const channel = scriptedChannel();
    const { history, results, outbox, settled, states } = stage([channel]);
    history.markDelivery(history.add('slack', anAlert()), { state: 'sending', at: 0 });
    history.add('slack', anAlert({ kind: 'reminder' }));
    outbox.start();
    await settled();
    expect(channel.sent.map((alert) => alert.kind)).toEqual(['reminder']);
    expect(states()).toEqual(['uncertain', 'sent']);
    expect(results[0]).toMatchObject({ type: 'undelivered', final: true });
    expect(results[0]?.type === 'undelivered' && results[0].problem).toMatch(/may have arrived.*a reminder follows\.$/);
  });
});

describe('a history that cannot be written', () => {
  it('sends nothing that it could not mark as being sent, and carries on once it can', async () => {
    const channel = scriptedChannel();
    const { history, results, outbox, settled, pass, states } = stage([channel]);
    history.refuse = (state) => state === 'sending';
    history.add('slack', anAlert());
    outbox.start();
    await settled();
    await pass(5_000);
    expect(channel.sent).toEqual([]);
    expect(results).toHaveLength(1);
    expect(results[0]).toMatchObject({
      key: 'outbox',
      problem: 'The outbox cannot be kept: Unexpected: database or disk is full',
    });
    history.refuse = () => false;
    await pass(5_000);
    expect(states()).toEqual(['sent']);
  });

  it('does not repeat a delivery whose success could not be stored', async () => {
    const channel = scriptedChannel();
    const { history, outbox, settled, pass, states } = stage([channel]);
    history.refuse = (state) => state === 'sent';
    history.add('slack', anAlert());
    outbox.start();
    await settled();
    await pass(12_000);
    expect(states()).toEqual(['sending']);
    history.refuse = () => false;
    await pass(5_000);
    expect(states()).toEqual(['sent']);
    expect(channel.sent).toHaveLength(1);
  });
});

describe('stopping', () => {
  it('ends a wait at once and leaves its row waiting', async () => {
    const channel = scriptedChannel({}, [refuse('No.')]);
    const { history, outbox, settled, states } = stage([channel]);
    history.add('slack', anAlert());
    outbox.start();
    await settled();
    await outbox.stop();
    expect(states()).toEqual(['waiting']);
  });

  it('lets an attempt under way finish', async () => {
    let finish = (): void => {};
    const channel = scriptedChannel({}, [
      () =>
        new Promise((resolve) => {
          finish = () => resolve({});
        }),
    ]);
    const { history, outbox, settled, pass, states } = stage([channel]);
    history.add('slack', anAlert());
    outbox.start();
    await settled();
    const stopping = outbox.stop();
    await pass(2_000);
    finish();
    await stopping;
    expect(states()).toEqual(['sent']);
  });

  it.each([
    [true, 'waiting'],
    [false, 'sending'],
  ])('aborts an attempt after 3 s; idempotent %s leaves it %s', async (idempotent, state) => {
    const channel = scriptedChannel({ idempotent }, [never]);
    const { history, results, outbox, settled, pass, states } = stage([channel]);
    history.add('slack', anAlert());
    outbox.start();
    await settled();
    const stopping = outbox.stop();
    await pass(3_000);
    await stopping;
    expect(states()).toEqual([state]);
    expect(results).toEqual([]);
  });
});

describe('new settings', () => {
  it('try a waiting row at once with the new channel', async () => {
    const broken = scriptedChannel({}, [refuse('bad token', { retryAfterMs: 300_000 })]);
    const repaired = scriptedChannel();
    const { history, outbox, settled, states } = stage([broken]);
    history.add('slack', anAlert());
    outbox.start();
    await settled();
    outbox.setChannels([repaired]);
    await settled();
    expect(states()).toEqual(['sent']);
    expect(repaired.sent).toHaveLength(1);
  });

  it('keep the rows of a channel that went away, and a successor waits for its predecessor', async () => {
    let finish = (): void => {};
    const slow = scriptedChannel({}, [
      () =>
        new Promise((resolve) => {
          finish = () => resolve({});
        }),
    ]);
    const successor = scriptedChannel();
    const { history, outbox, settled, states } = stage([slow]);
    history.add('slack', anAlert());
    history.add('slack', anAlert({ kind: 'resolved' }));
    outbox.start();
    await settled();
    outbox.setChannels([]);
    outbox.setChannels([successor]);
    await settled();
    expect(successor.sent).toEqual([]);
    finish();
    await settled();
    expect(successor.sent.map((alert) => alert.kind)).toEqual(['resolved']);
    expect(states()).toEqual(['sent', 'sent']);
  });
});
