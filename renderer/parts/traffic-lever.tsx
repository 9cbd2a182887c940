// The traffic lever: where users are sent, whether moving them would help, whether the way over is kept ready and rehearsed.
import type { LeversView } from '../../shared/lever.ts';
import type { TrafficView } from '../../shared/snapshot.ts';
import { useMinute } from '../clock.ts';
import type { Deed, DeedHandle } from '../deed.ts';
import { drillWords, otherTrack, stanceOf, trafficPosition, trafficPull } from '../lever-model.ts';
import { Lamp } from './lamp.tsx';
import { LeverCard } from './lever-card.tsx';
import type { SharedProps } from './levers.tsx';

type TrafficLeverProps = SharedProps & {
  readonly lever: LeversView['traffic'];
  readonly drill: LeversView['drill'];
  readonly traffic: TrafficView;
};

export function TrafficLever({ lever, drill, traffic, ...shared }: TrafficLeverProps) {
  const { handle, run } = shared;
  const { warning, suggestion, twin } = lever;
  const urged = suggestion !== null || shared.helps;
  return (
    <LeverCard
      {...shared}
      name="traffic"
      title="Traffic"
      stance={stanceOf(lever.ready, traffic.target === 'standby', run)}
      position={(now) => trafficPosition(traffic, lever, now)}
      goOn={goOn(handle.deed, traffic)}
      pull={
        <div className="lever-actions">
          <button
            type="button"
            className={urged ? 'pull primary' : 'pull'}
            onClick={() => void handle.pull({ action: 'traffic', to: otherTrack(traffic) })}
          >
            {trafficPull(traffic)}
          </button>
        </div>
      }
    >
      {warning !== null && (
        <Remark colour="amber" title="Would not help now">
          {warning}
        </Remark>
      )}
      {suggestion !== null && (
        <Remark colour="amber" title="Suggested">
          {suggestion}
        </Remark>
      )}
      <div className="lever-lines">
        {twin && <Twin twin={twin} handle={handle} />}
        <Drill drill={drill} handle={handle} />
      </div>
    </LeverCard>
  );
}

function goOn(deed: Deed, traffic: TrafficView): string {
  if (deed.at !== 'asking') return trafficPull(traffic);
  if (deed.wish.action === 'drill') return 'Rehearse';
  if (deed.wish.action !== 'traffic') return 'Go on';
  if (deed.wish.to === 'prepare') return 'Build the twin';
  return deed.wish.to === 'standby' ? 'Move to the standby' : 'Move back to the primary';
}

type RemarkProps = { readonly colour: 'amber' | 'grey'; readonly title: string; readonly children: string };

function Remark({ colour, title, children }: RemarkProps) {
  return (
    <p className="lever-remark">
      <Lamp colour={colour} size={13} />
      <span>
        <b>{title}:</b> <bdi>{children}</bdi>
      </span>
    </p>
  );
}

type TwinProps = { readonly twin: NonNullable<LeversView['traffic']['twin']>; readonly handle: DeedHandle };

function Twin({ twin, handle }: TwinProps) {
  return (
    <div className="lever-line">
      <Lamp colour={twin.state === 'fresh' ? 'green' : 'amber'} size={12} />
      <span>
        <bdi>{twin.sentence}</bdi>
      </span>
      {twin.state !== 'fresh' && (
        <button type="button" onClick={() => void handle.pull({ action: 'traffic', to: 'prepare' })}>
          {twin.state === 'missing' ? 'Build twin' : 'Rebuild twin'}
        </button>
      )}
    </div>
  );
}

function Drill({ drill, handle }: { readonly drill: LeversView['drill']; readonly handle: DeedHandle }) {
  const now = useMinute();
  if (!drill.ready) return drill.problem === null ? null : <p className="lever-problem">{drill.problem}</p>;
  return (
    <div className="lever-line">
      <Lamp colour={drill.overdue ? 'amber' : 'green'} size={12} />
      <span>
        {drillWords(drill, now)}
        {drill.overdue && (drill.lastAt === null ? '' : ', overdue')}
      </span>
      <button type="button" onClick={() => void handle.pull({ action: 'drill' })}>
        Rehearse
      </button>
    </div>
  );
}
