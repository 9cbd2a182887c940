// Fields of several values: one a line, names with values, and choices in an order.
import { useId, useState } from 'react';
import { useKeptFocus } from '../kept-focus.ts';
import { type FieldProps, Frame, Problems, useProblems } from './form.tsx';
import { useText } from './inputs.tsx';
import { choiceWords, hintOf, labelOf } from './names.ts';
import { defaultWords } from './schema.ts';
import { SecretNotes } from './secret-line.tsx';
import { isRecord, moved, pathText, places, same } from './values.ts';

const lineText = (value: unknown): string => (Array.isArray(value) ? value.map(String).join('\n') : '');
const numbersText = (value: unknown): string => (Array.isArray(value) ? value.map(String).join(', ') : '');

function parseLines(text: string): unknown {
  const lines = text
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '');
  return lines.length > 0 ? lines : undefined;
}

function parseNumbers(text: string): unknown {
  const words = text.split(/[\s,]+/).filter((word) => word !== '');
  return words.length > 0 ? words.map((word) => (/^\d{1,9}$/.test(word) ? Number(word) : word)) : undefined;
}

export function LinesField({ numbers, ...props }: FieldProps & { readonly numbers: boolean }) {
  const [text, change] = useText(
    props.value,
    numbers ? numbersText : lineText,
    numbers ? parseNumbers : parseLines,
    props.onChange,
  );
  const placeholder = defaultWords(props.schema) ?? '';
  return (
    <Frame {...props} within>
      {(wiring) =>
        numbers ? (
          <input {...wiring} value={text} placeholder={placeholder} onChange={(event) => change(event.target.value)} />
        ) : (
          <textarea
            {...wiring}
            rows={Math.min(6, Math.max(1, text.split('\n').length))}
            value={text}
            placeholder={placeholder === '' ? 'one a line' : placeholder}
            spellCheck={false}
            onChange={(event) => change(event.target.value)}
          />
        )
      }
    </Frame>
  );
}

type Row = { readonly name: string; readonly text: string };

/** Names with values, such as headers. A row without a name is not written yet. */
export function MapField(props: FieldProps) {
  const { path, schema, value, onChange } = props;
  const [rows, setRows] = useState<readonly Row[]>(() => rowsOf(value));
  const [place, hooks] = useKeptFocus<HTMLFieldSetElement>(`${rows.length}`);
  const shown = same(written(rows), value) ? rows : rowsOf(value);
  const problems = useProblems(path, true);
  const title = labelOf(path);
  const hint = hintOf(path, schema);
  const change = (next: readonly Row[]): void => {
    setRows(next);
    onChange(written(next));
  };
  const edit = (index: number, part: Partial<Row>): void =>
    change(shown.map((row, at) => (at === index ? { ...row, ...part } : row)));
  return (
    <fieldset className="setting" data-path={pathText(path)} ref={place} tabIndex={-1} {...hooks}>
      <legend>{title}</legend>
      {places(shown).map(({ key, index, item }) => (
        <div className="map-row" key={key}>
          <input
            aria-label={`${title}: name ${index + 1}`}
            value={item.name}
            onChange={(event) => edit(index, { name: event.target.value })}
          />
          <input
            aria-label={`${title}: value ${index + 1}`}
            value={item.text}
            onChange={(event) => edit(index, { text: event.target.value })}
          />
          <button
            type="button"
            className="quiet"
            aria-label={`Remove ${item.name || `row ${index + 1}`} from ${title}`}
            onClick={() => change(shown.filter((_, at) => at !== index))}
          >
            Remove
          </button>
        </div>
      ))}
      <button type="button" className="add" onClick={() => change([...shown, { name: '', text: '' }])}>
        Add to {title.toLowerCase()}
      </button>
      {hint && <p className="hint">{hint}</p>}
      <Problems problems={problems} />
      <SecretNotes value={value} />
    </fieldset>
  );
}

function rowsOf(value: unknown): Row[] {
  return isRecord(value) ? Object.entries(value).map(([name, text]) => ({ name, text: String(text) })) : [];
}

function written(rows: readonly Row[]): unknown {
  const named = rows.filter(({ name }) => name !== '');
  return named.length > 0 ? Object.fromEntries(named.map(({ name, text }) => [name, text])) : undefined;
}

/** Some of the options, the first one first. */
export function ChoicesField({ options, ...props }: FieldProps & { readonly options: readonly string[] }) {
  const { path, schema, value, required, onChange } = props;
  const id = useId();
  const chosen = Array.isArray(value) ? value.map(String) : [];
  const [place, hooks] = useKeptFocus<HTMLFieldSetElement>(chosen.join());
  const problems = useProblems(path, true);
  const hint = hintOf(path, schema);
  const change = (next: readonly string[]): void => onChange(next.length > 0 ? next : undefined);
  return (
    <fieldset className="setting" data-path={pathText(path)} ref={place} tabIndex={-1} aria-describedby={id} {...hooks}>
      <legend>
        {labelOf(path)}
        {required && <span className="needed"> needed</span>}
      </legend>
      {chosen.length > 0 && (
        <ol className="choices">
          {chosen.map((option, index) => (
            <li key={option}>
              <span className="choice-place">{index + 1}</span>
              <span className="choice-name">{choiceWords(option)}</span>
              {index > 0 && (
                <button
                  type="button"
                  className="quiet"
                  aria-label={`Try ${choiceWords(option)} earlier`}
                  onClick={() => change(moved(chosen, index, index - 1))}
                >
                  Earlier
                </button>
              )}
              <button
                type="button"
                className="quiet"
                aria-label={`Remove ${choiceWords(option)}`}
                onClick={() => change(chosen.filter((other) => other !== option))}
              >
                Remove
              </button>
            </li>
          ))}
        </ol>
      )}
      <div className="adds">
        {options
          .filter((option) => !chosen.includes(option))
          .map((option) => (
            <button type="button" className="add" key={option} onClick={() => change([...chosen, option])}>
              Add: {choiceWords(option)}
            </button>
          ))}
      </div>
      {hint && (
        <p className="hint" id={id}>
          {hint}
        </p>
      )}
      <Problems problems={problems} />
    </fieldset>
  );
}
