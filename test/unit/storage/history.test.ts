// The history port over a real file: what is stored comes back, and what is stored twice is there once.
import { chmodSync, cpSync, readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { describe, expect, it } from 'vitest';
import { openHistory } from '../../../main/storage/history.ts';
import type { Observation } from '../../../shared/observation.ts';
import { alert, commit, incident, monitor, noon, seen, temporaryFolder } from '../../support/history-values.ts';

const id = 'inc-20261123-120000';

describe('a commit', () => {
  it('gives back every field of the last observation of each monitor', () => {
    const history = openHistory(temporaryFolder());
    const full: Observation = {
      ...seen('api', noon),
      outcome: 'down',
      latencyMs: 12.345,
      queuedMs: 0.25,
      phases: { dnsMs: 1, tcpMs: 2.5, tlsMs: 3, firstByteMs: 4, loginMs: 5, queryMs: 6 },
      families: { ipv4: true, ipv6: null },
      address: '192.0.2.1',
      status: 503,
      wakeMs: 1_000,
      certificate: { host: 'api.example.com', expiresAt: '2027-01-01T00:00:00.000Z', daysLeft: 39 },
      serverVersion: '15.1',
      excerpt: 'Service Unavailable',
      error: { code: 'http-status', message: 'answered 503' },
    };
    history.commit(commit({ observations: [seen('api', noon - 30_000), full, seen('db', noon, { latencyMs: null })] }));
    expect(history.load(noon).lastObservations).toEqual({ api: full, db: seen('db', noon, { latencyMs: null }) });
    history.close();
  });

  it('restores monitors, living incidents and the engine memory after a restart', () => {
    const folder = temporaryFolder();
    const engine = {
      signal: { colour: 'red' as const, since: noon, reasons: ['API is down'] },
      connectivity: { state: 'online' as const, since: noon },
      pausedUntil: null,
      certificates: { 'a.example': { expiresAt: '2027-01-01T00:00:00.000Z', seenAt: noon, warnedDays: 21 } },
      failingChannels: ['slack' as const],
      settingsProblem: null,
    };
    const first = openHistory(folder);
    const fresh = incident('inc-20261123-115900', { state: 'resolved', openedAt: noon - 60_000, resolvedAt: noon - 1_000 });
    const old = incident('inc-20261123-110000', { state: 'resolved', openedAt: noon - 3_600_000, resolvedAt: noon - 900_000 });
    first.commit(commit({ monitors: [monitor('api'), monitor('db')], incidents: [incident(id), fresh, old], engine }));
    first.close();
    const second = openHistory(folder);
    expect(second.load(noon)).toEqual({
      engine,
      monitors: [monitor('api'), monitor('db')],
      incidents: [fresh, incident(id)],
      lastObservations: {},
    });
    second.close();
  });

  it('replayed adds no observation, timeline entry, span or delivery', () => {
    const folder = temporaryFolder();
    const whole = commit({
      observations: [seen('api', noon)],
      incidents: [incident(id)],
      spans: [{ monitorId: 'api', kind: 'up', from: noon - 10, to: noon }],
      deliveries: [{ channel: 'slack', alert: alert(`${id}/1`) }],
    });
    const first = openHistory(folder);
    first.commit(whole);
    first.commit(whole);
    first.close();
    const second = openHistory(folder);
    second.commit(whole);
    expect(second.strips(10).api).toHaveLength(1);
    expect(second.incident(id)?.timeline).toHaveLength(1);
    expect(second.spans('api', 0)).toEqual([{ kind: 'up', from: noon - 10, to: noon }]);
    expect(second.outbox('slack')).toHaveLength(1);
    second.close();
  });

  it('stores all of itself or nothing, and the next one is whole again', () => {
    const history = openHistory(temporaryFolder());
    const broken = { ...monitor('api'), since: 1n } as unknown as ReturnType<typeof monitor>;
    const good = commit({
      observations: [seen('api', noon, { address: '192.0.2.1' })],
      incidents: [incident(id)],
      monitors: [monitor('api')],
    });
    expect(() => history.commit({ ...good, monitors: [broken] })).toThrow(/BigInt/);
    expect(history.load(noon)).toEqual({ engine: null, monitors: [], incidents: [], lastObservations: {} });
    history.commit(good);
    expect(history.load(noon).lastObservations.api).toEqual(seen('api', noon, { address: '192.0.2.1' }));
    expect(history.load(noon).incidents).toEqual([incident(id)]);
    history.close();
  });

  it('appends timeline entries and keeps those already there as they were', () => {
    const history = openHistory(temporaryFolder());
    const entry = (text: string) => ({ at: new Date(noon).toISOString(), kind: 'note' as const, text });
    history.commit(commit({ incidents: [incident(id, { timeline: [entry('one')] })] }));
    history.commit(commit({ incidents: [incident(id, { timeline: [entry('changed'), entry('two')] })] }));
    expect(history.incident(id)?.timeline.map(({ text }) => text)).toEqual(['one', 'two']);
    history.close();
  });
});

describe('incidents', () => {
  it('come newest first, a page at a time, an open one with its age', () => {
    const history = openHistory(temporaryFolder(), { now: () => noon + 60_000 });
    const ids = ['inc-20261123-120000', 'inc-20261123-110000', 'inc-20261123-100000'] as const;
    history.commit(commit({ incidents: ids.map((name, index) => incident(name, { openedAt: noon - index * 3_600_000 })) }));
    const page = history.incidents(null, 2);
    expect(page.map((item) => item.id)).toEqual(ids.slice(0, 2));
    expect(page[0]?.durationMs).toBe(60_000);
    expect(history.incidents(Date.parse(page[1]?.openedAt ?? ''), 2).map((item) => item.id)).toEqual([ids[2]]);
    expect(history.incident('inc-20200101-000000')).toBeNull();
    history.close();
  });
});

describe('strips', () => {
  it('hold the last checks of each monitor, oldest first, with what went wrong', () => {
    const history = openHistory(temporaryFolder());
    const error = { code: 'refused' as const, message: 'connection refused' };
    history.commit(
      commit({
        observations: [
          seen('api', noon - 60_000),
          seen('api', noon - 30_000, { outcome: 'degraded', latencyMs: 2_500.5 }),
          seen('api', noon, { outcome: 'down', latencyMs: null, error }),
          seen('db', noon, { outcome: 'unknown', latencyMs: null }),
        ],
      }),
    );
    expect(history.strips(2)).toEqual({
      api: [
        [noon - 30_000, 'g', 2_500.5, null],
        [noon, 'd', null, 'connection refused'],
      ],
      db: [[noon, 'n', null, null]],
    });
    history.close();
  });
});

describe('the outbox', () => {
  it('keeps channels apart and hands out what is not finished', () => {
    const history = openHistory(temporaryFolder());
    const both = (['slack', 'rollbar'] as const).map((channel) => ({ channel, alert: alert('a/1') }));
    history.commit(commit({ deliveries: [...both, { channel: 'slack', alert: alert('a/2', { kind: 'resolved' }) }] }));
    const [one, two] = history.outbox('slack');
    expect(one).toEqual({ id: one?.id, channel: 'slack', alert: alert('a/1'), state: 'waiting', attempts: 0, dueAt: noon });
    history.markDelivery(one?.id ?? 0, { state: 'sending', at: noon + 1 });
    expect(history.outbox('slack')[0]).toMatchObject({ state: 'sending', attempts: 1 });
    history.markDelivery(one?.id ?? 0, { state: 'waiting', at: noon + 2, dueAt: noon + 5_000, problem: 'answered 503' });
    expect(history.outbox('slack')[0]).toMatchObject({ state: 'waiting', attempts: 1, dueAt: noon + 5_000 });
    expect(history.lastSent('slack')).toBeNull();
    history.markDelivery(one?.id ?? 0, { state: 'sent', at: noon + 6_000, memory: { ts: '1' } });
    history.markDelivery(two?.id ?? 0, { state: 'uncertain', at: noon + 7_000, memory: { thread: '2' } });
    expect(history.outbox('slack')).toEqual([]);
    expect(history.outbox('rollbar')).toHaveLength(1);
    expect(history.lastSent('slack')).toBe(noon + 6_000);
    expect(history.deliveryMemory('slack', alert('').incidentId)).toEqual({ ts: '1', thread: '2' });
    expect(history.deliveryMemory('rollbar', alert('').incidentId)).toEqual({});
    expect(history.deliveryMemory('slack', null)).toEqual({});
    history.close();
  });
});

describe('wishes', () => {
  it('reach the engine from another connection once, and tell their writer when they are done', () => {
    const folder = temporaryFolder();
    const engine = openHistory(folder);
    const command = openHistory(folder);
    const before = engine.version();
    expect(engine.version()).toBe(before);
    const number = command.addWish({ type: 'note', incidentId: id, text: 'rebooting' }, noon);
    expect(engine.version()).not.toBe(before);
    expect(engine.wishes()).toEqual([{ id: number, at: noon, wish: { type: 'note', incidentId: id, text: 'rebooting' } }]);
    expect(command.wishDone(number)).toBe(false);
    engine.commit(commit({ wishes: [number] }));
    expect(engine.wishes()).toEqual([]);
    expect(command.wishDone(number)).toBe(true);
    engine.close();
    command.close();
  });

  it('from a newer program stay waiting', () => {
    const folder = temporaryFolder();
    const history = openHistory(folder);
    const number = history.addWish({ type: 'explode' } as never, noon);
    expect(history.wishes()).toEqual([]);
    expect(history.wishDone(number)).toBe(false);
    history.close();
  });
});

describe('runs', () => {
  it('are read newest first', () => {
    const folder = temporaryFolder();
    const history = openHistory(folder);
    const sql = new DatabaseSync(history.file);
    const run = (name: string) => ({
      id: name,
      action: 'dump',
      state: 'running',
      startedAt: new Date(noon).toISOString(),
      finishedAt: null,
      steps: [],
    });
    const add = sql.prepare("INSERT INTO runs (id, action, state, started_at, json) VALUES (?, 'dump', 'running', ?, ?)");
    ['r1', 'r2', 'r3'].forEach((name, index) => void add.run(name, noon + index, JSON.stringify(run(name))));
    sql.close();
    expect(history.runs(2)).toEqual([run('r3'), run('r2')]);
    history.close();
  });
});

describe('the file', () => {
  it('is private, also where the user made the folder or the file was not', () => {
    const folder = join(temporaryFolder(), 'deep', 'signalbox');
    const history = openHistory(folder);
    history.commit(commit({ observations: [seen('api', noon)] }));
    const modes = () => readdirSync(folder).map((name) => [name, (statSync(join(folder, name)).mode & 0o777).toString(8)]);
    expect((statSync(folder).mode & 0o777).toString(8)).toBe('700');
    expect(modes()).toEqual(['history.db', 'history.db-shm', 'history.db-wal'].map((name) => [name, '600']));
    history.close();
    chmodSync(join(folder, 'history.db'), 0o644);
    openHistory(folder).close();
    expect(modes()).toEqual([['history.db', '600']]);
  });

  it('of version 2 opens and holds the journal that it held', () => {
    const folder = temporaryFolder();
    cpSync(new URL('../../fixtures/history/v2.db', import.meta.url), join(folder, 'history.db'));
    const { journal, wishes, close } = openHistory(folder);
    expect(journal.unfinished()).toMatchObject([
      {
        run: { id: 'run-20261123-114000-0a1b', offers: ['resume'] },
        by: 'command',
        direction: 'forward',
        memory: { before: expect.any(String) },
      },
    ]);
    expect(journal.recall('traffic')).toMatchObject({ target: 'primary', way: 'promote-twin' });
    expect(journal.recall('banner')).toBeNull();
    expect(wishes().map(({ wish }) => wish.type)).toEqual(['acknowledge', 'acted']);
    close();
  });

  it('of version 1 opens and holds what it held', () => {
    const folder = temporaryFolder();
    cpSync(new URL('../../fixtures/history/v1.db', import.meta.url), join(folder, 'history.db'));
    const history = openHistory(folder);
    const { monitors, incidents, engine, lastObservations } = history.load(noon);
    expect(monitors).toMatchObject([{ id: 'api', status: 'down', failures: 60 }]);
    expect(incidents).toMatchObject([
      { id: 'inc-20261123-113000', alerts: 1, timeline: [{ kind: 'check' }, { kind: 'incident' }] },
    ]);
    expect(engine?.signal.colour).toBe('red');
    expect(lastObservations.api?.error?.code).toBe('refused');
    expect(history.strips(5).api).toHaveLength(2);
    expect(history.spans('api', 0)).toHaveLength(1);
    expect(history.outbox('slack')).toHaveLength(1);
    expect(history.wishes()).toMatchObject([{ wish: { type: 'acknowledge' } }]);
    history.close();
  });
});
