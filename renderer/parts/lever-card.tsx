// The frame that the three levers share: drawing, name, position, then whichever holds: not set up, a run, a question, the
// controls. Focus never gets lost when one gives way to the other.
import { useId } from 'react';
import type { Run } from '../../shared/run.ts';
import { useNow } from '../clock.ts';
import type { Deed, DeedHandle } from '../deed.ts';
import { runWord } from '../figures.ts';
import { useArrival } from '../hooks.ts';
import { useKeptFocus } from '../kept-focus.ts';
import type { LeverName, Position, Stance } from '../lever-model.ts';
import { go, settingsAddress } from '../route.ts';
import { currentStep, runTitle, stepWord } from '../run-model.ts';
import { Announcement } from './announcement.tsx';
import { LeverDrawing } from './lever-drawing.tsx';
import { LeverDeed } from './lever-offer.tsx';
import { endSentence, LeverRun } from './lever-run.tsx';

export type LeverCardProps = {
  readonly name: LeverName;
  readonly title: string;
  readonly stance: Stance;
  readonly position: (now: number) => Position;
  /** Why it cannot be pulled at all. */
  readonly problem: string | null;
  /** The diagnosis of a live incident names this lever. */
  readonly helps: boolean;
  readonly run: Run | null;
  readonly handle: DeedHandle;
  /** Text of the button that confirms what is asked. */
  readonly goOn: string;
  readonly onDismiss: (runId: string) => void;
  /** What can be set beforehand; the pull itself is `pull`. */
  readonly children?: React.ReactNode;
  readonly pull: React.ReactNode;
};

export function LeverCard(props: LeverCardProps) {
  const { name, title, stance, position, problem, helps, run, handle, onDismiss } = props;
  const { deed } = handle;
  const heading = useId();
  const state = `${deed.at} ${run?.id ?? ''} ${run?.state ?? ''}`;
  const [card, hooks] = useKeptFocus<HTMLElement>(state);
  useArrival(card, 'lever', name);
  const underWay = run?.state === 'running';
  const busy = deed.at === 'looking' || deed.at === 'starting';
  return (
    <article
      className="lever"
      data-lever={name}
      data-stance={stance}
      aria-labelledby={heading}
      ref={card}
      tabIndex={-1}
      {...hooks}
    >
      <LeverDrawing name={name} stance={stance} />
      <div className="lever-title">
        <h2 id={heading}>
          {title}
          {helps && <span className="tag">would help</span>}
        </h2>
        {problem === null ? <PositionLine position={position} /> : <p className="lever-problem">{problem}</p>}
      </div>
      <div className="lever-body">
        {problem !== null && (
          <div className="lever-actions">
            <button type="button" aria-label={`Set up ${title}`} onClick={() => go(settingsAddress(name))}>
              Set up
            </button>
          </div>
        )}
        {run !== null && <LeverRun run={run} findings={handle.findingsOf(run.id)} onDismiss={() => onDismiss(run.id)} />}
        {problem === null && !underWay && deed.at !== 'asking' && (
          <fieldset className="lever-controls" disabled={busy}>
            {props.children}
            {deed.at === 'rest' && props.pull}
          </fieldset>
        )}
        {!underWay && <LeverDeed handle={handle} goOn={props.goOn} />}
      </div>
      <Announcement text={spoken(deed, run)} />
    </article>
  );
}

/** Ticks; a leaf, so that nothing else does. */
function PositionLine({ position }: { readonly position: (now: number) => Position }) {
  const { word, facts } = position(useNow());
  return (
    <p className="lever-position">
      <b>{word}</b>
      {facts.length > 0 && <bdi>{facts.join(' · ')}</bdi>}
    </p>
  );
}

/** For screen readers: each stage once, without seconds. */
function spoken(deed: Deed, run: Run | null): string {
  if (deed.at === 'looking') return 'Looking first. Nothing is changed yet.';
  if (deed.at === 'asking') {
    const { title, changes, refusal } = deed.offer;
    return refusal === null ? `To be confirmed: ${title}. ${changes.join(' ')}` : `Refused. ${refusal.message} ${refusal.next}`;
  }
  if (run === null) return '';
  if (run.state === 'running') {
    const step = currentStep(run);
    return `${runTitle(run)}. ${step === null ? 'Under way' : `${step.name}: ${stepWord(step.state).toLowerCase()}`}.`;
  }
  if (run.state === 'interrupted') return `${runTitle(run)} was interrupted.`;
  return `${runTitle(run)}: ${runWord(run.state).toLowerCase()}. ${endSentence(run)}`;
}
