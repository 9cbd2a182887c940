// One stored secret: where it is and since when, a way to set it, a way to delete it. Write-only: what is typed leaves the page
// with the first answer, and no value ever comes back.
import { useId, useRef, useState } from 'react';
import type { SecretView } from '../../shared/settings-view.ts';
import { useMinute } from '../clock.ts';
import { useAsk } from '../hooks.ts';
import { useKeptFocus } from '../kept-focus.ts';
import { FaultLine } from '../parts/fault.tsx';
import { Lamp } from '../parts/lamp.tsx';
import { environmentName, referencesIn, whereabouts } from './credentials.ts';
import { useForm } from './form.tsx';

type SecretLineProps = { readonly name: string };

type SecretLineWithMore = SecretLineProps & {
  /** What else can be done where it is used. */
  readonly children?: React.ReactNode;
};

export function SecretLine({ name, children }: SecretLineWithMore) {
  const { view, refreshSecrets } = useForm();
  const secret = view.secrets.find((candidate) => candidate.name === name);
  const [doing, setDoing] = useState<'rest' | 'setting' | 'asking'>('rest');
  const [place, hooks] = useKeptFocus<HTMLDivElement>(`${doing} ${secret?.source}`);
  const absent = !secret?.source;
  return (
    <div className="secret" ref={place} tabIndex={-1} {...hooks}>
      <div className="secret-head">
        <Whereabouts secret={secret} />
        <code>{name}</code>
      </div>
      {(doing === 'setting' || absent) && (
        <SecretInput
          name={name}
          onStored={() => {
            setDoing('rest');
            void refreshSecrets();
          }}
          {...(absent ? {} : { onLeave: () => setDoing('rest') })}
        />
      )}
      {doing === 'asking' && <Deletion secret={secret} name={name} onLeave={() => setDoing('rest')} />}
      {doing === 'rest' && (
        <div className="secret-actions">
          {secret?.source === 'keychain' && (
            <>
              <button type="button" className="quiet" aria-label={`Replace ${name}`} onClick={() => setDoing('setting')}>
                Replace
              </button>
              <button type="button" className="quiet" aria-label={`Delete ${name}`} onClick={() => setDoing('asking')}>
                Delete
              </button>
            </>
          )}
          {children}
        </div>
      )}
    </div>
  );
}

function Whereabouts({ secret }: { readonly secret: SecretView | undefined }) {
  const { view } = useForm();
  const words = whereabouts(secret, view.keychain.name, useMinute());
  return (
    <p className="secret-state">
      <Lamp colour={secret?.source ? 'green' : 'amber'} size={12} />
      <span>
        <bdi>{words}</bdi>
      </span>
    </p>
  );
}

function Deletion({
  name,
  secret,
  onLeave,
}: SecretLineProps & { readonly secret: SecretView | undefined; readonly onLeave: () => void }) {
  const { view, document, refreshSecrets } = useForm();
  const remove = useAsk('secret.delete');
  const used = referencesIn(document).includes(name) || (secret?.usedBy.length ?? 0) > 0;
  const deleteIt = async (): Promise<void> => {
    const reply = await remove.ask({ name });
    if (!reply.ok) return;
    await refreshSecrets();
    onLeave();
  };
  return (
    <div className="lever-offer">
      <p>
        Delete it from {view.keychain.name}?{' '}
        {used ? 'What uses it stops working until it is stored again.' : 'Nothing in the settings uses it.'}
      </p>
      <div className="lever-actions">
        <button type="button" disabled={remove.pending} onClick={() => void deleteIt()}>
          Delete it
        </button>
        <button type="button" className="quiet" onClick={onLeave}>
          Keep it
        </button>
      </div>
      <FaultLine fault={remove.fault} />
    </div>
  );
}

type SecretInputProps = {
  readonly name: string;
  readonly label?: string;
  readonly onStored: () => void;
  readonly onLeave?: () => void;
};

/** Not controlled by React, which would write what is typed into the page's markup. */
export function SecretInput({ name, label, onStored, onLeave }: SecretInputProps) {
  const { view } = useForm();
  const field = useRef<HTMLInputElement>(null);
  const { ask, pending, fault } = useAsk('secret.set');
  const id = useId();
  const store = async (event: React.FormEvent): Promise<void> => {
    event.preventDefault();
    const input = field.current;
    if (input === null || input.value === '' || pending) return;
    const reply = await ask({ name, value: input.value });
    if (!reply.ok) return;
    input.value = '';
    onStored();
  };
  return (
    <form className="secret-input" onSubmit={(event) => void store(event)}>
      <label htmlFor={id}>{label ?? `Value of ${name}`}</label>
      <div className="note-line">
        <input id={id} ref={field} type="password" autoComplete="off" spellCheck={false} readOnly={pending} />
        <button type="submit" disabled={pending}>
          {pending ? 'Storing…' : 'Store'}
        </button>
      </div>
      {view.keychain.problem !== null && (
        <p className="hint">
          Until the keychain works: <code>{environmentName(name)}</code> in the environment.
        </p>
      )}
      <FaultLine fault={fault} />
      {onLeave && (
        <button type="button" className="quiet" onClick={onLeave}>
          Leave it as it is
        </button>
      )}
    </form>
  );
}

/** The secrets that a text refers to, beneath its field. */
export function SecretNotes({ value }: { readonly value: unknown }) {
  const names = referencesIn(value);
  if (names.length === 0) return null;
  return (
    <div className="secret-notes">
      {names.map((name) => (
        <SecretLine key={name} name={name} />
      ))}
    </div>
  );
}
