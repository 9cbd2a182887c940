// The banner: the text is at hand before it is needed, and its field looks as users will see it, so that one click puts it up.
import { useId, useState } from 'react';
import type { LeversView, Severity } from '../../shared/lever.ts';
import type { BannerView } from '../../shared/snapshot.ts';
import { usualBanner } from '../../shared/words.ts';
import type { DeedHandle } from '../deed.ts';
import { bannerPosition, stanceOf } from '../lever-model.ts';
import { Lamp } from './lamp.tsx';
import { LeverCard } from './lever-card.tsx';
import type { SharedProps } from './levers.tsx';

type BannerLeverProps = SharedProps & { readonly lever: LeversView['banner']; readonly banner: BannerView };

type Draft = { readonly text: string; readonly severity: Severity; readonly forMs: number | null };

const usual: Draft = usualBanner;

export function BannerLever({ lever, banner, ...shared }: BannerLeverProps) {
  const [draft, setDraft] = useState<Draft>(usual);
  const [changing, setChanging] = useState(false);
  const { handle, run } = shared;
  const putUp = (): void => {
    setChanging(false);
    void handle.pull({ action: 'banner', on: true, ...draft, text: draft.text.trim() });
  };
  const change = (): void => {
    setDraft({ text: banner.text ?? usual.text, severity: banner.severity ?? usual.severity, forMs: null });
    setChanging(true);
  };
  const editing = !banner.on || changing;
  const pull = editing ? (
    <div className="lever-actions">
      <button type="button" className="pull" disabled={draft.text.trim() === ''} onClick={putUp}>
        {banner.on ? 'Put the new text up' : 'Put the banner up'}
      </button>
      {banner.on && (
        <button type="button" className="quiet" onClick={() => setChanging(false)}>
          Leave it
        </button>
      )}
    </div>
  ) : (
    <div className="lever-actions">
      <button type="button" className="pull" onClick={() => void handle.pull({ action: 'banner', on: false })}>
        Take down
      </button>
      <button type="button" onClick={change}>
        Change
      </button>
    </div>
  );
  return (
    <LeverCard
      {...shared}
      name="banner"
      title="Banner"
      stance={stanceOf(lever.ready, banner.on, run)}
      position={(now) => bannerPosition(banner, now)}
      goOn={goOn(handle, banner.on)}
      pull={pull}
    >
      {editing ? <BannerForm draft={draft} onDraft={setDraft} /> : <BannerShown banner={banner} />}
    </LeverCard>
  );
}

/** What the confirming button says. */
function goOn({ deed }: DeedHandle, isOn: boolean): string {
  const down = deed.at === 'asking' && deed.wish.action === 'banner' && !deed.wish.on;
  if (down) return 'Take down';
  return isOn ? 'Put the new text up' : 'Put the banner up';
}

const severityWords: readonly (readonly [Severity, string])[] = [
  ['info', 'Notice'],
  ['warning', 'Warning'],
  ['critical', 'Critical'],
];
const severityColours = { info: 'grey', warning: 'amber', critical: 'red' } as const;
const hourMs = 3_600_000;
const lengths = [1, 2, 4];

type BannerFormProps = { readonly draft: Draft; readonly onDraft: (draft: Draft) => void };

function BannerForm({ draft, onDraft }: BannerFormProps) {
  const id = useId();
  return (
    <>
      <div className="field">
        <label htmlFor={id}>As users will see it</label>
        <div className="banner-preview" data-severity={draft.severity}>
          <Lamp colour={severityColours[draft.severity]} size={14} />
          <textarea
            id={id}
            rows={2}
            maxLength={500}
            value={draft.text}
            onChange={(event) => onDraft({ ...draft, text: event.target.value.replaceAll(/[\r\n]+/g, ' ') })}
          />
        </div>
      </div>
      <div className="lever-choices">
        <fieldset className="segments">
          <legend className="unseen">Severity of the banner</legend>
          {severityWords.map(([severity, word]) => (
            <label key={severity}>
              <input
                type="radio"
                name={`${id}severity`}
                checked={draft.severity === severity}
                onChange={() => onDraft({ ...draft, severity })}
              />
              <span>{word}</span>
            </label>
          ))}
        </fieldset>
        <select
          aria-label="How long"
          value={draft.forMs ?? ''}
          onChange={(event) => onDraft({ ...draft, forMs: event.target.value === '' ? null : Number(event.target.value) })}
        >
          <option value="">Until taken down</option>
          {lengths.map((hours) => (
            <option key={hours} value={hours * hourMs}>
              For {hours} h
            </option>
          ))}
        </select>
      </div>
    </>
  );
}

function BannerShown({ banner }: { readonly banner: BannerView }) {
  const severity = banner.severity ?? 'warning';
  return (
    <div className="field">
      <h3>{banner.verifiedAt === null ? 'Put up, not seen from outside yet' : 'Users see'}</h3>
      <p className="banner-preview" data-severity={severity}>
        <Lamp colour={severityColours[severity]} size={14} />
        <bdi>{banner.text}</bdi>
      </p>
    </div>
  );
}
