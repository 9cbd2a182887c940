import { describe, expect, it } from 'vitest';
import { run as runSchema } from '../../../shared/run.ts';
import { endedStep, fakeDesk, fakeRun, fakeStep, interruptedRun, type LeverStory } from '../../support/fake-levers.ts';
import { signalbox } from './harness.ts';

const runs = async (argv: readonly string[], story: LeverStory = {}) => {
  const desk = fakeDesk(story);
  const answer = await signalbox(['runs', ...argv], { services: { levers: async () => desk } });
  return { ...answer, desk };
};

const done = fakeRun();
const broken = interruptedRun();
const under = fakeRun({ id: 'run-2', state: 'running', finishedAt: null, by: 'window', steps: [fakeStep('Wake')] });
const all = { runs: [under, done, broken] };

describe('runs', () => {
  it('lists interrupted ones first, then the newest, as JSON', async () => {
    const { code, json, stderr } = await runs(['--json'], all);
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(
      runSchema
        .array()
        .parse(json())
        .map(({ id }) => id),
    ).toEqual(['run-0', 'run-2', 'run-1']);
    expect((await runs(['--limit', '1', '--json'], all)).json()).toHaveLength(1);
  });

  it('tells people, with the way out', async () => {
    const { stdout } = await runs([], all);
    expect(stdout).toMatch(/^▲ interrupted {2}run-0 .* - +Traffic to the standby$/m);
    expect(stdout).toMatch(/^▲ running +run-2 .*Traffic to the standby \(by window\)$/m);
    expect(stdout).toMatch(/^● succeeded +run-1 +\S+ +7\.2 s +Traffic to the standby$/m);
    expect(stdout).toContain('signalbox runs resume run-0');
    expect((await runs([])).stdout).toBe('No lever was pulled so far.\n');
  });

  it.each(['0', '2.5', 'all'])('refuses --limit %s', async (limit) => {
    expect((await runs(['--limit', limit])).code).toBe(2);
  });
});

describe('runs show', () => {
  it('prints one run with its steps and how it ended', async () => {
    expect((await runs(['show', 'run-1', '--json'], all)).json()).toEqual(done);
    const { stdout } = await runs(['show', 'run-1'], all);
    expect(stdout).toContain('● succeeded, begun at');
    expect(stdout).toContain('  ✓ Wake the standby (2.0 s)\n  ✓ Promote the twin (7.2 s)\n');
    expect(stdout).toContain('Traffic is on the standby');
  });

  it('prints what went wrong, what was never ended, and what goes on', async () => {
    const error = { code: 'x', message: 'Vercel refused.', next: 'Check the token.' };
    const failed = fakeRun({ state: 'failed', error, steps: [endedStep('Promote', 10, { state: 'failed' })] });
    expect((await runs(['show', 'run-1'], { runs: [failed] })).stdout).toContain('Vercel refused.\n  Check the token.\n');
    const half = await runs(['show', 'run-0'], all);
    expect(half.stdout).toContain('never ended');
    expect(half.stdout).toContain('signalbox runs undo run-0');
    expect(half.stderr).toBe('');
    expect((await runs(['show', 'run-2'], all)).stdout).toContain('for 10 s so far');
  });

  it.each(['show', 'resume', 'undo', 'cancel'])('%s ends with 2 for an id that is not there', async (name) => {
    const { code, json, desk } = await runs([name, 'run-9', '--json'], all);
    expect(code).toBe(2);
    expect(json()).toMatchObject({ error: { code: 'no-such-run' } });
    expect(desk.asked).toEqual([]);
  });
});

describe('runs resume and undo', () => {
  it('take up an interrupted run and print its end', async () => {
    const { code, json, stderr, desk } = await runs(['resume', 'run-0', '--json'], {
      ...all,
      finished: fakeRun({ id: 'run-0' }),
    });
    expect(code).toBe(0);
    expect(runSchema.parse(json())).toMatchObject({ id: 'run-0', state: 'succeeded' });
    expect(stderr).toContain('Going on with: Traffic to the standby');
    expect(stderr).not.toContain('Interrupted:');
    expect(desk.asked).toEqual(['resume run-0']);
    expect(desk.how).toMatchObject([{ by: 'command', force: false }]);
  });

  it('take it back as asked, which is a good end', async () => {
    const error = { code: 'undone', message: 'It was taken back.', next: '' };
    const finished = fakeRun({ id: 'run-0', state: 'cancelled', error });
    const { code, stdout, stderr, desk } = await runs(['undo', 'run-0'], { ...all, finished });
    expect({ code, stdout }).toEqual({ code: 0, stdout: 'It was taken back.\n' });
    expect(stderr).toContain('Taking back: Traffic to the standby');
    expect(desk.asked).toEqual(['undo run-0']);
  });

  it.each([
    ['resume', 'run-1', 'not-interrupted'],
    ['undo', 'run-2', 'not-interrupted'],
    ['cancel', 'run-1', 'not-running'],
    ['cancel', 'run-0', 'not-running'],
  ])('%s of %s is refused as %s with 1', async (name, id, expected) => {
    const { code, json, desk } = await runs([name, id, '--json'], all);
    expect(code).toBe(1);
    expect(json()).toMatchObject({ error: { code: expected } });
    expect(desk.asked).toEqual([]);
  });
});

describe('runs cancel', () => {
  it('asks whoever executes it, and prints how it ended', async () => {
    const { code, json, desk } = await runs(['cancel', 'run-2', '--json'], { runs: [under] });
    expect(code).toBe(0);
    expect(json()).toMatchObject({ id: 'run-2', state: 'cancelled' });
    expect(desk.asked).toEqual(['cancel run-2']);
    expect((await runs(['cancel', 'run-2'], { runs: [under] })).stdout).toBe('Traffic to the standby: cancelled.\n');
  });
});
