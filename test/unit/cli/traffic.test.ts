import { describe, expect, it } from 'vitest';
import { noLevers } from '../../../shared/lever.ts';
import { fakeDesk, fakeRun, type LeverStory } from '../../support/fake-levers.ts';
import { at } from '../ipc/samples.ts';
import { signalbox } from './harness.ts';

const traffic = async (argv: readonly string[], story: LeverStory = {}) => {
  const desk = fakeDesk(story);
  const answer = await signalbox(argv, { services: { levers: async () => desk } });
  return { ...answer, desk };
};

describe('traffic', () => {
  it.each(['standby', 'primary', 'prepare'] as const)('%s asks the lever for it', async (to) => {
    const { code, desk } = await traffic(['traffic', to, '--yes']);
    expect(code).toBe(0);
    const request = { action: 'traffic', to, force: false };
    expect(desk.requests).toEqual([request, request]);
  });

  it('prepare closes with what it did, and knows no --force', async () => {
    const finished = fakeRun({ title: 'Build the twin', result: { deploymentId: 'dpl_1' } });
    expect((await traffic(['traffic', 'prepare', '--yes'], { finished })).stdout).toBe('Build the twin: done after 7.2 s.\n');
    expect((await traffic(['traffic', 'prepare', '--force'])).code).toBe(2);
  });

  it.each([['traffic'], ['traffic', 'sideways'], ['traffic', 'standby', 'now']])('ends with 2 for %j', async (...argv) => {
    const { code, desk } = await traffic([...argv, '--json']);
    expect(code).toBe(2);
    expect(desk.asked).toEqual([]);
  });
});

describe('traffic show', () => {
  const view = {
    traffic: {
      ...noLevers.traffic,
      ready: true,
      primary: 'https://api.example.com',
      standby: 'https://standby.example.com',
      ways: ['promote-twin', 'vercel-env'],
      automation: 'suggest' as const,
      warning: 'Both servers share the database.',
      twin: { state: 'stale' as const, sentence: 'It is 2 commits behind.' },
    },
    drill: { ...noLevers.drill, ready: true, lastAt: at, overdue: true },
  };
  const now = { target: 'standby', verifiedAt: at, way: 'promote-twin' } as const;

  it('prints the position, the twin, automation and the last drill', async () => {
    const { code, json, stderr, desk } = await traffic(['traffic', 'show', '--json'], { traffic: now, view });
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(json()).toEqual({ ...now, ...view.traffic, lastDrillAt: at, drillOverdue: true });
    expect(desk.asked).toEqual([]);
  });

  it('tells people', async () => {
    const { stdout } = await traffic(['traffic', 'show'], { traffic: now, view });
    expect(stdout).toMatch(/^Traffic goes to the standby, seen at \S+ \(promotion of the twin\)\.$/m);
    expect(stdout).toMatch(/^Ways +promotion of the twin, then environment variable and new deployment$/m);
    expect(stdout).toMatch(/^Twin +stale: It is 2 commits behind\.$/m);
    expect(stdout).toMatch(/^Last drill +\S+ \(no good one in the last 30 days\)$/m);
    expect(stdout).toContain('Both servers share the database.');
    const unseen = await traffic(['traffic', 'show'], { traffic: { ...now, verifiedAt: null }, view });
    expect(unseen.stdout).toContain('not seen from outside yet');
  });

  it('says when nothing is known or set up', async () => {
    const missing = { traffic: { ...noLevers.traffic, problem: 'Set "traffic" in the settings.' } };
    const { stdout } = await traffic(['traffic', 'show'], { view: missing });
    expect(stdout).toBe('It is not known where traffic goes.\nSet "traffic" in the settings.\n');
  });
});
