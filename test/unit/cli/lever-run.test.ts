import { describe, expect, it } from 'vitest';
import { FaultError } from '../../../shared/fault.ts';
import { preflight } from '../../../shared/lever.ts';
import { run as runSchema } from '../../../shared/run.ts';
import {
  endedStep,
  fakeDesk,
  fakePreflight,
  fakeRun,
  fakeStep,
  interruptedRun,
  type LeverStory,
} from '../../support/fake-levers.ts';
import { type Surrounding, signalbox } from './harness.ts';

const pulling = async (argv: readonly string[], story: LeverStory = {}, around: Omit<Surrounding, 'services'> = {}) => {
  const desk = fakeDesk(story);
  const answer = await signalbox(argv, { ...around, services: { levers: async () => desk } });
  return { ...answer, desk };
};
const standby = (...more: string[]): string[] => ['traffic', 'standby', ...more];
const failing = (code: string): LeverStory => ({
  finished: fakeRun({
    state: code === 'cancelled' ? 'cancelled' : 'failed',
    steps: [endedStep('Promote the twin', 900, { state: 'failed', detail: 'Vercel answered 403.' })],
    error: { code, message: 'Vercel refused the promotion.', next: 'Check the token.' },
  }),
});
const refused: LeverStory = {
  preflight: {
    refusal: { code: 'standby-down', message: 'The standby does not answer.', next: 'Look at its logs.' },
    forceable: true,
  },
};

describe('a lever', () => {
  it('says what will change, does it, and closes with one sentence', async () => {
    const { code, stdout, stderr, desk } = await pulling(standby('--yes'));
    expect(code).toBe(0);
    expect(stdout).toBe('Traffic is on the standby, seen from outside after 7.2 s (promotion of the twin).\n');
    expect(stderr).toContain('Traffic to the standby\n  → VITE_SERVER_ROOT: from https://api.example.com');
    expect(stderr).toContain('  ✓ The standby answered after 0.2 s.');
    expect(desk.asked).toEqual(['prepare', 'start']);
    expect(desk.how).toMatchObject([{ by: 'command', force: false }]);
    expect(desk.closed).toBe(1);
  });

  it('prints the finished run and nothing else on stdout with --json', async () => {
    const { code, json, stderr } = await pulling(standby('--yes', '--json'));
    expect(code).toBe(0);
    expect(runSchema.parse(json())).toEqual(fakeRun());
    expect(stderr).toContain('Traffic to the standby');
  });

  it.each([
    ['provider-refused', 3],
    ['verification-failed', 1],
    ['not-set-up', 2],
    ['cancelled', 130],
  ])('ends after %s with %i, with the run itself on stdout', async (code, exit) => {
    const program = await pulling(standby('--yes', '--json'), failing(code));
    expect(program.code).toBe(exit);
    expect(runSchema.parse(program.json())).toMatchObject({ id: 'run-1', error: { code } });
    const people = await pulling(standby('--yes'), failing(code));
    expect(people).toMatchObject({ code: exit, stdout: '' });
    expect(people.stderr).toContain('signalbox: Vercel refused the promotion.\n  Check the token.\n');
  });

  it('has words for a run that ended without an error', async () => {
    const { stderr, code } = await pulling(standby('--yes'), { finished: interruptedRun({ offers: [] }) });
    expect(code).toBe(1);
    expect(stderr).toContain('signalbox: Traffic to the standby: interrupted.\n  See signalbox runs show run-0');
  });

  it('passes on why it cannot be pulled at all', async () => {
    const busy = new FaultError({ code: 'busy', message: 'Another run is under way.', next: 'Wait for it.', exitCode: 1 });
    const { code, json, desk } = await pulling(standby('--yes', '--json'), { startFails: busy });
    expect(code).toBe(1);
    expect(json()).toEqual({ error: { code: 'busy', message: 'Another run is under way.', next: 'Wait for it.' } });
    expect(desk.closed).toBe(1);
  });
});

describe('a refusal', () => {
  it('ends it before anything is done, and names --force where that helps', async () => {
    const { code, stdout, stderr, desk } = await pulling(standby('--yes'), refused);
    expect(code).toBe(1);
    expect(stdout).toBe('');
    expect(stderr).toContain('signalbox: The standby does not answer.\n  Look at its logs. Or add --force');
    expect(desk.asked).toEqual(['prepare']);
  });

  it.each([
    ['provider-refused', 3],
    ['not-set-up', 2],
    ['no-room', 1],
  ])('by %s ends with %i and a fault as JSON', async (code, exit) => {
    const preflight = { refusal: { code, message: 'No.', next: 'Do this.' }, forceable: false };
    const answer = await pulling(standby('--yes', '--force', '--json'), { preflight });
    expect(answer.code).toBe(exit);
    expect(answer.json()).toEqual({ error: { code, message: 'No.', next: 'Do this.' } });
    expect(answer.desk.asked).toEqual(['prepare']);
  });

  it('is overridden by --force, aloud', async () => {
    const { code, stderr, desk } = await pulling(standby('--yes', '--force'), refused);
    expect(code).toBe(0);
    expect(stderr).toContain('Going on all the same (--force): The standby does not answer.');
    expect(desk.how).toMatchObject([{ force: true }]);
    expect(desk.requests[1]).toEqual({ action: 'traffic', to: 'standby', force: true });
  });
});

describe('--dry-run', () => {
  it('looks only, asks nobody, and prints the preflight', async () => {
    const program = await pulling(standby('--dry-run', '--json'));
    expect(program).toMatchObject({ code: 0, stderr: '' });
    expect(preflight.parse(program.json())).toEqual(fakePreflight);
    expect(program.desk.asked).toEqual(['prepare']);
    const people = await pulling(standby('--dry-run'));
    expect(people.stdout).toContain('  → VITE_SERVER_ROOT');
    expect(people.stdout).toContain('Only looked: nothing was changed.');
  });

  it('ends with 1 when it would be refused, and with 0 when --force would go on', async () => {
    const program = await pulling(standby('--dry-run', '--json'), refused);
    expect(program.code).toBe(1);
    expect(preflight.parse(program.json()).refusal?.code).toBe('standby-down');
    const people = await pulling(standby('--dry-run'), refused);
    expect(people.code).toBe(1);
    expect(people.stderr).toContain('The standby does not answer.');
    expect((await pulling(standby('--dry-run', '--force'), refused)).code).toBe(0);
  });
});

describe('the question before it', () => {
  it.each(['y\n', 'Y\n', ' yes\n'])('is answered with %j', async (typed) => {
    const { code, stderr, desk } = await pulling(standby(), {}, { typed });
    expect(code).toBe(0);
    expect(stderr).toContain('Do it? [y/N] ');
    expect(desk.asked).toEqual(['prepare', 'start']);
  });

  it.each(['n\n', '\n', '', 'yep\n'])('is declined with %j', async (typed) => {
    const { code, stdout, stderr, desk } = await pulling(standby(), {}, { typed });
    expect(code).toBe(130);
    expect(stdout).toBe('');
    expect(stderr).toContain('Cancelled.\n  Nothing was changed.');
    expect(desk.asked).toEqual(['prepare']);
    expect(desk.closed).toBe(1);
  });

  it('is left out with --yes, and where the lever does not ask', async () => {
    expect((await pulling(standby('--yes'), {}, { typed: 'n\n' })).code).toBe(0);
    expect((await pulling(standby(), { preflight: { asks: false } })).code).toBe(0);
  });

  it('ends with 2 where nobody can be asked, naming --yes', async () => {
    const { code, json, desk } = await pulling(standby('--json'));
    expect(code).toBe(2);
    expect(json()).toEqual({
      error: {
        code: 'confirmation-needed',
        message: 'Traffic to the standby: this asks before it is done, and nobody can be asked here.',
        next: 'Add --yes to do it.',
      },
    });
    expect(desk.asked).toEqual(['prepare']);
  });
});

describe('Ctrl-C', () => {
  it('while it looks changes nothing, whatever the look complains of', async () => {
    const controller = new AbortController();
    const story: LeverStory = {
      preflight: async () => {
        controller.abort();
        throw new FaultError({ code: 'provider-silent', message: 'No answer.', next: '', exitCode: 3 });
      },
    };
    const { code, json, desk } = await pulling(standby('--yes', '--json'), story, { controller });
    expect(code).toBe(130);
    expect(json()).toMatchObject({ error: { code: 'cancelled', next: 'Nothing was changed.' } });
    expect(desk.asked).toEqual(['prepare']);
  });

  it('in the middle of a run cancels it, waits until it is put back, and prints it', async () => {
    const controller = new AbortController();
    const steps = [endedStep('Wake the standby', 2_000), endedStep('Promote the twin', 3_000, { state: 'undone' })];
    const error = { code: 'cancelled', message: 'It was cancelled.', next: 'Everything was put back.' };
    const story: LeverStory = {
      states: [
        fakeRun({ state: 'running', steps: [fakeStep('Wake the standby'), fakeStep('Promote the twin')] }),
        fakeRun({
          state: 'running',
          steps: [endedStep('Wake the standby', 2_000), fakeStep('Promote the twin', { state: 'running' })],
        }),
      ],
      between: (index) => void (index === 1 && controller.abort()),
      cancelled: fakeRun({ state: 'cancelled', steps, error }),
    };
    const { code, json, stderr, desk } = await pulling(standby('--yes', '--json'), story, { controller });
    expect(code).toBe(130);
    expect(runSchema.parse(json())).toMatchObject({ state: 'cancelled', error });
    expect(stderr).toContain('Cancelling, and putting back what was changed…');
    expect(stderr).toContain('  ↩ Promote the twin, taken back (3.0 s)\n');
    expect(desk.closed).toBe(1);
  });

  it('at the question does nothing', async () => {
    const controller = new AbortController();
    const story: LeverStory = {
      preflight: async () => {
        setImmediate(() => controller.abort());
        return fakePreflight;
      },
    };
    const { code, desk } = await pulling(standby(), story, { controller, typed: 'never ended by a line break', hangs: true });
    expect(code).toBe(130);
    expect(desk.asked).toEqual(['prepare']);
  });
});

describe('an interrupted run', () => {
  it('is told before any lever, with the commands that resolve it', async () => {
    const { stderr, stdout } = await pulling(['banner', 'show', '--json'], { runs: [interruptedRun()] });
    expect(stderr).toMatch(/^Interrupted: Traffic to the standby, begun at .*, stopped at “Promote the twin”\.$/m);
    expect(stderr).toContain('signalbox runs resume run-0');
    expect(stderr).toContain('signalbox runs undo run-0');
    expect(JSON.parse(stdout)).toMatchObject({ on: false });
  });

  it('names only what it offers', async () => {
    const { stderr } = await pulling(['traffic', 'show'], { runs: [interruptedRun({ offers: ['undo'] })] });
    expect(stderr).not.toContain('runs resume');
    expect(stderr).toContain('runs undo run-0');
  });
});
