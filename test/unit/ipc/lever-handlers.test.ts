import { describe, expect, it } from 'vitest';
import { makeLeverHandlers } from '../../../main/ipc/lever-handlers.ts';
import { sampleLeverDeps } from './lever-samples.ts';

const standby = { action: 'traffic', to: 'standby', force: false } as const;

describe('lever methods', () => {
  it('start exactly what was looked at, once', async () => {
    const { deps, asked } = sampleLeverDeps();
    const handlers = makeLeverHandlers(deps);
    const { token } = await handlers['lever.prepare']({ request: standby });
    await handlers['lever.start']({ token, force: false });
    await expect(Promise.resolve().then(() => handlers['lever.start']({ token, force: false }))).rejects.toThrow('no offer');
    expect(asked.started).toEqual([{ request: standby, how: { by: 'window', force: false } }]);
  });

  it('force where a person said to go on', async () => {
    const { deps, asked } = sampleLeverDeps();
    const handlers = makeLeverHandlers(deps);
    const { token } = await handlers['lever.prepare']({ request: standby });
    await handlers['lever.start']({ token, force: true });
    expect(asked.started).toEqual([{ request: { ...standby, force: true }, how: { by: 'window', force: true } }]);
  });

  it('never start a deed that nobody looked at', async () => {
    const { deps, asked } = sampleLeverDeps();
    const start = makeLeverHandlers(deps)['lever.start'];
    await expect(Promise.resolve().then(() => start({ token: 'guessed', force: true }))).rejects.toThrow();
    expect(asked.started).toEqual([]);
  });
});
