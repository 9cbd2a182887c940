// The settings' zod schema as JSON Schema: editors complete and check the file with it, and messages suggest keys from it.
import { z } from 'zod';

/** A JSON Schema (draft 2020-12) object. */
export type JsonSchema = { readonly [key: string]: unknown };

/** What may be written in the file: defaults need not be, so they are not required. */
export function settingsJsonSchema(schema: z.ZodType): JsonSchema {
  const { $schema, ...rest } = z.toJSONSchema(schema, { io: 'input', unrepresentable: 'any', reused: 'inline' });
  return { $schema, title: 'Signalbox settings', ...rest };
}

/** Names of the keys that may stand in the object at `path`, of all alternatives together. */
export function keysAt(schema: JsonSchema, path: readonly PropertyKey[]): string[] {
  let here: JsonSchema[] = alternatives(schema);
  for (const key of path) {
    here = here
      .map((part) => (typeof key === 'number' ? part.items : child(part.properties, key)))
      .filter(isSchema)
      .flatMap(alternatives);
  }
  return [...new Set(here.flatMap((part) => (isSchema(part.properties) ? Object.keys(part.properties) : [])))];
}

function alternatives(schema: JsonSchema): JsonSchema[] {
  const nested = [schema.anyOf, schema.oneOf, schema.allOf].flatMap((list) => (Array.isArray(list) ? list.filter(isSchema) : []));
  return [schema, ...nested.flatMap(alternatives)];
}

function child(properties: unknown, key: PropertyKey): unknown {
  return isSchema(properties) ? properties[String(key)] : undefined;
}

function isSchema(value: unknown): value is JsonSchema {
  return value !== null && typeof value === 'object' && !Array.isArray(value);
}
