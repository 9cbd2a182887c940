// What looking first found out, in place: what will change, what to know, and one button to go on; or why not.
import type { Finding, Offer } from '../../shared/lever.ts';
import type { DeedHandle } from '../deed.ts';
import { FaultLine } from './fault.tsx';
import { Lamp } from './lamp.tsx';

type LeverDeedProps = { readonly handle: DeedHandle; readonly goOn: string };

/** The click on a lever until its run has begun; nothing while the lever is at rest. `goOn` is the confirming button's text. */
export function LeverDeed({ handle, goOn }: LeverDeedProps) {
  const { deed, pull, confirm, leave } = handle;
  switch (deed.at) {
    case 'rest':
      return null;
    case 'looking':
      return (
        <div className="lever-actions lever-looking">
          <span>Looking…</span>
          <button type="button" onClick={leave}>
            Cancel
          </button>
        </div>
      );
    case 'starting':
      return (
        <div className="lever-actions lever-looking">
          <span>Starting…</span>
        </div>
      );
    case 'failed':
      return (
        <div className="lever-offer" data-refused="true">
          <FaultLine fault={deed.fault} />
          <div className="lever-actions">
            <button type="button" onClick={() => void pull(deed.wish)}>
              Try again
            </button>
            <button type="button" className="quiet" onClick={leave}>
              Leave it
            </button>
          </div>
        </div>
      );
    case 'asking':
      return (
        <OfferPanel
          offer={deed.offer}
          goOn={goOn}
          onConfirm={(force) => void confirm(force)}
          onLookAgain={() => void pull(deed.wish)}
          onLeave={leave}
        />
      );
  }
}

type OfferPanelProps = {
  readonly offer: Offer;
  readonly goOn: string;
  readonly onConfirm: (force: boolean) => void;
  readonly onLookAgain: () => void;
  readonly onLeave: () => void;
};

function OfferPanel({ offer, goOn, onConfirm, onLookAgain, onLeave }: OfferPanelProps) {
  const { title, changes, findings, refusal, forceable } = offer;
  return (
    <section className="lever-offer" data-refused={refusal !== null} aria-label={title}>
      {refusal === null ? (
        <p className="run-head">
          <b>
            <bdi>{title}</bdi>
          </b>
        </p>
      ) : (
        <p className="lever-refusal">
          <Lamp colour="red" size={13} />
          <span>
            <bdi>{refusal.message}</bdi> <bdi>{refusal.next}</bdi>
          </span>
        </p>
      )}
      {(refusal === null || forceable) && (
        <Changes title={refusal === null ? 'What will change' : 'What would change'} changes={changes} />
      )}
      <Findings findings={findings} />
      <div className="lever-actions">
        {refusal === null && (
          <button type="button" className="primary" onClick={() => onConfirm(false)}>
            {goOn}
          </button>
        )}
        {refusal !== null && (
          <button type="button" onClick={onLookAgain}>
            Look again
          </button>
        )}
        {refusal !== null && forceable && (
          <button type="button" onClick={() => onConfirm(true)}>
            Do it anyway
          </button>
        )}
        <button type="button" className="quiet" onClick={onLeave}>
          Leave it
        </button>
      </div>
    </section>
  );
}

function Changes({ title, changes }: { readonly title: string; readonly changes: readonly string[] }) {
  if (changes.length === 0) return null;
  return (
    <div>
      <h3>{title}</h3>
      <ul className="changes">
        {changes.map((change) => (
          <li key={change}>
            <bdi>{change}</bdi>
          </li>
        ))}
      </ul>
    </div>
  );
}

const levelWords = { good: 'Good', note: 'Note', warning: 'Warning' } as const;
const levelColours = { good: 'green', note: 'grey', warning: 'amber' } as const;

export function Findings({ findings }: { readonly findings: readonly Finding[] }) {
  if (findings.length === 0) return null;
  return (
    <ul className="findings">
      {findings.map(({ level, text }) => (
        <li key={`${level} ${text}`} data-level={level}>
          <Lamp colour={levelColours[level]} size={12} />
          <span>
            <span className="unseen">{levelWords[level]}: </span>
            <bdi>{text}</bdi>
          </span>
        </li>
      ))}
    </ul>
  );
}
