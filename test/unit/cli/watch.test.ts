import { describe, expect, it } from 'vitest';
import { publicEvent } from '../../../main/cli/event-lines.ts';
import type { Listener, WatchOptions } from '../../../main/cli/services.ts';
import type { EngineEvent, EventBody } from '../../../shared/events.ts';
import { FaultError } from '../../../shared/fault.ts';
import { at, sampleIncident, sampleMonitor, sampleObservation, sampleSnapshot } from '../ipc/samples.ts';
import { Recorder, type Surrounding, signalbox } from './harness.ts';

const channelView = { channel: 'slack', state: 'failing', lastSentAt: null, problem: 'no' } as const;
const bodies: readonly EventBody[] = [
  { event: 'observation.recorded', observation: sampleObservation(), monitor: sampleMonitor() },
  { event: 'monitor.changed', monitorId: 'api', from: 'verifying', to: 'down', monitor: sampleMonitor() },
  { event: 'signal.changed', from: 'green', to: 'red', signal: { colour: 'red', reasons: ['API is down'], since: at } },
  { event: 'incident.opened', incident: sampleIncident() },
  { event: 'view.changed', monitors: [sampleMonitor()] },
  { event: 'alert.failed', channel: 'slack', incidentId: 'inc-20260102-030405', alert: 'opened', channelView, problem: '404' },
  { event: 'incident.resolved', incident: sampleIncident({ state: 'resolved', durationMs: 252_000 }) },
  { event: 'connectivity.changed', from: 'online', to: 'offline', connectivity: { state: 'offline', since: at } },
];

/** An engine that tells one story and stops when asked. */
function storyEngine(controller: AbortController, story: readonly EventBody[] = bodies) {
  const calls: string[] = [];
  const startEngine = async (options: WatchOptions) => {
    const listeners = new Set<Listener>();
    let revision = 0;
    const publish = (body: EventBody): void => {
      revision += 1;
      for (const listener of listeners) listener({ ...body, at, revision } as EngineEvent);
    };
    const url = await options.serve({
      dispatch: async () => ({ ok: true, value: null }),
      subscribe: (listener) => {
        listeners.add(listener);
        return () => listeners.delete(listener);
      },
    });
    publish({ event: 'engine.started', url, snapshot: sampleSnapshot() });
    for (const body of story) publish(body);
    setImmediate(() => controller.abort());
    return {
      stop: async () => {
        calls.push('stop');
        publish({ event: 'engine.stopped' });
      },
    };
  };
  return { calls, startEngine };
}

async function watch(argv: readonly string[], around: Surrounding = {}) {
  const controller = new AbortController();
  const { calls, startEngine } = storyEngine(controller);
  const answer = await signalbox(['watch', ...argv], { ...around, controller, services: { startEngine } });
  return { ...answer, calls, lines: answer.stdout.split('\n').slice(0, -1) };
}

describe('watch --json', () => {
  it('prints one line per public event, the first with the address, the last when it has stopped', async () => {
    const { code, lines, stderr, calls } = await watch(['--json']);
    expect({ code, stderr, calls }).toEqual({ code: 0, stderr: '', calls: ['stop'] });
    const events = lines.map((line) => JSON.parse(line) as Record<string, unknown>);
    expect(events.map(({ event }) => event)).toEqual([
      'engine.started',
      ...bodies.map(({ event }) => event).filter((event) => event !== 'view.changed'),
      'engine.stopped',
    ]);
    expect(events[0]?.url).toMatch(/^http:\/\/127\.0\.0\.1:\d+\/#token=[\w-]{43}$/);
    for (const event of events) {
      expect(Object.keys(event).slice(0, 3)).toEqual(['event', 'at', 'revision']);
      expect(event).not.toHaveProperty('snapshot');
      expect(event).not.toHaveProperty('monitor');
      expect(event).not.toHaveProperty('channelView');
    }
  });

  it('opens no window with --no-window', async () => {
    const { lines } = await watch(['--json', '--no-window']);
    expect(JSON.parse(lines[0] ?? '')).toMatchObject({ event: 'engine.started', url: null });
  });

  it('drops and counts lines that nobody reads, but never the last one', async () => {
    const stdout = new Recorder();
    stdout.writableLength = 9_000_000;
    const { lines, stderr } = await watch(['--json', '--no-window'], { stdout });
    expect(lines.map((line) => (JSON.parse(line) as { readonly event: string }).event)).toEqual(['engine.stopped']);
    expect(stderr).toBe('8 lines were not printed: whatever reads them was too slow.\n');
  });
});

describe('watch for people', () => {
  it('names the window first and prints what matters, not each check', async () => {
    const { lines } = await watch([]);
    expect(lines[0]).toMatch(/^Window: http:\/\/127\.0\.0\.1:\d+\/#token=/);
    expect(lines.slice(1).map((line) => line.replace(/^\d\d:\d\d:\d\d {2}/, ''))).toEqual([
      'Watching 1 monitor of Nine Panels (production). Ctrl-C stops.',
      '■ Signal stop - API is down',
      '■ Incident inc-20260102-030405: API (Frankfurt) is down',
      '▲ The alert by Slack failed: 404',
      '● Over after 4 min 12 s: API (Frankfurt) is down',
      'This machine has no internet; nothing is judged until it is back.',
      'Stopped.',
    ]);
  });

  it('ends with 2 when an engine runs already, naming its window', async () => {
    const next = 'Open its window: http://127.0.0.1:4290/#token=abcdefghijkl';
    const startEngine = () => Promise.reject(new FaultError({ code: 'already-running', message: 'One runs already.', next }));
    const answer = await signalbox(['watch', '--json'], { services: { startEngine } });
    expect(answer.code).toBe(2);
    expect(answer.json()).toEqual({ error: { code: 'already-running', message: 'One runs already.', next } });
  });
});

describe('a public event', () => {
  it('keeps every field that the contract names', () => {
    const one = (body: EventBody) => publicEvent({ ...body, at, revision: 1 } as EngineEvent);
    expect(one(bodies[0] as EventBody)).toEqual({
      event: 'observation.recorded',
      at,
      revision: 1,
      observation: sampleObservation(),
    });
    expect(one(bodies[1] as EventBody)).toMatchObject({ monitorId: 'api', from: 'verifying', to: 'down' });
    expect(one(bodies[2] as EventBody)).toMatchObject({ from: 'green', to: 'red' });
    expect(one(bodies[3] as EventBody)).toMatchObject({ incident: { id: 'inc-20260102-030405' } });
    expect(one(bodies[5] as EventBody)).toMatchObject({ channel: 'slack', incidentId: 'inc-20260102-030405' });
  });
});
