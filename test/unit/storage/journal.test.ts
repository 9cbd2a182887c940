// The journal of the levers' runs: what is kept, what another process sees of it, and what an older file still shows.
import { DatabaseSync } from 'node:sqlite';
import { describe, expect, it } from 'vitest';
import type { JournalRun } from '../../../main/engine/levers.ts';
import { openHistory } from '../../../main/storage/history.ts';
import { FaultError } from '../../../shared/fault.ts';
import type { Run } from '../../../shared/run.ts';
import { noon, temporaryFolder } from '../../support/history-values.ts';

const iso = (at: number): string => new Date(at).toISOString();

function entry(id: string, change: Partial<Run> = {}, more: Partial<JournalRun> = {}): JournalRun {
  return {
    run: {
      id,
      action: 'traffic',
      title: 'Traffic to the standby',
      by: 'window',
      state: 'running',
      startedAt: iso(noon),
      finishedAt: null,
      steps: [{ name: 'Wake the standby', state: 'waiting', startedAt: null, finishedAt: null }],
      ...change,
    },
    request: { action: 'traffic', to: 'standby', force: false },
    by: 'window',
    direction: 'forward',
    incidentIds: ['inc-20261123-120000'],
    memory: { before: { value: 'https://api.example.com', rows: [1, null, true] } },
    ...more,
  };
}

describe('the journal', () => {
  it('returns a run as it was saved, and its newest state', () => {
    const { journal, close } = openHistory(temporaryFolder());
    journal.save(entry('run-a'));
    expect(journal.run('run-a')).toEqual(entry('run-a'));
    const later = entry('run-a', { state: 'succeeded', finishedAt: iso(noon + 5) }, { direction: 'back', memory: {} });
    journal.save(later);
    expect(journal.run('run-a')).toEqual(later);
    expect(journal.run('run-b')).toBeNull();
    close();
  });

  it('names the unfinished, oldest first, and has them among the recent ones however old', () => {
    const { journal, runs, close } = openHistory(temporaryFolder());
    journal.save(entry('run-old', { state: 'interrupted', startedAt: iso(noon - 1_000), offers: ['resume', 'undo'] }));
    for (let number = 0; number < 5; number += 1) {
      journal.save(entry(`run-${number}`, { state: 'succeeded', startedAt: iso(noon + number) }));
    }
    journal.save(entry('run-now', { startedAt: iso(noon + 10) }));
    expect(journal.unfinished().map(({ run }) => run.id)).toEqual(['run-old', 'run-now']);
    expect(journal.recent(2).map(({ id }) => id)).toEqual(['run-now', 'run-4', 'run-old']);
    expect(runs(2).map(({ id }) => id)).toEqual(['run-now', 'run-4']);
    close();
  });

  it('tells another process what was saved since it last looked, each run once, in order', () => {
    const folder = temporaryFolder();
    const [command, engine] = [openHistory(folder), openHistory(folder)];
    command.journal.save(entry('run-a'));
    const { mark, runs } = engine.journal.changedSince(null);
    expect(runs).toEqual([]);
    command.journal.save(entry('run-b'));
    engine.journal.save(entry('run-c'));
    command.journal.save(entry('run-a', { state: 'failed' }));
    command.journal.save(entry('run-b', { state: 'succeeded' }));
    const news = engine.journal.changedSince(mark);
    expect(news.runs.map(({ id, state }) => [id, state])).toEqual([
      ['run-c', 'running'],
      ['run-a', 'failed'],
      ['run-b', 'succeeded'],
    ]);
    expect(engine.journal.changedSince(news.mark)).toEqual({ mark: news.mark, runs: [] });
    expect(command.journal.changedSince(mark)).toEqual(news);
    command.close();
    engine.close();
  });

  it('carries the wish to cancel to another process, until an interrupted run is taken up again', () => {
    const folder = temporaryFolder();
    const [command, engine] = [openHistory(folder), openHistory(folder)];
    command.journal.save(entry('run-a'));
    expect(command.journal.cancelAsked('run-a')).toBe(false);
    engine.journal.askToCancel('run-a', noon);
    command.journal.save(entry('run-a'));
    expect(command.journal.cancelAsked('run-a')).toBe(true);
    engine.journal.save(entry('run-a', { state: 'interrupted' }));
    expect(engine.journal.cancelAsked('run-a')).toBe(true);
    engine.journal.save(entry('run-a', { state: 'running' }));
    expect(engine.journal.cancelAsked('run-a')).toBe(false);
    engine.journal.save(entry('run-a', { state: 'failed' }));
    engine.journal.askToCancel('run-a', noon);
    expect(engine.journal.cancelAsked('run-a')).toBe(false);
    expect(engine.journal.cancelAsked('run-none')).toBe(false);
    command.close();
    engine.close();
  });

  it('keeps what is known of each lever', () => {
    const folder = temporaryFolder();
    const { journal, close } = openHistory(folder);
    expect(journal.recall('banner')).toBeNull();
    const banner = {
      on: true,
      text: 'We are on it',
      severity: 'warning' as const,
      expiresAt: noon + 7_200_000,
      way: 'statuspage',
      verifiedAt: noon,
      handle: { incidentId: 'p31zjtct2jer' },
    };
    journal.remember('banner', banner);
    journal.remember('drill', { at: noon, runId: 'run-a', succeeded: false });
    journal.remember('drill', { at: noon + 1, runId: 'run-b', succeeded: true });
    close();
    const again = openHistory(folder);
    expect(again.journal.recall('banner')).toEqual(banner);
    expect(again.journal.recall('drill')).toEqual({ at: noon + 1, runId: 'run-b', succeeded: true });
    again.close();
  });

  it('stores nothing shown that is shaped like a secret', () => {
    const { journal, file, close } = openHistory(temporaryFolder());
    const steps = [
      { name: 'Dump', state: 'failed' as const, startedAt: null, finishedAt: null, detail: 'postgres://u:hunter22@db/x refused' },
    ];
    journal.save(entry('run-a', { steps, error: { code: 'x', message: 'Bearer abcdefghijkl', next: 'token=abcdef' } }));
    close();
    const sql = new DatabaseSync(file, { readOnly: true });
    const stored = JSON.stringify(sql.prepare('SELECT * FROM runs').all());
    sql.close();
    for (const secret of ['hunter22', 'abcdefghijkl', 'token=abcdef']) expect(stored).not.toContain(secret);
  });

  it('shows runs of a file of version 1 and leaves them alone otherwise', () => {
    const { journal, file, close, runs } = openHistory(temporaryFolder());
    const sql = new DatabaseSync(file);
    const old = { ...entry('run-old').run, state: 'running' };
    sql
      .prepare('INSERT INTO runs (id, action, state, started_at, json) VALUES (?, ?, ?, ?, ?)')
      .run(old.id, old.action, old.state, noon, JSON.stringify(old));
    sql.close();
    expect(runs(5)).toEqual([old]);
    expect(journal.recent(5)).toEqual([old]);
    expect(journal.run('run-old')).toBeNull();
    expect(journal.unfinished()).toEqual([]);
    close();
  });

  it('stops at a row that it cannot have written', () => {
    const { journal, file, close } = openHistory(temporaryFolder());
    journal.save(entry('run-a'));
    journal.remember('drill', { at: noon, runId: 'run-b', succeeded: true });
    const sql = new DatabaseSync(file);
    sql.exec(`UPDATE runs SET memory = '[1]'; UPDATE levers SET json = '{"at":1}'`);
    sql.close();
    expect(() => journal.run('run-a')).toThrow(FaultError);
    expect(() => journal.run('run-a')).toThrow('damaged (run run-a');
    expect(() => journal.recall('drill')).toThrow('what is known of the lever drill: runId');
    close();
  });
});
