// Ten thousand messages that no page of ours would send, against a real engine: each gets an answer of the contract, nothing
// escapes, nothing of a secret comes back, and the engine is well afterwards (SECURITY S-21, S-31).
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import type { z } from 'zod';
import { startEngine } from '../../main/compose.ts';
import type { Engine } from '../../main/ipc/face.ts';
import type { EngineEvent } from '../../shared/events.ts';
import { fault, type MethodName, methods } from '../../shared/ipc.ts';
import { closedPort } from '../support/http-server.ts';

const messages = 10_000;
const canary = 'canary-5e1f0c9d8b7a';
const names = Object.keys(methods) as MethodName[];

let folder: string;
let engine: Engine;
const events: EngineEvent[] = [];
const escaped: unknown[] = [];
const note = (problem: unknown): void => void escaped.push(problem);

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'signalbox-fuzz-'));
  process.on('unhandledRejection', note);
  vi.stubEnv('SIGNALBOX_SECRET_PROBE', canary);
  const api = {
    ...{ id: 'api', kind: 'http', url: `http://127.0.0.1:${await closedPort()}/`, interval: '1h' },
    ...{ headers: { authorization: 'Bearer ${secret:probe}', cookie: `session=${canary}` } },
  };
  const file = join(folder, 'settings.json');
  writeFileSync(file, JSON.stringify({ monitors: [api], alerts: { desktop: { enabled: false } }, connectivity: { probes: [] } }));
  const stored = new Map<string, string>();
  engine = await startEngine({
    ...{ face: 'headless', settingsFile: file, dataFolder: join(folder, 'data') },
    async askKeychain(asked) {
      if (asked.operation === 'get') return stored.get(asked.name) ?? null;
      if (asked.operation === 'delete') return stored.delete(asked.name);
      stored.set(asked.name, asked.value);
      return null;
    },
  });
  engine.subscribe((event) => void events.push(event));
});
afterAll(async () => {
  await engine.stop();
  process.off('unhandledRejection', note);
  vi.unstubAllEnvs();
  rmSync(folder, { recursive: true, force: true });
});

/** Not sent: it would start a real rehearsal yard for every message of a right shape, and those are many. */
const spared = new Set<string>(['setup.rehearse']);

const hostile = fc.constantFrom<unknown>(
  ...[
    '__proto__',
    'constructor',
    '../../etc/passwd',
    '\u0000',
    '\u001b]0;x\u0007',
    '<img src=x onerror=alert(1)>',
    '${secret:probe}',
  ],
  ...['x'.repeat(100_000), '\ud800', 'inc-20260101-000000', 'api', '•••', canary, `Bearer ${canary}`],
  ...[Number.NaN, Number.POSITIVE_INFINITY, -0, 2 ** 53, null, undefined, [], {}, new Date(0), 1n, Symbol.iterator],
);
const deep = fc.integer({ min: 10, max: 3_000 }).map((depth) => {
  let value: unknown = 'bottom';
  for (let level = 0; level < depth; level += 1) value = level % 2 === 0 ? { value } : [value];
  return value;
});
const anything = fc.oneof(
  { weight: 4, arbitrary: hostile },
  { weight: 2, arbitrary: fc.anything({ withBigInt: true, withNullPrototype: true, withSparseArray: true, maxDepth: 3 }) },
  { weight: 1, arbitrary: deep },
);
const keys = [
  ...['id', 'forMs', 'limit', 'period', 'before', 'text', 'request', 'token', 'force', 'runId', 'name', 'value', 'test', 'what'],
  ...['document', 'version', 'address', 'channel', 'monitor', 'provider', 'action', 'on', 'to', '__proto__', 'toString'],
];
/** Keys of the contract with values of anybody's. */
const almost = fc.dictionary(fc.constantFrom(...keys), anything, { maxKeys: 6 });
/** Well-formed, so that what stands behind the contract is reached too. */
const wellFormed = fc.constantFrom<readonly [MethodName, unknown]>(
  ...names.filter((name) => !spared.has(name)).map((name) => [name, {}] as const),
  ['history.strips', { limit: 100 }],
  ['history.latency', { id: 'api', period: '90d' }],
  ['history.latency', { id: 'nobody', period: '1h' }],
  ['history.incidents', { before: null, limit: 100 }],
  ['monitor.pause', { id: 'api', forMs: 1_000 }],
  ['monitor.pause', { id: 'api', forMs: null }],
  ['engine.pause', { forMs: null }],
  ['incident.get', { id: 'inc-20260101-000000' }],
  ['incident.note', { id: 'inc-20260101-000000', text: `<b>${canary}</b>` }],
  ['lever.prepare', { request: { action: 'dump', task: 'create', full: false, directory: '/' } }],
  ['lever.start', { token: canary, force: true }],
  ['lever.undo', { runId: 'run-1' }],
  ['dump.delete', { name: '../../settings.json' }],
  ['settings.get', {}],
  ['settings.parse', { text: `{ "monitors": [{ "id": "x", "kind": "http", "url": "http://u:${canary}@127.0.0.1/" }] }` }],
  ['settings.save', { document: { monitors: [] }, version: canary }],
  ['settings.test', { test: { what: 'monitor', monitor: { id: 'x', kind: 'http', url: 'file:///etc/passwd' } } }],
  ['settings.test', { test: { what: 'provider', provider: 'render' } }],
  ['settings.test', { test: { what: 'alert', channel: 'slack' } }],
  ['setup.suggest', { address: `postgres://postgres:${canary}@db.example.com/x` }],
  ['secret.set', { name: 'fuzzed', value: canary }],
  ['secret.delete', { name: 'fuzzed' }],
);
const method = fc.oneof(
  { weight: 6, arbitrary: fc.constantFrom<string>(...names.filter((name) => !spared.has(name))) },
  {
    weight: 1,
    arbitrary: fc.constantFrom('__proto__', 'constructor', 'toString', 'hasOwnProperty', '', 'snapshot.get ', 'SNAPSHOT.GET'),
  },
  { weight: 1, arbitrary: fc.string({ maxLength: 80 }) },
);
const message = fc.oneof(
  { weight: 4, arbitrary: fc.tuple(method, fc.oneof(almost, anything)) },
  { weight: 1, arbitrary: wellFormed },
);

describe('the contract under fire', () => {
  it(`answers ${messages.toLocaleString('en')} hostile and random messages, tells no secret and lives`, async () => {
    await fc.assert(
      fc.asyncProperty(message, async ([name, input]) => {
        const reply = await engine.dispatch(name, input);
        if (reply.ok) {
          const { output }: { readonly output: z.ZodType } = methods[name as MethodName];
          expect(output.safeParse(reply.value).error).toBeUndefined();
        } else {
          expect(fault.safeParse(reply.error).error).toBeUndefined();
          expect(reply.error.code).not.toBe('internal');
        }
        expect(JSON.stringify(reply)).not.toContain(canary);
      }),
      { numRuns: messages },
    );
    expect(escaped).toEqual([]);
    expect(JSON.stringify(events)).not.toContain(canary);
    expect(await engine.dispatch('snapshot.get', {})).toMatchObject({ ok: true, value: { monitors: [{ id: 'api' }] } });
  }, 120_000);
});
