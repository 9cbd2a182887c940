// The settings as a person is editing them: loaded, compared with the file, saved whole. Nothing typed is lost: what is
// discarded or replaced can be brought back, and a file that changed elsewhere is asked about.
import { useCallback, useEffect, useMemo, useState } from 'react';
import type { Fault } from '../../shared/ipc.ts';
import type { SettingsProblem, SettingsView } from '../../shared/settings-view.ts';
import { useStore } from '../hooks.ts';
import { changedSections, type Section } from './sections.ts';
import { isWithin, type Raw } from './values.ts';

export type Standing =
  | { readonly at: 'rest' }
  | { readonly at: 'saving' }
  | { readonly at: 'saved' }
  /** Refused: `problems` say why. */
  | { readonly at: 'invalid' }
  /** Somebody else has changed the file since it was read. */
  | { readonly at: 'changed' }
  | { readonly at: 'failed'; readonly fault: Fault };

/** Text that is not JSON yet, and why. */
export type Held = { readonly text: string; readonly message: string };

/** A draft that was put aside: by discarding it, or for what stands in the file. */
export type Aside = { readonly document: Raw; readonly why: 'discarded' | 'replaced' };

export type Draft = {
  readonly view: SettingsView;
  readonly document: Raw;
  /** Sections that differ from the file. */
  readonly changed: readonly Section[];
  readonly dirty: boolean;
  readonly problems: readonly SettingsProblem[];
  readonly standing: Standing;
  readonly aside: Aside | null;
  readonly held: ReadonlyMap<string, Held>;
  readonly edit: (document: Raw, place: string) => void;
  readonly hold: (place: string, held: Held | null) => void;
  /** Whether it was written. `over`: also over what changed elsewhere. */
  readonly save: (over?: boolean) => Promise<boolean>;
  readonly discard: () => void;
  readonly loadTheirs: () => Promise<void>;
  readonly bringBack: () => void;
  /** Takes over a whole document, with what is wrong in it. */
  readonly replace: (document: Raw, problems: readonly SettingsProblem[]) => void;
  /** Asks again where the secrets are; the draft stays. */
  readonly refreshSecrets: () => Promise<void>;
};

const none: readonly SettingsProblem[] = [];
const nothingHeld: ReadonlyMap<string, Held> = new Map();

/** The draft, `null` until it is loaded; `fault` says why it could not be. */
export function useDraft(): { readonly draft: Draft | null; readonly fault: Fault | null; readonly reload: () => void } {
  const store = useStore();
  const [view, setView] = useState<SettingsView | null>(null);
  const [fault, setFault] = useState<Fault | null>(null);
  const [document, setDocument] = useState<Raw>({});
  const [problems, setProblems] = useState(none);
  const [standing, setStanding] = useState<Standing>({ at: 'rest' });
  const [aside, setAside] = useState<Aside | null>(null);
  const [held, setHeld] = useState(nothingHeld);

  const fetchView = useCallback(() => store.call('settings.get', {}), [store]);
  const reload = useCallback(() => {
    setFault(null);
    void fetchView().then((reply) => {
      if (!reply.ok) return setFault(reply.error);
      setView(reply.value);
      setDocument(reply.value.document);
    });
  }, [fetchView]);
  useEffect(reload, [reload]);

  const changed = useMemo(() => (view ? changedSections(document, view.document) : []), [document, view]);
  if (view === null) return { draft: null, fault, reload };

  const show = (next: Raw, wrong: readonly SettingsProblem[]): void => {
    setDocument(next);
    setProblems(wrong);
    setHeld(nothingHeld);
    setStanding(wrong.length > 0 ? { at: 'invalid' } : { at: 'rest' });
  };
  const refuse = (wrong: readonly SettingsProblem[]): false => {
    setProblems(wrong);
    setStanding({ at: 'invalid' });
    return false;
  };
  const fail = (error: Fault): false => {
    setStanding({ at: 'failed', fault: error });
    return false;
  };

  const save = async (over = false): Promise<boolean> => {
    if (held.size > 0) return refuse([...held].map(([path, { message }]) => ({ path, message })));
    setStanding({ at: 'saving' });
    let { version } = view;
    if (over) {
      const newest = await fetchView();
      if (!newest.ok) return fail(newest.error);
      version = newest.value.version;
    }
    const reply = await store.call('settings.save', { document, version });
    if (!reply.ok) return fail(reply.error);
    if (reply.value.outcome === 'invalid') return refuse(reply.value.problems);
    if (reply.value.outcome === 'changed') {
      setStanding({ at: 'changed' });
      return false;
    }
    const written = await fetchView();
    const saved = written.ok ? written.value : { ...view, document, version: reply.value.version };
    setView(saved);
    // What was typed while it was being written stays, and is unsaved.
    setDocument((current) => (current === document ? saved.document : current));
    setProblems(none);
    setAside(null);
    setStanding({ at: 'saved' });
    return true;
  };

  const draft: Draft = {
    ...{ view, document, changed, problems, standing, aside, held, save },
    dirty: changed.length > 0 || held.size > 0,
    edit: (next, place) => {
      setDocument(next);
      setProblems((known) => known.filter(({ path }) => !isWithin(path, place) && !(path !== '' && isWithin(place, path))));
      setStanding((now) => (now.at === 'saved' || now.at === 'failed' ? { at: 'rest' } : now));
    },
    hold: (place, text) =>
      setHeld((known) => new Map([...known].filter(([path]) => path !== place).concat(text === null ? [] : [[place, text]]))),
    discard: () => {
      setAside({ document, why: 'discarded' });
      show(view.document, none);
    },
    loadTheirs: async () => {
      const newest = await fetchView();
      if (!newest.ok) return void fail(newest.error);
      setAside({ document, why: 'replaced' });
      setView(newest.value);
      show(newest.value.document, none);
    },
    bringBack: () => {
      if (aside) show(aside.document, none);
      setAside(null);
    },
    replace: show,
    refreshSecrets: async () => {
      const reply = await fetchView();
      if (reply.ok)
        setView((known) => (known ? { ...known, secrets: reply.value.secrets, keychain: reply.value.keychain } : known));
    },
  };
  return { draft, fault, reload };
}
