// Runs of the levers, newest first, each with its steps. Says nothing while there are none.
import { useEffect, useState } from 'react';
import type { Run } from '../../shared/run.ts';
import { duration } from '../../shared/words.ts';
import { runWord } from '../figures.ts';
import { useAsk, useView } from '../hooks.ts';
import { Moment } from './time.tsx';

const mostShown = 20;
const none: readonly Run[] = [];

export function Runs() {
  const live = useView((view) => view.snapshot?.runs ?? none);
  const [past, setPast] = useState<readonly Run[]>(none);
  const { ask } = useAsk('history.runs');
  useEffect(() => {
    void ask({ limit: mostShown }).then((reply) => reply.ok && setPast(reply.value));
  }, [ask]);
  const ids = new Set(live.map((run) => run.id));
  const runs = [...live, ...past.filter((run) => !ids.has(run.id))].slice(0, mostShown);
  if (runs.length === 0) return null;
  return (
    <div className="runs">
      <h2>Runs</h2>
      <ul>
        {runs.map((run) => (
          <li key={run.id}>
            <details>
              <summary>
                <b className="run-action">{run.action}</b> {runWord(run.state).toLowerCase()} · <Moment at={run.startedAt} />
                {run.finishedAt !== null && ` · ${duration(Date.parse(run.finishedAt) - Date.parse(run.startedAt))}`}
              </summary>
              <ol>
                {run.steps.map((step) => (
                  <li key={step.name}>
                    <bdi>{step.name}</bdi>: {step.state}
                    {step.detail !== undefined && (
                      <>
                        , <bdi>{step.detail}</bdi>
                      </>
                    )}
                  </li>
                ))}
              </ol>
              {run.error && <p className="fault">{`${run.error.message} ${run.error.next}`}</p>}
            </details>
          </li>
        ))}
      </ul>
    </div>
  );
}
