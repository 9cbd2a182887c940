// A banner's end: once, again after a failure, and whatever the process that put it up has become of.
import { describe, expect, it } from 'vitest';
import { bannerExpiry } from '../../../main/actions/banner-expiry.ts';
import type { HowToRun, LeverMemory } from '../../../main/engine/levers.ts';
import { FaultError } from '../../../shared/fault.ts';
import type { LeverRequest } from '../../../shared/lever.ts';
import type { Run } from '../../../shared/run.ts';
import { FakeClock, settle } from '../../support/fake-clock.ts';
import { type RefusingJournal, refusingJournal } from '../../support/refusing-journal.ts';

type Outcome = Run['state'] | 'refused';

function scene(journal: RefusingJournal, clock: FakeClock, outcomes: readonly Outcome[] = []) {
  const started: { readonly request: LeverRequest; readonly by: HowToRun['by'] }[] = [];
  const said: string[] = [];
  const expiry = bannerExpiry({
    ...{ journal, clock, announce: (sentence) => said.push(sentence) },
    levers: {
      async start(request, { by }) {
        const outcome = outcomes[started.length] ?? 'succeeded';
        started.push({ request, by });
        if (outcome === 'refused') throw new FaultError({ code: 'busy', message: 'Another run is under way.', next: 'Wait.' });
        const banner = journal.recall('banner');
        if (outcome === 'succeeded' && banner) journal.remember('banner', { ...banner, on: false, expiresAt: null });
        const error = outcome === 'failed' ? { error: { code: 'x', message: 'Vercel refused.', next: '' } } : {};
        const run: Run = { id: 'r', action: 'banner', state: outcome, startedAt: '', finishedAt: null, steps: [], ...error };
        return { run, finished: Promise.resolve(run) };
      },
    },
  });
  const tick = async (): Promise<void> => {
    expiry.tick();
    await settle();
  };
  return { expiry, started, said, tick };
}

function on(clock: FakeClock, forMs: number | null): LeverMemory['banner'] {
  const expiresAt = forMs === null ? null : clock.now() + forMs;
  return { on: true, text: 'x', severity: 'info', expiresAt, way: 'global-config', verifiedAt: null, handle: {} };
}

describe('a banner with an end', () => {
  it('is taken down once, when its time has come', async () => {
    const [journal, clock] = [refusingJournal(), new FakeClock()];
    journal.remember('banner', on(clock, 60_000));
    const { started, tick, said } = scene(journal, clock);
    await clock.pass(59_999);
    await tick();
    expect(started).toEqual([]);
    await clock.pass(1);
    await tick();
    await tick();
    expect(started).toMatchObject([{ request: { action: 'banner', on: false }, by: 'expiry' }]);
    expect(said).toEqual([]);
  });

  it('is taken down after a restart', async () => {
    const [journal, clock] = [refusingJournal(), new FakeClock()];
    journal.remember('banner', on(clock, 60_000));
    await scene(journal, clock).tick();
    await clock.pass(3_600_000);
    const restarted = scene(journal, clock);
    await restarted.tick();
    expect(restarted.started).toHaveLength(1);
  });

  it('is tried again after 1, 2 and 5 minutes, and each failure is told', async () => {
    const [journal, clock] = [refusingJournal(), new FakeClock()];
    journal.remember('banner', on(clock, 0));
    const { started, tick, said } = scene(journal, clock, ['failed', 'refused', 'cancelled', 'succeeded']);
    const counts: number[] = [];
    for (const ms of [0, 59_999, 1, 119_999, 1, 299_999, 1, 1]) {
      await clock.pass(ms);
      await tick();
      counts.push(started.length);
    }
    expect(counts).toEqual([1, 1, 2, 2, 3, 3, 4, 4]);
    expect(said).toEqual([
      'The banner’s time is over, and taking it down failed: Vercel refused. It is tried again in 1 min.',
      'The banner’s time is over, and taking it down failed: Another run is under way. It is tried again in 2 min.',
      'The banner’s time is over, and taking it down failed: the run was cancelled. It is tried again in 5 min.',
    ]);
  });

  it.each([
    ['without an end', on(new FakeClock(), null)],
    ['that is off already', { ...on(new FakeClock(), 0), on: false }],
  ])('leaves one alone %s', async (_, banner) => {
    const [journal, clock] = [refusingJournal(), new FakeClock()];
    journal.remember('banner', banner);
    const { started, tick } = scene(journal, clock);
    await tick();
    expect(started).toEqual([]);
  });

  it('does nothing once it is stopped', async () => {
    const [journal, clock] = [refusingJournal(), new FakeClock()];
    journal.remember('banner', on(clock, 0));
    const { started, tick, expiry } = scene(journal, clock);
    expiry.stop();
    await tick();
    expect(started).toEqual([]);
  });
});
