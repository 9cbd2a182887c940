import { describe, expect, it } from 'vitest';
import { noLevers } from '../../../shared/lever.ts';
import { fakeDesk, fakeRun, type LeverStory } from '../../support/fake-levers.ts';
import { at } from '../ipc/samples.ts';
import { signalbox } from './harness.ts';

const result = { on: true, text: 'Back soon', way: 'global-config', verified: true, elapsedMs: 2_100 };
const banner = async (argv: readonly string[], story: LeverStory = {}, engineRuns = true) => {
  const desk = fakeDesk({ finished: fakeRun({ action: 'banner', title: 'Banner on', steps: [], result }), ...story });
  const running = async () => (engineRuns ? { pid: 1, url: null } : null);
  const answer = await signalbox(['banner', ...argv], { services: { levers: async () => desk, running } });
  return { ...answer, desk };
};

describe('banner on', () => {
  it('asks for the text, a warning for no set time unless told otherwise', async () => {
    const { code, stdout, desk } = await banner(['on', '  Back soon ', '--yes']);
    expect(code).toBe(0);
    expect(stdout).toBe('The banner is on, read back from outside after 2.1 s (a value in Global Config).\n');
    const request = { action: 'banner', on: true, text: 'Back soon', severity: 'warning', forMs: null };
    expect(desk.requests).toEqual([request, request]);
  });

  it('takes a severity and a time after which it comes down', async () => {
    const { desk, stderr } = await banner(['on', 'Down', '--severity', 'critical', '--for', '2h', '--yes']);
    expect(desk.requests[0]).toMatchObject({ severity: 'critical', forMs: 7_200_000 });
    expect(stderr).not.toContain('No engine runs');
  });

  it('warns that only a running engine takes it down at its time, in the dry run too', async () => {
    const people = await banner(['on', 'Down', '--for', '30m', '--yes'], {}, false);
    expect(people.code).toBe(0);
    expect(people.stderr).toContain('  ! No engine runs now, so nobody would take the banner down');
    const program = await banner(['on', 'Down', '--for', '30m', '--dry-run', '--json'], {}, false);
    expect(program.json()).toMatchObject({ findings: [{ level: 'good' }, { level: 'warning' }] });
    expect((await banner(['on', 'Down', '--yes'], {}, false)).stderr).not.toContain('No engine runs');
  });

  it.each([
    [['on', ''], 'banner-text', 'needs a text'],
    [['on', ' \n '], 'banner-text', 'needs a text'],
    [['on', 'x'.repeat(501)], 'banner-text', 'at most 500 characters'],
    [['on'], 'usage', 'text'],
    [['on', 'two', 'words'], 'usage', 'more words'],
    [['on', 'x', '--severity', 'loud'], 'usage', 'info, warning, critical'],
    [['on', 'x', '--for', '2 hours'], 'usage', 'such as 30m or 2h'],
    [['on', 'x', '--for', '0s'], 'usage', 'from 1s to 365d'],
    [['on', 'x', '--for', '366d'], 'usage', 'from 1s to 365d'],
  ])('refuses %j with 2', async (argv, code, message) => {
    const answer = await banner([...argv, '--yes', '--json']);
    expect(answer.code).toBe(2);
    expect(answer.json()).toMatchObject({ error: { code, message: expect.stringContaining(message) } });
    expect(answer.desk.asked).toEqual([]);
  });
});

describe('banner off', () => {
  it('takes it down', async () => {
    const { code, stdout, desk } = await banner(['off', '--yes'], {
      finished: fakeRun({ action: 'banner', result: { ...result, on: false, text: null } }),
    });
    expect(code).toBe(0);
    expect(stdout).toMatch(/^The banner is off, read back from outside after 2\.1 s/);
    expect(desk.requests[0]).toEqual({ action: 'banner', on: false, text: null, severity: 'warning', forMs: null });
  });
});

describe('banner show', () => {
  const up = { on: true, text: 'Back soon', severity: 'critical', verifiedAt: at, expiresAt: at, way: 'vercel-env' } as const;

  it('prints what is known, in the shape of the contract', async () => {
    const { code, json, stderr, desk } = await banner(['show', '--json'], { banner: up });
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(json()).toEqual(up);
    expect(desk.asked).toEqual([]);
    expect(desk.closed).toBe(1);
  });

  it('tells people', async () => {
    const { stdout } = await banner(['show'], { banner: up });
    expect(stdout).toMatch(
      /^The banner is on: “Back soon” \(critical\), by environment variable and new deployment, seen from outside at \S+\. It comes down at \S+\.\n$/,
    );
    expect((await banner(['show'], { banner: { ...up, verifiedAt: null } })).stdout).toContain('not seen from outside yet');
    expect((await banner(['show'])).stdout).toBe('The banner is off.\n');
  });

  it('says what is missing where the lever is not set up', async () => {
    const view = { banner: { ...noLevers.banner, problem: 'Set "banner" in the settings.' } };
    expect((await banner(['show'], { view })).stdout).toBe('The banner is off.\nSet "banner" in the settings.\n');
  });
});
