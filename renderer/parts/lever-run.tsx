// The run on a lever: under way with its steps and Cancel; interrupted, with what can be done about it; or how it ended.

import { useState } from 'react';
import type { Finding } from '../../shared/lever.ts';
import type { Run } from '../../shared/run.ts';
import { byWords, duration } from '../../shared/words.ts';
import { runWord } from '../figures.ts';
import { useAsk } from '../hooks.ts';
import { currentStep, resultNotes, resultSentence, runTitle } from '../run-model.ts';
import { FaultLine } from './fault.tsx';
import { Findings } from './lever-offer.tsx';
import { StepMark, Steps } from './steps.tsx';
import { Moment, Since } from './time.tsx';

type LeverRunProps = { readonly run: Run; readonly findings: readonly Finding[]; readonly onDismiss: () => void };

export function LeverRun({ run, findings, onDismiss }: LeverRunProps) {
  if (run.state === 'running') return <RunUnderWay key={run.id} run={run} findings={findings} />;
  if (run.state === 'interrupted') return <InterruptedRun key={run.id} run={run} />;
  return <EndedRun run={run} onDismiss={onDismiss} />;
}

function RunUnderWay({ run, findings }: { readonly run: Run; readonly findings: readonly Finding[] }) {
  const { ask, pending, fault } = useAsk('lever.cancel');
  const [asked, setAsked] = useState(false);
  const cancel = async (): Promise<void> => {
    const reply = await ask({ runId: run.id });
    setAsked(reply.ok);
  };
  const notable = findings.filter(({ level }) => level !== 'good');
  return (
    <div className="lever-run" data-state="running">
      <p className="run-head">
        <b>
          <bdi>{runTitle(run)}</bdi>
        </b>
        <span className="run-clock">
          <Since at={run.startedAt} />
        </span>
      </p>
      <RunBy run={run} />
      <Steps run={run} />
      <Findings findings={notable} />
      <div className="lever-actions">
        <button type="button" onClick={() => void cancel()} disabled={pending || asked}>
          {pending || asked ? 'Cancelling…' : 'Cancel'}
        </button>
        {asked && <span className="lever-note">What was done so far is being put back.</span>}
      </div>
      <FaultLine fault={fault} />
    </div>
  );
}

/** Told only where it was not a click in this window that began it. */
function RunBy({ run }: { readonly run: Run }) {
  if (run.by === undefined || run.by === 'window') return null;
  return <p className="lever-note">Started {byWords(run.by)}.</p>;
}

function InterruptedRun({ run }: { readonly run: Run }) {
  const resume = useAsk('lever.resume');
  const undo = useAsk('lever.undo');
  const step = currentStep(run);
  const offers = run.offers ?? [];
  const pending = resume.pending || undo.pending;
  return (
    <div className="lever-run" data-state="interrupted">
      <p className="run-head">
        <b>
          <bdi>{runTitle(run)}</bdi> was interrupted
        </b>
      </p>
      <p>
        It began <Moment at={run.startedAt} />
        {run.by !== undefined && run.by !== 'window' && ` ${byWords(run.by)}`} and did not end
        {step !== null && (
          <>
            ; under way was “<bdi>{step.name}</bdi>”
          </>
        )}
        .
      </p>
      <details>
        <summary>Steps</summary>
        <Steps run={run} />
      </details>
      {offers.length > 0 && (
        <div className="lever-actions">
          {offers.includes('resume') && (
            <button type="button" className="primary" disabled={pending} onClick={() => void resume.ask({ runId: run.id })}>
              {resume.pending ? 'Resuming…' : 'Resume'}
            </button>
          )}
          {offers.includes('undo') && (
            <button type="button" disabled={pending} onClick={() => void undo.ask({ runId: run.id })}>
              {undo.pending ? 'Taking back…' : 'Take back'}
            </button>
          )}
        </div>
      )}
      <FaultLine fault={resume.fault ?? undo.fault} />
    </div>
  );
}

function EndedRun({ run, onDismiss }: { readonly run: Run; readonly onDismiss: () => void }) {
  const good = run.state === 'succeeded';
  return (
    <div className="lever-run" data-state={run.state}>
      <p className="run-head">
        <StepMark state={good ? 'succeeded' : run.state === 'cancelled' ? 'cancelled' : 'failed'} />
        <b>
          <bdi>{runTitle(run)}</bdi>: {runWord(run.state).toLowerCase()}
        </b>
      </p>
      <p>
        <bdi>{endSentence(run)}</bdi>
      </p>
      <Findings findings={resultNotes(run)} />
      <RunBy run={run} />
      <div className="run-foot">
        <details>
          <summary>
            Steps
            {run.finishedAt !== null && `, ${duration(Date.parse(run.finishedAt) - Date.parse(run.startedAt))}`}
          </summary>
          <Steps run={run} />
        </details>
        <button type="button" className="quiet" onClick={onDismiss}>
          Dismiss
        </button>
      </div>
    </div>
  );
}

/** How it ended, with the next step where there is one. */
export function endSentence(run: Run): string {
  if (run.error) return `${run.error.message} ${run.error.next}`;
  return run.state === 'succeeded' ? resultSentence(run) : 'What was done before that was taken back where it could be.';
}
