// The settings as a file: where it is, and bringing in another one. Nothing is written before Save.
import { useId, useRef, useState } from 'react';
import type { Output } from '../../shared/ipc.ts';
import { several } from '../../shared/words.ts';
import { count } from '../figures.ts';
import { useAsk } from '../hooks.ts';
import { useKeptFocus } from '../kept-focus.ts';
import { FaultLine } from '../parts/fault.tsx';
import { Lamp } from '../parts/lamp.tsx';
import { useForm } from './form.tsx';
import { compare } from './import-model.ts';
import { problemLine } from './place-words.ts';
import type { Raw } from './values.ts';

export function FileSection() {
  const { view } = useForm();
  const reveal = useAsk('settings.reveal');
  const field = useRef<HTMLInputElement>(null);
  const [copied, setCopied] = useState('');
  const id = useId();
  const copy = async (): Promise<void> => {
    try {
      await navigator.clipboard.writeText(view.file);
      setCopied('Copied.');
    } catch {
      // The tray app gives pages no clipboard: the selection is one key away.
      field.current?.select();
      setCopied('Selected; copy it with the keyboard.');
    }
  };
  return (
    <>
      <section className="card" aria-labelledby={`${id}title`}>
        <h3 id={`${id}title`}>Where it is</h3>
        <div className="field setting">
          <label htmlFor={id}>Path on this machine</label>
          <input id={id} ref={field} className="code" readOnly value={view.file} />
        </div>
        <div className="actions">
          <button type="button" onClick={() => void copy()}>
            Copy the path
          </button>
          {view.can.reveal && (
            <button type="button" disabled={reveal.pending} onClick={() => void reveal.ask({})}>
              Show the file
            </button>
          )}
          <p className="result" role="status">
            {copied}
          </p>
        </div>
        <FaultLine fault={reveal.fault} />
        <p className="hint">
          No secret stands in it: it may be kept in git. Edit it by hand whenever you like; changes take effect at once.
        </p>
      </section>
      <Import />
    </>
  );
}

type Parsed = Output<'settings.parse'>;

function Import() {
  const { replace } = useForm();
  const parse = useAsk('settings.parse');
  const [text, setText] = useState('');
  const [parsed, setParsed] = useState<Parsed | null>(null);
  const [used, setUsed] = useState(false);
  const [fileProblem, setFileProblem] = useState('');
  const [place, hooks] = useKeptFocus<HTMLElement>(`${parsed === null} ${used}`);
  const id = useId();
  const read = async (given: string): Promise<void> => {
    setUsed(false);
    const reply = await parse.ask({ text: given });
    setParsed(reply.ok ? reply.value : null);
  };
  const choose = (file: File | undefined): void => {
    setFileProblem('');
    if (file === undefined) return;
    // Longer than any settings file, and than the engine reads.
    if (file.size > 1_000_000) {
      setFileProblem('This file is too large to be a settings file.');
      return;
    }
    const reader = new FileReader();
    reader.onload = () => {
      setText(String(reader.result));
      void read(String(reader.result));
    };
    reader.onerror = () => setFileProblem('The file could not be read. Choose it again, or paste its text.');
    reader.readAsText(file);
  };
  const take = (document: Raw): void => {
    replace(document, parsed?.problems ?? []);
    setParsed(null);
    setText('');
    setUsed(true);
  };
  return (
    <section className="card" aria-labelledby={`${id}title`} ref={place} tabIndex={-1} {...hooks}>
      <h3 id={`${id}title`}>Import</h3>
      <p className="hint">A settings file of another Signalbox replaces what stands here. Nothing is written until you save.</p>
      <div className="field setting">
        <label htmlFor={`${id}file`}>Choose a file</label>
        <input
          id={`${id}file`}
          type="file"
          accept=".json,application/json"
          onChange={(event) => choose(event.target.files?.[0])}
        />
        <p className="fault" role="alert">
          {fileProblem}
        </p>
      </div>
      <div className="field setting">
        <label htmlFor={id}>Or paste its text</label>
        <textarea
          id={id}
          className="code"
          rows={4}
          value={text}
          spellCheck={false}
          onChange={(event) => {
            setText(event.target.value);
            setParsed(null);
          }}
        />
      </div>
      <div className="actions">
        <button type="button" disabled={text.trim() === '' || parse.pending} onClick={() => void read(text)}>
          {parse.pending ? 'Reading…' : 'Look at it'}
        </button>
        <p className="result" role="status">
          {used && 'It stands in the form now. Save it to put it into force.'}
        </p>
      </div>
      <FaultLine fault={parse.fault} />
      {parsed !== null && <Outcome parsed={parsed} onTake={take} />}
    </section>
  );
}

function Outcome({ parsed, onTake }: { readonly parsed: Parsed; readonly onTake: (document: Raw) => void }) {
  const { document } = useForm();
  const { problems } = parsed;
  const incoming = parsed.document;
  const change = incoming === null ? null : compare(incoming, document);
  return (
    <div className="lever-offer" role="status" data-refused={problems.length > 0}>
      {change !== null && (
        <p>
          <b>{change.monitors}.</b>{' '}
          {change.changed.length === 0 ? 'It says the same as the settings here.' : `It would change ${listed(change.changed)}.`}
        </p>
      )}
      {problems.length > 0 && (
        <>
          <p className="secret-state">
            <Lamp colour="red" size={13} />
            <b>{count(problems.length, 'problem')}</b>
          </p>
          <ul className="changes">
            {problems.map((problem) => (
              <li key={`${problem.path} ${problem.message}`}>
                <bdi>{problemLine(problem, incoming ?? {})}</bdi>
              </li>
            ))}
          </ul>
        </>
      )}
      {incoming !== null && (
        <div className="lever-actions">
          <button type="button" className="primary" onClick={() => onTake(incoming)}>
            {problems.length > 0 ? 'Use it, and correct it here' : 'Use it'}
          </button>
        </div>
      )}
    </div>
  );
}

function listed(titles: readonly string[]): string {
  return titles.length > 4 ? several(titles) : titles.join(', ');
}
