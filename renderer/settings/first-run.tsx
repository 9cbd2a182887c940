// The first run: one address is enough. What Signalbox makes of it is shown before anything is written.
import { useEffect, useId, useRef, useState } from 'react';
import { flushSync } from 'react-dom';
import type { SettingsView, Suggestion } from '../../shared/settings-view.ts';
import { useAsk, useStore } from '../hooks.ts';
import { FaultLine } from '../parts/fault.tsx';
import { go, settingsAddress } from '../route.ts';
import '../css/fields.css';
import '../css/first-run.css';
import { Proposal } from './proposal.tsx';
import { Rehearsal } from './rehearsal.tsx';

export function FirstRun({ live }: { readonly live: boolean }) {
  const store = useStore();
  const [view, setView] = useState<SettingsView | null>(null);
  const [address, setAddress] = useState('');
  const [found, setFound] = useState<Suggestion | null>(null);
  const [unclear, setUnclear] = useState(false);
  const { ask, pending, fault } = useAsk('setup.suggest');
  const field = useRef<HTMLInputElement>(null);
  const id = useId();
  // What can be offered besides; without an answer it is simply not offered.
  useEffect(() => {
    void store.call('settings.get', {}).then((reply) => reply.ok && setView(reply.value));
  }, [store]);
  const suggest = async (event: React.FormEvent): Promise<void> => {
    event.preventDefault();
    if (address.trim() === '' || pending) return;
    setUnclear(false);
    const reply = await ask({ address: address.trim().slice(0, 2_000) });
    if (!reply.ok) return;
    setFound(reply.value);
    setUnclear(reply.value === null);
  };
  const back = (): void => {
    flushSync(() => setFound(null));
    field.current?.focus();
  };
  return (
    <section className="empty first-run" aria-labelledby="empty-title">
      <h2 id="empty-title">Start with one address</h2>
      {found === null ? (
        <>
          <p>Signalbox finds out what stands behind it and suggests what to watch. Nothing is written before you say so.</p>
          <form className="field" onSubmit={(event) => void suggest(event)}>
            <label htmlFor={id}>Address of your API</label>
            <div className="note-line">
              <input
                id={id}
                ref={field}
                value={address}
                placeholder="https://api.example.com"
                inputMode="url"
                autoComplete="off"
                autoCapitalize="off"
                spellCheck={false}
                aria-describedby={unclear ? `${id}unclear` : undefined}
                aria-invalid={unclear ? true : undefined}
                onChange={(event) => setAddress(event.target.value)}
              />
              <button type="submit" className="primary" disabled={pending || !live}>
                {pending ? 'Looking…' : 'Look'}
              </button>
            </div>
            <p className="fault" role="alert" id={`${id}unclear`}>
              {unclear &&
                'No address could be made out in this. Write it like https://api.example.com, as a browser would open it.'}
            </p>
            <FaultLine fault={fault} />
          </form>
        </>
      ) : (
        <Proposal suggestion={found} live={live} keychain={view?.keychain ?? null} onBack={back} />
      )}
      {found === null && (
        <div className="first-run-else">
          {view?.can.rehearse && <Rehearsal live={live} />}
          <div className="first-run-way">
            <p>Have a settings file already?</p>
            <button type="button" onClick={() => go(settingsAddress('file'))}>
              Import a settings file
            </button>
          </div>
        </div>
      )}
    </section>
  );
}
