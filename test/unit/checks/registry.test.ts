import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { checkKinds, kindOf, monitorSchema, monitorSchemaOf, settings } from '../../../main/checks/registry.ts';
import { makeRunner } from '../../../main/checks/runner.ts';
import { systemClock } from '../../../main/engine/clock.ts';
import type { CheckKind } from '../../../main/engine/ports.ts';
import { monitorBase } from '../../../shared/monitor.ts';
import { settingsSchema } from '../../../shared/settings.ts';

const message = (value: unknown): string => {
  const parsed = monitorSchema.safeParse(value);
  return parsed.success ? 'accepted' : z.prettifyError(parsed.error);
};

describe('the registry', () => {
  it('holds the kinds of the design, each with a schema of its own name', () => {
    expect(checkKinds.map((one) => one.kind)).toEqual(['http', 'postgres', 'status-page', 'tcp', 'dns']);
    expect(kindOf(monitorSchema.parse({ id: 'a', kind: 'tcp', host: 'h', port: 1 })).kind).toBe('tcp');
    expect(message({ id: 'a', kind: 'ping' })).toContain('kind');
  });

  it('lets a new kind be one file and one line: schema, settings and runner follow', async () => {
    const schema = monitorBase.extend({ kind: z.literal('coin'), side: z.enum(['heads', 'tails']) });
    const coin: CheckKind<z.infer<typeof schema>> = {
      kind: 'coin',
      schema,
      defaultInterval: '30s',
      target: () => ({ host: null, port: null, label: 'coin' }),
      run: async (config) => ({
        monitorId: config.id,
        at: '2026-11-23T00:00:00.000Z',
        outcome: config.side === 'heads' ? 'up' : 'down',
        latencyMs: 1,
      }),
    };
    const kinds = [...checkKinds, coin];
    const whole = settingsSchema(monitorSchemaOf(kinds));
    const { monitors } = whole.parse({ monitors: [{ id: 'c', kind: 'coin', side: 'heads' }] });
    const [config] = monitors;
    if (!config) throw new Error('no monitor');
    const run = makeRunner({ secrets: { get: async () => null }, kinds });
    expect(await run(config, { clock: systemClock, cold: false }, new AbortController().signal)).toMatchObject({
      monitorId: 'c',
      outcome: 'up',
    });
    expect(JSON.stringify(z.toJSONSchema(whole, { io: 'input' }))).toContain('"coin"');
    expect(settings.safeParse({ monitors: [{ id: 'c', kind: 'coin', side: 'heads' }] }).success).toBe(false);
  });

  it('describes every field of every kind, for the forms and the JSON schema', () => {
    for (const kind of checkKinds) {
      const { properties = {} } = z.toJSONSchema(kind.schema, { io: 'input' });
      const silent = Object.entries(properties).filter(
        ([name, field]) => name !== 'kind' && (typeof field === 'boolean' || !field.description),
      );
      expect(silent.map(([name]) => `${kind.kind}.${name}`)).toEqual([]);
    }
  });

  it('reads the settings of the design', () => {
    const parsed = settings.parse({
      monitors: [
        {
          id: 'api',
          kind: 'http',
          url: 'https://api.example.com/',
          expect: { status: [200], json: [{ path: '$.data.branch', equals: 'main' }] },
        },
        {
          id: 'login',
          kind: 'http',
          method: 'POST',
          url: 'https://api.example.com/token',
          form: { password: '${secret:probe-password}' },
        },
        { id: 'db', kind: 'postgres', connection: '${secret:database-url}', reachableFrom: 'ipv4' },
        { id: 'render', kind: 'status-page', url: 'https://status.render.com', components: ['Frankfurt / Web Services'] },
      ],
    });
    expect(parsed.monitors).toHaveLength(4);
  });
});

describe('http settings', () => {
  const http = { id: 'a', kind: 'http', url: 'https://example.com/' };
  it.each([
    [{ ...http, form: {}, json: {} }, /"json" and "form" exclude each other/],
    [{ ...http, method: 'GET', body: 'x' }, /a GET request sends no body; use POST/],
    [{ ...http, url: 'ftp://example.com/' }, /begins with http/],
    [{ ...http, url: 'example.com' }, /begins with http/],
    [{ ...http, url: 'https://user:pass@example.com/' }, /put credentials into headers/],
    [{ ...http, headers: { 'a b': 'c' } }, /Invalid key in record\s.*headers\["a b"\]/],
    [{ ...http, colour: 'red' }, /colour/],
    [{ ...http, timeout: 'soon' }, /write a duration/],
  ])('refuses %j', (value, reason) => {
    expect(message(value)).toMatch(reason);
  });

  it.each([
    '${secret:url}',
    'https://example.com/${secret:token}',
    'https://${secret:host}/x',
    'https://example.com/?a=${secret:a}&b=${secret:b}',
  ])('accepts %s', (url) => {
    expect(message({ ...http, url })).toBe('accepted');
  });
});

describe('other settings', () => {
  it.each([
    [{ id: 'a', kind: 'tcp', host: 'https://h', port: 1 }, /host name or an IP address/],
    [{ id: 'a', kind: 'tcp', host: 'h', port: 0 }, /port/],
    [{ id: 'a', kind: 'dns', host: 'h', resolver: 'dns.example.com' }, /IP address/],
    [{ id: 'a', kind: 'dns', host: 'h', resolver: '1.1.1.1:99999' }, /IP address/],
    [{ id: 'a', kind: 'postgres', connection: 'mysql://u@h' }, /does not begin with postgres/],
    [{ id: 'a', kind: 'postgres', connection: 'postgres://u@h/d', query: 'drop table x' }, /query/],
  ])('refuse %j', (value, reason) => {
    expect(message(value)).toMatch(reason);
  });

  it.each(['1.1.1.1', '1.1.1.1:5353', '::1', '[::1]:5353'])('accept the resolver %s', (resolver) => {
    expect(message({ id: 'a', kind: 'dns', host: '_dmarc.example.com', resolver })).toBe('accepted');
  });
});

describe('the target of a monitor', () => {
  const target = (value: Record<string, unknown>): unknown => {
    const config = monitorSchema.parse({ id: 'a', ...value });
    return kindOf(config).target(config);
  };
  it.each([
    [
      { kind: 'http', url: 'https://api.example.com/x?y' },
      { host: 'api.example.com', port: 443, label: 'api.example.com' },
    ],
    [
      { kind: 'http', url: 'http://[::1]:8080/' },
      { host: '::1', port: 8_080, label: '[::1]:8080' },
    ],
    [
      { kind: 'http', url: 'https://api.example.com/${secret:path}' },
      { host: 'api.example.com', port: 443, label: 'api.example.com' },
    ],
    [
      { kind: 'http', url: 'https://${secret:host}/' },
      { host: null, port: null, label: 'secret address' },
    ],
    [
      { kind: 'postgres', connection: '${secret:url}' },
      { host: null, port: null, label: 'secret address' },
    ],
    [
      { kind: 'postgres', connection: 'postgres://u:${secret:pw}@db.example.com/d' },
      { host: 'db.example.com', port: 5_432, label: 'db.example.com' },
    ],
    [
      { kind: 'postgres', connection: 'postgres://u:p@db.example.com:6543/d' },
      { host: 'db.example.com', port: 6_543, label: 'db.example.com:6543' },
    ],
    [
      { kind: 'tcp', host: 'h', port: 9 },
      { host: 'h', port: 9, label: 'h:9' },
    ],
    [
      { kind: 'dns', host: 'example.com', record: 'MX' },
      { host: 'example.com', port: 53, label: 'MX example.com' },
    ],
    [
      { kind: 'dns', host: 'example.com', resolver: '127.0.0.1:5353' },
      { host: '127.0.0.1', port: 5_353, label: 'A example.com' },
    ],
    [
      { kind: 'status-page', url: 'https://status.render.com' },
      { host: 'status.render.com', port: 443, label: 'status.render.com' },
    ],
  ])('of %j', (value, expected) => {
    expect(target(value)).toEqual(expected);
  });
});
