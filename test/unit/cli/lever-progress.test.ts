import { describe, expect, it } from 'vitest';
import { reportRun } from '../../../main/cli/lever-progress.ts';
import { closingLines, elapsed, howFar, size, wayWords } from '../../../main/cli/lever-words.ts';
import { makeOut } from '../../../main/cli/output.ts';
import type { Run, RunStep } from '../../../shared/run.ts';
import { endedStep, fakeRun, fakeStep, runBegan } from '../../support/fake-levers.ts';
import { Recorder } from './harness.ts';

const begun = Date.parse(runBegan);
const running = (name: string, change: Partial<RunStep> = {}): RunStep =>
  fakeStep(name, { state: 'running', startedAt: runBegan, ...change });
const withSteps = (...steps: RunStep[]): Run => fakeRun({ state: 'running', finishedAt: null, steps });

/** A reporter whose clock stands `ms` after the run's begin. */
function reporter(terminal: boolean) {
  const stderr = new Recorder(terminal);
  const clock = { ms: 0 };
  const out = makeOut({ json: false, stdout: new Recorder(), stderr, env: {} });
  const told = reportRun(out, () => begun + clock.ms);
  return { ...told, clock, stderr };
}

describe('progress where nobody watches live', () => {
  it('has a line when a step begins and when it ends', () => {
    const { show, stderr } = reporter(false);
    show(withSteps(fakeStep('Wake'), fakeStep('Switch'), fakeStep('Verify')));
    show(withSteps(running('Wake'), fakeStep('Switch'), fakeStep('Verify')));
    show(withSteps(endedStep('Wake', 38_000, { detail: 'It answered.' }), running('Switch'), fakeStep('Verify')));
    const failed = endedStep('Switch', 2_300, { state: 'failed', detail: 'No.' });
    show(withSteps(endedStep('Wake', 38_000), failed, endedStep('Verify', 0, { state: 'skipped', detail: 'Nothing to see.' })));
    expect(stderr.text.split('\n')).toEqual([
      '  … Wake',
      '  ✓ Wake (38 s): It answered.',
      '  … Switch',
      '  ✗ Switch (2.3 s): No.',
      '  – Verify: Nothing to see.',
      '',
    ]);
  });

  it('says how far a step is at most every two seconds, and only news', () => {
    const { show, stderr, clock } = reporter(false);
    for (let ms = 0; ms <= 10_000; ms += 100) {
      clock.ms = ms;
      show(withSteps(running('Dump', { progress: { done: Math.floor(ms / 100), total: 100, unit: 'tables' } })));
    }
    const lines = stderr.text.trimEnd().split('\n');
    expect(lines).toEqual([
      '  … Dump',
      '    Dump: 20 of 100 tables',
      '    Dump: 40 of 100 tables',
      '    Dump: 60 of 100 tables',
      '    Dump: 80 of 100 tables',
      '    Dump: 100 of 100 tables',
    ]);
    clock.ms = 60_000;
    show(withSteps(running('Dump', { progress: { done: 100, total: 100, unit: 'tables' } })));
    expect(stderr.text.trimEnd().split('\n')).toHaveLength(6);
  });

  it('does not tell again what had ended before it was taken up', () => {
    const { show, stderr } = reporter(false);
    show(withSteps(endedStep('Wake', 2_000), running('Switch')));
    show(withSteps(endedStep('Wake', 2_000), endedStep('Switch', 3_000)));
    expect(stderr.text).toBe('  … Switch\n  ✓ Switch (3.0 s)\n');
  });

  it('says nothing of steps that were left over when the run ended', () => {
    const { show, stderr } = reporter(false);
    show(withSteps(running('Wake'), fakeStep('Switch')));
    show(withSteps(endedStep('Wake', 2_000, { state: 'cancelled' }), fakeStep('Switch', { state: 'cancelled' })));
    expect(stderr.text).toBe('  … Wake\n  – Wake (2.0 s)\n');
  });

  it('tells what was taken back, and lets nothing from outside move the cursor', () => {
    const { show, stderr } = reporter(false);
    show(withSteps(running('Switch')));
    show(withSteps(endedStep('Switch', 3_000, { detail: 'Set to \u001b[2Jx' })));
    show(withSteps(endedStep('Switch', 3_000, { state: 'undone', detail: 'Put back.' })));
    expect(stderr.text).toContain('  ↩ Switch, taken back (3.0 s): Put back.');
    expect(stderr.text).not.toContain('\u001b');
  });
});

describe('progress on a terminal', () => {
  it('is one line that changes in place and runs on between the states', () => {
    const { show, tick, stderr, clock } = reporter(true);
    const step = running('Dump', { progress: { done: 12, total: 87, unit: 'tables' }, detail: '340 MB' });
    show(withSteps(step));
    clock.ms = 8_400;
    tick();
    expect(stderr.text).toBe('… Dump: 12 of 87 tables, 340 MB (0 s)\r\u001b[2K… Dump: 12 of 87 tables, 340 MB (8 s)');
    show(withSteps(endedStep('Dump', 9_000)));
    expect(stderr.text.endsWith('\r\u001b[2K  ✓ Dump (9.0 s)\n')).toBe(true);
    const before = stderr.text;
    tick();
    expect(stderr.text).toBe(before);
  });
});

/** The first of the closing lines. */
const closing = (run: Run): string | undefined => closingLines(run)[0];

describe('words', () => {
  it.each([
    [0, '0 bytes'],
    [999, '999 bytes'],
    [1_234, '1.2 kB'],
    [340_000_000, '340 MB'],
    [999_600_000, '1.0 GB'],
    [12_400_000_000, '12 GB'],
  ])('%i bytes are %s', (bytes, words) => {
    expect(size(bytes)).toBe(words);
  });

  it('count time, tables, bytes and seconds', () => {
    expect(elapsed(7_240)).toBe('7.2 s');
    expect(elapsed(252_000)).toBe('4 min 12 s');
    expect(howFar({ done: 12_000, total: 50_000, unit: 'rows' })).toBe('12,000 of 50,000 rows');
    expect(howFar({ done: 3, total: null, unit: 'tables' })).toBe('3 tables');
    expect(howFar({ done: 340e6, total: 1.2e9, unit: 'bytes' })).toBe('340 MB of 1.2 GB');
    expect(howFar({ done: 340e6, total: null, unit: 'bytes' })).toBe('340 MB');
    expect(howFar({ done: 38, total: 90, unit: 'seconds' })).toBe('38 s of 1 min 30 s');
    expect(wayWords('something-new')).toBe('something-new');
  });

  it('close a run of each lever, and say less where less is known', () => {
    const banner = (result: Record<string, unknown>): string | undefined =>
      closing(fakeRun({ action: 'banner', title: 'Banner', result }));
    const seen = { way: 'global-config', verified: true, elapsedMs: 2_100 };
    expect(banner({ on: true, ...seen })).toBe(
      'The banner is on, read back from outside after 2.1 s (a value in Global Config).',
    );
    expect(banner({ on: false })).toBe('The banner is off.');
    const dump = { file: '/d/a.dump', bytes: 340e6, tables: 8, route: 'direct' };
    expect(closing(fakeRun({ action: 'dump', result: dump }))).toBe('Dumped to /d/a.dump (8 tables, 340 MB).');
    const verified = fakeRun({ action: 'dump', title: 'Verify a.dump', result: { file: '/d/a.dump', bytes: 3 } });
    expect(closing(verified)).toBe('Verify a.dump: done after 7.2 s.');
    const drilled = fakeRun({ action: 'drill', title: 'Drill', result: { switchedMs: 7_200, backMs: 6_900 } });
    expect(closing(drilled)).toMatch(/on the standby after 7\.2 s and back after 6\.9 s/);
    const warned = fakeRun({ result: { to: 'standby', way: null, warnings: ['The next build is not right yet.'] } });
    expect(closingLines(warned)).toEqual(['Traffic is on the standby.', '! The next build is not right yet.']);
    expect(closing(fakeRun({ action: 'drill', title: 'Drill', result: { to: 7 } }))).toBe('Drill: done after 7.2 s.');
    expect(closing(fakeRun({ result: { to: 'primary' } }))).toBe('Traffic is on the primary.');
  });
});
