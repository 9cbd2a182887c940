// Issue "The three levers", point 1: the first user's outage, handled by three commands, each verified from outside.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { DumpFile } from '../../../shared/lever.ts';
import type { Run } from '../../../shared/run.ts';
import { type CommandYard, commandYard } from '../../support/lever-command.ts';
import { bannerText, lookAtWorld } from '../../support/lever-outside.ts';

let place: CommandYard;
beforeAll(async () => {
  place = await commandYard(undefined);
  await place.yard.switch('api-refuse', true);
  await place.yard.switch('provider-frankfurt', true);
});
afterAll(() => place.close());

async function run(...args: readonly string[]): Promise<Run> {
  const { code, stdout, stderr } = await place.command(...args, '--json');
  expect(code, stdout + stderr).toBe(0);
  return JSON.parse(stdout) as Run;
}
/** Milliseconds from the end of one step to the end of the run. */
const after = ({ steps, finishedAt }: Run, step: string): number =>
  Date.parse(finishedAt ?? '') - Date.parse(steps.find(({ name }) => name === step)?.finishedAt ?? '');

describe('the outage of Frankfurt, by three commands', () => {
  it('puts up the banner', async () => {
    const { result, state } = await run('banner', 'on', bannerText('our hosting region is down'));
    expect(state).toBe('succeeded');
    expect(result).toMatchObject({ on: true, way: 'global-config', verified: true });
    expect((await lookAtWorld(place.yard, place.dumps)).shown).toEqual([bannerText('our hosting region is down')]);
    console.log(`banner live after ${result?.elapsedMs} ms`);
  });

  it('moves traffic to the standby', async () => {
    const moved = await run('traffic', 'standby', '--yes');
    expect(moved.result).toMatchObject({ to: 'standby', way: 'promote-twin', verified: true });
    expect((await lookAtWorld(place.yard, place.dumps)).serves).toEqual(['standby']);
    console.log(`traffic verified ${after(moved, 'Wake the standby')} ms after the wake-up`);
  });

  it('dumps the database, listed and restorable', async () => {
    const { result } = await run('dump');
    const listed = JSON.parse((await place.command('dump', 'list', '--json')).stdout) as DumpFile[];
    expect(listed).toMatchObject([{ path: result?.file, sha256: result?.sha256, problem: null }]);
    const verified = await run('dump', 'verify', listed[0]?.name ?? '');
    expect(verified.result).toMatchObject({ sha256Matches: true, archiveReadable: true, restored: true, differences: [] });
  });

  it('asked the providers for nothing that their documents do not know', () => {
    expect([...place.yard.vercel.violations, ...place.yard.supabase.violations, ...place.yard.statuspage.violations]).toEqual([]);
  });
});

describe('the same by a new deployment', () => {
  it.each(['inherit', 'fresh'] as const)('is right where a redeployment has its variables %s', async (redeployEnv) => {
    const other = await commandYard(['vercel', 'api', 'standby', 'production'], { traffic: ['vercel-env'] });
    try {
      other.yard.vercel.switches.redeployEnv = redeployEnv;
      await other.yard.switch('api-refuse', true);
      const { code, stdout, stderr } = await other.command('traffic', 'standby', '--yes', '--json');
      expect(code, stdout + stderr).toBe(0);
      expect((await lookAtWorld(other.yard, other.dumps)).serves).toEqual(['standby']);
    } finally {
      await other.close();
    }
  });
});
