// Holds requests and answers against a provider's published OpenAPI document. Knows the document and its listed gaps, not what a
// stand-in does.
import type { IncomingHttpHeaders } from 'node:http';
import { Ajv, type ErrorObject } from 'ajv';
import formats from 'ajv-formats';
import {
  type ContractDocument,
  documentId,
  type JsonObject,
  type Operation,
  type Parameter,
  readDocument,
} from './contract-document.ts';
import { type ContractName, type Gaps, gaps } from './contract-gaps.ts';
import { matchTemplate, parseJson } from './routes.ts';

export type { ContractName } from './contract-gaps.ts';

export type ContractProblem = {
  /** Where and what, as in `body.target.0` or `query.limit`. */
  readonly field: string;
  /** JSON Schema's keyword, or `path`, `status`, `unknown`, `repeated`, `content-type`. */
  readonly rule: string;
  readonly message: string;
};

export type Contract = {
  readonly name: ContractName;
  /** What the document rejects; empty when nothing. `path` has no query, `body` is as sent. */
  checkRequest(
    method: string,
    path: string,
    query: URLSearchParams,
    headers: IncomingHttpHeaders,
    body: string,
  ): readonly ContractProblem[];
  /** What an answer has that the document does not allow. */
  checkResponse(method: string, path: string, status: number, body: string): readonly ContractProblem[];
};

type Found =
  | { readonly operation: Operation; readonly template: string; readonly params: Readonly<Record<string, string>> }
  | 'unwritten'
  | null;

const loaded = new Map<ContractName, Contract | null>();

/** The contract, or null when the folder of documents is not beside the checkout (`../shared/providers/specs`). */
export function loadContract(name: ContractName): Contract | null {
  const known = loaded.get(name);
  if (known !== undefined) return known;
  const document = readDocument(name);
  const contract = document && makeContract(name, document);
  loaded.set(name, contract);
  return contract;
}

function makeContract(name: ContractName, document: ContractDocument): Contract {
  const gap = gaps[name];
  const strict = makeValidator(document.root, false);
  // Path and query values arrive as text.
  const lenient = makeValidator(document.root, true);
  const bodies = new Map<Operation, JsonObject>();

  function bodySchema(operation: Operation): JsonObject {
    const known = bodies.get(operation);
    if (known) return known;
    const key = `${operation.method} ${operation.template}`;
    const schema = gap.bodies[key] ?? withFields(operation.body?.schema ?? {}, gap.fields[key]);
    bodies.set(operation, schema);
    return schema;
  }

  return {
    name,
    checkRequest(method, path, query, headers, body) {
      const found = findOperation(document, gap, method, path);
      if (found === 'unwritten') return [];
      if (found === null) return [{ field: 'path', rule: 'path', message: `the document has no ${method} ${path}` }];
      const { operation, template, params } = found;
      const known = gap.query[template] ?? [];
      return [
        ...operation.parameters
          .filter((one) => one.in === 'path')
          .flatMap((one) => judge(lenient, one, [params[one.name] ?? ''])),
        ...operation.parameters
          .filter((one) => one.in === 'header')
          .flatMap((one) => judge(lenient, one, [headers[one.name.toLowerCase()] ?? []].flat())),
        ...operation.parameters.filter((one) => one.in === 'query').flatMap((one) => judge(lenient, one, query.getAll(one.name))),
        ...[...new Set(query.keys())]
          .filter((key) => !known.includes(key) && !operation.parameters.some((one) => one.in === 'query' && one.name === key))
          .map((key) => ({ field: `query.${key}`, rule: 'unknown', message: 'the document does not know it' })),
        ...judgeBody(strict, operation, bodySchema(operation), headers, body),
      ];
    },
    checkResponse(method, path, status, body) {
      const found = findOperation(document, gap, method, path);
      if (found === 'unwritten') return [];
      if (found === null) return [{ field: 'path', rule: 'path', message: `the document has no ${method} ${path}` }];
      const schema = found.operation.answers.get(String(status));
      if (schema === undefined && gap.statuses.includes(status)) return [];
      if (schema === undefined) return [{ field: 'status', rule: 'status', message: `${status} is not documented` }];
      return schema === null ? [] : validate(strict, schema, parseJson(body), 'body');
    },
  };
}

function makeValidator(root: JsonObject, coerceTypes: boolean): Ajv {
  const ajv = new Ajv({ strict: false, allErrors: true, validateSchema: false, logger: false, coerceTypes });
  formats.default(ajv);
  ajv.addSchema(root, documentId);
  return ajv;
}

function findOperation(document: ContractDocument, gap: Gaps, method: string, path: string): Found {
  const matches = document.operations.flatMap((operation) => {
    const params = operation.method === method ? matchTemplate(operation.template, path) : null;
    return params ? [{ operation, template: operation.template, params }] : [];
  });
  // `/incidents/unresolved` is not an incident's id: the template with the fewest parameters is meant.
  const [best] = matches.sort((a, b) => Object.keys(a.params).length - Object.keys(b.params).length);
  if (best) return best;
  for (const [called, written] of gap.samePath) {
    const params = matchTemplate(called, path);
    const operation = document.operations.find((one) => one.method === method && one.template === written);
    if (params && operation) return { operation, template: called, params };
  }
  const unwritten = gap.unwritten.some((line) => {
    const [verb, template = ''] = line.split(' ');
    return verb === method && matchTemplate(template, path) !== null;
  });
  return unwritten ? 'unwritten' : null;
}

function judge(ajv: Ajv, parameter: Parameter, values: readonly string[]): ContractProblem[] {
  const field = `${parameter.in}.${parameter.name}`;
  if (values.length === 0) return parameter.required ? [{ field, rule: 'required', message: 'is required' }] : [];
  const isList = parameter.schema.type === 'array';
  if (!isList && values.length > 1) return [{ field, rule: 'repeated', message: 'is given more than once' }];
  // Repeated and comma-separated lists are both accepted: which one a service wants is not always known (section 8.4).
  const value = isList ? values.flatMap((one) => one.split(',')) : values[0];
  return validate(ajv, parameter.schema, value, field);
}

function judgeBody(
  ajv: Ajv,
  operation: Operation,
  schema: JsonObject,
  headers: IncomingHttpHeaders,
  body: string,
): ContractProblem[] {
  if (body === '') return operation.body?.required ? [{ field: 'body', rule: 'required', message: 'is required' }] : [];
  const value = parseJson(body);
  if (operation.body === null) {
    // An empty object is what Vercel's own CLI sends where nothing is needed.
    const empty = value !== null && typeof value === 'object' && Object.keys(value).length === 0;
    return empty ? [] : [{ field: 'body', rule: 'unknown', message: 'the document takes none' }];
  }
  if (!/^application\/json\b/.test(headers['content-type'] ?? ''))
    return [{ field: 'header.content-type', rule: 'content-type', message: 'must be application/json' }];
  if (value === undefined) return [{ field: 'body', rule: 'type', message: 'is not JSON' }];
  return validate(ajv, schema, value, 'body');
}

function withFields(schema: JsonObject, extra: Readonly<Record<string, object>> | undefined): JsonObject {
  return extra ? { ...schema, properties: { ...(schema.properties as object), ...extra } } : schema;
}

function validate(ajv: Ajv, schema: JsonObject, value: unknown, where: string): ContractProblem[] {
  // Boxed, because a validator that converts types can only replace what is held by something.
  const boxed = ajv.opts.coerceTypes ? boxFor(schema) : null;
  if (boxed ? ajv.validate(boxed, { value }) : ajv.validate(schema, value)) return [];
  const problems = nearest(ajv.errors ?? []).map((error) => toProblem(error, where, boxed !== null));
  return problems.filter(
    (one, index) => problems.findIndex((other) => other.field === one.field && other.rule === one.rule) === index,
  );
}

const boxes = new WeakMap<JsonObject, JsonObject>();

/** The same box for the same schema: the validator compiles each object once. */
function boxFor(schema: JsonObject): JsonObject {
  const box = boxes.get(schema) ?? { type: 'object', properties: { value: schema } };
  boxes.set(schema, box);
  return box;
}

// Where alternatives are allowed, each one complains; only the one that came closest is of use to a reader.
function nearest(errors: readonly ErrorObject[]): readonly ErrorObject[] {
  const branches = new Map<string, ErrorObject[]>();
  const others: ErrorObject[] = [];
  for (const error of errors) {
    const branch = /^(.*?\/anyOf\/\d+)\//.exec(error.schemaPath)?.[1];
    if (branch) branches.set(branch, [...(branches.get(branch) ?? []), error]);
    else if (error.keyword !== 'anyOf') others.push(error);
  }
  // An alternative for another type of value, as a list where one was given alone, is not what the sender meant.
  const places = new Set(errors.filter((one) => one.keyword === 'anyOf').map((one) => one.instancePath));
  const isAnother = (list: readonly ErrorObject[]): boolean =>
    list.some((one) => one.keyword === 'type' && places.has(one.instancePath));
  const score = (list: readonly ErrorObject[]): number => list.length + (isAnother(list) ? 1_000 : 0);
  const [best] = [...branches.values()].sort((a, b) => score(a) - score(b));
  const found = [...others, ...(best ?? [])];
  return found.length > 0 ? found : errors;
}

function toProblem(error: ErrorObject, where: string, boxed: boolean): ContractProblem {
  const path = boxed ? error.instancePath.replace(/^\/value/, '') : error.instancePath;
  const detail = error.params as { readonly missingProperty?: string; readonly additionalProperty?: string };
  const name = detail.missingProperty ?? detail.additionalProperty;
  const field = `${where}${path.replaceAll('/', '.')}${name === undefined ? '' : `.${name}`}`;
  return {
    field,
    rule: error.keyword,
    message: name === undefined ? (error.message ?? 'is wrong') : (wording[error.keyword] ?? 'is wrong'),
  };
}

const wording: Readonly<Record<string, string>> = {
  required: 'is required',
  additionalProperties: 'the document does not know it',
};
