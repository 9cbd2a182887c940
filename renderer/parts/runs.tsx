// Runs of the levers that are over, newest first, each with who began it, its steps and how it ended. Those under way stand on
// their lever. Says nothing while there are none.
import { useEffect, useState } from 'react';
import type { Run } from '../../shared/run.ts';
import { byWords, duration } from '../../shared/words.ts';
import { runWord } from '../figures.ts';
import { useAsk, useView } from '../hooks.ts';
import { resultNotes, runTitle } from '../run-model.ts';
import { Findings } from './lever-offer.tsx';
import { endSentence } from './lever-run.tsx';
import { StepMark, Steps } from './steps.tsx';
import { Moment } from './time.tsx';

const mostAsked = 100;
const mostShown = 20;
const shownAtFirst = 5;
const none: readonly Run[] = [];
const marks = {
  running: 'running',
  succeeded: 'succeeded',
  failed: 'failed',
  cancelled: 'cancelled',
  interrupted: 'failed',
} as const;

/** Past runs and those in the snapshot, newest first, each once. */
export function useRuns(): readonly Run[] {
  const live = useView((view) => view.snapshot?.runs ?? none);
  const [past, setPast] = useState<readonly Run[]>(none);
  const { ask } = useAsk('history.runs');
  useEffect(() => {
    void ask({ limit: mostAsked }).then((reply) => reply.ok && setPast(reply.value));
  }, [ask]);
  // One that leaves the snapshot stays known.
  useEffect(() => setPast((known) => joined(live, known)), [live]);
  return joined(live, past);
}

function joined(newer: readonly Run[], older: readonly Run[]): readonly Run[] {
  const ids = new Set(newer.map((run) => run.id));
  const all = [...newer, ...older.filter((run) => !ids.has(run.id))];
  return all.sort((a, b) => b.startedAt.localeCompare(a.startedAt)).slice(0, mostAsked);
}

export function Runs({ runs }: { readonly runs: readonly Run[] }) {
  const [all, setAll] = useState(false);
  const over = runs.filter(({ state }) => state !== 'running').slice(0, mostShown);
  if (over.length === 0) return null;
  const shown = over.slice(0, all ? mostShown : shownAtFirst);
  return (
    <section className="runs" aria-labelledby="runs-title">
      <h2 id="runs-title">Runs</h2>
      <ul>
        {shown.map((run) => (
          <li key={run.id}>
            <details>
              <summary>
                <StepMark state={marks[run.state]} />
                <span className="past-title">
                  <bdi>{runTitle(run)}</bdi>
                </span>
                <span className="past-when">
                  {runWord(run.state)} · <Moment at={run.startedAt} />
                  {run.finishedAt !== null && ` · ${duration(Date.parse(run.finishedAt) - Date.parse(run.startedAt))}`}
                  {run.by !== undefined && run.by !== 'window' && ` · ${byWords(run.by)}`}
                </span>
              </summary>
              <div className="run-story">
                {run.state !== 'interrupted' && (
                  <p className={run.error ? 'fault' : undefined}>
                    <bdi>{endSentence(run)}</bdi>
                  </p>
                )}
                <Findings findings={resultNotes(run)} />
                <Steps run={run} />
              </div>
            </details>
          </li>
        ))}
      </ul>
      {!all && shown.length < over.length && (
        <button type="button" className="quiet" onClick={() => setAll(true)}>
          Show earlier runs
        </button>
      )}
    </section>
  );
}
