import { describe, expect, it } from 'vitest';
import type { Wish } from '../../../main/engine/ports.ts';
import { type Handlers, makeDispatch } from '../../../main/ipc/dispatch.ts';
import { type HandlerDeps, makeHandlers } from '../../../main/ipc/handlers.ts';
import { FaultError } from '../../../shared/fault.ts';
import { sampleLeverDeps } from './lever-samples.ts';
import { sampleReaders } from './reader-samples.ts';
import { at, sampleIncident, sampleMonitor, sampleObservation, sampleSnapshot } from './samples.ts';
import { sampleDesk } from './settings-samples.ts';

const now = Date.parse(at);

function setUp(change: Partial<HandlerDeps> = {}) {
  const told: Wish[] = [];
  const deps: HandlerDeps = {
    snapshot: () => sampleSnapshot({ incidents: [sampleIncident()] }),
    history: {
      strips: () => ({}),
      latency: (_id, from, to, bucketMs) => [{ at: from, count: bucketMs, down: to, p50: null, p95: null, max: null }],
      incidents: () => [],
      incident: (id) => (id === 'inc-20250101-000000' ? sampleIncident({ id, state: 'resolved' }) : null),
      runs: () => [],
    },
    tell: (wish) => {
      told.push(wish);
    },
    checkNow: async () => sampleObservation(),
    testAlert: async () => ({ ok: true, message: 'Delivered.' }),
    now: () => now,
    ...sampleReaders,
    ...sampleLeverDeps().deps,
    desk: sampleDesk().desk,
    ...change,
  };
  return { told, handlers: makeHandlers(deps), dispatch: makeDispatch(makeHandlers(deps)) };
}

const code = async (reply: Promise<unknown>): Promise<unknown> => {
  const answer = (await reply) as { readonly ok: boolean; readonly error?: { readonly code: string } };
  return answer.ok ? 'ok' : answer.error?.code;
};

describe('dispatch', () => {
  it('refuses a method that is not in the contract, inherited names included', async () => {
    const { dispatch } = setUp();
    for (const method of ['shell.exec', '__proto__', 'constructor', 'hasOwnProperty', '']) {
      expect(await code(dispatch(method, {}))).toBe('unknown-method');
    }
  });

  it('names the field that is wrong and not what it held', async () => {
    const { dispatch } = setUp();
    const answer = await dispatch('monitor.checkNow', { id: 'hunter2 hunter2' });
    expect(answer).toMatchObject({ ok: false, error: { code: 'bad-input' } });
    expect(JSON.stringify(answer)).toContain('id');
    expect(JSON.stringify(answer)).not.toContain('hunter2');
  });

  it('gives the address of the rehearsal yard whole: without its key it opens nothing', async () => {
    const url = 'http://127.0.0.1:4290/#token=0123456789abcdef';
    const { desk } = sampleDesk({ rehearse: async () => ({ url }) });
    expect(await setUp({ desk }).dispatch('setup.rehearse', {})).toEqual({ ok: true, value: { url } });
  });

  it('refuses an extra field', async () => {
    expect(await code(setUp().dispatch('snapshot.get', { also: 1 }))).toBe('bad-input');
  });

  it('keeps the code of a FaultError and calls anything else internal', async () => {
    const fault = new FaultError({ code: 'not-configured', message: 'Slack is not set up.', next: 'Add it.' });
    const refusing = setUp({ testAlert: () => Promise.reject(fault) });
    expect(await code(refusing.dispatch('alerts.test', { channel: 'slack' }))).toBe('not-configured');
    const broken = setUp({ testAlert: () => Promise.reject(new TypeError('x is not a function')) });
    expect(await code(broken.dispatch('alerts.test', { channel: 'slack' }))).toBe('internal');
  });

  it('answers with a fault when a handler throws at once', async () => {
    const { handlers } = setUp();
    const dispatch = makeDispatch({
      ...handlers,
      'snapshot.get': () => {
        throw new Error('no');
      },
    } satisfies Handlers);
    expect(await code(dispatch('snapshot.get', {}))).toBe('internal');
  });

  it('answers internal, without the values, when an answer is outside the contract', async () => {
    const { handlers } = setUp();
    const dispatch = makeDispatch({ ...handlers, 'alerts.test': () => ({ ok: true, message: 'canary'.repeat(200) }) });
    const answer = await dispatch('alerts.test', { channel: 'slack' });
    expect(answer).toMatchObject({ ok: false, error: { code: 'internal' } });
    expect(JSON.stringify(answer)).not.toContain('canary');
  });

  it('drops what the contract does not name from an answer', async () => {
    const { handlers } = setUp();
    const extra = { ok: true, message: 'Delivered.', secret: 'canary-value' };
    const dispatch = makeDispatch({ ...handlers, 'alerts.test': () => extra });
    expect(JSON.stringify(await dispatch('alerts.test', { channel: 'slack' }))).not.toContain('canary-value');
  });

  it('masks known secrets and secret shapes in answers and in faults, and leaves ids alone', async () => {
    const observation = sampleObservation({
      monitorId: 'sk_frankfurt_1',
      excerpt: 'said canary-value and postgres://u:opensesame@db/x',
    });
    const { handlers } = setUp({
      snapshot: () => sampleSnapshot({ monitors: [sampleMonitor({ id: 'sk_frankfurt_1' })] }),
      checkNow: async () => observation,
      testAlert: () => Promise.reject(new Error('POST failed with canary-value')),
    });
    const dispatch = makeDispatch(handlers, () => ['canary-value']);
    const answer = JSON.stringify(await dispatch('monitor.checkNow', { id: 'sk_frankfurt_1' }));
    expect(answer).not.toMatch(/canary-value|opensesame/);
    expect(answer).toContain('"monitorId":"sk_frankfurt_1"');
    expect(JSON.stringify(await dispatch('alerts.test', { channel: 'slack' }))).not.toContain('canary-value');
  });
});

describe('handlers', () => {
  it('refuse a monitor that does not exist before anything is done', async () => {
    const { dispatch, told } = setUp();
    expect(await code(dispatch('monitor.checkNow', { id: 'nope' }))).toBe('unknown-monitor');
    expect(await code(dispatch('monitor.pause', { id: 'nope', forMs: 60_000 }))).toBe('unknown-monitor');
    expect(told).toEqual([]);
  });

  it('pause until a moment, and resume with null', async () => {
    const { dispatch, told } = setUp();
    await dispatch('monitor.pause', { id: 'api', forMs: 60_000 });
    await dispatch('engine.pause', { forMs: null });
    expect(told).toEqual([
      { type: 'pause', monitorId: 'api', until: now + 60_000 },
      { type: 'pause', monitorId: null, until: null },
    ]);
  });

  it('acknowledge an open incident and refuse a resolved or unknown one', async () => {
    const { dispatch, told } = setUp();
    expect(await code(dispatch('incident.acknowledge', { id: sampleIncident().id }))).toBe('ok');
    expect(await code(dispatch('incident.acknowledge', { id: 'inc-20250101-000000' }))).toBe('incident-resolved');
    expect(await code(dispatch('incident.acknowledge', { id: 'inc-20250101-111111' }))).toBe('unknown-incident');
    expect(told).toEqual([{ type: 'acknowledge', incidentId: sampleIncident().id }]);
  });

  it('note on resolved incidents too, trimmed', async () => {
    const { dispatch, told } = setUp();
    expect(await code(dispatch('incident.note', { id: 'inc-20250101-000000', text: '  afterwards  ' }))).toBe('ok');
    expect(told).toEqual([{ type: 'note', incidentId: 'inc-20250101-000000', text: 'afterwards' }]);
  });

  it.each([
    ['1h', 60_000, 60],
    ['24h', 600_000, 144],
    ['7d', 3_600_000, 168],
    ['90d', 43_200_000, 180],
  ])('ask for whole buckets for %s', async (period, bucketMs, count) => {
    const answer = await setUp().dispatch('history.latency', { id: 'api', period });
    if (!answer.ok) throw new Error(answer.error.message);
    const { buckets } = answer.value as { readonly buckets: readonly { readonly at: number; readonly down: number }[] };
    const [first] = buckets;
    // The fake history answers with its arguments: `at` is from, `down` is to.
    expect(first?.at).toBe((first?.down ?? 0) - bucketMs * count);
    expect((first?.at ?? 1) % bucketMs).toBe(0);
    expect(first?.down).toBeGreaterThan(now);
  });

  it('prefer the running view of an incident to the stored one', async () => {
    const { dispatch } = setUp();
    expect(await dispatch('incident.get', { id: sampleIncident().id })).toMatchObject({ ok: true, value: { state: 'open' } });
    expect(await dispatch('incident.get', { id: 'inc-20250101-000000' })).toMatchObject({ value: { state: 'resolved' } });
    expect(await dispatch('incident.get', { id: 'inc-20250101-111111' })).toEqual({ ok: true, value: null });
  });
});
