// The row of levers: banner, traffic, dump. Decides which run each of them shows.
import { memo, useCallback, useState } from 'react';
import type { LeversView } from '../../shared/lever.ts';
import type { Run } from '../../shared/run.ts';
import type { BannerView, TrafficView } from '../../shared/snapshot.ts';
import { useMinute } from '../clock.ts';
import { type DeedHandle, useDeed } from '../deed.ts';
import { type LeverName, shownRun } from '../lever-model.ts';
import { BannerLever } from './banner-lever.tsx';
import { DumpLever } from './dump-lever.tsx';
import { TrafficLever } from './traffic-lever.tsx';

type LeversProps = {
  readonly levers: LeversView;
  readonly traffic: TrafficView;
  readonly banner: BannerView;
  readonly runs: readonly Run[];
  /** The lever that a live incident's diagnosis names. */
  readonly helping: LeverName | null;
  /** Without contact to the engine nothing can be pulled. */
  readonly live: boolean;
};

/** What every lever is given, whatever it does. */
export type SharedProps = {
  readonly problem: string | null;
  readonly helps: boolean;
  readonly run: Run | null;
  readonly handle: DeedHandle;
  readonly onDismiss: (runId: string) => void;
};

const notSetUp: Readonly<Record<LeverName, string>> = {
  banner: 'Not set up yet: one click could put a notice in front of your users.',
  traffic: 'Not set up yet: one click could send your users to a standby server.',
  dump: 'Not set up yet: one click could copy the database to this machine.',
};

/** Drawn again only when one of its parts changes: checks arrive far more often than levers move. */
export const Levers = memo(function Levers({ levers, traffic, banner, runs, helping, live }: LeversProps) {
  const [dismissed, setDismissed] = useState<ReadonlySet<string>>(new Set());
  const now = useMinute();
  const onDismiss = useCallback((id: string) => setDismissed((known) => new Set([...known, id])), []);
  const handles = { banner: useDeed(runs), traffic: useDeed(runs), dump: useDeed(runs) };
  const shared = (name: LeverName): SharedProps => ({
    problem: levers[name].ready ? null : (levers[name].problem ?? notSetUp[name]),
    helps: helping === name,
    // A run may have ended within the minute that has just begun.
    run: shownRun(runs, name, dismissed, now),
    handle: handles[name],
    onDismiss,
  });
  return (
    <section className="levers-section" aria-label="Levers">
      <fieldset className="levers" disabled={!live}>
        <BannerLever {...shared('banner')} lever={levers.banner} banner={banner} />
        <TrafficLever {...shared('traffic')} lever={levers.traffic} drill={levers.drill} traffic={traffic} />
        <DumpLever {...shared('dump')} lever={levers.dump} />
      </fieldset>
    </section>
  );
});
