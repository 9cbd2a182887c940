// Fields that hold fields: groups with their common ones first, and lists of groups. What a schema does not know still shows.
import { useState } from 'react';
import { count } from '../figures.ts';
import { useKeptFocus } from '../kept-focus.ts';
import { type Draw, type FieldProps, Problems, useProblemPlaces, useProblems } from './form.tsx';
import { JsonField } from './inputs.tsx';
import { hintOf, labelOf, nounOf, orderOf } from './names.ts';
import { type Schema, type Shape, shapeOf } from './schema.ts';
import { isRecord, isWithin, pathText, places, type Raw, withKey } from './values.ts';

type Group = Extract<Shape, { kind: 'group' }>;

type GroupBodyProps = Omit<FieldProps, 'required'> & {
  readonly shape: Group;
  readonly draw: Draw;
  readonly kind?: string | null;
};

/** A group's fields without a frame of its own. */
export function GroupBody({ shape, path, value, onChange, draw, schema, kind = null }: GroupBodyProps) {
  const record = isRecord(value) ? value : {};
  const { first, more } = orderOf(path, shape, kind);
  const unknown = Object.keys(record).filter((key) => !Object.hasOwn(shape.properties, key));
  const change = (key: string, next: unknown): void => {
    const changed = withKey(record, key, next);
    // A group that stands for itself when absent need not be written empty.
    onChange(Object.keys(changed).length === 0 && isRecord(schema.default) ? undefined : changed);
  };
  const field = (key: string): React.ReactNode => (
    <Part key={key}>
      {draw({
        schema: shape.properties[key] ?? {},
        path: [...path, key],
        value: record[key],
        required: shape.required.includes(key),
        onChange: (next) => change(key, next),
      })}
    </Part>
  );
  return (
    <>
      {first.map(field)}
      {(more.length > 0 || unknown.length > 0) && (
        <More path={path} keys={more} record={record}>
          {more.map(field)}
          {unknown.map((key) => (
            <JsonField
              key={key}
              schema={notKnown}
              path={[...path, key]}
              value={record[key]}
              required={false}
              onChange={(next) => change(key, next)}
            />
          ))}
        </More>
      )}
    </>
  );
}

const notKnown: Schema = { description: 'Written in the file; this version of Signalbox does not know it.' };

function Part({ children }: { readonly children: React.ReactNode }) {
  return children;
}

type MoreProps = {
  readonly path: FieldProps['path'];
  readonly keys: readonly string[];
  readonly record: Raw;
  readonly children: React.ReactNode;
};

/** Opens by itself while something in it is wrong. */
function More({ path, keys, record, children }: MoreProps) {
  const [open, setOpen] = useState(false);
  const inside = useProblemPlaces(path).some((problem) => keys.some((key) => isWithin(problem, pathText([...path, key]))));
  const set = keys.filter((key) => record[key] !== undefined).length;
  const shown = open || inside;
  return (
    <div className="more" data-open={shown}>
      <button type="button" className="quiet disclosure" aria-expanded={shown} onClick={() => setOpen(!shown)}>
        <Chevron />
        {shown ? 'Less' : 'More'}
        {!shown && set > 0 && <span className="more-count">{count(set, 'setting')} set</span>}
      </button>
      {shown && <div className="fields">{children}</div>}
    </div>
  );
}

export function Chevron() {
  return (
    <svg className="chevron" width="12" height="12" viewBox="0 0 12 12" aria-hidden="true">
      <path d="M2.5 4.5 6 8l3.5-3.5" />
    </svg>
  );
}

export function GroupField({ shape, draw, ...props }: FieldProps & { readonly shape: Group; readonly draw: Draw }) {
  const { path, schema } = props;
  const hint = hintOf(path, schema);
  return (
    <fieldset className="setting group" data-path={pathText(path)} tabIndex={-1}>
      <legend>{labelOf(path)}</legend>
      {hint && <p className="hint">{hint}</p>}
      <Problems problems={useProblems(path)} />
      <div className="fields">
        <GroupBody {...props} shape={shape} draw={draw} />
      </div>
    </fieldset>
  );
}

type ItemsProps = FieldProps & { readonly item: Schema; readonly root: Schema; readonly draw: Draw };

/** A list of groups. While the file says nothing, what holds then is named and can be taken as a beginning. */
export function ItemsField({ item, root, draw, ...props }: ItemsProps) {
  const { path, schema, value, onChange } = props;
  const list = Array.isArray(value) ? value : [];
  const usual = Array.isArray(schema.default) && schema.default.length > 0 ? schema.default : null;
  const [place, hooks] = useKeptFocus<HTMLFieldSetElement>(`${value === undefined} ${list.length}`);
  const problems = useProblems(path);
  const shape = shapeOf(item, root);
  const hint = hintOf(path, schema);
  const title = labelOf(path);
  const change = (next: readonly unknown[]): void => onChange(next.length === 0 && usual === null ? undefined : next);
  const fresh = shape.kind === 'short' ? '' : {};
  return (
    <fieldset className="setting items" data-path={pathText(path)} ref={place} tabIndex={-1} {...hooks}>
      <legend>{title}</legend>
      {hint && <p className="hint">{hint}</p>}
      <Problems problems={problems} />
      {value === undefined && usual !== null && <p className="as-usual">As usual: {usual.map(itemWords).join(' and ')}</p>}
      {value !== undefined && list.length === 0 && <p className="none">None.</p>}
      {places(list).map(({ key, index, item: part }) => (
        <fieldset className="item" key={key}>
          <legend className="unseen">
            {title}, {index + 1}
          </legend>
          <div className="fields">
            {draw({
              schema: item,
              path: [...path, index],
              value: part,
              required: true,
              onChange: (next) => change(list.map((old: unknown, at) => (at === index ? (next ?? fresh) : old))),
            })}
          </div>
          <button
            type="button"
            className="quiet"
            aria-label={`Remove ${nounOf(path)} ${index + 1}`}
            onClick={() => change(list.filter((_, at) => at !== index))}
          >
            Remove
          </button>
        </fieldset>
      ))}
      <div className="adds">
        {value === undefined && usual !== null ? (
          <button type="button" className="add" onClick={() => onChange(usual)}>
            Choose others
          </button>
        ) : (
          <button type="button" className="add" onClick={() => change([...list, fresh])}>
            Add a {nounOf(path)}
          </button>
        )}
        {value !== undefined && usual !== null && (
          <button type="button" className="quiet" onClick={() => onChange(undefined)}>
            As usual again
          </button>
        )}
      </div>
    </fieldset>
  );
}

function itemWords(item: unknown): string {
  const url = isRecord(item) ? item.url : item;
  return typeof url === 'string' ? (URL.parse(url)?.host ?? url) : JSON.stringify(item);
}
