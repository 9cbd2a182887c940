// Automatic failover by the real engine in the yard: proposed or done once the primary is down long enough, and never back.
import { afterEach, describe, expect, it } from 'vitest';
import { startYard, type Yard } from '../../../simulator/yard.ts';
import { type Line, type Workplace, workplace } from '../../support/watching.ts';

let yard: Yard | null = null;
let place: Workplace | null = null;
afterEach(async () => {
  await place?.close();
  await yard?.stop();
  [place, yard] = [null, null];
});

async function watching(automation: 'suggest' | 'automatic') {
  const started = await startYard({ fast: true, contracts: true });
  yard = started;
  const settings = started.settings() as { readonly traffic: object };
  const at = await workplace({ ...settings, traffic: { ...settings.traffic, automation, after: '1s', cooldown: '30m' } });
  place = at;
  const watch = at.watch({ env: started.secrets() });
  await watch.until((line) => line.event === 'signal.changed' && line.to === 'green', 40_000);
  return { yard: started, watch };
}

const runOf = (line: Line) =>
  (line as unknown as { readonly run: { readonly by: string; readonly action: string; readonly state: string } }).run;

describe('automation', () => {
  it('moves traffic by itself, tells people, and does not move it back', async () => {
    const { yard: world, watch } = await watching('automatic');
    await world.switch('api-refuse', true);
    const ended = await watch.until((line) => line.event === 'run.finished', 60_000);
    expect(runOf(ended)).toMatchObject({ by: 'automation', action: 'traffic', state: 'succeeded' });
    expect(world.vercel.current()?.env.VITE_SERVER_ROOT).toBe(world.standby.url);
    await expect
      .poll(() => world.slack.posts.map(({ text }) => text).join('\n'), { timeout: 10_000 })
      .toContain('traffic goes to the standby');
    await world.switch('api-refuse', false);
    await watch.until((line) => line.event === 'incident.resolved', 60_000);
    expect(watch.lines.filter((line) => line.event === 'run.started')).toHaveLength(1);
    expect(world.vercel.violations).toEqual([]);
  }, 180_000);

  it('only proposes when it is told to, once', async () => {
    const { yard: world, watch } = await watching('suggest');
    await world.switch('api-refuse', true);
    await expect
      .poll(() => world.slack.posts.map(({ text }) => text).join('\n'), { timeout: 60_000 })
      .toContain('Traffic can go to the standby');
    expect(watch.lines.filter((line) => line.event === 'run.started')).toEqual([]);
    expect(world.vercel.current()?.env.VITE_SERVER_ROOT).toBe(world.api.url);
  }, 180_000);
});
