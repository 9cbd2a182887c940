// The runner going forward: journal before deed, time limits, cancel, progress, the end and its words.
import { describe, expect, it } from 'vitest';
import { FaultError } from '../../../shared/fault.ts';
import { exitCodeOfRun, run as runShape } from '../../../shared/run.ts';
import { deed, logged, pass, perform, quiet, states, step, untilStopped } from '../../support/deeds.ts';
import { refusingJournal } from '../../support/refusing-journal.ts';

describe('a run that goes well', () => {
  it('stores each step as running before it is called, then its end, then what is known of the lever', async () => {
    const journal = refusingJournal();
    const seen: string[] = [];
    const look = (name: string) =>
      step(name, {
        async run() {
          seen.push(`${name}: ${states(journal.saves.at(-1)?.run ?? fail()).join(' ')}`);
          return { done: '' };
        },
      });
    const settle = () => void seen.push(`settle while ${journal.saves.at(-1)?.run.state}`);
    const { finished } = perform(deed([look('A'), look('B')], { settle }), { journal });
    const { run } = await finished;
    expect(seen).toEqual(['A: running waiting', 'B: succeeded running', 'settle while running']);
    expect(run).toMatchObject({ state: 'succeeded', finishedAt: '2026-11-23T14:00:00.000Z' });
    expect(journal.run('run-1')?.run).toEqual(run);
    expect(runShape.parse(run)).toEqual(run);
    expect(exitCodeOfRun(run)).toBe(0);
  });

  it('stores what a step remembers before remember returns, and hands it on', async () => {
    const journal = refusingJournal();
    const first = step('A', {
      async run({ remember, memory }) {
        remember({ id: 'dpl_1' });
        expect(journal.saves.at(-1)?.memory).toEqual({ id: 'dpl_1' });
        expect(memory).toEqual({});
        return { done: '' };
      },
    });
    const second = step('B', {
      async run(context) {
        context.remember({ more: [1] });
        expect(context.memory).toEqual({ id: 'dpl_1', more: [1] });
        return { done: '' };
      },
    });
    const { finished } = perform(deed([first, second]), { journal });
    await quiet();
    expect((await finished).run.error).toBeUndefined();
    expect((await finished).run.result).toEqual({ id: 'dpl_1', more: [1], elapsedMs: 0 });
  });

  it('goes on after a way that did not work and one that was not needed', async () => {
    const steps = [
      step('A', { run: async () => ({ gaveUp: 'No twin.' }) }),
      step('B', { run: async () => ({ skipped: 'Not needed.' }) }),
      step('C'),
    ];
    const { run } = await perform(deed(steps)).finished;
    expect(run.state).toBe('succeeded');
    expect(run.steps.map(({ state, detail }) => [state, detail])).toEqual([
      ['failed', 'No twin.'],
      ['skipped', 'Not needed.'],
      ['succeeded', 'C done.'],
    ]);
  });

  it('says how far a step is four times a second at most, stores it once a second, and keeps the last word', async () => {
    const slow = step('A', {
      async run({ progress, tell }) {
        await quiet();
        for (let done = 1; done <= 100; done += 1) {
          progress({ done, total: 100, unit: 'bytes' });
          tell(`${done} bytes`);
          await new Promise<void>((resolve) => clock.after(30, resolve));
        }
        return { done: 'All there.' };
      },
    });
    const performance = perform(deed([slow]));
    const { clock, told, journal, finished } = performance;
    await pass(clock, 2_900, 10);
    const saves = journal.saves.length;
    // The first state, then one per quarter of a second, and one per second.
    expect(told.length).toBeGreaterThanOrEqual(11);
    expect(told.length).toBeLessThanOrEqual(13);
    expect(saves).toBeGreaterThanOrEqual(4);
    expect(saves).toBeLessThanOrEqual(5);
    await pass(clock, 200, 10);
    const { run } = await finished;
    expect(run.steps[0]).toMatchObject({ detail: 'All there.', progress: { done: 100, total: 100, unit: 'bytes' } });
    expect(journal.run('run-1')?.run.steps[0]?.progress?.done).toBe(100);
    expect(run.result?.elapsedMs).toBe(3_000);
  });

  it('tells the last progress of a step that then says nothing for long', async () => {
    const quietStep = step('A', {
      async run(context) {
        context.tell('one');
        context.tell('two');
        return await untilStopped(context);
      },
    });
    const { clock, told, journal } = perform(deed([quietStep]));
    await pass(clock, 250);
    expect(told.at(-1)?.steps[0]?.detail).toBe('two');
    await pass(clock, 1_000);
    expect(journal.saves.at(-1)?.run.steps[0]?.detail).toBe('two');
  });
});

describe('a step that takes too long', () => {
  it('is stopped, and the run says which and after how long', async () => {
    const log: string[] = [];
    const { clock, finished } = perform(deed([logged(log, 'A'), step('Wait', { limitMs: 90_000, run: untilStopped })]));
    await pass(clock, 90_000);
    const { run } = await finished;
    expect(run.error).toMatchObject({ code: 'timeout' });
    expect(run.error?.message).toContain('“Wait” was not done after 1 min 30 s');
    expect(states(run)).toEqual(['undone', 'failed']);
    expect(log).toEqual(['do A', 'undo A']);
    expect(exitCodeOfRun(run)).toBe(1);
  });

  it('is left behind when it does not listen, and can then do nothing more', async () => {
    let late: (() => void) | null = null;
    const deaf = step('Deaf', {
      limitMs: 1_000,
      run: ({ remember, tell }) =>
        new Promise(() => {
          late = () => {
            tell('too late');
            remember({ done: true });
          };
        }),
    });
    const { clock, finished, journal } = perform(deed([deaf]));
    await pass(clock, 5_900);
    expect(journal.run('run-1')?.run.state).toBe('running');
    await pass(clock, 100);
    const { run, memory } = await finished;
    expect(run.error?.code).toBe('timeout');
    expect(() => late?.()).toThrow('This step has ended.');
    expect(memory).toEqual({});
  });

  it('counts as done when it comes to an end all the same', async () => {
    const stubborn = step('A', {
      limitMs: 1_000,
      run: ({ signal }) =>
        new Promise((resolve) => signal.addEventListener('abort', () => resolve({ done: 'Just in time.' }), { once: true })),
    });
    const { clock, finished } = perform(deed([stubborn]));
    await pass(clock, 1_000);
    expect((await finished).run.state).toBe('succeeded');
  });
});

describe('cancelling', () => {
  it('stops the step under way and takes back what was done', async () => {
    const log: string[] = [];
    const { cancel, finished } = perform(deed([logged(log, 'A'), step('Wait', { run: untilStopped }), logged(log, 'C')]));
    await quiet();
    cancel.abort();
    await quiet();
    const { run } = await finished;
    expect(run).toMatchObject({ state: 'cancelled', error: { code: 'cancelled' } });
    expect(run.error?.message).toBe('Cancelled during “Wait”. What it had done was put back.');
    expect(states(run)).toEqual(['undone', 'cancelled', 'cancelled']);
    expect(log).toEqual(['do A', 'undo A']);
    expect(exitCodeOfRun(run)).toBe(130);
  });

  it('is heard from another process within a quarter of a second', async () => {
    const { clock, journal, finished } = perform(deed([step('Wait', { run: untilStopped })]));
    await pass(clock, 1_000);
    journal.askToCancel('run-1', clock.now());
    await pass(clock, 250);
    expect((await finished).run.state).toBe('cancelled');
  });

  it('before the first step changes nothing', async () => {
    const log: string[] = [];
    const journal = refusingJournal();
    const entry = (fresh: Parameters<typeof journal.save>[0]) => {
      journal.save(fresh);
      journal.askToCancel('run-1', 0);
      return fresh;
    };
    const { run } = await perform(deed([logged(log, 'A')]), { journal, entry }).finished;
    expect(run.error?.message).toBe('Cancelled before “A”.');
    expect(log).toEqual([]);
  });

  it('after the last step comes too late', async () => {
    const last = step('A', {
      async run() {
        performance.cancel.abort();
        return { done: 'Switched.' };
      },
    });
    const performance = perform(deed([step('First'), last]));
    expect((await performance.finished).run.state).toBe('succeeded');
  });
});

describe('what a run says', () => {
  it('passes the cleaner, whoever said it', async () => {
    const secret = 'hunter2-hunter2';
    const clean = (text: string): string => text.replaceAll(secret, '•••');
    const steps = [
      step('A', {
        async run({ tell }) {
          tell(`with ${secret}`);
          return { done: `done \u001b[31mwith ${secret}` };
        },
      }),
      step('B', {
        run: () =>
          Promise.reject(
            new FaultError({ code: 'provider-refused', message: `no ${secret}`, next: `ask ${secret}`, exitCode: 3 }),
          ),
      }),
    ];
    const { finished, told } = perform(deed(steps, { result: () => ({ deep: [{ text: secret }] }) }), { clean });
    const { run } = await finished;
    expect(JSON.stringify([told, run])).not.toContain(secret);
    expect(run.steps[0]?.detail).toBe('done with •••');
    expect(run.result).toEqual({ deep: [{ text: '•••' }] });
    expect(exitCodeOfRun(run)).toBe(3);
  });

  it('stays within the contract however long it is', async () => {
    const long = 'word '.repeat(10_000);
    const steps = [
      step('x'.repeat(300), { run: async () => ({ done: long }), undo: () => Promise.reject(new Error(long)) }),
      step('B', { run: () => Promise.reject(new Error(long)) }),
    ];
    const { run } = await perform(deed(steps, { title: long })).finished;
    expect(runShape.safeParse(run).error).toBeUndefined();
  });

  it('calls an unexpected error ours', async () => {
    const { run } = await perform(deed([step('A', { run: () => Promise.reject(new TypeError('x is not a function')) })]))
      .finished;
    expect(run).toMatchObject({ state: 'failed', error: { code: 'internal' } });
    expect(run.error?.message).toContain('x is not a function');
  });
});

function fail(): never {
  throw new Error('nothing was stored');
}
