// The bar at the foot while something is unsaved, and what saving came to: refused, overtaken by somebody else, failed, done.
import { useKeptFocus } from '../kept-focus.ts';
import { FaultLine } from '../parts/fault.tsx';
import { Lamp } from '../parts/lamp.tsx';
import { useForm } from './form.tsx';

type SaveBarProps = {
  /** The person wants to go elsewhere, and has not said what becomes of the changes. */
  readonly leaving: boolean;
  readonly onSave: (over: boolean) => void;
  readonly onLeave: (save: boolean) => void;
  readonly onStay: () => void;
};

export function SaveBar({ leaving, onSave, onLeave, onStay }: SaveBarProps) {
  const draft = useForm();
  const { dirty, standing, aside } = draft;
  const [place, hooks] = useKeptFocus<HTMLElement>(`${dirty} ${standing.at} ${leaving} ${aside?.why}`);
  const shown = dirty || aside !== null || standing.at === 'saved';
  return (
    <section className="save-bar" aria-label="Saving" data-shown={shown} ref={place} tabIndex={-1} {...hooks}>
      <p className="unseen" role="status">
        {standing.at === 'saved' ? 'Saved. Signalbox runs with these settings now.' : ''}
      </p>
      {shown && (
        <div className="save-panel" data-alert={leaving || standing.at === 'changed' || standing.at === 'failed'}>
          <Panel leaving={leaving} onSave={onSave} onLeave={onLeave} onStay={onStay} />
        </div>
      )}
    </section>
  );
}

function Panel({ leaving, onSave, onLeave, onStay }: SaveBarProps) {
  const { dirty, standing, aside, discard, bringBack } = useForm();
  if (leaving && dirty) return <LeaveQuestion onLeave={onLeave} onStay={onStay} />;
  if (standing.at === 'changed') return <Overtaken onSave={onSave} />;
  if (dirty) {
    const saving = standing.at === 'saving';
    return (
      <>
        <Changes />
        <div className="save-actions">
          <button type="button" className="quiet" disabled={saving} onClick={discard}>
            Discard
          </button>
          <button
            type="button"
            className="primary"
            disabled={saving}
            aria-keyshortcuts="Control+S Meta+S"
            onClick={() => onSave(false)}
          >
            {saving ? 'Saving…' : 'Save'}
          </button>
        </div>
        <FaultLine fault={standing.at === 'failed' ? standing.fault : null} />
      </>
    );
  }
  if (aside !== null) {
    return (
      <>
        <p>
          {aside.why === 'discarded'
            ? 'Your changes were discarded.'
            : 'This is the file as it stands. Your changes were put aside.'}
        </p>
        <div className="save-actions">
          <button type="button" onClick={bringBack}>
            Bring them back
          </button>
        </div>
      </>
    );
  }
  return (
    <p className="saved">
      <Lamp colour="green" size={13} />
      <span>Saved. Signalbox runs with these settings now.</span>
    </p>
  );
}

function Changes() {
  const { changed } = useForm();
  const names = changed.map(({ title }) => title).join(', ');
  return (
    <p>
      <b>Unsaved</b> <span className="save-where">{names === '' ? 'text that is not JSON yet' : names}</span>
    </p>
  );
}

function LeaveQuestion({ onLeave, onStay }: Pick<SaveBarProps, 'onLeave' | 'onStay'>) {
  return (
    <>
      <p role="alert">
        <b>Leave with unsaved changes?</b>
      </p>
      <div className="save-actions">
        <button type="button" className="quiet" onClick={() => onLeave(false)}>
          Leave without saving
        </button>
        <button type="button" onClick={onStay}>
          Stay here
        </button>
        <button type="button" className="primary" onClick={() => onLeave(true)}>
          Save and leave
        </button>
      </div>
    </>
  );
}

function Overtaken({ onSave }: Pick<SaveBarProps, 'onSave'>) {
  const { loadTheirs } = useForm();
  return (
    <>
      <p role="alert">
        <b>The file was changed elsewhere</b> since you opened it. Nothing was written.
      </p>
      <div className="save-actions">
        <button type="button" onClick={() => void loadTheirs()}>
          Load theirs
        </button>
        <button type="button" onClick={() => onSave(true)}>
          Save mine over it
        </button>
      </div>
    </>
  );
}
