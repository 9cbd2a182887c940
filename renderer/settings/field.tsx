// Chooses the control for one place of the settings by its schema, and by what stands there: a value that does not fit its
// schema's control is shown as JSON, so that nothing in the file is lost or hidden.

import { CredentialField } from './credential-field.tsx';
import { isCredential } from './credentials.ts';
import { type FieldProps, useForm } from './form.tsx';
import { GroupBody, GroupField, ItemsField } from './group-fields.tsx';
import { ChoiceField, JsonField, MomentField, NumberField, SwitchField, TextField } from './inputs.tsx';
import { ChoicesField, LinesField, MapField } from './list-fields.tsx';
import { type Schema, type Shape, shapeOf } from './schema.ts';
import { isRecord } from './values.ts';

export function Field(props: FieldProps) {
  const { view } = useForm();
  const root: Schema = view.schema;
  const shape = shapeOf(props.schema, root);
  if (!fits(shape, props.value)) return <JsonField {...props} />;
  switch (shape.kind) {
    case 'fixed':
      return null;
    case 'text':
      return isCredential(props.path) ? <CredentialField {...props} /> : <TextField {...props} long={shape.long} />;
    case 'moment':
      return <MomentField {...props} />;
    case 'number':
      return <NumberField {...props} />;
    case 'switch':
      return <SwitchField {...props} />;
    case 'choice':
      return <ChoiceField {...props} options={shape.options} />;
    case 'choices':
      return <ChoicesField {...props} options={shape.options} />;
    case 'lines':
      return <LinesField {...props} numbers={shape.numbers} />;
    case 'map':
      return <MapField {...props} />;
    case 'items':
      return <ItemsField {...props} item={shape.item} root={root} draw={drawField} />;
    case 'group':
      return inList(props) ? (
        <GroupBody {...props} shape={shape} draw={drawField} />
      ) : (
        <GroupField {...props} shape={shape} draw={drawField} />
      );
    case 'short':
      return <ShortField {...props} shape={shape} root={root} />;
    case 'json':
      return <JsonField {...props} />;
  }
}

export function drawField(props: FieldProps): React.ReactNode {
  return <Field {...props} />;
}

/** An item has its list's frame already. */
function inList({ path }: FieldProps): boolean {
  return typeof path.at(-1) === 'number';
}

type ShortProps = FieldProps & { readonly shape: Extract<Shape, { kind: 'short' }>; readonly root: Schema };

/** Written as a text for as long as nothing but its one required key is said. */
function ShortField({ shape, root, ...props }: ShortProps) {
  const { value, onChange } = props;
  const group = shapeOf(shape.group, root);
  if (group.kind !== 'group') return <JsonField {...props} />;
  const asGroup = typeof value === 'string' ? (value === '' ? {} : { [shape.key]: value }) : value;
  const change = (next: unknown): void => {
    const text = isRecord(next) && Object.keys(next).length === 1 ? next[shape.key] : undefined;
    onChange(typeof value === 'string' && typeof text === 'string' ? text : next);
  };
  return <GroupBody {...props} schema={shape.group} value={asGroup} onChange={change} shape={group} draw={drawField} />;
}

/** Whether a control can show what is written. Absent always fits. */
function fits(shape: Shape, value: unknown): boolean {
  if (value === undefined) return true;
  switch (shape.kind) {
    case 'text':
    case 'moment':
    case 'choice':
      // What is empty by default may be written as null.
      return typeof value === 'string' || value === null;
    case 'number':
      return typeof value === 'number' || typeof value === 'string';
    case 'switch':
      return typeof value === 'boolean';
    case 'choices':
      return Array.isArray(value) && value.every((item) => typeof item === 'string') && new Set(value).size === value.length;
    case 'lines':
      return Array.isArray(value) && value.every((item) => listed(item, shape.numbers));
    case 'map':
      return isRecord(value) && Object.values(value).every((item) => typeof item === 'string');
    case 'group':
      return isRecord(value);
    case 'items':
      return Array.isArray(value);
    case 'short':
      return typeof value === 'string' || isRecord(value);
    case 'fixed':
    case 'json':
      return true;
  }
}

/** A text with a line break in it cannot stand on one line. */
function listed(item: unknown, numbers: boolean): boolean {
  if (typeof item === 'number') return numbers;
  return typeof item === 'string' && item.trim() === item && item !== '' && !(numbers ? /[\s,]/ : /[\r\n]/).test(item);
}
