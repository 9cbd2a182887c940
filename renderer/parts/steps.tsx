// The steps of a run, each with a mark, a word for those who cannot see it, how far it is and how long it took.
import type { Run, RunStep, StepProgress } from '../../shared/run.ts';
import { progressWords, stepTime, stepWord } from '../run-model.ts';
import { Since } from './time.tsx';

export function Steps({ run }: { readonly run: Run }) {
  return (
    <ol className="steps">
      {run.steps.map((step, index) => (
        // A run's list of steps is made once; two of them may share a name.
        // biome-ignore lint/suspicious/noArrayIndexKey: see above
        <li key={index} data-state={step.state}>
          <StepMark state={step.state} />
          <span className="step-name">
            <span className="unseen">{stepWord(step.state)}: </span>
            <bdi>{step.name}</bdi>
          </span>
          <span className="step-time">
            {step.state === 'running' && step.startedAt !== null ? <Since at={step.startedAt} /> : stepTime(step)}
          </span>
          {step.detail !== undefined && step.detail !== '' && (
            <p className="step-detail">
              <bdi>{step.detail}</bdi>
            </p>
          )}
          {step.progress && step.state === 'running' && <Progress progress={step.progress} name={step.name} />}
        </li>
      ))}
    </ol>
  );
}

/** A bar where the end is known, otherwise the amount alone; seconds without an end are told by the step's own clock. */
function Progress({ progress, name }: { readonly progress: StepProgress; readonly name: string }) {
  const { done, total, unit } = progress;
  if (unit === 'seconds' && total === null) return null;
  const words = progressWords(progress);
  return (
    <p className="step-progress">
      {total !== null && total > 0 && <progress max={total} value={Math.min(done, total)} aria-label={`${name}: ${words}`} />}
      <span>{words}</span>
    </p>
  );
}

const marks: Readonly<Record<RunStep['state'], string>> = {
  waiting: '',
  running: '',
  succeeded: 'M-4.6.4-1.4 3.8 4.8-3.8',
  failed: 'M-3.7-3.7 3.7 3.7M3.7-3.7-3.7 3.7',
  skipped: 'M-4 0H4',
  cancelled: 'M-3.3 3.3 3.3-3.3',
  undone: 'M-4.4 2.4A5 5 0 1 0-3.6-3.5L-5-2M-5.2-5.4V-1.8H-1.6',
};

export function StepMark({ state }: { readonly state: RunStep['state'] }) {
  return (
    <svg className="step-mark" data-state={state} width="16" height="16" viewBox="-8 -8 16 16" aria-hidden="true">
      {(state === 'waiting' || state === 'running' || state === 'cancelled') && <circle className="step-ring" r="5" />}
      {state === 'running' && <circle className="step-pulse" r="2.6" />}
      {marks[state] !== '' && <path d={marks[state]} />}
    </svg>
  );
}
