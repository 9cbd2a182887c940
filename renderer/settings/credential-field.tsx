// A field that holds a credential: it leads into the keychain, and writes only the secret's name into the file.
import { useState } from 'react';
import { useKeptFocus } from '../kept-focus.ts';
import { Lamp } from '../parts/lamp.tsx';
import { ExamineSecret } from './connection-doctor.tsx';
import { credentialState, hidesSomething, referencesIn, referenceTo, suggestedName } from './credentials.ts';
import { type FieldProps, Problems, useForm, useProblems } from './form.tsx';
import { TextField } from './inputs.tsx';
import { monitorsOf } from './monitors-model.ts';
import { hintOf, labelOf } from './names.ts';
import { SecretInput, SecretLine } from './secret-line.tsx';
import { pathText, valueAt } from './values.ts';

/** Fields that hold a Postgres connection string. */
const isConnection = (path: FieldProps['path']): boolean => path.at(-1) === 'connection' || path.at(-1) === 'scratch';

export function CredentialField(props: FieldProps) {
  const { path, value, schema, required, onChange } = props;
  const [byHand, setByHand] = useState(false);
  const [replacing, setReplacing] = useState(false);
  const { view, document, refreshSecrets } = useForm();
  const problems = useProblems(path);
  const state = credentialState(value);
  const [place, hooks] = useKeptFocus<HTMLDivElement>(`${state.at} ${byHand} ${replacing}`);
  const known = [...view.secrets.map(({ name }) => name), ...referencesIn(document)];
  const id = path[0] === 'monitors' ? valueAt(monitorsOf(document)[Number(path[1])], ['id']) : null;
  const owner = typeof id === 'string' ? id : null;
  const free = view.secrets.find(
    ({ name, source }) => source && name === suggestedName(path, owner, []) && !referencesIn(document).includes(name),
  );
  const name = free?.name ?? suggestedName(path, owner, known);
  const refer = (): void => {
    onChange(referenceTo(name));
    setByHand(false);
    setReplacing(false);
    void refreshSecrets();
  };
  if (byHand || (state.at === 'text' && !replacing)) {
    return (
      <div className="credential-text" ref={place} tabIndex={-1} {...hooks}>
        <TextField {...props} long={false} />
        <p className="hint">
          {hidesSomething(value)
            ? '••• stands for what is written in the file and hidden here.'
            : 'This stands in the file as it is written: refer to a secret in it as ${secret:name}.'}
        </p>
        <button
          type="button"
          className="quiet"
          onClick={() => {
            setByHand(false);
            setReplacing(true);
          }}
        >
          Keep it in {view.keychain.name} instead
        </button>
      </div>
    );
  }
  const label = labelOf(path);
  const byHandWords = state.at === 'stored' ? 'Use another name' : 'Write it as text';
  const byHandButton = (
    <button type="button" className="quiet" aria-label={`${byHandWords}: ${label}`} onClick={() => setByHand(true)}>
      {byHandWords}
    </button>
  );
  return (
    <div className="setting credential" ref={place} tabIndex={-1} data-path={pathText(path)} {...hooks}>
      <p className="setting-name">
        {label}
        {required && <span className="needed"> needed</span>}
      </p>
      {state.at === 'stored' && (
        <SecretLine name={state.name}>
          {isConnection(path) && <ExamineSecret name={state.name} />}
          {byHandButton}
          {!required && (
            <button type="button" className="quiet" aria-label={`Do without it: ${label}`} onClick={() => onChange(undefined)}>
              Do without it
            </button>
          )}
        </SecretLine>
      )}
      {state.at === 'hidden' && !replacing && (
        <>
          <p className="secret-state">
            <Lamp colour="amber" size={12} />
            <span>Written in the file; hidden here</span>
          </p>
          <button type="button" onClick={() => setReplacing(true)}>
            Keep it in {view.keychain.name} instead
          </button>
        </>
      )}
      {(state.at === 'empty' || replacing) && (
        <div className="secret">
          {free ? (
            <button type="button" onClick={refer}>
              Use the stored {free.name}
            </button>
          ) : (
            <SecretInput name={name} label={`${label}, to be stored as ${name}`} onStored={refer} />
          )}
          {view.keychain.problem !== null && !free && (
            <button type="button" onClick={refer}>
              Use {name} from the environment
            </button>
          )}
          {replacing && (
            <button type="button" className="quiet" onClick={() => setReplacing(false)}>
              Leave it as it is
            </button>
          )}
          {state.at === 'empty' && <div className="secret-actions">{byHandButton}</div>}
        </div>
      )}
      {hintOf(path, schema) !== null && <p className="hint">{hintOf(path, schema)}</p>}
      <Problems problems={problems} />
    </div>
  );
}
