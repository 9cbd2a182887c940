// What kind of control a JSON Schema asks for. Pure; knows JSON Schema as zod writes it, not what the settings mean.
import { isRecord, type Raw } from './values.ts';

export type Schema = Raw;

export type Shape =
  | { readonly kind: 'text'; readonly long: boolean }
  | { readonly kind: 'moment' }
  | { readonly kind: 'number' }
  | { readonly kind: 'switch' }
  | { readonly kind: 'choice'; readonly options: readonly string[] }
  /** Some of the options, in an order that matters. */
  | { readonly kind: 'choices'; readonly options: readonly string[] }
  /** A list of texts, one a line; with `numbers`, whole numbers among them are numbers, and commas part them too. */
  | { readonly kind: 'lines'; readonly numbers: boolean }
  | { readonly kind: 'map' }
  | { readonly kind: 'group'; readonly properties: Readonly<Record<string, Schema>>; readonly required: readonly string[] }
  | { readonly kind: 'items'; readonly item: Schema }
  /** A group that may be written as the text of its one required key. */
  | { readonly kind: 'short'; readonly key: string; readonly group: Schema }
  /** Says nothing that a person could change. */
  | { readonly kind: 'fixed' }
  | { readonly kind: 'json' };

/** A schema of longer texts gets a field of several lines. */
const longText = 10_000;

export function shapeOf(schema: Schema, root: Schema): Shape {
  const own = resolved(schema, root);
  if ('const' in own) return { kind: 'fixed' };
  const forms = formsOf(own).filter((form) => form.type !== 'null');
  const [first] = forms;
  if (first === undefined) return { kind: 'json' };
  if (forms.length > 1) return shapeOfUnion(forms, root);
  if (first !== own) return shapeOf(first, root);
  return shapeOfOne(own, root);
}

function shapeOfOne(schema: Schema, root: Schema): Shape {
  const options = textsOf(schema.enum);
  if (options.length > 0) return { kind: 'choice', options };
  switch (schema.type) {
    case 'string':
      if (schema.format === 'date-time') return { kind: 'moment' };
      return { kind: 'text', long: typeof schema.maxLength === 'number' && schema.maxLength > longText };
    case 'integer':
    case 'number':
      return { kind: 'number' };
    case 'boolean':
      return { kind: 'switch' };
    case 'array':
      return isRecord(schema.items) ? shapeOfList(schema.items, root) : { kind: 'json' };
    case 'object':
      if (isRecord(schema.properties)) {
        return { kind: 'group', properties: schemasOf(schema.properties), required: textsOf(schema.required) };
      }
      if (isRecord(schema.additionalProperties) && schema.additionalProperties.type === 'string') return { kind: 'map' };
      return { kind: 'json' };
    default:
      return { kind: 'json' };
  }
}

function shapeOfList(item: Schema, root: Schema): Shape {
  const inner = shapeOf(item, root);
  if (inner.kind === 'choice') return { kind: 'choices', options: inner.options };
  if (inner.kind === 'text') return { kind: 'lines', numbers: false };
  if (inner.kind === 'group' || inner.kind === 'short') return { kind: 'items', item };
  const scalars = formsOf(resolved(item, root)).map(({ type }) => type);
  const listable = scalars.every((type) => type === 'string' || type === 'integer');
  return listable ? { kind: 'lines', numbers: true } : { kind: 'json' };
}

function shapeOfUnion(forms: readonly Schema[], root: Schema): Shape {
  const text = forms.find((form) => form.type === 'string');
  const group = forms.find((form) => isRecord(form.properties));
  if (forms.length !== 2 || !text || !group) return { kind: 'json' };
  const shape = shapeOf(group, root);
  const [key, ...more] = shape.kind === 'group' ? shape.required : [];
  return key === undefined || more.length > 0 ? { kind: 'json' } : { kind: 'short', key, group };
}

/** The alternatives of a schema; itself when it has none. */
function formsOf(schema: Schema): readonly Schema[] {
  const forms = Array.isArray(schema.anyOf) ? schema.anyOf : Array.isArray(schema.oneOf) ? schema.oneOf : null;
  return forms ? forms.filter(isRecord) : [schema];
}

/** The schema that a `$ref` inside the document names, or the schema itself. */
export function resolved(schema: Schema, root: Schema): Schema {
  const name = typeof schema.$ref === 'string' ? /^#\/\$defs\/(.+)$/.exec(schema.$ref)?.[1] : undefined;
  const definitions = root.$defs;
  const found = name !== undefined && isRecord(definitions) ? definitions[name] : undefined;
  return isRecord(found) ? { ...found, ...schema, $ref: undefined } : schema;
}

/** The schema of the part of an object; an empty one, which allows anything, when it is not described. */
export function partOf(schema: Schema, key: string): Schema {
  const part = isRecord(schema.properties) ? schema.properties[key] : undefined;
  return isRecord(part) ? part : {};
}

export type Kind = { readonly kind: string; readonly schema: Schema };

/** The kinds of monitor, in the schema's order. */
export function kindsOf(root: Schema): Kind[] {
  const { items } = partOf(root, 'monitors');
  const forms = isRecord(items) ? formsOf(items) : [];
  return forms.flatMap((schema) => {
    const kind = partOf(schema, 'kind').const;
    return typeof kind === 'string' ? [{ kind, schema }] : [];
  });
}

/** What holds while nothing is written, in words for a field's placeholder; `null` when there is nothing to say. */
export function defaultWords(schema: Schema): string | null {
  const value = schema.default;
  if (value === undefined || value === null) return null;
  if (Array.isArray(value)) return value.length > 0 && value.every((item) => typeof item !== 'object') ? value.join(', ') : null;
  return typeof value === 'object' ? null : String(value);
}

/** How long a text may be, in characters. */
export function longest(schema: Schema): number {
  const lengths = formsOf(schema).map(({ maxLength }) => (typeof maxLength === 'number' ? maxLength : 0));
  return Math.max(...lengths) || Number.POSITIVE_INFINITY;
}

/** The first example of a value, as text. */
export function exampleOf(schema: Schema): string | null {
  const [example] = Array.isArray(schema.examples) ? schema.examples : [];
  return typeof example === 'string' ? example : null;
}

function schemasOf(properties: Raw): Record<string, Schema> {
  return Object.fromEntries(Object.entries(properties).map(([key, schema]) => [key, isRecord(schema) ? schema : {}]));
}

function textsOf(list: unknown): string[] {
  return Array.isArray(list) ? list.filter((item) => typeof item === 'string') : [];
}
