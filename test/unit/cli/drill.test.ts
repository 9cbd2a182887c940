import { describe, expect, it } from 'vitest';
import { run as runSchema } from '../../../shared/run.ts';
import { fakeDesk, fakeRun } from '../../support/fake-levers.ts';
import { signalbox } from './harness.ts';

const drill = async (...argv: string[]) => {
  const desk = fakeDesk({ finished: fakeRun({ action: 'drill', title: 'Drill', result: { standbyMs: 900 } }) });
  const answer = await signalbox(['drill', ...argv], { services: { levers: async () => desk } });
  return { ...answer, desk };
};

describe('drill', () => {
  it('rehearses and prints the finished run', async () => {
    const program = await drill('--yes', '--json');
    expect(program.code).toBe(0);
    expect(runSchema.parse(program.json())).toMatchObject({ action: 'drill', result: { standbyMs: 900 } });
    expect(program.desk.requests[1]).toEqual({ action: 'drill', force: false });
    expect((await drill('--yes')).stdout).toBe('Drill: done after 7.2 s.\n');
  });

  it('looks only with --dry-run, asks without --yes, and goes on with --force', async () => {
    expect((await drill('--dry-run')).desk.asked).toEqual(['prepare']);
    expect((await drill('--json')).json()).toMatchObject({ error: { code: 'confirmation-needed' } });
    expect((await drill('--yes', '--force')).desk.requests[1]).toEqual({ action: 'drill', force: true });
  });
});
