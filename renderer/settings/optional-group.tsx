// A part of the settings that may be absent: set it up, test it, take it out and put it back.
import { useId, useState } from 'react';
import type { SettingsTest } from '../../shared/settings-view.ts';
import { useKeptFocus } from '../kept-focus.ts';
import { drawField } from './field.tsx';
import { Problems, useForm, useProblems } from './form.tsx';
import { GroupBody } from './group-fields.tsx';
import { partOf, type Schema, shapeOf } from './schema.ts';
import { TestButton } from './test-button.tsx';
import { pathText, same, valueAt, withAt } from './values.ts';

type OptionalGroupProps = {
  readonly path: readonly string[];
  /** What buttons call it. */
  readonly title: string;
  readonly headline?: string;
  readonly about: string;
  readonly test?: SettingsTest;
  /** It is there anyway, and has nothing to take out. */
  readonly always?: boolean;
};

const saveFirst = 'Save first: the test uses the saved settings.';

export function OptionalGroup({ path, title, headline = title, about, test, always = false }: OptionalGroupProps) {
  const { view, document, edit } = useForm();
  const heading = useId();
  const [removed, setRemoved] = useState<unknown>(undefined);
  const value = valueAt(document, path);
  const there = always || value !== undefined;
  const [place, hooks] = useKeptFocus<HTMLElement>(`${there}`);
  const problems = useProblems(path);
  const schema = path.reduce<Schema>(partOf, view.schema);
  const shape = shapeOf(schema, view.schema);
  const change = (next: unknown): void => edit(withAt(document, path, next), pathText(path));
  const obstacle = same(value, valueAt(view.document, path)) ? null : saveFirst;
  return (
    <section className="card" aria-labelledby={heading} ref={place} tabIndex={-1} data-path={pathText(path)} {...hooks}>
      <div className="card-head">
        <div>
          <h3 id={heading}>{headline}</h3>
          {!there && <p className="hint">{about}</p>}
        </div>
        {!there && (
          <button type="button" aria-label={`Set up ${title}`} onClick={() => change(removed ?? {})}>
            {removed === undefined ? 'Set up' : 'Put it back'}
          </button>
        )}
        {there && !always && (
          <button
            type="button"
            className="quiet"
            aria-label={`Remove ${title}`}
            onClick={() => {
              setRemoved(value);
              change(undefined);
            }}
          >
            Remove
          </button>
        )}
      </div>
      <Problems problems={problems} />
      {there && shape.kind === 'group' && (
        <div className="fields">
          <GroupBody schema={schema} path={path} value={value} onChange={change} shape={shape} draw={drawField} />
        </div>
      )}
      {there && test && <TestButton test={test} name={title} obstacle={obstacle} />}
    </section>
  );
}
