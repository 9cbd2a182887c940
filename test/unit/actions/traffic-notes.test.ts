import { describe, expect, it } from 'vitest';
import type { StepContext } from '../../../main/actions/action.ts';
import { openNotebook, readNotes } from '../../../main/actions/traffic-notes.ts';
import { twinView } from '../../../main/actions/twin.ts';
import type { Memory } from '../../../main/engine/levers.ts';

function contextOf(start: Memory): StepContext {
  let memory = start;
  return {
    ...{ runId: 'run-1', signal: AbortSignal.timeout(1_000), force: false, again: false },
    get memory() {
      return memory;
    },
    remember(facts) {
      memory = JSON.parse(JSON.stringify({ ...memory, ...facts }));
    },
    progress: () => undefined,
    tell: () => undefined,
  };
}

describe('the notes of a move', () => {
  it('are blank at first, and whatever is not of the expected kind is taken as blank', () => {
    const blank = readNotes({}, 'there');
    expect(blank).toMatchObject({ from: 'unknown', before: null, way: null, ours: [], warnings: [] });
    for (const sheet of [null, 7, 'text', [1], { from: 'elsewhere', ours: 'all', env: { row: 3 } }]) {
      expect(readNotes({ there: sheet }, 'there')).toEqual(blank);
    }
  });

  it('survive the journal, sheet by sheet', () => {
    const context = contextOf({ other: 'kept' });
    const there = openNotebook(context, 'there');
    there.write({ before: { id: 'dpl_1', commit: null }, config: { existed: true, before: { nested: [1, null] } } });
    openNotebook(context, 'back').write({ from: 'standby' });
    there.warn('Look out.');
    there.warn('Look out.');
    expect(readNotes(context.memory, 'there')).toMatchObject({
      before: { id: 'dpl_1', commit: null },
      config: { existed: true, before: { nested: [1, null] } },
      warnings: ['Look out.'],
    });
    expect(readNotes(context.memory, 'back').from).toBe('standby');
    expect(context.memory.other).toBe('kept');
  });
});

describe('twinView', () => {
  const now = Date.parse('2026-11-23T12:00:00Z');
  const twin = { deploymentId: 'dpl_1', commit: 'abcdef0123', liveCommit: 'abcdef0123', at: now - 3 * 86_400_000 };

  it('is fresh while the twin is of the live commit', () => {
    expect(twinView(twin, now)).toEqual({ state: 'fresh', sentence: 'Twin dpl_1, built 3 d ago, of the live commit abcdef0.' });
  });

  it.each([
    [{ ...twin, liveCommit: '9876543210' }, 'is of abcdef0, and 9876543 is live'],
    [{ ...twin, liveCommit: null }, 'is of abcdef0, and what is live is not known'],
    [{ ...twin, commit: null, liveCommit: null }, 'is of an unknown commit'],
  ])('is stale when it is not, or nobody can tell', (known, words) => {
    expect(twinView(known, now)).toMatchObject({ state: 'stale', sentence: expect.stringContaining(words) });
  });

  it('is missing when none was built', () => {
    expect(twinView(null, now)).toMatchObject({ state: 'missing', sentence: expect.stringContaining('traffic prepare') });
  });
});
