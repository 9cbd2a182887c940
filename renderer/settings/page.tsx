// The settings window: contents on one side, a section on the other; on a narrow one, first the contents and then the section.
import { useEffect, useEffectEvent, useRef, useState } from 'react';
import type { Fault } from '../../shared/ipc.ts';
import type { Colour } from '../../shared/snapshot.ts';
import { lampWord } from '../../shared/words.ts';
import { FaultLine } from '../parts/fault.tsx';
import { Lamp } from '../parts/lamp.tsx';
import { go, holdBack, settingsAddress } from '../route.ts';
import '../css/settings.css';
import '../css/settings-cards.css';
import '../css/fields.css';
import '../css/credentials.css';
import { type Draft, useDraft } from './draft.ts';
import { DraftContext } from './form.tsx';
import { SettingsNav } from './nav.tsx';
import { ProblemSummary } from './problem-summary.tsx';
import { SaveBar } from './save-bar.tsx';
import { SectionBody } from './section-body.tsx';
import { sectionNamed } from './sections.ts';

type SettingsPageProps = { readonly section: string; readonly colour: Colour; readonly live: boolean };

export function SettingsPage({ section, colour, live }: SettingsPageProps) {
  const { draft, fault, reload } = useDraft();
  return (
    <div className="window settings" data-live={live}>
      <header className="settings-head">
        <button type="button" className="quiet back" onClick={() => go('')}>
          <span aria-hidden="true">‹</span> Back to the line
        </button>
        <p className="settings-signal">
          <Lamp colour={colour} size={13} />
          {live ? lampWord(colour) : 'No contact'}
        </p>
        <h1>Settings</h1>
      </header>
      {draft === null ? (
        <Loading fault={fault} onRetry={reload} />
      ) : (
        <DraftContext value={draft}>
          <Loaded draft={draft} section={section} />
        </DraftContext>
      )}
    </div>
  );
}

function Loading({ fault, onRetry }: { readonly fault: Fault | null; readonly onRetry: () => void }) {
  return (
    <main className="settings-loading" aria-busy={fault === null}>
      {fault === null ? (
        <p>Reading the settings…</p>
      ) : (
        <>
          <FaultLine fault={fault} />
          <button type="button" onClick={onRetry}>
            Try again
          </button>
        </>
      )}
    </main>
  );
}

function Loaded({ draft, section }: { readonly draft: Draft; readonly section: string }) {
  const chosen = sectionNamed(section);
  const { leaving, save, leave, stay } = useLeaving(draft);
  return (
    <>
      <main className="settings-body" data-overview={chosen === undefined}>
        <SettingsNav current={chosen?.id ?? null} />
        <div className="settings-detail">
          <ProblemSummary />
          <Detail section={section} />
        </div>
      </main>
      <SaveBar leaving={leaving !== null} onSave={save} onLeave={leave} onStay={stay} />
    </>
  );
}

function Detail({ section }: { readonly section: string }) {
  const shown = sectionNamed(section) ?? sectionNamed('monitors');
  const heading = useRef<HTMLHeadingElement>(null);
  const first = useRef(true);
  // Whoever chose a section from the contents goes on reading there; a problem leads further, to its field.
  // biome-ignore lint/correctness/useExhaustiveDependencies: another section is what moves the focus
  useEffect(() => {
    const led = document.activeElement?.closest('.section-body') !== null && document.activeElement !== null;
    if (!first.current && !led) {
      heading.current?.focus({ preventScroll: true });
      scrollTo(0, 0);
    }
    first.current = false;
  }, [section]);
  if (!shown) return null;
  return (
    <>
      <a className="all-sections" href={settingsAddress('')}>
        <span aria-hidden="true">‹</span> All settings
      </a>
      <div className="section-title">
        <h2 ref={heading} tabIndex={-1}>
          {shown.title}
        </h2>
        <p>{shown.about}</p>
      </div>
      <div className="section-body" key={shown.id}>
        <SectionBody id={shown.id} />
      </div>
    </>
  );
}

/** Saving by button and key, and the question before leaving with something unsaved. */
function useLeaving(draft: Draft) {
  const [leaving, setLeaving] = useState<string | null>(null);
  const free = useRef(false);
  const { dirty } = draft;
  const save = (over: boolean): void => void draft.save(over);
  const onKey = useEffectEvent((event: KeyboardEvent): void => {
    if (!(event.ctrlKey || event.metaKey) || event.altKey || event.shiftKey || event.key.toLowerCase() !== 's') return;
    event.preventDefault();
    if (dirty && draft.standing.at !== 'saving') save(false);
  });
  useEffect(() => {
    const listen = (event: KeyboardEvent): void => onKey(event);
    addEventListener('keydown', listen);
    return () => removeEventListener('keydown', listen);
  }, []);
  useEffect(() => {
    if (!dirty) return;
    const release = holdBack((wanted) => {
      if (free.current) return false;
      setLeaving(wanted);
      return true;
    });
    const warn = (event: BeforeUnloadEvent): void => event.preventDefault();
    addEventListener('beforeunload', warn);
    return () => {
      release();
      removeEventListener('beforeunload', warn);
    };
  }, [dirty]);
  const leave = async (saving: boolean): Promise<void> => {
    const wanted = leaving ?? '';
    if (saving && !(await draft.save())) return setLeaving(null);
    free.current = true;
    go(wanted);
  };
  return { leaving, save, leave: (saving: boolean) => void leave(saving), stay: () => setLeaving(null) };
}
