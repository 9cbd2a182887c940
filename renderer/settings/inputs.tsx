// Fields of one value: text, number, switch, choice, moment, and JSON for whatever has no field of its own.
import { useId, useState } from 'react';
import { referencesIn } from './credentials.ts';
import { type FieldProps, Frame, Problems, useForm, useProblems } from './form.tsx';
import { choiceWords, hintOf, labelOf } from './names.ts';
import { defaultWords, exampleOf, longest } from './schema.ts';
import { SecretNotes } from './secret-line.tsx';
import { pathText, same } from './values.ts';

/** Keeps what is typed, as long as it means the present value: `1.50` stays so although it is saved as 1.5. */
export function useText(
  value: unknown,
  format: (value: unknown) => string,
  parse: (text: string) => unknown,
  onChange: (value: unknown) => void,
): [string, (text: string) => void] {
  const [typed, setTyped] = useState(() => format(value));
  const change = (text: string): void => {
    setTyped(text);
    onChange(parse(text));
  };
  return [same(parse(typed), value) ? typed : format(value), change];
}

function placeholderOf({ schema, required }: FieldProps): string {
  const usual = defaultWords(schema);
  if (usual !== null) return usual;
  const example = exampleOf(schema);
  return example === null ? '' : required ? example : `such as ${example}`;
}

const asText = (value: unknown): string => (typeof value === 'string' ? value : '');
const textOrNothing = (text: string): unknown => (text === '' ? undefined : text);

export function TextField({ long, ...props }: FieldProps & { readonly long: boolean }) {
  const { schema, value, onChange } = props;
  // Durations, ids and names are short; addresses and texts are not.
  const brief = !long && longest(schema) <= 100 && referencesIn(value).length === 0;
  return (
    <Frame {...props} size={brief || 'pattern' in schema ? 'half' : 'full'}>
      {(wiring) => (
        <>
          {long ? (
            <textarea
              {...wiring}
              rows={3}
              value={asText(value)}
              onChange={(event) => onChange(textOrNothing(event.target.value))}
            />
          ) : (
            <input
              {...wiring}
              value={asText(value)}
              placeholder={placeholderOf(props)}
              autoComplete="off"
              spellCheck={false}
              onChange={(event) => onChange(textOrNothing(event.target.value))}
            />
          )}
          <SecretNotes value={value} />
        </>
      )}
    </Frame>
  );
}

const numberText = (value: unknown): string => (value === undefined ? '' : String(value));
/** What is not a number stays as it was typed, and the engine says what it should be. */
const parseNumber = (text: string): unknown => {
  const plain = text.trim();
  return plain === '' ? undefined : /^-?\d{1,15}(\.\d+)?$/.test(plain) ? Number(plain) : plain;
};

export function NumberField(props: FieldProps) {
  const [text, change] = useText(props.value, numberText, parseNumber, props.onChange);
  return (
    <Frame {...props} size="half">
      {(wiring) => (
        <input
          {...wiring}
          className="short"
          inputMode="numeric"
          value={text}
          placeholder={placeholderOf(props)}
          autoComplete="off"
          onChange={(event) => change(event.target.value)}
        />
      )}
    </Frame>
  );
}

export function SwitchField(props: FieldProps) {
  return props.schema.default === undefined ? <YesOrNoField {...props} /> : <Switch {...props} />;
}

/** Without a default there are three answers: yes, no, and none. */
function YesOrNoField(props: FieldProps) {
  const { value, onChange } = props;
  return (
    <Frame {...props} size="half">
      {(wiring) => (
        <select
          {...wiring}
          value={String(value ?? '')}
          onChange={(event) => onChange(event.target.value === '' ? undefined : event.target.value === 'true')}
        >
          <option value="">Does not matter</option>
          <option value="true">Yes</option>
          <option value="false">No</option>
        </select>
      )}
    </Frame>
  );
}

function Switch({ schema, path, value, onChange }: FieldProps) {
  const id = useId();
  const problems = useProblems(path);
  const hint = hintOf(path, schema);
  const usual = schema.default === true;
  const checked = typeof value === 'boolean' ? value : usual;
  return (
    <div className="setting switch">
      <label>
        <input
          type="checkbox"
          data-path={pathText(path)}
          checked={checked}
          aria-describedby={hint ? id : undefined}
          onChange={(event) => onChange(event.target.checked === usual ? undefined : event.target.checked)}
        />
        <span>{labelOf(path)}</span>
      </label>
      {hint && (
        <p className="hint" id={id}>
          {hint}
        </p>
      )}
      <Problems problems={problems} />
    </div>
  );
}

type ChoiceProps = FieldProps & { readonly options: readonly string[] };

export function ChoiceField({ options, ...props }: ChoiceProps) {
  const { schema, value, required, onChange } = props;
  const usual = typeof schema.default === 'string' ? schema.default : null;
  const current = asText(value);
  const all = current === '' || options.includes(current) ? options : [current, ...options];
  return (
    <Frame {...props} size="half">
      {(wiring) => (
        <select {...wiring} value={current || (usual ?? '')} onChange={(event) => onChange(chosen(event.target.value, usual))}>
          {usual === null && <option value="">{required ? 'Choose…' : 'By itself'}</option>}
          {all.map((option) => (
            <option key={option} value={option}>
              {choiceWords(option)}
            </option>
          ))}
        </select>
      )}
    </Frame>
  );
}

/** What holds anyway need not be written. */
function chosen(option: string, usual: string | null): unknown {
  return option === '' || option === usual ? undefined : option;
}

/** `datetime-local` knows no zone: it shows this machine's time, and the file gets the moment itself. */
export function MomentField(props: FieldProps) {
  const { value, onChange } = props;
  const at = typeof value === 'string' ? Date.parse(value) : Number.NaN;
  const known = value === undefined || Number.isFinite(at);
  const utc = Number.isFinite(at) ? `${new Date(at).toISOString().slice(0, 16).replace('T', ' ')} UTC` : null;
  return (
    <Frame {...props} size="half" hint={known ? utc : 'A moment such as 2026-11-01T10:00:00Z.'}>
      {(wiring) =>
        known ? (
          <input
            {...wiring}
            type="datetime-local"
            value={Number.isFinite(at) ? localMinute(at) : ''}
            onChange={(event) => onChange(event.target.value === '' ? undefined : isoOf(event.target.value))}
          />
        ) : (
          <input {...wiring} value={asText(value)} onChange={(event) => onChange(textOrNothing(event.target.value))} />
        )
      }
    </Frame>
  );
}

function localMinute(at: number): string {
  return new Date(at - new Date(at).getTimezoneOffset() * 60_000).toISOString().slice(0, 16);
}

function isoOf(local: string): string {
  return new Date(local).toISOString().replace('.000Z', 'Z');
}

/** Anything at all, as JSON. What cannot be read yet is kept as typed, and holds back saving. */
export function JsonField(props: FieldProps) {
  const { path, value, onChange } = props;
  const { held, hold } = useForm();
  const place = pathText(path);
  const [typed, setTyped] = useState(() => written(value));
  const waiting = held.get(place);
  const change = (text: string): void => {
    setTyped(text);
    const read = readJson(text);
    hold(place, read.ok ? null : { text, message: 'is not JSON yet: see that quotes and brackets are closed' });
    if (read.ok) onChange(read.value);
  };
  const read = readJson(typed);
  const shown = waiting?.text ?? (read.ok && same(read.value, value) ? typed : written(value));
  return (
    <Frame {...props} within trouble={waiting ? 'Not JSON yet: see that quotes and brackets are closed.' : null}>
      {(wiring) => (
        <>
          <textarea
            {...wiring}
            className="code"
            rows={Math.min(8, shown.split('\n').length)}
            value={shown}
            spellCheck={false}
            onChange={(event) => change(event.target.value)}
          />
          <SecretNotes value={value} />
        </>
      )}
    </Frame>
  );
}

function written(value: unknown): string {
  return value === undefined ? '' : JSON.stringify(value, null, 2);
}

function readJson(text: string): { readonly ok: true; readonly value: unknown } | { readonly ok: false } {
  if (text.trim() === '') return { ok: true, value: undefined };
  try {
    return { ok: true, value: JSON.parse(text) };
  } catch {
    return { ok: false };
  }
}
