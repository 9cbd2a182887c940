// The contract of the pipe (SECURITY S-21, S-31): every schema is bounded, none carries a secret, and dispatch answers
// whatever is thrown at it with a Reply.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { makeDispatch } from '../../main/ipc/dispatch.ts';
import { makeHandlers } from '../../main/ipc/handlers.ts';
import { fault, type Input, type MethodName, methods } from '../../shared/ipc.ts';
import { sampleLeverDeps } from '../unit/ipc/lever-samples.ts';
import { sampleReaders } from '../unit/ipc/reader-samples.ts';
import { at, sampleIncident, sampleObservation, sampleSnapshot } from '../unit/ipc/samples.ts';
import { sampleDesk } from '../unit/ipc/settings-samples.ts';

type Schema = {
  readonly type?: string | readonly string[];
  readonly const?: unknown;
  readonly enum?: readonly unknown[];
  readonly format?: string;
  readonly pattern?: string;
  readonly maxLength?: number;
  readonly maxItems?: number;
  readonly minimum?: number;
  readonly maximum?: number;
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly additionalProperties?: boolean | Schema;
  readonly items?: Schema | boolean;
  readonly prefixItems?: readonly Schema[];
  readonly anyOf?: readonly Schema[];
  readonly oneOf?: readonly Schema[];
};

/** Every schema inside a schema, with the path that leads to it. */
function* walk(schema: Schema, path = ''): Generator<readonly [string, Schema]> {
  yield [path, schema];
  for (const [name, inner] of Object.entries(schema.properties ?? {})) yield* walk(inner, `${path}.${name}`);
  if (typeof schema.additionalProperties === 'object') yield* walk(schema.additionalProperties, `${path}.*`);
  if (typeof schema.items === 'object') yield* walk(schema.items, `${path}[]`);
  for (const [index, inner] of (schema.prefixItems ?? []).entries()) yield* walk(inner, `${path}[${index}]`);
  for (const inner of [...(schema.anyOf ?? []), ...(schema.oneOf ?? [])]) yield* walk(inner, path);
}

const names = Object.keys(methods) as MethodName[];
const parts = (side: 'input' | 'output'): [string, Schema][] =>
  names.flatMap((name) => {
    const schema = z.toJSONSchema(methods[name][side], { io: side, unrepresentable: 'any', reused: 'inline' }) as Schema;
    return [...walk(schema, name)].map(([path, part]): [string, Schema] => [path, part]);
  });

const isOf = (schema: Schema, ...types: string[]): boolean =>
  schema.const === undefined && schema.enum === undefined && [schema.type ?? []].flat().some((type) => types.includes(type));
const isText = (schema: Schema): boolean => isOf(schema, 'string');
const isBounded = (schema: Schema): boolean =>
  schema.maxLength !== undefined || schema.pattern !== undefined || schema.format !== undefined;

describe('the schemas of the pipe', () => {
  it('walks something', () => {
    expect(parts('input').length).toBeGreaterThan(20);
    expect(parts('output').filter(([, schema]) => isText(schema)).length).toBeGreaterThan(50);
  });

  it('bounds every text, list and number of every input', () => {
    const loose = parts('input').filter(
      ([, schema]) =>
        (isText(schema) && !isBounded(schema)) ||
        (isOf(schema, 'array') && schema.maxItems === undefined) ||
        (isOf(schema, 'number', 'integer') && (schema.minimum === undefined || schema.maximum === undefined)),
    );
    expect(loose.map(([path]) => path)).toEqual([]);
  });

  it('takes strict objects only', () => {
    const open = parts('input').filter(([, schema]) => isOf(schema, 'object') && schema.additionalProperties !== false);
    // A settings file, or a monitor of one: held to the settings' own strict schema before anything is done with it.
    expect(open.map(([path]) => path)).toEqual(['settings.save.document', 'settings.test.test.monitor']);
  });

  it('gives every id in an input a pattern', () => {
    const ids = parts('input').filter(([path]) => /\.(id|\w+Id)$/.test(path));
    expect(ids.length).toBeGreaterThan(3);
    for (const [path, schema] of ids) expect(schema.pattern, path).toBeTypeOf('string');
  });

  it('bounds every text of an output that is not our own', () => {
    // Written by the engine out of settings that are bounded themselves; no outside text reaches these.
    const ours = /\.(app\.(name|environment)|engine\.(version|settingsFile|settingsProblem))$/;
    const loose = parts('output').filter(([path, schema]) => isText(schema) && !isBounded(schema) && !ours.test(path));
    // The error message in a strip is an observation's, capped at 1,000 characters where it was made.
    expect(loose.map(([path]) => path)).toEqual(['history.strips.*[][3]']);
  });

  it('names no secret in any output', () => {
    const forbidden =
      /password|passwd|secret(?!s?Missing)|token|webhook|credential|cookie|authorization|connectionString|apiKey/i;
    // The key of an offer starts one deed, once, for minutes; it opens nothing else. The lists of secrets hold their names.
    const harmless = ['lever.prepare.token', 'settings.get.secrets', 'setup.suggest.secrets'];
    const fields = parts('output').flatMap(([path, schema]) =>
      Object.keys(schema.properties ?? {}).filter((name) => !harmless.includes(`${path}.${name}`)),
    );
    expect(fields.length).toBeGreaterThan(100);
    expect(fields.filter((field) => forbidden.test(field))).toEqual([]);
  });
});

const history = {
  strips: () => ({ api: [[1, 'u', 42, null] as const].map((strip) => [...strip] as [number, 'u', number, null]) }),
  latency: () => [{ at: 0, count: 1, down: 0, p50: 1, p95: 1, max: 1 }],
  incidents: () => [sampleIncident()],
  incident: (id: string) => (id === sampleIncident().id ? sampleIncident() : null),
  runs: () => [],
};
const dispatch = makeDispatch(
  makeHandlers({
    snapshot: () => sampleSnapshot({ incidents: [sampleIncident()] }),
    history,
    tell: () => undefined,
    checkNow: async () => sampleObservation(),
    testAlert: async () => ({ ok: true, message: 'Delivered.' }),
    now: () => Date.parse(at),
    ...sampleReaders,
    ...sampleLeverDeps().deps,
    desk: sampleDesk().desk,
    offers: { give: () => ({ token: 'offer-1', expiresAt: at }), take: () => ({ action: 'drill', force: false }) },
  }),
);
const reply = z.union([
  z.strictObject({ ok: z.literal(true), value: z.unknown() }),
  z.strictObject({ ok: z.literal(false), error: fault.strict() }),
]);

const good: { readonly [M in MethodName]: unknown } = {
  'snapshot.get': {},
  'monitor.checkNow': { id: 'api' },
  'monitor.pause': { id: 'api', forMs: 60_000 },
  'engine.pause': { forMs: null },
  'history.strips': { limit: 60 },
  'history.latency': { id: 'api', period: '24h' },
  'history.incidents': { before: null, limit: 20 },
  'history.runs': { limit: 20 },
  'incident.get': { id: sampleIncident().id },
  'incident.acknowledge': { id: sampleIncident().id },
  'incident.note': { id: sampleIncident().id, text: 'Looking at it.' },
  'incident.postmortem': { id: sampleIncident().id },
  'doctor.examine': { text: 'postgres://app:opensesame@db.example.com' },
  'lever.prepare': { request: { action: 'banner', on: true, text: 'We are on it.', severity: 'warning', forMs: 3_600_000 } },
  'lever.start': { token: 'offer-1', force: false },
  'lever.cancel': { runId: 'run-1' },
  'lever.resume': { runId: 'run-1' },
  'lever.undo': { runId: 'run-1' },
  'dump.list': {},
  'dump.delete': { name: 'nine-panels-20230709-110000.dump' },
  'dump.reveal': {},
  'settings.get': {},
  'settings.save': { document: { monitors: [] }, version: 'v1' },
  'settings.parse': { text: '{ "monitors": [] } // none yet' },
  'settings.test': { test: { what: 'provider', provider: 'vercel' } },
  'settings.reveal': {},
  'setup.suggest': { address: 'https://api.example.com/' },
  'setup.rehearse': {},
  'digest.get': {},
  'secret.set': { name: 'render-token', value: 'not a real one' },
  'secret.delete': { name: 'render-token' },
  'alerts.test': { channel: 'slack' },
};

const requests: readonly Input<'lever.prepare'>['request'][] = [
  { action: 'banner', on: true, text: 'We are on it.' },
  { action: 'banner', on: false },
  { action: 'traffic', to: 'standby' },
  { action: 'traffic', to: 'primary', force: true },
  { action: 'traffic', to: 'prepare' },
  { action: 'dump', task: 'create', full: true, directory: '~/dumps' },
  { action: 'dump', task: 'verify', file: 'nine-panels-20230709-110000.dump' },
  { action: 'drill' },
];

describe('dispatch', () => {
  it.each(names)('answers %s', async (name) => {
    const answer = await dispatch(name, good[name]);
    expect(answer).toMatchObject({ ok: true });
    if (answer.ok) expect(methods[name].output.safeParse(answer.value).success).toBe(true);
  });

  it.each(requests)('looks first at %o', async (request) => {
    const answer = await dispatch('lever.prepare', { request });
    expect(answer).toMatchObject({ ok: true, value: { token: 'offer-1', expiresAt: at } });
  });

  it.each([
    { action: 'banner', on: true, text: '   ' },
    { action: 'banner', on: true, text: 'x'.repeat(501) },
    { action: 'traffic', to: 'elsewhere' },
    { action: 'dump', task: 'restore' },
    { action: 'drill', sudo: true },
  ])('refuses %o', async (request) => {
    expect(await dispatch('lever.prepare', { request })).toMatchObject({ ok: false });
  });

  it('answers any name and any input with a Reply', async () => {
    const anyName = fc.oneof(fc.constantFrom(...names), fc.string(), fc.constantFrom('__proto__', 'constructor', 'toString'));
    await fc.assert(
      fc.asyncProperty(
        anyName,
        fc.anything({ withDate: true, withBigInt: true, withNullPrototype: true }),
        async (name, input) => {
          expect(reply.safeParse(await dispatch(name, input)).success).toBe(true);
        },
      ),
      { numRuns: 1_000 },
    );
  });

  it('answers a good input with one field replaced by anything with a Reply', async () => {
    await fc.assert(
      fc.asyncProperty(fc.constantFrom(...names), fc.string(), fc.anything(), async (name, field, value) => {
        const input = good[name] as Record<string, unknown>;
        const key = Object.keys(input)[field.length % Math.max(1, Object.keys(input).length)] ?? field;
        const answer = await dispatch(name, { ...input, [key]: value });
        expect(reply.safeParse(answer).success).toBe(true);
      }),
      { numRuns: 1_000 },
    );
  });
});
