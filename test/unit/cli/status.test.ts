import { describe, expect, it } from 'vitest';
import { noLevers } from '../../../shared/lever.ts';
import type { Snapshot } from '../../../shared/snapshot.ts';
import { fakeDesk, fakeRun, interruptedRun } from '../../support/fake-levers.ts';
import { at, sampleIncident, sampleMonitor, sampleObservation, sampleSnapshot } from '../ipc/samples.ts';
import { now, signalbox } from './harness.ts';

const status = async (snapshot: Snapshot, ...argv: string[]) =>
  await signalbox(['status', ...argv], { services: { remembered: async () => snapshot } });
const ago = (ms: number): string => new Date(now - ms).toISOString();

describe('status', () => {
  it('has the shape of the contract', async () => {
    const answer = await status(sampleSnapshot({ incidents: [sampleIncident()] }), '--json');
    expect(answer.json()).toEqual({
      signal: 'green',
      sentence: expect.stringContaining('All clear'),
      since: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/),
      monitors: [expect.objectContaining({ id: 'api', status: 'up', latencyMs: 42, uptime: { h24: 100, d7: 99.5, d90: null } })],
      incident: sampleIncident(),
      traffic: { target: 'unknown', verifiedAt: null, way: null },
      banner: { on: false, text: null, verifiedAt: null, severity: null, expiresAt: null, way: null },
      dump: { last: null },
      drill: { lastAt: null, overdue: false },
      runs: [],
    });
  });

  it.each([
    ['green', 0],
    ['amber', 0],
    ['red', 1],
    ['grey', 0],
  ] as const)('ends for %s with %i', async (colour, expected) => {
    const snapshot = sampleSnapshot({ signal: { colour, reasons: [], since: ago(1_000) } });
    expect((await status(snapshot)).code).toBe(expected);
  });

  it('names the most pressing incident that is not over', async () => {
    const incidents = [sampleIncident({ state: 'resolved' })];
    expect((await status(sampleSnapshot({ incidents }), '--json')).json()).toMatchObject({ incident: null });
  });

  it('is grey, and says since when, once nothing was checked for three intervals', async () => {
    const last = sampleObservation({ at: ago(90_001) });
    const answer = await status(sampleSnapshot({ monitors: [sampleMonitor({ last, status: 'down' })] }), '--json');
    expect(answer.code).toBe(0);
    expect(answer.json()).toMatchObject({
      signal: 'grey',
      since: last.at,
      sentence: expect.stringMatching(/^Nobody is watching: the last check was at .*, 1 min 30 s ago\.$/),
      monitors: [{ status: 'down' }],
    });
  });

  it('stays as it was while one monitor is fresh, and while everything is paused', async () => {
    const old = sampleObservation({ at: ago(86_400_000) });
    const slowOne = sampleMonitor({ id: 'slow', intervalMs: 86_400_000, last: old });
    const stale = sampleMonitor({ last: old });
    expect((await status(sampleSnapshot({ monitors: [stale, slowOne] }), '--json')).json()).toMatchObject({ signal: 'green' });
    const { engine } = sampleSnapshot();
    const paused = sampleSnapshot({ monitors: [stale], engine: { ...engine, pausedUntil: ago(-60_000) } });
    expect((await status(paused, '--json')).json()).toMatchObject({ signal: 'green' });
  });

  it('says when nobody has watched yet', async () => {
    const answer = await status(sampleSnapshot({ monitors: [sampleMonitor({ last: null, status: 'pending' })] }));
    expect(answer.stdout).toContain('○ Dark  Nobody has watched yet.');
  });

  it('shows people a lamp, a word and figures for each monitor, never rounding up to 100 %', async () => {
    const uptime = { h24: 99.999, d7: 100, d90: null };
    const { stdout } = await status(sampleSnapshot({ monitors: [sampleMonitor({ uptime })] }));
    expect(stdout).toContain('● Clear  All clear. 1 monitor');
    expect(stdout).toContain('● Up  API (Frankfurt)  42 ms');
    expect(stdout).toContain('24 h 99.99 %, 7 d 100 %, 90 d -');
  });
});

describe('status of the levers', () => {
  const levers = {
    ...noLevers,
    dump: { ...noLevers.dump, last: { name: 'a.dump', at, bytes: 340_000_000 } },
    drill: { ...noLevers.drill, lastAt: at, overdue: true },
  };
  const moved = sampleSnapshot({
    traffic: { target: 'standby', verifiedAt: at, way: 'promote-twin' },
    banner: { on: true, text: 'Back soon', verifiedAt: at, severity: 'warning', expiresAt: null, way: 'global-config' },
    levers,
    runs: [interruptedRun(), fakeRun(), fakeRun({ id: 'run-2', state: 'running', finishedAt: null })],
  });

  it('is told to people', async () => {
    const { stdout, stderr } = await status(moved);
    expect(stdout).toMatch(/^Traffic goes to the standby, seen at \S+ \(promotion of the twin\)\.$/m);
    expect(stdout).toContain('The banner is on: “Back soon” (warning)');
    expect(stdout).toMatch(/^Last dump: a\.dump, 340 MB, \S+\.$/m);
    expect(stdout).toMatch(/^Last drill: \S+ \(no good one in the last 30 days\)\.$/m);
    expect(stdout).toMatch(
      /^Interrupted: Traffic to the standby, .*\n.*signalbox runs resume run-0\n.*signalbox runs undo run-0$/m,
    );
    expect(stdout).toContain('Under way: Traffic to the standby (run-2).');
    expect(stderr).toBe('');
  });

  it('is part of the JSON', async () => {
    expect((await status(moved, '--json')).json()).toMatchObject({
      traffic: { target: 'standby', verifiedAt: at },
      banner: { on: true, text: 'Back soon', verifiedAt: at },
      dump: { last: { name: 'a.dump', at, bytes: 340_000_000 } },
      drill: { lastAt: at, overdue: true },
      runs: [{ id: 'run-0', offers: ['resume', 'undo'] }, { id: 'run-2' }],
    });
  });

  it('looks for runs whose process died before it reads', async () => {
    const order: string[] = [];
    const desk = fakeDesk();
    const findInterrupted = () => {
      order.push('find');
      return [];
    };
    await signalbox(['status'], {
      services: {
        levers: async () => ({
          ...desk,
          levers: { ...desk.levers, findInterrupted },
          close: async () => void order.push('close'),
        }),
        remembered: async () => {
          order.push('read');
          return sampleSnapshot();
        },
      },
    });
    expect(order).toEqual(['find', 'close', 'read']);
  });
});
