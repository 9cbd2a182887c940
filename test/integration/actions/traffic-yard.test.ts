// Traffic in the rehearsal yard: the page is really built by Vite, and its settings are those that a newcomer gets.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { runAction } from '../../../main/actions/runner.ts';
import { makeTraffic } from '../../../main/actions/traffic.ts';
import { systemClock } from '../../../main/engine/clock.ts';
import type { JournalRun, LeverMemory, LeverName } from '../../../main/engine/levers.ts';
import { makeVercel } from '../../../main/providers/vercel.ts';
import type { TrafficRequest } from '../../../shared/lever.ts';
import type { Settings } from '../../../shared/settings.ts';
import { startYard, type Yard } from '../../../simulator/yard.ts';
import { newEntry } from './traffic-scene.ts';

let yard: Yard;
beforeAll(async () => {
  yard = await startYard({ fast: true, contracts: true, parts: ['api', 'standby', 'vercel', 'production'] });
});
afterAll(() => yard.stop());

describe('traffic in the yard', () => {
  const memory: Partial<LeverMemory> = {};
  const move = async (to: TrafficRequest['to']): Promise<JournalRun> => {
    const { traffic } = yard.settings() as { readonly traffic: Settings['traffic'] };
    if (!traffic) throw new Error('the yard has no traffic settings');
    const request: TrafficRequest = { action: 'traffic', to, force: false };
    const action = makeTraffic(request, {
      ...{ settings: { ...traffic, key: 'apiBase' }, globalConfigId: yard.vercel.globalConfigId, clock: systemClock },
      vercel: makeVercel({ apiUrl: yard.vercel.url, teamId: null, project: 'web', token: async () => yard.vercel.token }),
      journal: {
        recall: <N extends LeverName>(name: N) => (memory[name] as LeverMemory[N] | undefined) ?? null,
        remember: (name, value) => void Object.assign(memory, { [name]: value }),
      },
      ...{ openFault: () => null, urgent: () => false },
    });
    return runAction({
      ...{ action, entry: newEntry(action, request, false), clock: systemClock, force: false, clean: (text) => text },
      ...{
        journal: { save: () => undefined, cancelAsked: () => false },
        signal: AbortSignal.timeout(50_000),
        onRun: () => undefined,
      },
    });
  };
  const script = async (): Promise<string> => {
    const page = await (await fetch(yard.production.url)).text();
    return (await fetch(`${yard.production.url}/${/src="\.\/([^"]+)"/.exec(page)?.[1]}`)).text();
  };

  it('wakes the standby, promotes the twin, comes back, and builds a new twin', async () => {
    expect(yard.standby.state).toBe('asleep');
    const there = await move('standby');
    expect(there.run).toMatchObject({ state: 'succeeded', result: { way: 'promote-twin', verified: true } });
    expect(await script()).toContain(yard.standby.url);
    const back = await move('primary');
    expect(back.run).toMatchObject({ state: 'succeeded', result: { way: 'promote-twin', verified: true } });
    expect(await script()).toContain(yard.api.url);

    const prepared = await move('prepare');
    expect(prepared.run.state).toBe('succeeded');
    const id = prepared.run.result?.deploymentId;
    expect(yard.vercel.deployments.at(-1)).toMatchObject({ id, readySubstate: 'STAGED' });
    expect((await move('standby')).run).toMatchObject({ state: 'succeeded', result: { way: 'promote-twin' } });
    expect(yard.vercel.current()?.id).toBe(id);
    expect(await script()).toContain(yard.standby.url);
    expect(yard.vercel.violations).toEqual([]);
  });
});
