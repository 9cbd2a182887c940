// Rehearsals of the failover, each with its report: how long the standby took to wake, to switch, and to go back.
import type { Run } from '../../shared/run.ts';
import { runWord } from '../figures.ts';
import { drillFacts } from '../run-model.ts';
import { StepMark } from './steps.tsx';
import { Moment } from './time.tsx';

const mostShown = 6;

export function Drills({ runs }: { readonly runs: readonly Run[] }) {
  const drills = runs.filter(({ action, state }) => action === 'drill' && state !== 'running').slice(0, mostShown);
  if (drills.length === 0) return null;
  return (
    <section className="drills" aria-labelledby="drills-title">
      <h2 id="drills-title">Drills</h2>
      <ul>
        {drills.map((run) => (
          <li key={run.id} className="drill">
            <StepMark state={run.state === 'succeeded' ? 'succeeded' : run.state === 'cancelled' ? 'cancelled' : 'failed'} />
            <span className="past-title">
              {runWord(run.state)}, <Moment at={run.startedAt} />
            </span>
            <span className="past-when">
              <bdi>{run.error ? run.error.message : drillFacts(run).join(' · ')}</bdi>
            </span>
          </li>
        ))}
      </ul>
    </section>
  );
}
