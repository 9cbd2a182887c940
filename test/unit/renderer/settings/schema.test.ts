// The form's model against the repository's own schema: every part of it gets a control, and nothing falls through.
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { labelOf, orderOf } from '../../../../renderer/settings/names.ts';
import { defaultWords, exampleOf, kindsOf, partOf, type Schema, shapeOf } from '../../../../renderer/settings/schema.ts';

const root = JSON.parse(readFileSync(new URL('../../../../signalbox.schema.json', import.meta.url), 'utf8')) as Schema;
const at = (...keys: readonly string[]): Schema => keys.reduce<Schema>(partOf, root);
const monitor = (kind: string): Schema => kindsOf(root).find((candidate) => candidate.kind === kind)?.schema ?? {};
const of = (schema: Schema): string => shapeOf(schema, root).kind;

describe('shapeOf', () => {
  it.each<[string, Schema, string]>([
    ['a name', at('app', 'name'), 'text'],
    ['a duration', at('alerts', 'remindEvery'), 'text'],
    ['a count', at('limits', 'perHost'), 'number'],
    ['a switch', at('alerts', 'slack', 'enabled'), 'switch'],
    ['a way', at('banner', 'via'), 'choice'],
    ['ways in an order', at('traffic', 'via'), 'choices'],
    ['text that may be null', at('providers', 'vercel', 'teamId'), 'text'],
    ['a list of texts', at('dump', 'schemas'), 'lines'],
    ['numbers and ranges', partOf(partOf(monitor('http'), 'expect'), 'status'), 'lines'],
    ['headers', partOf(monitor('http'), 'headers'), 'map'],
    ['any JSON', partOf(monitor('http'), 'json'), 'json'],
    ['assertions', partOf(partOf(monitor('http'), 'expect'), 'json'), 'items'],
    ['witnesses', at('connectivity', 'probes'), 'items'],
    ['one witness', at('connectivity', 'probes').items as Schema, 'short'],
    ['a moment', partOf(at('maintenance').items as Schema, 'from'), 'moment'],
    ['a constant', partOf(monitor('http'), 'kind'), 'fixed'],
    ['a long text', partOf(monitor('http'), 'body'), 'text'],
    ['a group', at('dump'), 'group'],
    ['nothing known', {}, 'json'],
    ['a union of two groups', { anyOf: [at('dump'), at('banner')] }, 'json'],
    ['a list of switches', { type: 'array', items: { type: 'boolean' } }, 'json'],
  ])('of %s', (_, schema, expected) => expect(of(schema)).toBe(expected));

  it('gives every property of every monitor kind and section a control', () => {
    const groups = [
      ...kindsOf(root).map(({ schema }) => schema),
      at('alerts', 'rollbar'),
      at('dump'),
      at('traffic'),
      at('banner'),
    ];
    for (const group of groups) {
      const shape = shapeOf(group, root);
      if (shape.kind !== 'group') throw new Error('a section is not a group');
      const json = Object.entries(shape.properties).filter(([, schema]) => of(schema) === 'json');
      expect(json.map(([key]) => key).filter((key) => key !== 'json')).toEqual([]);
    }
  });
});

describe('kindsOf', () => {
  it('finds the monitor kinds in order', () => {
    expect(kindsOf(root).map(({ kind }) => kind)).toEqual(['http', 'postgres', 'status-page', 'tcp', 'dns']);
  });
});

describe('placeholders', () => {
  it('are the default, or an example', () => {
    expect(defaultWords(at('dump', 'schemas'))).toBe('public');
    expect(defaultWords(at('providers', 'vercel', 'teamId'))).toBeNull();
    expect(defaultWords(at('connectivity', 'probes'))).toBeNull();
    expect(exampleOf(partOf(monitor('http'), 'interval'))).toBe('30s');
    expect(exampleOf(at('dump', 'keep'))).toBeNull();
  });
});

describe('orderOf', () => {
  const order = (path: readonly string[], schema: Schema, kind: string | null = null) => {
    const shape = shapeOf(schema, root);
    if (shape.kind !== 'group') throw new Error('not a group');
    return orderOf(path, shape, kind);
  };

  it('shows common and needed keys first, never a constant', () => {
    const { first, more } = order(['monitors'], monitor('http'), 'http');
    expect(first).toEqual(['name', 'url', 'role', 'interval', 'coldStart', 'id']);
    expect([...first, ...more]).not.toContain('kind');
    expect(more).toContain('expect');
  });

  it('loses no key of any section', () => {
    for (const name of ['dump', 'traffic', 'banner', 'heartbeat', 'app', 'limits']) {
      const { first, more } = order([name], at(name));
      expect([...first, ...more].sort()).toEqual(Object.keys(at(name).properties as object).sort());
    }
  });
});

describe('labelOf', () => {
  it.each([
    [['monitors', 0, 'url'], 'Address'],
    [['app', 'name'], 'Name of the product'],
    [['monitors', 0, 'expect', 'status'], 'Status codes'],
    [['x', 'someNewKey'], 'Some new key'],
    [['x', 'constructor'], 'Constructor'],
  ])('of %j', (path, expected) => expect(labelOf(path)).toBe(expected));
});
