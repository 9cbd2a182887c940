// What a pasted address suggests, part by part, and the secrets that the chosen parts could use; then one button to start.
import { useEffect, useId, useRef, useState } from 'react';
import type { Fault } from '../../shared/ipc.ts';
import type { SettingsProblem, SettingsView, Suggestion } from '../../shared/settings-view.ts';
import { useStore } from '../hooks.ts';
import { FaultLine } from '../parts/fault.tsx';
import { problemLine } from './place-words.ts';
import { merged, partTitle, secretsOf } from './setup-model.ts';
import { places } from './values.ts';

type ProposalProps = {
  readonly suggestion: Suggestion;
  readonly live: boolean;
  readonly keychain: SettingsView['keychain'] | null;
  readonly onBack: () => void;
};

type Standing =
  | { readonly at: 'rest' | 'saving' | 'started' }
  | { readonly at: 'failed'; readonly fault: Fault }
  | { readonly at: 'invalid'; readonly problems: readonly SettingsProblem[] };

const overtaken: Fault = {
  code: 'changed',
  message: 'The settings file was changed at the same moment.',
  next: 'Press “Start watching” again.',
};

export function Proposal({ suggestion, live, keychain, onBack }: ProposalProps) {
  const store = useStore();
  const [left, setLeft] = useState<ReadonlySet<number>>(new Set());
  const [standing, setStanding] = useState<Standing>({ at: 'rest' });
  const fields = useRef(new Map<string, HTMLInputElement>());
  const title = useRef<HTMLHeadingElement>(null);
  useEffect(() => title.current?.focus({ preventScroll: true }), []);
  const chosen = suggestion.parts.filter((_, index) => !left.has(index));
  const secrets = secretsOf(chosen);
  const busy = standing.at === 'saving' || standing.at === 'started';

  const write = async (): Promise<Standing> => {
    for (const name of secrets) {
      const field = fields.current.get(name);
      if (field === undefined || field.value === '') continue;
      const stored = await store.call('secret.set', { name, value: field.value });
      if (!stored.ok) return { at: 'failed', fault: stored.error };
      field.value = '';
    }
    const view = await store.call('settings.get', {});
    if (!view.ok) return { at: 'failed', fault: view.error };
    const { document, version } = view.value;
    const saved = await store.call('settings.save', { document: merged(document, chosen), version });
    if (!saved.ok) return { at: 'failed', fault: saved.error };
    if (saved.value.outcome === 'changed') return { at: 'failed', fault: overtaken };
    return saved.value.outcome === 'saved' ? { at: 'started' } : { at: 'invalid', problems: saved.value.problems };
  };
  const start = async (): Promise<void> => {
    setStanding({ at: 'saving' });
    setStanding(await write());
  };
  const toggle = (index: number): void => {
    const next = new Set(left);
    if (!next.delete(index)) next.add(index);
    setLeft(next);
  };
  return (
    <div className="proposal">
      <h3 className="proposal-title" ref={title} tabIndex={-1}>
        <bdi>{suggestion.title}</bdi>
      </h3>
      <fieldset className="parts" disabled={busy}>
        <legend>What would be watched and set up</legend>
        {places(suggestion.parts).map(({ key, index, item }) => (
          <label className="part" key={key}>
            <input type="checkbox" checked={!left.has(index)} onChange={() => toggle(index)} />
            <span>
              <bdi className="past-title">{partTitle(item)}</bdi>
              <bdi className="hint">{item.why}</bdi>
            </span>
          </label>
        ))}
      </fieldset>
      {secrets.length > 0 && (
        <fieldset className="parts" disabled={busy}>
          <legend>Credentials, now or later</legend>
          <p className="hint">
            {keychain?.problem
              ? keychain.problem
              : `They go into ${keychain?.name ?? 'the keychain'} and are never shown again. What is left empty is asked for when it is needed.`}
          </p>
          {secrets.map((name) => (
            <SecretLater key={name} name={name} fields={fields.current} />
          ))}
        </fieldset>
      )}
      {standing.at === 'invalid' && (
        <ul className="fault" role="alert">
          {standing.problems.map((problem) => (
            <li key={`${problem.path} ${problem.message}`}>
              <bdi>{problemLine(problem, {})}</bdi>
            </li>
          ))}
        </ul>
      )}
      <FaultLine fault={standing.at === 'failed' ? standing.fault : null} />
      <div className="actions">
        <button type="button" className="primary" disabled={busy || !live || chosen.length === 0} onClick={() => void start()}>
          {standing.at === 'saving' ? 'Saving…' : 'Start watching'}
        </button>
        <button type="button" className="quiet" disabled={busy} onClick={onBack}>
          Another address
        </button>
        <p className="result" role="status">
          {standing.at === 'started' && 'Saved. The first check is under way…'}
        </p>
      </div>
    </div>
  );
}

type SecretLaterProps = { readonly name: string; readonly fields: Map<string, HTMLInputElement> };

/** Not controlled by React, which would write what is typed into the page's markup. */
function SecretLater({ name, fields }: SecretLaterProps) {
  const id = useId();
  return (
    <div className="field">
      <label htmlFor={id}>{name}</label>
      <input
        id={id}
        type="password"
        placeholder="later"
        autoComplete="off"
        spellCheck={false}
        ref={(element) => {
          if (element === null) return;
          fields.set(name, element);
          return () => void fields.delete(name);
        }}
      />
    </div>
  );
}
