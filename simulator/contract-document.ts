// Turns a provider's OpenAPI 3.0 document into JSON Schema that a validator understands. Decides nothing about requests.
import { existsSync, readFileSync } from 'node:fs';
import { parse as parseYaml } from 'yaml';
import { type ContractName, gaps } from './contract-gaps.ts';

export type JsonObject = { readonly [key: string]: unknown };

export type Parameter = {
  readonly name: string;
  readonly in: 'path' | 'query' | 'header' | 'cookie';
  readonly required: boolean;
  readonly schema: JsonObject;
};

export type Operation = {
  readonly method: string;
  /** With the server's own path in front. */
  readonly template: string;
  readonly parameters: readonly Parameter[];
  readonly body: { readonly required: boolean; readonly schema: JsonObject } | null;
  /** The schema of the JSON answer by status; null when the document describes no JSON for it. */
  readonly answers: ReadonlyMap<string, JsonObject | null>;
};

export type ContractDocument = { readonly operations: readonly Operation[]; readonly root: JsonObject };

const files: Readonly<Record<ContractName, string>> = {
  vercel: 'vercel-openapi-subset.json',
  render: 'render-public-api-openapi.json',
  supabase: 'supabase-management-openapi.json',
  statuspage: 'statuspage-manage-openapi.yaml',
};

const folder = new URL('../../shared/providers/specs/', import.meta.url);
const methods = ['get', 'put', 'post', 'patch', 'delete'];

/** The name under which the whole document is known to the validator; every `$ref` in it points there. */
export const documentId = 'document';

/** The document, or null when the shared folder is not beside the checkout. */
export function readDocument(name: ContractName): ContractDocument | null {
  const file = new URL(files[name], folder);
  if (!existsSync(file)) return null;
  const text = readFileSync(file, 'utf8');
  const raw = object(file.pathname.endsWith('.yaml') ? parseYaml(text) : JSON.parse(text));
  const root = object(toJsonSchema(raw, gaps[name].alsoAnswers));
  const [server] = list(root.servers);
  const base = new URL(String(object(server).url ?? 'http://none/'), 'http://none').pathname.replace(/\/$/, '');
  const operations = Object.entries(object(root.paths)).flatMap(([path, item]) => operationsOf(root, `${base}${path}`, item));
  return { operations, root };
}

function operationsOf(root: JsonObject, template: string, item: unknown): Operation[] {
  const shared = list(object(item).parameters);
  return methods.flatMap((method) => {
    const found = object(item)[method];
    if (found === undefined) return [];
    const operation = object(found);
    const parameters = [...shared, ...list(operation.parameters)].map((one) => toParameter(deref(root, one)));
    const body = operation.requestBody === undefined ? null : deref(root, operation.requestBody);
    const answers = Object.entries(object(operation.responses)).map(
      ([status, answer]) => [status, jsonSchemaOf(deref(root, answer))] as const,
    );
    return [
      {
        method: method.toUpperCase(),
        template,
        parameters,
        body: body && { required: body.required === true, schema: jsonSchemaOf(body) ?? {} },
        answers: new Map(answers),
      },
    ];
  });
}

function toParameter(one: JsonObject): Parameter {
  const { name, required, schema } = one;
  return { name: String(name), in: one.in as Parameter['in'], required: required === true, schema: object(schema) };
}

function jsonSchemaOf(holder: JsonObject): JsonObject | null {
  const json = object(object(holder.content)['application/json']);
  return json.schema === undefined ? null : object(json.schema);
}

/** What `value` stands for, following references inside the document. */
export function deref(root: JsonObject, value: unknown): JsonObject {
  let found = object(value);
  for (let hops = 0; typeof found.$ref === 'string' && hops < 10; hops += 1) {
    const parts = found.$ref.slice(found.$ref.indexOf('#/') + 2).split('/');
    let target: unknown = root;
    for (const part of parts) target = object(target)[decodeURIComponent(part).replaceAll('~1', '/').replaceAll('~0', '~')];
    found = object(target);
  }
  return found;
}

// `oneOf` becomes `anyOf`: these documents are generated from types, and their alternatives overlap (a Render web service also
// reads as a private one), which is no fault of the request.
function toJsonSchema(node: unknown, alsoAnswers: Readonly<Record<string, JsonObject>>): unknown {
  if (Array.isArray(node)) return node.map((one) => toJsonSchema(one, alsoAnswers));
  if (node === null || typeof node !== 'object') return node;
  const out: Record<string, unknown> = {};
  for (const [key, value] of Object.entries(node)) {
    if (key === 'example' || key === 'examples' || (key === 'nullable' && typeof value === 'boolean')) continue;
    const converted = toJsonSchema(value, alsoAnswers);
    if (key === '$ref' && typeof value === 'string') out.$ref = `${documentId}${value}`;
    else if (key === 'oneOf' && Array.isArray(value)) out.anyOf = converted;
    else if (key === 'type' && typeof value === 'string') out.type = value.toLowerCase();
    else if (key === 'properties') out.properties = widen(object(converted), alsoAnswers);
    else out[key] = converted;
  }
  return (node as JsonObject).nullable === true ? orNull(out) : out;
}

function widen(properties: JsonObject, alsoAnswers: Readonly<Record<string, JsonObject>>): JsonObject {
  const entries = Object.entries(properties).map(([name, schema]) => {
    const also = Object.hasOwn(alsoAnswers, name) ? alsoAnswers[name] : undefined;
    return [name, also ? { anyOf: [schema, also] } : schema] as const;
  });
  return Object.fromEntries(entries);
}

function orNull(schema: Readonly<Record<string, unknown>>): JsonObject {
  if ('$ref' in schema) return { anyOf: [schema, { type: 'null' }] };
  return {
    ...schema,
    ...(typeof schema.type === 'string' ? { type: [schema.type, 'null'] } : {}),
    ...(Array.isArray(schema.enum) ? { enum: [...schema.enum, null] } : {}),
    ...(Array.isArray(schema.anyOf) ? { anyOf: [...schema.anyOf, { type: 'null' }] } : {}),
  };
}

function object(value: unknown): JsonObject {
  return value !== null && typeof value === 'object' && !Array.isArray(value) ? (value as JsonObject) : {};
}

function list(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}
