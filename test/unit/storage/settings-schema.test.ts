// The real settings schema: the design's own sample is valid, and the JSON Schema for editors says what zod says.
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { settings } from '../../../main/checks/registry.ts';
import { keysAt, settingsJsonSchema } from '../../../main/storage/json-schema.ts';

const read = (name: string): unknown =>
  JSON.parse(readFileSync(new URL(`../../fixtures/settings/${name}`, import.meta.url), 'utf8'));

describe('the settings schema', () => {
  it.each(['design-sample.json', 'v1.json'])('accepts %s', (name) => {
    expect(settings.safeParse(read(name)).error?.issues).toBeUndefined();
  });

  it('as JSON Schema asks only for what has no default and refuses unknown keys', () => {
    const schema = settingsJsonSchema(settings);
    expect(schema).toMatchObject({
      $schema: 'https://json-schema.org/draft/2020-12/schema',
      type: 'object',
      additionalProperties: false,
    });
    expect(schema.required).toBeUndefined();
    expect(keysAt(schema, [])).toEqual(expect.arrayContaining(['$schema', 'monitors', 'alerts', 'traffic']));
    expect(keysAt(schema, ['monitors', 3])).toEqual(expect.arrayContaining(['id', 'kind', 'url', 'interval', 'connection']));
    expect(keysAt(schema, ['alerts', 'slack'])).toEqual(['webhook', 'enabled']);
    expect(keysAt(schema, ['nowhere', 0])).toEqual([]);
  });

  it('stands in signalbox.schema.json as the code has it', () => {
    const file = new URL('../../../signalbox.schema.json', import.meta.url);
    expect(JSON.parse(readFileSync(file, 'utf8'))).toEqual(JSON.parse(JSON.stringify(settingsJsonSchema(settings))));
  });
});
