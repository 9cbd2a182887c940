// The runner going back: what is taken back and in which order, what is said when it cannot be, and runs that were interrupted.
import { describe, expect, it } from 'vitest';
import { takenUpEntry } from '../../../main/actions/lever-entries.ts';
import type { JournalRun } from '../../../main/engine/levers.ts';
import { FaultError } from '../../../shared/fault.ts';
import { exitCodeOfRun, type RunStep } from '../../../shared/run.ts';
import { deed, logged, pass, perform, quiet, states, step, untilStopped } from '../../support/deeds.ts';
import { refusingJournal } from '../../support/refusing-journal.ts';

const refused = (message = 'Vercel refused.'): Promise<never> =>
  Promise.reject(new FaultError({ code: 'provider-refused', message, next: 'Check the token.', exitCode: 3 }));

/** As an earlier process left it. */
function left(steps: readonly RunStep['state'][], change: Partial<JournalRun> = {}): (fresh: JournalRun) => JournalRun {
  return (fresh) => ({
    ...fresh,
    run: {
      ...fresh.run,
      steps: fresh.run.steps.map((one, index) => {
        const state = steps[index] ?? 'waiting';
        return { ...one, state, startedAt: state === 'waiting' || state === 'skipped' ? null : fresh.run.startedAt };
      }),
    },
    ...change,
  });
}

describe('a run that fails', () => {
  it('takes back every step that began, last first, also the one that failed and the one that gave up', async () => {
    const log: string[] = [];
    const settled: string[] = [];
    const steps = [
      logged(log, 'A'),
      logged(log, 'B', { run: async () => ({ gaveUp: 'No twin.' }) }),
      step('No way back'),
      logged(log, 'C', { run: () => refused() }),
      logged(log, 'D'),
    ];
    const action = deed(steps, { settle: () => void settled.push('settle'), fail: () => void settled.push('fail') });
    const { run } = await perform(action).finished;
    expect(log).toEqual(['do A', 'undo C', 'undo B', 'undo A']);
    expect(states(run)).toEqual(['undone', 'undone', 'succeeded', 'undone', 'skipped']);
    expect(run).toMatchObject({ state: 'failed', error: { code: 'provider-refused', next: 'Check the token.' } });
    expect(run.error?.message).toBe('Vercel refused. What it had done was put back.');
    expect(run.steps[3]?.detail).toContain('Vercel refused.');
    expect(settled).toEqual(['fail']);
    expect(run.result).toEqual({ elapsedMs: 0 });
  });

  it('leaves a step as it was when there was nothing to take back', async () => {
    const nothing = async () => ({ skipped: 'Nothing was done.' });
    const steps = [step('A', { undo: nothing }), step('B', { run: () => refused(), undo: nothing })];
    const { run } = await perform(deed(steps)).finished;
    expect(run.steps.map(({ state, detail }) => [state, detail])).toEqual([
      ['succeeded', 'A done.'],
      ['failed', 'Vercel refused.'],
    ]);
    expect(run.error?.message).toBe('Vercel refused.');
  });

  it('stores that it is on its way back, and why, before the first step is taken back', async () => {
    const journal = refusingJournal();
    const seen: unknown[] = [];
    const first = step('A', {
      async undo() {
        const { direction, run } = journal.saves.at(-1) ?? {};
        seen.push([direction, run?.state, run?.error?.code, run && states(run)]);
        return { done: '' };
      },
    });
    await perform(deed([first, step('B', { run: () => refused() })]), { journal }).finished;
    expect(seen).toEqual([['back', 'running', 'provider-refused', ['running', 'failed']]]);
  });

  it('says loudly what could not be put back, and goes on with the rest', async () => {
    const log: string[] = [];
    const steps = [
      logged(log, 'Set the value'),
      logged(log, 'Promote', { undo: () => refused('Vercel is away.') }),
      logged(log, 'Publish', { undo: async () => ({ gaveUp: 'The page is locked.' }) }),
      step('Verify', { run: () => Promise.reject(new FaultError({ code: 'not-live', message: 'Not live.', next: 'Look.' })) }),
    ];
    const { run } = await perform(deed(steps)).finished;
    expect(log.at(-1)).toBe('undo Set the value');
    expect(run).toMatchObject({ state: 'failed', error: { code: 'not-put-back' } });
    expect(run.error?.message).toBe(
      'Not live. Not everything it had done could be put back. “Publish”: The page is locked. “Promote”: Vercel is away.',
    );
    expect(run.error?.next).toMatch(/^NOT PUT BACK, see to it now: “Publish”, “Promote”\. Put back by hand what “Publish” did\./);
    expect(run.steps[1]).toMatchObject({ state: 'failed', detail: 'It could not be taken back: Vercel is away.' });
    expect(exitCodeOfRun(run)).toBe(1);
  });

  it('gives every undo a time limit of its own, which a cancel does not shorten', async () => {
    const stuck = step('A', { undo: untilStopped, undoLimitMs: 30_000 });
    const { clock, finished, cancel, journal } = perform(deed([stuck, step('B', { run: untilStopped })]));
    await quiet();
    cancel.abort();
    await pass(clock, 29_999);
    journal.askToCancel('run-1', 0);
    expect(journal.run('run-1')?.run.state).toBe('running');
    await pass(clock, 1);
    const { run } = await finished;
    expect(run).toMatchObject({ state: 'failed', error: { code: 'not-put-back' } });
    expect(run.error?.message).toContain('“Taking back: A” was not done after 30 s');
  });
});

describe('a journal that refuses', () => {
  it('stops the run before the step, and what was done is taken back although that cannot be stored either', async () => {
    const log: string[] = [];
    const journal = refusingJournal();
    const { finished } = perform(deed([logged(log, 'A'), logged(log, 'B')]), { journal });
    journal.refuse = ({ run }) => run.steps[1]?.state !== 'waiting';
    const { run } = await finished;
    expect(log).toEqual(['do A', 'undo A']);
    expect(run).toMatchObject({ state: 'failed', error: { code: 'disk-full' } });
    expect(run.error?.next).toContain('The history does not have this end');
  });

  it('stops a step at the fact that it wanted to remember', async () => {
    const log: string[] = [];
    const journal = refusingJournal();
    const careful = step('A', {
      async run({ remember }) {
        remember({ id: 1 });
        log.push('the provider call');
        return { done: '' };
      },
    });
    journal.refuse = ({ memory }) => 'id' in memory;
    const { run, memory } = await perform(deed([careful]), { journal }).finished;
    expect(log).toEqual([]);
    expect(memory).toEqual({});
    expect(run.error?.code).toBe('disk-full');
  });

  it('does not take back a deed because its end cannot be stored', async () => {
    const log: string[] = [];
    const journal = refusingJournal();
    journal.refuse = ({ run }) => run.state !== 'running';
    const { run } = await perform(deed([logged(log, 'A')]), { journal }).finished;
    expect(log).toEqual(['do A']);
    expect(run).toMatchObject({ state: 'failed' });
    expect(run.error?.message).toContain('It was done, but could not be recorded');
  });
});

describe('an interrupted run', () => {
  it('goes on where it was: what ended is not repeated, what was under way is called again', async () => {
    const calls: unknown[] = [];
    const steps = ['A', 'B', 'C', 'D'].map((name) =>
      step(name, {
        async run({ again, memory }) {
          calls.push([name, again, memory.before]);
          return { done: '' };
        },
      }),
    );
    const entry = left(['succeeded', 'failed', 'running'], { memory: { before: 7 } });
    const { run } = await perform(deed(steps), { entry }).finished;
    expect(calls).toEqual([
      ['C', true, 7],
      ['D', false, 7],
    ]);
    expect(run.state).toBe('succeeded');
    expect(states(run)).toEqual(['succeeded', 'failed', 'succeeded', 'succeeded']);
  });

  it('is taken back from where it was, and that ends well', async () => {
    const log: string[] = [];
    const again: boolean[] = [];
    const uncertain = step('B', {
      async undo(context) {
        log.push('undo B');
        again.push(context.again);
        return { skipped: 'It was not done.' };
      },
    });
    const entry = (fresh: JournalRun) => takenUpEntry(left(['succeeded', 'running'])(fresh), 'back', 0);
    const { run } = await perform(deed([logged(log, 'A'), uncertain, logged(log, 'C')]), { entry }).finished;
    expect(log).toEqual(['undo B', 'undo A']);
    expect(again).toEqual([true]);
    expect(states(run)).toEqual(['undone', 'cancelled', 'cancelled']);
    expect(run).toMatchObject({ state: 'cancelled', error: { code: 'undone' } });
    expect(exitCodeOfRun(run)).toBe(0);
  });

  it('on its way back goes on there: what is undone stays, and its first reason too', async () => {
    const log: string[] = [];
    const entry = (fresh: JournalRun): JournalRun => {
      const old = left(['succeeded', 'running', 'undone', 'skipped'], { direction: 'back' })(fresh);
      const error = { code: 'provider-refused', message: 'Vercel refused.', next: 'Check the token.' };
      return takenUpEntry({ ...old, run: { ...old.run, error } }, 'back', 0);
    };
    const { run } = await perform(deed(['A', 'B', 'C', 'D'].map((name) => logged(log, name))), { entry }).finished;
    expect(log).toEqual(['undo B', 'undo A']);
    expect(states(run)).toEqual(['undone', 'undone', 'undone', 'skipped']);
    expect(run).toMatchObject({ state: 'failed', error: { code: 'provider-refused' } });
  });
});
