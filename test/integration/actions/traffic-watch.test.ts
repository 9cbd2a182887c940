import { afterEach, describe, expect, it } from 'vitest';
import { lookAfterTraffic } from '../../../main/actions/traffic-watch.ts';
import { type Scene, type SceneOptions, trafficScene } from './traffic-scene.ts';

let scene: Scene | null = null;
afterEach(async () => {
  await scene?.stop();
  scene = null;
});

async function looked(options: SceneOptions = {}): Promise<Scene> {
  scene = await trafficScene(options);
  await lookAfterTraffic(scene.deps, AbortSignal.timeout(10_000));
  return scene;
}

describe('looking after traffic', () => {
  it('knows whom production serves and which twin is ready, and changes nothing at Vercel', async () => {
    const { memory, vercel, twinId } = await looked();
    expect(memory.traffic).toMatchObject({ target: 'primary', way: null, at: 0 });
    expect(memory.twin).toMatchObject({ deploymentId: twinId, commit: memory.twin?.liveCommit });
    expect(vercel.received.filter(({ method }) => method !== 'GET')).toEqual([]);
  });

  it('sees that a release has left the twin behind', async () => {
    const { deps, memory, vercel } = await looked();
    const release = vercel.push('b'.repeat(40));
    await expect.poll(() => vercel.current()?.id).toBe(release.id);
    await lookAfterTraffic(deps, AbortSignal.timeout(10_000));
    expect(memory.twin).toMatchObject({ commit: 'a'.repeat(40), liveCommit: 'b'.repeat(40) });
  });

  it('notices a move that somebody else made', async () => {
    const { deps, memory, run } = await looked();
    await run({ action: 'traffic', to: 'standby' });
    Object.assign(memory, { traffic: { target: 'primary', way: null, verifiedAt: 1, at: 1 } });
    await lookAfterTraffic(deps, AbortSignal.timeout(10_000));
    expect(memory.traffic?.target).toBe('standby');
    expect(memory.traffic?.at).toBeGreaterThan(1);
  });

  it('says nothing new when production cannot be read', async () => {
    const { deps, memory, production } = await looked();
    const before = memory.traffic;
    await production.fail({ kind: 'refuse' });
    await lookAfterTraffic(deps, AbortSignal.timeout(10_000));
    expect(memory.traffic).toEqual(before);
  });
});
