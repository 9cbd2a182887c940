// The operator lease over the Vercel stand-in: two instances that want to act at the same moment.
import { expect, it } from 'vitest';
import { configLease, leaseKey, makeOperatorLease } from '../../../main/actions/lease.ts';
import { systemClock } from '../../../main/engine/clock.ts';
import { makeVercel } from '../../../main/providers/vercel.ts';
import { startVercel } from '../../../simulator/vercel.ts';
import { contractOr } from '../../contract/ask.ts';

it('lets at most one of two instances act, and the other only after it has released', async () => {
  const build = async () => ({ directory: '/nowhere' });
  const vercel = await startVercel({ token: 't-0000', projectName: 'web', contract: contractOr('vercel'), build });
  try {
    const leases = ['a', 'b'].map((holder) => {
      const client = makeVercel({ apiUrl: vercel.url, teamId: null, project: 'web', token: async () => 't-0000' });
      const store = configLease(client, vercel.globalConfigId);
      const times = { lease: 20_000, settle: 400 };
      return makeOperatorLease({ store, local: () => ({ release() {} }), holder, clock: systemClock, times });
    });
    const { signal } = new AbortController();
    const taken = await Promise.all(leases.map((lease) => lease.take(signal)));
    const held = taken.filter((one) => 'release' in one);
    expect(held).toHaveLength(1);
    for (const lease of leases) expect(await lease.take(signal)).toHaveProperty('taken');
    await held[0]?.release();
    const client = makeVercel({ apiUrl: vercel.url, teamId: null, project: 'web', token: async () => 't-0000' });
    expect(await client.configItem(vercel.globalConfigId, leaseKey, signal)).toBeUndefined();
    expect(vercel.violations).toEqual([]);
  } finally {
    await vercel.stop();
  }
});
